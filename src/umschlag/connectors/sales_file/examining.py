"""What importing a file of order lines would come to, before anything is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from umschlag.connectors.dialect import DateOrder
from umschlag.connectors.sales_file.cleaning import (
    CANCELLED_WITHIN_DAYS,
    Cleaned,
    NonProduct,
    clean,
)
from umschlag.connectors.sales_file.columns import ColumnMapping, map_columns
from umschlag.connectors.sales_file.reading import read_sales_table
from umschlag.connectors.sales_file.values import (
    PRICE_STEPS,
    PROBLEMS_MAX,
    Reading,
    TypedLines,
    typed_lines,
)
from umschlag.kernel.money import Money, money
from umschlag.kernel.outcomes import Problem

PREVIEW_ROWS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesFileOptions:
    """What a person may add where the file does not tell, or overrule."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Field → column, as in ``{"sku": "Art.-Nr."}``."""
    products: frozenset[str] = frozenset()
    """Codes that look like a service and are products all the same."""
    source: str = "file"
    """Which shop the orders are from: order numbers need be unique only within it."""
    currency: str = ""
    """Of the file's prices; empty: the merchant's."""
    decimal: str | None = None
    dates: DateOrder | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderstoodLine:
    """One row of the file, as we read it."""

    row: int
    order_id: str
    sku: str
    units: int
    price: Money
    sold_at: datetime
    name: str
    marketplace: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesFilePreview:
    """What an import of the file would do: nothing was written for it.

    `row_count` = `sale_count` + `return_count` + every skipped count (a cancelled pair is two).
    """

    source: str
    format: str
    mapping: ColumnMapping
    decimal: str
    dates: DateOrder
    first_lines: tuple[UnderstoodLine, ...]
    row_count: int
    sale_count: int
    return_count: int
    duplicate_count: int
    unpriced_count: int
    cancelled_pair_count: int
    non_product_line_count: int
    unusable_count: int
    article_count: int
    first_date: date | None
    last_date: date | None
    revenue: Money
    non_products: tuple[NonProduct, ...]
    problems: tuple[Problem, ...]
    """What is skipped, by reason, then row by row; at most 500, the rest is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExaminedSales:
    """The cleaned lines and their preview."""

    preview: SalesFilePreview
    cleaned: Cleaned
    content_sha256: str


def examine_sales_file(path: Path, options: SalesFileOptions, *, zone: ZoneInfo) -> ExaminedSales:
    """Return what the file holds. `zone` decides the day of a sale; the currency must be set.

    Raises:
        UnreadableFile: it is no CSV, Excel or Parquet file with rows.
        SalesColumnsUnclear: a required column is missing or ambiguous.
        DialectUnclear: numbers or dates can be read in two ways.
    """
    table = read_sales_table(path)
    mapping = map_columns(table.column_names, chosen=options.columns, source=table.source)
    reading = Reading(zone=zone, decimal=options.decimal, dates=options.dates)
    lines = typed_lines(table, mapping, reading)
    cleaned = clean(lines.frame, products=options.products)
    sales = cleaned.sales
    return ExaminedSales(
        cleaned=cleaned,
        content_sha256=table.content_sha256,
        preview=SalesFilePreview(
            source=table.source,
            format=table.format,
            mapping=mapping,
            decimal=lines.decimal,
            dates=lines.dates,
            first_lines=_first_lines(lines.frame, options.currency),
            row_count=table.frame.height + len(table.broken_rows),
            sale_count=sales.height - cleaned.return_count,
            return_count=cleaned.return_count,
            duplicate_count=cleaned.duplicate_count,
            unpriced_count=cleaned.unpriced_count,
            cancelled_pair_count=cleaned.cancelled_pair_count,
            non_product_line_count=cleaned.non_product_line_count,
            unusable_count=lines.unusable_count,
            article_count=sales["sku"].n_unique(),
            first_date=_day(sales["sold_at"].min()),
            last_date=_day(sales["sold_at"].max()),
            revenue=_revenue(sales, options.currency),
            non_products=cleaned.non_products,
            problems=_problems(table.source, lines, cleaned),
        ),
    )


def _day(instant: object) -> date | None:
    return instant.date() if isinstance(instant, datetime) else None


def _revenue(sales: pl.DataFrame, currency: str) -> Money:
    steps = int(sales.select((pl.col("units") * pl.col("price_steps")).sum()).item() or 0)
    return _price(steps, currency)


def _price(steps: int, currency: str) -> Money:
    return money(Decimal(steps) / PRICE_STEPS, currency)


def _first_lines(lines: pl.DataFrame, currency: str) -> tuple[UnderstoodLine, ...]:
    return tuple(
        UnderstoodLine(
            row=line["row"],
            order_id=line["order_id"],
            sku=line["sku"],
            units=line["units"],
            price=_price(line["price_steps"], currency),
            sold_at=line["sold_at"],
            name=line["name"] or "",
            marketplace=line["marketplace"] or "",
        )
        for line in lines.head(PREVIEW_ROWS).iter_rows(named=True)
    )


def _problems(source: str, lines: TypedLines, cleaned: Cleaned) -> tuple[Problem, ...]:
    reasons = (
        (cleaned.duplicate_count, "lines stand in another sheet as well and count once"),
        (cleaned.unpriced_count, "lines have a price of zero or below, or no units: no sales"),
        (
            cleaned.cancelled_pair_count,
            f"sales were cancelled within {CANCELLED_WITHIN_DAYS} days; both lines are left out",
        ),
        (
            cleaned.non_product_line_count,
            "lines are of codes that are no products: " + _codes(cleaned.non_products),
        ),
    )
    told = [Problem(place=source, message=f"{count:,} {why}") for count, why in reasons if count]
    listed = lines.problems[: PROBLEMS_MAX - len(told) - 1]
    unlisted = lines.unusable_count - len({problem.place for problem in listed})
    if unlisted > 0 and len(listed) < len(lines.problems):
        told.append(Problem(place=source, message=f"{unlisted:,} more rows cannot be used"))
    return (*told, *listed)


def _codes(non_products: tuple[NonProduct, ...]) -> str:
    shown = ", ".join(item.code for item in non_products[:30])
    return shown + (", …" if len(non_products) > 30 else "")
