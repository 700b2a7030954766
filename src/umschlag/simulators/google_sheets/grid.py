"""A tab's cells: which of them a range names, and how they are rendered.

Serial 0 is 1899-12-30; trailing empty cells and rows are cut; FORMATTED_VALUE is what the
spreadsheet's locale shows, here German.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from umschlag.simulators.google_sheets.buying_sheet import Cell

SERIAL_ZERO = date(1899, 12, 30)
ROW_COUNT = 1_000
COLUMN_COUNT = 26
_PLACE = re.compile(r"([A-Z]{1,2})?(\d+)?")


class UnparsableRange(Exception):
    """The text names no range of the spreadsheet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A rectangle of cells, both ends included, counted from 0."""

    row_first: int
    row_last: int
    column_first: int
    column_last: int

    @property
    def address(self) -> str:
        """The rectangle in A1 notation."""
        return (
            f"{column_name(self.column_first)}{self.row_first + 1}"
            f":{column_name(self.column_last)}{self.row_last + 1}"
        )


def column_name(column: int) -> str:
    """Return the letters of the column: 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def block_named(text: str, *, tab: str) -> Block:
    """Return the block that a range in A1 notation names on the tab.

    Raises:
        UnparsableRange: it is no range, or names another tab.
    """
    title, separator, area = text.rpartition("!")
    if not separator:
        title, area = (area, "") if area.strip("'") == tab else (tab, area)
    if title.strip("'") != tab:
        raise UnparsableRange(text)
    if not area:
        return Block(
            row_first=0, row_last=ROW_COUNT - 1, column_first=0, column_last=COLUMN_COUNT - 1
        )
    first, _, last = area.partition(":")
    start, end = _PLACE.fullmatch(first), _PLACE.fullmatch(last or first)
    if start is None or end is None:
        raise UnparsableRange(text)
    return Block(
        row_first=int(start[2] or 1) - 1,
        row_last=min(int(end[2] or ROW_COUNT), ROW_COUNT) - 1,
        column_first=_column_number(start[1] or "A"),
        column_last=min(_column_number(end[1] or column_name(COLUMN_COUNT - 1)), COLUMN_COUNT - 1),
    )


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def rendered(
    rows: Sequence[Sequence[Cell]], block: Block, *, formatted: bool, dates_as_text: bool
) -> list[list[str | int | float | bool]]:
    """Return the block's values as the API sends them: ragged, trailing emptiness cut."""
    values = []
    for row in rows[block.row_first : block.row_last + 1]:
        cells = row[block.column_first : block.column_last + 1]
        line = [_shown(cell, formatted=formatted, dates_as_text=dates_as_text) for cell in cells]
        while line and line[-1] == "":
            line.pop()
        values.append(line)
    while values and not values[-1]:
        values.pop()
    return values


def _shown(cell: Cell, *, formatted: bool, dates_as_text: bool) -> str | int | float | bool:
    if cell is None:
        return ""
    if isinstance(cell, date):
        as_text = formatted or dates_as_text
        return cell.strftime("%d.%m.%Y") if as_text else (cell - SERIAL_ZERO).days
    if formatted and isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if formatted and isinstance(cell, float):
        return f"{cell:,.2f}".translate(str.maketrans(",.", ".,"))
    return str(cell) if formatted else cell
