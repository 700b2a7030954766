"""Lists of corrections and prices in a person's CSV or Excel file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from umschlag.connectors.dialect import decimal_mark, number_of
from umschlag.connectors.sales_file.reading import ROW, read_sales_table
from umschlag.intelligence.corrections.model import (
    Change,
    PriceChange,
    StockCorrection,
    WriteKind,
)
from umschlag.kernel.errors import BadInput, BadRow
from umschlag.kernel.identifiers import Sku

ROWS_MAX = 5_000
"""More is no correction but a migration: the ERP's own import is made for that."""
_COLUMNS: Mapping[str, Sequence[str]] = {
    "sku": ("sku", "artikelnummer", "variantennummer", "number"),
    "units": ("units", "bestand", "menge", "stück"),
    "warehouse": ("warehouse", "warehouse_id", "lager", "lager-id"),
    "price": ("price", "preis", "verkaufspreis"),
    "price_id": ("price_id", "price id", "preis-id", "verkaufspreis-id"),
    "based_on": ("based_on", "based on", "before", "vorher", "bisher"),
    "currency": ("currency", "währung"),
}
_NEEDED = {WriteKind.STOCK: ("sku", "units"), WriteKind.PRICE: ("sku", "price")}
_NUMBERS = {WriteKind.STOCK: ("units", "based_on"), WriteKind.PRICE: ("price", "based_on")}


class CellFault(StrEnum):
    """What is wrong with a cell."""

    SKU_EMPTY = "sku_empty"
    NUMBER_EMPTY = "number_empty"
    NO_NUMBER = "no_number"
    NO_ID = "no_id"
    OTHER_CURRENCY = "other_currency"


_FAULTS: Mapping[CellFault, str] = {
    CellFault.SKU_EMPTY: "is empty; enter the article's number or delete the row",
    CellFault.NUMBER_EMPTY: "is empty; enter a number or delete the row",
    CellFault.NO_NUMBER: "%(found)r is no number; write it as 12 or 12%(mark)s50",
    CellFault.NO_ID: "%(found)r is no number of the ERP; write its id, as in 1",
    CellFault.OTHER_CURRENCY: "is %(found)s, and the ERP's prices are in %(wanted)s; convert it",
}


class BadCell(BadRow):
    """One cell cannot be used; `fault` and `values` tell it in any language."""

    def __init__(
        self, fault: CellFault, *, source: str, row: int, field: str, values: Mapping[str, str]
    ) -> None:
        super().__init__(_FAULTS[fault] % values, source=source, row=row, field=field)
        self.fault = fault
        self.values = values


class ColumnMissing(BadInput):
    """The list lacks a column without which it cannot be read."""

    def __init__(self, missing: str, *, source: str, there: Sequence[str], wanted: str) -> None:
        super().__init__(
            f"{source} has no column {missing!r}; it has {', '.join(there)}. Name the columns "
            f"in the first line: {wanted}",
            field=missing,
        )
        self.values = {
            "source": source,
            "missing": missing,
            "there": ", ".join(there),
            "wanted": wanted,
        }


class RowsUnusable(BadInput):
    """Rows of the list cannot be used, so none of it is; `problems` names each of them."""

    def __init__(self, problems: Sequence[BadInput]) -> None:
        super().__init__("\n".join(problem.message for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The file's rows, its columns by our names, and the mark before its decimals."""

    source: str
    kind: WriteKind
    currency: str
    columns: Mapping[str, str]
    mark: str


def changes_in_file(path: Path, kind: WriteKind, *, currency: str) -> list[Change]:
    """Return the list, whole or not at all.

    Raises:
        BadInput: the file or its columns cannot be understood.
        RowsUnusable: rows of it cannot be used.
    """
    table = read_sales_table(path)
    columns = _columns_in(table.column_names, kind, table.source)
    rows = list(table.frame.iter_rows(named=True))
    if len(rows) > ROWS_MAX:
        raise BadInput(f"{table.source} has {len(rows):,} rows; {ROWS_MAX:,} are sent at most")
    cells = [
        row[columns[name]]
        for row in rows
        for name in _NUMBERS[kind]
        if name in columns and isinstance(row[columns[name]], str)
    ]
    mark = decimal_mark(cells, source=table.source)
    sheet = _Sheet(table.source, kind, currency, columns, mark)
    changes: list[Change] = []
    problems: list[BadInput] = [BadInput(str(problem)) for problem in table.broken_rows]
    seen: set[int] = set()
    for row in rows:
        number = int(row[ROW])
        if number in seen:
            raise BadInput(f"{table.source} has several filled sheets; keep the list in one")
        seen.add(number)
        try:
            changes.append(_change_in(row, number, sheet))
        except BadRow as problem:
            problems.append(problem)
    if problems:
        raise RowsUnusable(problems)
    if not changes:
        raise BadInput(f"{table.source} has no rows below its header")
    return changes


def _columns_in(names: Sequence[str], kind: WriteKind, source: str) -> Mapping[str, str]:
    by_folded = {name.strip().casefold(): name for name in names}
    found = {
        field: by_folded[known]
        for field, spellings in _COLUMNS.items()
        for known in reversed(spellings)
        if known in by_folded
    }
    missing = [name for name in _NEEDED[kind] if name not in found]
    if missing:
        wanted = ", ".join(_wanted(kind))
        raise ColumnMissing(missing[0], source=source, there=names, wanted=wanted)
    return found


def _wanted(kind: WriteKind) -> Iterator[str]:
    yield from _NEEDED[kind]
    yield "warehouse" if kind is WriteKind.STOCK else "price_id"
    yield "based_on"


def _change_in(row: Mapping[str, Any], number: int, sheet: _Sheet) -> Change:
    reader = _RowReader(row, number, sheet)
    sku = Sku(reader.text("sku"))
    if not sku:
        raise reader.bad("sku", CellFault.SKU_EMPTY)
    if sheet.kind is WriteKind.STOCK:
        return StockCorrection(
            sku=sku,
            place_id=reader.id_in("warehouse"),
            asked=reader.number("units"),
            based_on=reader.optional_number("based_on"),
            row=number,
        )
    currency = reader.text("currency").upper() or sheet.currency
    if currency != sheet.currency:
        raise reader.bad(
            "currency", CellFault.OTHER_CURRENCY, found=currency, wanted=sheet.currency
        )
    return PriceChange(
        sku=sku,
        place_id=reader.id_in("price_id"),
        asked=reader.number("price"),
        based_on=reader.optional_number("based_on"),
        row=number,
        currency=currency,
    )


@dataclass(frozen=True, slots=True)
class _RowReader:
    """One row's cells, typed, and errors that say where they stand."""

    row: Mapping[str, Any]
    row_number: int
    sheet: _Sheet

    def text(self, field: str) -> str:
        """Return the cell as text; a number of a spreadsheet without its empty decimals."""
        value = self.row.get(self.sheet.columns.get(field, ""))
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return "" if value is None else str(value).strip()

    def number(self, field: str) -> Decimal:
        """Return the number in the cell."""
        found = self.optional_number(field)
        if found is None:
            raise self.bad(field, CellFault.NUMBER_EMPTY)
        return found

    def optional_number(self, field: str) -> Decimal | None:
        """Return the number in the cell; None where it is empty."""
        value = self.row.get(self.sheet.columns.get(field, ""))
        text = self.text(field)
        if not text:
            return None
        # A spreadsheet's own numbers are written with a point, whatever its texts use.
        mark = self.sheet.mark if isinstance(value, str) else "."
        found = number_of(text, mark)
        if found is None:
            raise self.bad(field, CellFault.NO_NUMBER, found=text, mark=mark)
        return found

    def id_in(self, field: str) -> int | None:
        """Return the ERP's number in the cell; None where it is empty."""
        text = self.text(field)
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= 9):
            raise self.bad(field, CellFault.NO_ID, found=text)
        return int(text)

    def bad(self, field: str, fault: CellFault, **values: str) -> BadCell:
        """Return what is wrong with the cell."""
        column = self.sheet.columns.get(field, field)
        source = self.sheet.source
        return BadCell(fault, source=source, row=self.row_number, field=column, values=values)
