"""Tables as files for spreadsheets, written while they are read: none is held as a whole.

The first row names the columns. Germans get them as their Excel opens them: German names,
semicolons, decimal commas, days as 31.08.2026, ja and nein. The English form is the one for
programs: its names and signs stay as they are.
"""

import csv
import io
import itertools
import math
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias
from xml.sax.saxutils import escape

from umschlag.kernel.errors import BadInput
from umschlag.wiring.amounts import decimal_text, is_german
from umschlag.wiring.column_titles import column_title

Cell: TypeAlias = str | int | float | Decimal | bool | date | None
Row: TypeAlias = Sequence[Cell]
EXCEL_ROWS_MAX = 1_048_576
"""What a sheet holds, the column names among them (Microsoft's specifications and limits)."""
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CHUNK_BYTES = 1 << 16
_FIRST_DAY = date(1899, 12, 30)
"""Day 0 of a spreadsheet, from March 1900 on: Excel counts a 29 February 1900."""
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
    "</Types>",
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATION}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATION}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_RELATION}/styles" Target="styles.xml"/>'
    "</Relationships>",
    # Style 1 is a day, written as the reader's computer writes days; style 2 is bold.
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/>'
    '<xf numFmtId="14" applyNumberFormat="1"/><xf fontId="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>",
}
_SHEET_HEAD = (
    f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    "</sheetView></sheetViews><sheetData>"
)


def harmless(cell: Any) -> Any:  # noqa: ANN401 - any cell, of which texts alone are changed
    """Return the cell so that a spreadsheet shows, and does not run, what an outsider wrote.

    An apostrophe in front is how spreadsheets mark text; numbers are left as they are.
    """
    if isinstance(cell, _Number) or not isinstance(cell, str):
        return cell
    return f"'{cell}" if cell.startswith(_STARTS_A_FORMULA) else cell


def csv_chunks(rows: Iterable[Row]) -> Iterator[bytes]:
    """Return a CSV file's bytes, piece by piece, as the language that is active now writes it."""
    # Asked before the first piece: a page's answer is written when its language is gone again.
    lines = _titled(rows)
    return _german_csv(lines) if is_german() else _csv_pieces(lines, delimiter=",")


def _german_csv(lines: Iterable[Row]) -> Iterator[bytes]:
    return _csv_pieces((map(_german_cell, line) for line in lines), delimiter=";")


def _csv_pieces(lines: Iterable[Iterable[Cell]], *, delimiter: str) -> Iterator[bytes]:
    text = io.StringIO()
    # Excel takes a file without this mark for one in its own old encoding.
    text.write("\N{ZERO WIDTH NO-BREAK SPACE}")
    writer = csv.writer(text, delimiter=delimiter)
    for line in lines:
        writer.writerow([harmless(cell) for cell in line])
        if text.tell() >= _CHUNK_BYTES:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def _titled(rows: Iterable[Row]) -> Iterator[Row]:
    """Return the rows, the first one's column names in the language that is active now."""
    lines = iter(rows)
    titles = [column_title(str(name)) for name in next(lines, ())]
    return itertools.chain([titles], lines)


def _german_cell(cell: Cell) -> Cell:
    if isinstance(cell, bool):
        return "ja" if cell else "nein"
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}"
    if isinstance(cell, float):
        return _Number(repr(float(cell)).replace(".", ",")) if math.isfinite(cell) else "∞"
    if isinstance(cell, Decimal):
        return _Number(f"{cell:f}".replace(".", ","))
    return cell


class _Number(str):
    """A number as text: its minus starts no formula."""

    __slots__ = ()


def excel_chunks(rows: Iterable[Row], *, title: str) -> Iterator[bytes]:
    """Return an Excel file's bytes, piece by piece, its columns named in the active language.

    openpyxl would take a minute for 100,000 articles, and hand out nothing before its end. Texts
    are marked as such in the file, so that none is a formula and none needs an apostrophe.

    Raises:
        BadInput: there are more rows than a sheet holds.
    """
    return _excel_pieces(_titled(rows), title=title)


def _excel_pieces(rows: Iterable[Row], *, title: str) -> Iterator[bytes]:
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in _PARTS.items():
            archive.writestr(name, _HEAD + content)
        archive.writestr("xl/workbook.xml", _workbook(title))
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for text in _sheet_texts(rows):
                sheet.write(text.encode())
                yield from sink.taken()
    yield from sink.taken()


def _workbook(title: str) -> str:
    name = escape(title, {'"': "&quot;"})
    return (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATION}">'
        f'<sheets><sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )


def _sheet_texts(rows: Iterable[Row]) -> Iterator[str]:
    texts = [_SHEET_HEAD]
    for number, row in enumerate(rows):
        if number >= EXCEL_ROWS_MAX:
            raise BadInput(f"an Excel sheet holds {EXCEL_ROWS_MAX:,} rows; take a CSV file instead")
        cells = "".join(map(_excel_cell if number else _excel_title, row))
        texts.append(f"<row>{cells}</row>")
        if len(texts) == 256:
            yield "".join(texts)
            texts.clear()
    yield "".join(texts) + "</sheetData></worksheet>"


def _excel_title(cell: Cell) -> str:
    return f'<c s="2" t="inlineStr"><is><t>{escape(str(cell))}</t></is></c>'


def _excel_cell(cell: Cell) -> str:
    if cell is None:
        return "<c/>"
    if isinstance(cell, str):
        text = escape(_NOT_IN_XML.sub("", cell))
        return (
            f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>' if text else "<c/>"
        )
    if isinstance(cell, bool):
        return f'<c t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, date):
        return f'<c s="1"><v>{(cell - _FIRST_DAY).days}</v></c>'
    if isinstance(cell, float) and not math.isfinite(cell):
        return _excel_cell(decimal_text(cell))
    return f"<c><v>{cell}</v></c>"


class _Sink(io.RawIOBase):
    """What a zip file is written into, of which nothing is kept once it was taken."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:  # noqa: ANN401 - whatever holds bytes
        self._pieces.append(bytes(piece))
        return len(piece)

    def taken(self) -> Iterator[bytes]:
        """Yield what was written since the last time."""
        if self._pieces:
            yield b"".join(self._pieces)
            self._pieces.clear()
