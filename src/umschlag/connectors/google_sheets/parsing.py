"""The buying sheet's rows as our values: lenient about spelling, strict about numbers.

An ASIN, the quantities and the unit cost must be right, or the row cannot be used. Everything
else may be missing or broken: then it is unknown, and a remark says which cell to look at.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from umschlag.allocation.catalog.buying_sheet import SheetRow
from umschlag.connectors.google_sheets.cells import (
    asin_of,
    day_of,
    dimensions_of,
    is_empty,
    money_of,
    text_of,
    units_of,
    weight_g_of,
)
from umschlag.connectors.rows import Parsed, problem_of
from umschlag.kernel.errors import BadInput, BadRow, MalformedAmount
from umschlag.kernel.identifiers import Asin
from umschlag.kernel.money import Money, minor_digits
from umschlag.kernel.outcomes import Problem

ValueT = TypeVar("ValueT")

_NAMES = {
    "asin": ("asin", "asin code", "product asin"),
    "title": ("product title", "title", "product name", "item name", "name", "product"),
    "brand": ("brand", "brand name"),
    "weight": ("item weight", "weight", "package weight", "unit weight"),
    "dimensions": ("package dimensions", "dimensions", "package dimension", "package size"),
    "bought": ("quantity purchased", "purchased quantity", "qty purchased", "bought"),
    "cost": ("unit cost", "cost per unit", "cost", "unit price paid"),
    "currency": ("currency",),
    "remaining": ("remaining quantity", "quantity remaining", "remaining qty", "remaining"),
    "added": ("date added", "added", "date"),
    "shipping_min": ("min shipping price", "minimum shipping price", "shipping price min"),
    "shipping_max": ("max shipping price", "maximum shipping price", "shipping price max"),
    "case_pack": ("case pack", "case pack units", "units per case", "case quantity"),
}
"""What users call a column, by our name for it; case, spaces and punctuation do not matter."""
_KEY_OF = {name: key for key, names in _NAMES.items() for name in names}
_NEEDED = ("asin", "bought", "cost", "remaining")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Where a column stands, what the sheet calls it, and what its header says in parentheses."""

    place: int
    title: str
    unit: str | None


def columns_of(header: Sequence[object], *, source: str, row: int = 1) -> dict[str, Column]:
    """Return the columns by our names for them.

    Raises:
        BadRow: one that we need is not there, or one stands there twice.
    """
    columns: dict[str, Column] = {}
    for place, cell in enumerate(header):
        title = text_of(cell, length_max=80) if not is_empty(cell) else ""
        unit = re.search(r"[(\[]\s*([^)\]]*?)\s*[)\]]", title)
        words = re.sub(r"[(\[].*?[)\]]", " ", title).lower()
        key = _KEY_OF.get(" ".join(re.findall(r"[a-z0-9]+", words)))
        if key is None:
            continue
        if key in columns:
            raise BadRow("the column is there twice", source=source, row=row, field=title)
        columns[key] = Column(place=place, title=title, unit=unit[1].lower() if unit else None)
    for key in _NEEDED:
        if key not in columns:
            raise BadRow(
                "the column is missing; the header row names it so or by a name like it",
                source=source,
                row=row,
                field=_NAMES[key][0].title() if key != "asin" else "ASIN",
            )
    return columns


def asins_named(cells: Sequence[Sequence[object]], *, source: str) -> frozenset[Asin]:
    """Return every ASIN that the sheet names, also in rows that cannot be used otherwise."""
    place = columns_of(cells[0] if cells else [], source=source)["asin"].place
    asins = set()
    for row in cells[1:]:
        with suppress(BadInput):
            asins.add(asin_of(row[place] if place < len(row) else None))
    return frozenset(asins)


def parse_buying_sheet(
    cells: Sequence[Sequence[object]], *, source: str, currency: str, first_row: int = 1
) -> Parsed[SheetRow]:
    """Return the sheet's rows. `first_row` is the header's number; empty rows are passed over.

    `currency` counts where neither row nor column names one. Of rows with one ASIN the first is
    used, because nobody can say which of them is right.

    Raises:
        BadRow: the sheet is empty, or its header lacks a column that we need.
    """
    if not cells:
        raise BadRow("the sheet is empty; check buying_sheet_range", source=source, row=first_row)
    columns = columns_of(cells[0], source=source, row=first_row)
    rows: dict[Asin, SheetRow] = {}
    problems: list[Problem] = []
    notes: list[Problem] = []
    for number, row in enumerate(cells[1:], start=first_row + 1):
        if all(is_empty(cell) for cell in row):
            continue
        reader = _RowReader(row, columns, source=source, number=number, currency=currency)
        try:
            value = reader.read()
            if value.asin in rows:
                raise reader.refuse(
                    "asin",
                    f"{value.asin} is already in row {rows[value.asin].row};"
                    " put both purchases into one row",
                )
        except BadRow as error:
            problems.append(problem_of(error))
            continue
        rows[value.asin] = value
        notes += reader.notes
    return Parsed(rows=tuple(rows.values()), problems=tuple(problems), notes=tuple(notes))


class _RowReader:
    def __init__(
        self,
        row: Sequence[object],
        columns: Mapping[str, Column],
        *,
        source: str,
        number: int,
        currency: str,
    ) -> None:
        self.row = row
        self.columns = columns
        self.source = source
        self.number = number
        self.default_currency = currency
        self.notes: list[Problem] = []

    def read(self) -> SheetRow:
        currency = self.currency()
        asin = self.needed("asin", asin_of)
        cost = self.needed("cost", lambda cell: money_of(cell, currency))
        bought = self.needed("bought", units_of)
        remaining = self.needed("remaining", units_of)
        if cost.minor == 0:
            raise self.refuse("cost", "a unit cost of zero would give the goods away")
        if remaining > bought:
            raise self.refuse("remaining", f"{remaining} left of {bought} bought is impossible")
        weight_unit, edge_unit = self.unit("weight"), self.unit("dimensions")
        shipping_min, shipping_max = self.shipping(currency)
        return SheetRow(
            row=self.number,
            asin=asin,
            title=self.optional("title", lambda cell: text_of(cell, length_max=250)),
            brand=self.optional("brand", lambda cell: text_of(cell, length_max=120)),
            weight_g=self.optional("weight", lambda cell: weight_g_of(cell, weight_unit)),
            dimensions=self.optional("dimensions", lambda cell: dimensions_of(cell, edge_unit)),
            unit_cost=cost,
            bought_units=bought,
            remaining_units=remaining,
            case_pack_units=self.optional("case_pack", _case_pack_of),
            added_date=self.optional("added", day_of),
            shipping_price_min=shipping_min,
            shipping_price_max=shipping_max,
        )

    def refuse(self, key: str, why: str) -> BadRow:
        return BadRow(why, source=self.source, row=self.number, field=self.columns[key].title)

    def cell(self, key: str) -> object:
        column = self.columns.get(key)
        # Google cuts trailing empty cells, so a row may end before the column.
        return self.row[column.place] if column and column.place < len(self.row) else None

    def unit(self, key: str) -> str | None:
        return self.columns[key].unit if key in self.columns else None

    def needed(self, key: str, read: Callable[[object], ValueT]) -> ValueT:
        if is_empty(self.cell(key)):
            raise self.refuse(key, "the cell is empty; it must be filled")
        try:
            return read(self.cell(key))
        except BadInput as error:
            raise self.refuse(key, error.message) from error

    def optional(self, key: str, read: Callable[[object], ValueT]) -> ValueT | None:
        if is_empty(self.cell(key)):
            return None
        try:
            return self.needed(key, read)
        except BadRow as error:
            remark = problem_of(error)
            self.notes.append(
                Problem(place=remark.place, message=f"{remark.message}; left out until repaired")
            )
            return None

    def currency(self) -> str:
        if not is_empty(self.cell("currency")):
            return self.needed("currency", _currency_of)
        named = self.unit("cost")
        if named is None:
            return self.default_currency
        try:
            return _currency_of(named)
        except MalformedAmount as error:
            raise self.refuse("cost", error.message) from error

    def shipping(self, currency: str) -> tuple[Money | None, Money | None]:
        least = self.optional("shipping_min", lambda cell: money_of(cell, currency))
        highest = self.optional("shipping_max", lambda cell: money_of(cell, currency))
        if least is not None and highest is not None and least.minor > highest.minor:
            raise self.refuse("shipping_min", f"{least} is above the highest price, {highest}")
        return least, highest


def _currency_of(cell: object) -> str:
    code = str(cell).strip().upper()
    minor_digits(code)
    return code


def _case_pack_of(cell: object) -> int:
    units = units_of(cell)
    if units == 0:
        raise MalformedAmount("a case holds at least one unit")
    return units
