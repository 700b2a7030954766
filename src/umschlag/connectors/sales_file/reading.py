"""Reads a person's file, whatever wrote it, into one table with row numbers.

CSV values stay text here: what a column's dates and decimals look like is decided over the
whole column, in `values`.
"""

import codecs
import csv
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from umschlag.kernel.errors import BadInput
from umschlag.kernel.outcomes import Problem

ROW = "__row"
SHEET = "__sheet"
DELIMITERS = (",", ";", "\t", "|")


class UnreadableFile(BadInput):
    """The file is not one we can read; the message says what to save it as."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesTable:
    """The file's rows as they stand, `ROW` counting as a person would (the header is row 1)."""

    source: str
    format: str
    content_sha256: str
    frame: pl.DataFrame
    broken_rows: tuple[Problem, ...] = ()

    @property
    def column_names(self) -> list[str]:
        """The file's own columns."""
        return [name for name in self.frame.columns if name not in {ROW, SHEET}]


def read_sales_table(path: Path) -> SalesTable:
    """Return the file's table, its format told by its ending.

    Raises:
        UnreadableFile: it does not exist, is empty, or is no CSV, Excel or Parquet file.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise UnreadableFile(
            f"{path.name}: save it as .csv, .xlsx or .parquet; {path.suffix or 'no ending'} "
            "is not read"
        )
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"{path}: cannot be opened ({error.strerror})") from error
    if not content.strip():
        raise UnreadableFile(f"{path.name} is empty")
    return reader(path, content)


def _table(
    path: Path, content: bytes, frame: pl.DataFrame, *, broken: tuple[Problem, ...] = ()
) -> SalesTable:
    if ROW not in frame.columns:
        frame = frame.with_row_index(ROW, offset=2)
    return SalesTable(
        source=path.name,
        format=path.suffix.lower().removeprefix("."),
        content_sha256=hashlib.sha256(content).hexdigest(),
        frame=frame,
        broken_rows=broken,
    )


def _from_parquet(path: Path, content: bytes) -> SalesTable:
    try:
        return _table(path, content, pl.read_parquet(io.BytesIO(content)))
    except PolarsError as error:
        raise UnreadableFile(f"{path.name} is no Parquet file: {_brief(error)}") from error


def _from_excel(path: Path, content: bytes) -> SalesTable:
    try:
        sheets = pl.read_excel(
            io.BytesIO(content), sheet_id=0, infer_schema_length=None, raise_if_empty=False
        )
    except Exception as error:
        # Every error is meant, because calamine has one of its own for each broken workbook.
        raise UnreadableFile(
            f"{path.name} cannot be read as a workbook ({_brief(error)}); save it as .xlsx again"
        ) from error
    filled = [
        sheet.with_row_index(ROW, offset=2).with_columns(pl.lit(name).alias(SHEET))
        for name, sheet in sheets.items()
        if sheet.height
    ]
    if not filled:
        raise UnreadableFile(f"{path.name} has no rows below its header")
    # Only sheets of one shape are put together, since a cover page or a pivot is no table.
    names = filled[0].columns
    same = [sheet for sheet in filled if set(names) <= set(sheet.columns)]
    broken = tuple(
        Problem(
            place=f"{path.name}, sheet {sheet[SHEET][0]}",
            message="was left out: it has other columns than the first sheet",
        )
        for sheet in filled
        if not set(names) <= set(sheet.columns)
    )
    frame = pl.concat(_of_one_kind([sheet.select(names) for sheet in same]), how="vertical_relaxed")
    return _table(path, content, frame, broken=broken)


def _of_one_kind(sheets: list[pl.DataFrame]) -> list[pl.DataFrame]:
    """Return the sheets with columns as text that hold dates in one and numbers in another.

    Put together as they are, a date would become the number of its day, counted from 1970.
    """
    mixed = [
        name
        for name in sheets[0].columns
        if len({sheet[name].dtype.is_temporal() for sheet in sheets}) > 1
    ]
    return [sheet.with_columns(pl.col(mixed).cast(pl.String)) for sheet in sheets]


def _from_csv(path: Path, content: bytes) -> SalesTable:
    # Old Macs end lines with a lone carriage return, and so do some shops' notes.
    text = _decoded(path.name, content).replace("\r\n", "\n").replace("\r", "\n").lstrip("\n")
    delimiter = sniff_delimiter(text)
    try:
        header = next(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        raise UnreadableFile(f"{path.name}, header: {error}") from error
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        raise UnreadableFile(
            f"{path.name} has the column {repeated[0]!r} twice; rename or delete one"
        )
    try:
        frame = pl.read_csv(
            text.encode(),
            separator=delimiter,
            infer_schema=False,
            extra_columns="raise",
            missing_columns="raise",
            truncate_ragged_lines=False,
        )
        return _table(path, content, frame)
    except PolarsError:
        # Some row has too few or too many fields: the slow reader finds which.
        frame, broken = _rows_one_by_one(path.name, text, delimiter, header)
        return _table(path, content, frame, broken=broken)


def _decoded(name: str, content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    if b"\x00" in content[:4096]:
        raise UnreadableFile(f"{name} is no text file; export it as CSV")
    # Excel on a Western European Windows writes this; every byte of it is some character.
    return content.decode("cp1252", errors="replace")


def sniff_delimiter(text: str) -> str:
    """Return the delimiter that occurs most often in the header line, outside quotes."""
    header, quoted = text.split("\n", 1)[0], False
    counts = dict.fromkeys(DELIMITERS, 0)
    for character in header:
        if character == '"':
            quoted = not quoted
        elif not quoted and character in counts:
            counts[character] += 1
    return max(DELIMITERS, key=lambda delimiter: counts[delimiter])


def _rows_one_by_one(
    name: str, text: str, delimiter: str, header: list[str]
) -> tuple[pl.DataFrame, tuple[Problem, ...]]:
    rows: list[list[str | int | None]] = []
    broken: list[Problem] = []
    # Strict: an opened quote that is never closed would swallow every row after it.
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        next(reader, None)
        for number, row in enumerate(reader, start=2):
            if not row:
                continue
            if len(row) != len(header):
                message = f"has {len(row)} fields where the header has {len(header)}; correct it"
                broken.append(Problem(place=f"{name}, row {number}", message=message))
                continue
            rows.append([number, *(cell or None for cell in row)])
    except csv.Error as error:
        raise UnreadableFile(f"{name}, line {reader.line_num}: {error}") from error
    schema = {ROW: pl.UInt32, **dict.fromkeys(header, pl.String)}
    return pl.DataFrame(rows, schema=schema, orient="row"), tuple(broken)


def _brief(error: Exception) -> str:
    return str(error).split("\n", 1)[0][:200]


_READERS: dict[str, Callable[[Path, bytes], SalesTable]] = {
    **dict.fromkeys((".csv", ".txt", ".tsv"), _from_csv),
    **dict.fromkeys((".xlsx", ".xlsm", ".xls", ".ods"), _from_excel),
    **dict.fromkeys((".parquet", ".pq"), _from_parquet),
}
