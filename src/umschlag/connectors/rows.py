"""Reading rows of other systems: each field checked, each fault named, the other rows kept."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Generic, TypeVar

from umschlag.kernel.errors import BadInput, BadRow
from umschlag.kernel.identifiers import Asin, parse_asin
from umschlag.kernel.money import Money, minor_digits, money
from umschlag.kernel.outcomes import Problem

RowT = TypeVar("RowT")
_UNKEEPABLE = re.compile(r"[\x00-\x08\x0e-\x1f\ud800-\udfff]")
"""Control characters and half characters, which not every database takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed(Generic[RowT]):
    """Rows that can be used, those that cannot, and remarks on rows that can."""

    rows: tuple[RowT, ...]
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()

    @property
    def read_count(self) -> int:
        """How many rows were read, usable or not."""
        return len(self.rows) + len(self.problems)


def problem_of(error: BadRow) -> Problem:
    """Return the error as a problem to be shown."""
    place = f"{error.source}, row {error.row}" + (f", {error.field}" if error.field else "")
    return Problem(place=place, message=error.message.removeprefix(f"{place}: "))


def parsed_rows(
    rows: Iterable[object], *, source: str, parse: Callable[["Fields"], RowT]
) -> Parsed[RowT]:
    """Return the rows as our values; a row that cannot be read becomes a problem."""
    good: list[RowT] = []
    problems: list[Problem] = []
    for number, row in enumerate(rows, start=1):
        try:
            if not isinstance(row, Mapping):
                raise BadRow(f"{row!r:.60} is no object", source=source, row=number)
            good.append(parse(Fields(row, source=source, number=number)))
        except BadRow as error:
            problems.append(problem_of(error))
    return Parsed(rows=tuple(good), problems=tuple(problems))


class Fields:
    """One row's fields by name. Every reader raises `BadRow` where the field cannot be used."""

    def __init__(self, row: Mapping[object, object], *, source: str, number: int) -> None:
        self.row = row
        self.source = source
        self.number = number

    def refuse(self, field: str, why: str) -> BadRow:
        """Return the error that names the field; the caller raises it."""
        return BadRow(why, source=self.source, row=self.number, field=field)

    def text(self, field: str, *, length_max: int = 160) -> str:
        """Return the text without outer spaces; it must not be empty."""
        value = self.row.get(field)
        if not isinstance(value, str) or not value.strip():
            raise self.refuse(field, f"{value!r:.60} is no text; it must be given")
        if len(value.strip()) > length_max or _UNKEEPABLE.search(value):
            raise self.refuse(field, f"at most {length_max} printable characters are allowed")
        return value.strip()

    def text_or_empty(self, field: str, *, length_max: int = 160) -> str:
        """Return the text; empty where nothing is said."""
        if self.row.get(field) in (None, ""):
            return ""
        return self.text(field, length_max=length_max)

    def identifier(self, field: str) -> str:
        """Return another system's id as text, whether it came as a number or as text."""
        value = self.row.get(field)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        return self.text(field, length_max=40)

    def units_or_none(self, field: str) -> int | None:
        """Return a whole number of units, not negative; None where nothing is said."""
        return None if self.row.get(field) is None else self.units(field)

    def units(self, field: str) -> int:
        """Return a whole number of units, not negative."""
        value = self.row.get(field)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
            raise self.refuse(field, f"{value!r:.60} is no number of units (whole, 0 or more)")
        return value

    def money(self, field: str, *, currency_field: str = "currency") -> Money:
        """Return an amount given as a decimal string, with the currency of its own field."""
        value, currency = self.row.get(field), self.text(currency_field, length_max=3)
        if not isinstance(value, str):
            raise self.refuse(field, f"{value!r:.60} is no amount; write it as the text '12.50'")
        try:
            amount = Decimal(value.strip())
            digits = minor_digits(currency)
            if not amount.is_finite() or amount != round(amount, digits):
                raise self.refuse(field, f"{value!r:.60} is no amount in {currency}")
            exact = money(amount, currency)
        except InvalidOperation:
            raise self.refuse(field, f"{value!r:.60} is no amount; write it as '12.50'") from None
        except BadRow:
            raise
        except BadInput as error:
            raise self.refuse(error.field or field, error.message) from error
        if abs(exact.minor) >= 2**62:
            raise self.refuse(field, "the amount is out of all proportion")
        return exact

    def asin(self, field: str = "asin") -> Asin:
        """Return the ASIN."""
        value = self.row.get(field)
        try:
            return parse_asin(value if isinstance(value, str) else "")
        except BadInput as error:
            raise self.refuse(field, error.message) from error

    def day_or_none(self, field: str) -> date | None:
        """Return a date written as 2026-01-31; None where nothing is said."""
        value = self.row.get(field)
        if value in (None, ""):
            return None
        try:
            return date.fromisoformat(value if isinstance(value, str) else "")
        except ValueError:
            raise self.refuse(field, f"{value!r:.60} is no date; write it as 2026-01-31") from None

    def instant(self, field: str) -> datetime:
        """Return an instant with its time zone."""
        value = self.row.get(field)
        try:
            instant = datetime.fromisoformat(value if isinstance(value, str) else "")
        except ValueError:
            instant = None
        if instant is None or instant.tzinfo is None:
            raise self.refuse(
                field, f"{value!r:.60} is no instant; write it as 2026-01-31T06:00:00+00:00"
            )
        return instant
