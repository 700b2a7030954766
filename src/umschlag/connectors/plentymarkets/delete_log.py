"""What Plentymarkets' delete log says: the only witness of variations that just vanish."""

from datetime import datetime

import numpy as np

from umschlag.connectors.plentymarkets.paging import Reader, pages
from umschlag.connectors.plentymarkets.spool import Keys
from umschlag.connectors.plentymarkets.values import id_of, whole_of
from umschlag.kernel.errors import LoginRejected, UnexpectedAnswer

DELETE_LOG = "/rest/delete_log"
VARIATION_DELETED = 13
"""`referenceType` of an item variation."""


def deleted_variations(reader: Reader, *, since: datetime) -> Keys | None:
    """Return the variations deleted since the instant; None where the log may not be read.

    The log names who deleted; that is dropped here.
    """
    wanted = {
        "referenceType": str(VARIATION_DELETED),
        "updatedBetween": since.isoformat(timespec="seconds"),
        "itemsPerPage": "250",
    }
    try:
        # The type is checked again, because a filter that is not known is ignored without a word.
        found = {
            number
            for page in pages(reader, DELETE_LOG, wanted)
            for row in page.entries
            if whole_of(row.get("referenceType")) == VARIATION_DELETED
            and (number := id_of(row.get("referenceValue"))) is not None
        }
    except (LoginRejected, UnexpectedAnswer):
        return None
    return np.array(sorted(found), dtype=np.int64)
