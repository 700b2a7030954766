"""The names of items, read by themselves where the variations' route does not tell them."""

from collections.abc import Mapping, Sequence

import msgspec

from umschlag.connectors.plentymarkets.listing import Meter, SpooledList
from umschlag.connectors.plentymarkets.paging import Entry
from umschlag.connectors.plentymarkets.parsing import item_name_in
from umschlag.connectors.plentymarkets.proving import reread_moved
from umschlag.connectors.plentymarkets.spool import NO_KEY, Spool, encoded_rows
from umschlag.connectors.plentymarkets.values import id_of
from umschlag.kernel.errors import LoginRejected, UnexpectedAnswer
from umschlag.kernel.outcomes import Problem
from umschlag.kernel.progress import Progress

ITEMS = "/rest/items"
_PAGE_ROWS = "100"


def item_list(spool: Spool, meter: Meter) -> SpooledList:
    """Return the list of items; of each no more than its name is kept."""
    return SpooledList(
        name="items",
        path=ITEMS,
        params={"itemsPerPage": _PAGE_ROWS},
        key=lambda row: id_of(row.get("id")) or NO_KEY,
        shape=lambda row: {"id": row.get("id"), "name": item_name_in(row)},
        meter=meter,
        spool=spool,
        subject="items",
    )


def read_item_names(
    items: SpooledList, progress: Progress
) -> tuple[Mapping[int, str], Sequence[Problem]]:
    """Return each item's name, and what is to be known of those that are missing.

    A missing name is no reason to have no snapshot.

    Raises:
        Unreachable: the ERP does not answer.
    """
    try:
        items.read_pages(progress)
        reread_moved(items)
    except (LoginRejected, UnexpectedAnswer) as error:
        return {}, [Problem(place=ITEMS, message=f"names are left empty: {error}")]
    names = {}
    for page in items.standing():
        for row in _rows_on(items.spool, page.name):
            number = id_of(row.get("id"))
            if number is not None:
                names[number] = row["name"]
    lacking = items.newest_total() - len(names)
    if lacking <= 0:
        return names, []
    message = f"{lacking} moved while they were read or cannot be used: their names are left empty"
    return names, [Problem(place=ITEMS, message=message)]


def _rows_on(spool: Spool, name: str) -> Sequence[Entry]:
    encoded = encoded_rows(spool, name)
    rows: Sequence[Entry] = [] if encoded is None else msgspec.json.decode(encoded)
    return rows
