"""How one file writes its numbers and dates: decided over the whole file, or not at all.

One cell never tells: `1,350` is 1350 or 1.35, `03/04/2026` is in March or in April. Over a
file some cell usually does. Where none does, we refuse and say how to tell us.
"""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum

from umschlag.kernel.errors import BadInput

_CURRENCY = re.compile(r"[\s\u00a0\u202f'’€£$¥]|EUR|GBP|USD|PLN|SEK|CHF")
_NUMBER = re.compile(r"[+-]?[0-9][0-9.,]*")
_SPLIT = re.compile(r"([0-9]{1,4})([./-])([0-9]{1,2})\2([0-9]{1,4})(?![0-9])")


class DialectUnclear(BadInput):
    """The file can be read in two ways, or contradicts itself; nothing was imported."""


class DateOrder(StrEnum):
    """Which part of a written date is which."""

    YEAR_FIRST = "ymd"
    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


def bare_number(text: str) -> str:
    """Return the text without spaces, currency signs and typographic minus."""
    return _CURRENCY.sub("", text.strip().replace("−", "-").replace("–", "-"))


def decimal_mark(cells: Iterable[str], *, source: str, told: str | None = None) -> str:
    """Return `.` or `,`: what stands before the decimals in these cells.

    Raises:
        DialectUnclear: two cells prove opposite marks, or all that have a mark could be read
            both ways and nobody `told` us.
    """
    proofs: dict[str, str] = {}
    unclear = ""
    for cell in cells:
        mark = _proven_mark(bare_number(cell))
        if mark == "?":
            unclear = unclear or cell
        elif mark and mark not in proofs:
            proofs[mark] = cell
    if len(proofs) == 2:
        raise DialectUnclear(
            f"{source} writes decimals both with a point ({proofs['.']!r}) and with a comma "
            f"({proofs[',']!r}); export it again with one of them"
        )
    if proofs:
        proven = next(iter(proofs))
        if told and told != proven:
            raise DialectUnclear(
                f"{source}: {proofs[proven]!r} contradicts the decimal mark {told!r} it was "
                "said to have"
            )
        return proven
    if unclear and told is None:
        raise DialectUnclear(
            f"{source}: {unclear!r} is a thousand or a fraction, and no other number tells; "
            "say which mark is the decimal one ('.' or ',')"
        )
    return told or "."


def _proven_mark(text: str) -> str:
    """Return the mark that this number proves, `?` where it could be both, else nothing."""
    if not _NUMBER.fullmatch(text):
        return ""
    digits = text.lstrip("+-")
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        return max(".,", key=digits.rfind)
    if not points and not commas:
        return ""
    mark, count = (".", points) if points else (",", commas)
    other = "," if mark == "." else "."
    if count > 1:
        return other
    whole, fraction = digits.split(mark)
    is_grouped = len(fraction) == 3 and len(whole) <= 3 and not whole.startswith("0")
    return "?" if is_grouped else mark


def number_of(text: str, mark: str) -> Decimal | None:
    """Return the number; None where the text is none in this dialect."""
    digits = bare_number(text)
    if not _NUMBER.fullmatch(digits):
        return None
    group = "," if mark == "." else "."
    whole, _, fraction = digits.partition(mark)
    if group in fraction or mark in fraction:
        return None
    if group in whole and not re.fullmatch(rf"[+-]?\d{{1,3}}(?:{re.escape(group)}\d{{3}})+", whole):
        return None
    return Decimal(whole.replace(group, "") + (f".{fraction}" if fraction else ""))


def date_order(
    cells: Iterable[str],
    *,
    source: str,
    told: DateOrder | None = None,
    window: tuple[date, date] | None = None,
) -> DateOrder:
    """Return which part of the dates in these cells is the day.

    A part above 12 decides. Where none is, `window` does: the reading under which every date
    lies from its first to its last day. Cells that are no dates at all are not our question.

    Raises:
        DialectUnclear: two cells contradict each other, or nothing decides.
    """
    parts = [split for split in (_SPLIT.match(cell.strip()) for cell in cells) if split]
    if not parts:
        return told or DateOrder.YEAR_FIRST
    year_first = [split for split in parts if len(split[1]) == 4]
    if year_first and len(year_first) < len(parts):
        other = next(split for split in parts if len(split[1]) != 4)
        raise _contradiction(source, year_first[0][0], other[0])
    if year_first:
        return DateOrder.YEAR_FIRST
    order = _order_by_value(parts, source) or told or _order_by_window(parts, window)
    if order is None:
        raise DialectUnclear(
            f"{source}: {parts[0][0]!r} is day/month or month/day, and no other date tells; "
            "say which (dmy or mdy)"
        )
    return order


def _order_by_value(parts: list[re.Match[str]], source: str) -> DateOrder | None:
    # Points decide like a part above 12, because nobody writes month first with them.
    day_first = next((p for p in parts if p[2] == "." or int(p[1]) > 12), None)
    month_first = next((p for p in parts if int(p[3]) > 12), None)
    if day_first and month_first:
        raise _contradiction(source, day_first[0], month_first[0])
    if day_first:
        return DateOrder.DAY_FIRST
    return DateOrder.MONTH_FIRST if month_first else None


def _order_by_window(
    parts: list[re.Match[str]], window: tuple[date, date] | None
) -> DateOrder | None:
    if window is None:
        return None
    fitting = []
    for order in (DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST):
        days = [date_of(split[0], order) for split in parts]
        if all(day is not None and window[0] <= day <= window[1] for day in days):
            fitting.append(order)
    if len(fitting) == 2 and all(split[1] == split[3] for split in parts):
        return fitting[0]
    return fitting[0] if len(fitting) == 1 else None


def _contradiction(source: str, one: str, other: str) -> DialectUnclear:
    return DialectUnclear(
        f"{source} writes dates in two ways ({one!r} and {other!r}); export it again with one"
    )


def date_of(text: str, order: DateOrder) -> date | None:
    """Return the day at the start of the text; None where there is no such day."""
    split = _SPLIT.match(text.strip())
    if not split:
        return None
    first, second, third = int(split[1]), int(split[3]), int(split[4])
    year, month, day = {
        DateOrder.YEAR_FIRST: (first, second, third),
        DateOrder.DAY_FIRST: (third, second, first),
        DateOrder.MONTH_FIRST: (third, first, second),
    }[order]
    if order is not DateOrder.YEAR_FIRST and len(split[4]) == 2:
        year += 2000
    try:
        return date(year, month, day) if year >= 1900 else None
    except ValueError:
        return None
