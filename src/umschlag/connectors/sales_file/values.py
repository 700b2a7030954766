"""Turns the file's columns into days, units and money, and says which cells it cannot use."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from umschlag.connectors.dialect import (
    DateOrder,
    date_of,
    date_order,
    decimal_mark,
    number_of,
)
from umschlag.connectors.sales_file.columns import ColumnMapping, SalesField
from umschlag.connectors.sales_file.reading import ROW, SHEET, SalesTable
from umschlag.kernel.outcomes import Problem

PRICE_STEPS = 10_000
"""Prices are kept in ten-thousandths while we count: shops write four decimals at most."""
SKU_CHARACTERS_MAX = 100
PROBLEMS_MAX = 500
"""A file of nonsense has a problem a row; this many are enough to see why."""
_EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - spreadsheets count local days from here
_MISSING_WORDS = ("", "nan", "none", "null", "n/a", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a person said the file is to be read, where it does not tell by itself."""

    zone: ZoneInfo
    decimal: str | None = None
    dates: DateOrder | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedLines:
    """The usable rows, typed, and what was wrong with the others (capped) and how many."""

    frame: pl.DataFrame
    problems: tuple[Problem, ...]
    unusable_count: int
    decimal: str
    dates: DateOrder


def typed_lines(table: SalesTable, mapping: ColumnMapping, reading: Reading) -> TypedLines:
    """Return the rows with typed columns.

    The frame has `line` (unique), `row, sheet, order_id, sku, units, price_steps, sold_at, name,
    customer, marketplace`; `sold_at` is in the merchant's zone, without it.

    Raises:
        DialectUnclear: numbers or dates can be read in two ways.
    """
    frame = table.frame
    number_columns = [mapping.columns[f] for f in (SalesField.PRICE, SalesField.QUANTITY)]
    mark = decimal_mark(
        (cell for name in number_columns for cell in _texts(frame[name])),
        source=table.source,
        told=reading.decimal,
    )
    sold_at, order = _instants(frame[mapping.columns[SalesField.SOLD_AT]], table.source, reading)
    lines = pl.DataFrame(
        {
            "line": pl.Series(range(frame.height), dtype=pl.UInt32),
            "row": frame[ROW],
            "sheet": _sheet(frame, mapping),
            "order_id": _text(frame[mapping.columns[SalesField.ORDER]]),
            "sku": _text(frame[mapping.columns[SalesField.SKU]]).str.to_uppercase(),
            "units": _scaled(frame[mapping.columns[SalesField.QUANTITY]], mark, 1),
            "price_steps": _scaled(frame[mapping.columns[SalesField.PRICE]], mark, PRICE_STEPS),
            "sold_at": sold_at,
            "name": _optional(frame, mapping.of(SalesField.NAME)),
            "customer": _optional(frame, mapping.of(SalesField.CUSTOMER)),
            "marketplace": _optional(frame, mapping.of(SalesField.MARKETPLACE)),
        }
    )
    bad = _bad_cells(lines)
    problems = _problems(table, mapping, bad)
    return TypedLines(
        frame=lines.join(bad, on="line", how="anti", maintain_order="left"),
        problems=(*table.broken_rows, *problems)[:PROBLEMS_MAX],
        unusable_count=bad["line"].n_unique() + len(table.broken_rows),
        decimal=mark,
        dates=order,
    )


def _texts(column: pl.Series) -> list[str]:
    return column.drop_nulls().unique().to_list() if column.dtype == pl.String else []


def _text(column: pl.Series) -> pl.Series:
    if column.dtype.is_float():
        # Made whole, because a spreadsheet keeps order numbers as 536365.0.
        whole = column.round(0).cast(pl.Int64, strict=False)
        column = whole if (column.is_null() | (column == whole)).all() else column
    text = column.cast(pl.String).str.strip_chars()
    return text.set(text.str.to_lowercase().is_in(_MISSING_WORDS), None)


def _optional(frame: pl.DataFrame, name: str | None) -> pl.Series:
    if name is None:
        return pl.Series([None] * frame.height, dtype=pl.String)
    return _text(frame[name])


def _sheet(frame: pl.DataFrame, mapping: ColumnMapping) -> pl.Series:
    name = mapping.of(SalesField.SHEET) or (SHEET if SHEET in frame.columns else None)
    return _optional(frame, name).fill_null("")


def _scaled(column: pl.Series, mark: str, steps: int) -> pl.Series:
    """Return whole numbers of 1/steps; null where the cell is no such number."""
    if column.dtype.is_integer():
        return column.cast(pl.Int64) * steps
    if column.dtype.is_numeric():
        scaled = column.cast(pl.Float64) * steps
        whole = scaled.round(0)
        exact = (scaled - whole).abs() < (1e-6 if steps == 1 else 0.5)
        return whole.set(~exact.fill_null(value=False), None).cast(pl.Int64, strict=False)
    return _translated(
        column.cast(pl.String), lambda text: _scaled_text(text, mark, steps), pl.Int64
    )


def _translated(
    texts: pl.Series, read: Callable[[str], object], dtype: type[pl.DataType]
) -> pl.Series:
    """Return what `read` makes of every text, called once for each that occurs."""
    distinct = texts.drop_nulls().unique()
    if distinct.is_empty():
        return pl.Series([None] * texts.len(), dtype=dtype)
    values = pl.Series([read(text) for text in distinct.to_list()], dtype=dtype)
    return texts.replace_strict(distinct, values, default=None, return_dtype=dtype)


def _scaled_text(text: str, mark: str, steps: int) -> int | None:
    number = number_of(text, mark)
    if number is None:
        return None
    scaled = number * steps
    whole = scaled.to_integral_value()
    if steps == 1 and scaled != whole:
        return None
    return int(whole) if abs(whole) < Decimal(2**53) else None


def _instants(column: pl.Series, source: str, reading: Reading) -> tuple[pl.Series, DateOrder]:
    if column.dtype == pl.Date or isinstance(column.dtype, pl.Datetime):
        return _naive(column, reading.zone), DateOrder.YEAR_FIRST
    if column.dtype.is_numeric():
        days = column.cast(pl.Float64)
        in_range = days.is_between(20_000, 80_000)  # 1954 to 2119
        micros = (days * 86_400_000_000).round(0).cast(pl.Int64, strict=False)
        shifted = pl.Series([_EXCEL_EPOCH], dtype=pl.Datetime("us")).item()
        dates = micros.cast(pl.Duration("us")) + pl.Series([shifted], dtype=pl.Datetime("us"))
        return dates.set(~in_range.fill_null(value=False), None), DateOrder.YEAR_FIRST
    return _written_instants(column.cast(pl.String).str.strip_chars(), source, reading)


def _naive(column: pl.Series, zone: ZoneInfo) -> pl.Series:
    column = column.cast(pl.Datetime("us", getattr(column.dtype, "time_zone", None)))
    if getattr(column.dtype, "time_zone", None):
        column = column.dt.convert_time_zone(str(zone))
    return column.dt.replace_time_zone(None)


def _written_instants(
    text: pl.Series, source: str, reading: Reading
) -> tuple[pl.Series, DateOrder]:
    day_text = text.str.extract(r"^(\d{1,4}[./-]\d{1,2}[./-]\d{1,4})(?:[T ,].*)?$")
    order = date_order(_texts(day_text), source=source, told=reading.dates)
    day = _translated(day_text, lambda cell: date_of(cell, order), pl.Date)
    clock: Any = r"[T ,]\s*(?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2}))?"
    frame = pl.DataFrame({"day": day, "text": text}).with_columns(
        pl.col("text").str.extract_groups(clock).alias("clock"),
        pl.col("text").str.to_uppercase().str.extract(r"([AP])\.?M\.?$").alias("half"),
        pl.col("text").str.to_uppercase().str.extract(r"\d(Z|[+-]\d\d:?\d\d)$").alias("offset"),
    )
    frame = frame.with_columns(
        *(
            pl.col("clock").struct.field(part).cast(pl.Int64, strict=False).fill_null(0).alias(part)
            for part in "hms"
        )
    )
    hour = (
        pl.when(pl.col("half").is_null())
        .then(pl.col("h"))
        .otherwise(pl.col("h") % 12 + pl.when(pl.col("half") == "P").then(12).otherwise(0))
    )
    local = pl.col("day").cast(pl.Datetime("us")) + pl.duration(
        hours=hour, minutes=pl.col("m"), seconds=pl.col("s")
    )
    if frame["offset"].drop_nulls().is_empty():
        return frame.select(local.alias("at"))["at"], order
    return _with_offsets(frame.with_columns(local.alias("at")), reading.zone), order


def _with_offsets(frame: pl.DataFrame, zone: ZoneInfo) -> pl.Series:
    digits = pl.col("offset").str.replace(":", "")
    minutes = (
        digits.str.slice(1, 2).cast(pl.Int64, strict=False) * 60
        + digits.str.slice(3, 2).cast(pl.Int64, strict=False)
    ) * pl.when(digits.str.starts_with("-")).then(-1).otherwise(1)
    utc = pl.col("at") - pl.duration(minutes=minutes.fill_null(0))
    told = (
        utc.dt.replace_time_zone("UTC").dt.convert_time_zone(str(zone)).dt.replace_time_zone(None)
    )
    merged = pl.when(pl.col("offset").is_null()).then(pl.col("at")).otherwise(told)
    return frame.select(merged.alias("at"))["at"]


_CHECKS = {
    "order_id": (SalesField.ORDER, "is empty; every line needs its order"),
    "sku": (SalesField.SKU, f"is empty or longer than {SKU_CHARACTERS_MAX} characters"),
    "units": (SalesField.QUANTITY, "is no whole number of units"),
    "price_steps": (SalesField.PRICE, "is no amount of money"),
    "sold_at": (SalesField.SOLD_AT, "is no date of the file's kind"),
}


def _bad_cells(lines: pl.DataFrame) -> pl.DataFrame:
    """Return one line per unusable cell: row and column."""
    found = [
        lines.filter(
            pl.col(name).is_null()
            | (pl.col(name).str.len_chars() > SKU_CHARACTERS_MAX if name == "sku" else False)
        ).select("line", "row", pl.lit(name).alias("cell"))
        for name in _CHECKS
    ]
    return pl.concat(found).sort("line", maintain_order=True)


def _problems(table: SalesTable, mapping: ColumnMapping, bad: pl.DataFrame) -> list[Problem]:
    problems = []
    for line, row, cell in bad.head(PROBLEMS_MAX).iter_rows():
        wanted, remedy = _CHECKS[cell]
        column = mapping.columns[wanted]
        value = table.frame[column][line]
        shown = "the cell" if value is None else repr(value)
        sheet = f"sheet {table.frame[SHEET][line]}, " if SHEET in table.frame.columns else ""
        place = f"{table.source}, {sheet}row {row}, {column}"
        problems.append(Problem(place=place, message=f"{shown} {remedy}; correct the row"))
    return problems
