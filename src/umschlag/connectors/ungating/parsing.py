"""The ungating software's answers as our values."""

import re
from collections.abc import Iterable

from umschlag.allocation.ungating.model import GateAnswer
from umschlag.allocation.ungating.software import ToldAnswer
from umschlag.connectors.rows import Fields, Parsed, parsed_rows

SOURCE = "ungating"
_ANSWERS = {
    "yes": GateAnswer.YES,
    "no": GateAnswer.NO,
    # The software's users write it with a comma, with a dash, or with neither.
    "no invoice needed": GateAnswer.INVOICE_NEEDED,
}


def parse_answer(text: str) -> GateAnswer:
    """Return the answer in any case, spacing and punctuation; a word we do not know is unknown."""
    words = re.sub(r"[\s,;:.\-–—_/]+", " ", text).strip().lower()
    return _ANSWERS.get(words, GateAnswer.UNKNOWN)


def parse_answers(rows: Iterable[object]) -> Parsed[ToldAnswer]:
    """Return the rows of `/ungating`."""
    return parsed_rows(rows, source=SOURCE, parse=_answer)


def _answer(fields: Fields) -> ToldAnswer:
    said = fields.row.get("answer")
    text = said if isinstance(said, str) else f"{said!r:.60}"
    return ToldAnswer(
        row=fields.number,
        store_external_id=fields.identifier("store_id"),
        asin=fields.asin(),
        answer=parse_answer(text),
        said=text[:60],
        updated_at=fields.instant("updated_at"),
    )
