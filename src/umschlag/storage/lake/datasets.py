"""The lake's data sets: their columns, how files are cut, and how rows lie in a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import pyarrow as pa
import pyarrow.compute as pc

from umschlag.kernel.errors import BadInput

_TEXT = pa.string()
_DATE = pa.date32()
_UNITS = pa.int32()
_ID = pa.int64()
_MINOR = pa.int64()
_COUNT = pa.int64()
_FLAG = pa.bool_()
_UNITS_EXPECTED = pa.float64()
_FACTOR = pa.float64()
_OWN_TEXTS = frozenset({"sku", "asin", "gtin", "name"})
"""Almost every article has its own: a dictionary of them makes files larger and slower."""


class Cut(StrEnum):
    """What one unit of a data set is: its file is replaced as a whole."""

    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """One table that a question can name."""

    name: str
    columns: pa.Schema
    cut: Cut
    sorted_by: tuple[str, ...]
    """Rows lie in this order, so that a reader can skip what it does not ask for."""
    unique_by: tuple[str, ...]
    """No two rows of the current files are equal in all of these."""

    def unit_of(self, day: date) -> str:
        """Return the unit that holds the day: ``2026-09-02``, or ``2026-09`` by months."""
        return day.isoformat() if self.cut is Cut.DAY else f"{day:%Y-%m}"

    def conform(self, table: pa.Table) -> pa.Table:
        """Return the table with exactly our columns and types, sorted.

        Raises:
            BadInput: a column is missing, or its values do not fit the type.
        """
        missing = [name for name in self.columns.names if name not in table.column_names]
        if missing:
            raise BadInput(f"{self.name}: missing column {missing[0]}", field=missing[0])
        try:
            typed = table.select(self.columns.names).cast(self.columns)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise BadInput(f"{self.name}: {error}") from error
        if _rises(typed[self.sorted_by[0]]):
            return typed
        return typed.sort_by([(name, "ascending") for name in self.sorted_by])

    @property
    def dictionary_columns(self) -> list[str]:
        """The columns whose values repeat; a file keeps each value of theirs once."""
        return [name for name in self.columns.names if name not in _OWN_TEXTS]


def _rises(column: pa.ChunkedArray) -> bool:
    """Tell whether each value is above the one before, which is quicker seen than sorted."""
    values = column.combine_chunks()
    if values.null_count:
        return False
    return bool(pc.all(pc.less(values[:-1], values[1:])).as_py())


def _schema(**columns: pa.DataType) -> pa.Schema:
    return pa.schema(list(columns.items()))


ARTICLE_DAYS = Dataset(
    name="article_days",
    columns=_schema(
        business_date=_DATE,
        sku=_TEXT,
        variation_id=_ID,
        item_id=_ID,
        asin=_TEXT,
        gtin=_TEXT,
        name=_TEXT,
        manufacturer=_TEXT,
        category=_TEXT,
        supplier=_TEXT,
        is_active=_FLAG,
        is_bundle=_FLAG,
        on_hand_units=_UNITS,
        reserved_units=_UNITS,
        on_order_units=_UNITS,
        other_on_hand_units=_UNITS,
        unit_cost_minor=_MINOR,
        sales_price_minor=_MINOR,
        currency=_TEXT,
        weight_g=_UNITS,
        length_mm=_UNITS,
        width_mm=_UNITS,
        height_mm=_UNITS,
        lead_time_days=_UNITS,
        order_units_min=_UNITS,
        pack_units=_UNITS,
        created_date=_DATE,
        last_seen_date=_DATE,
        is_reconstructed=_FLAG,
    ),
    cut=Cut.DAY,
    sorted_by=("sku",),
    unique_by=("business_date", "sku"),
)
"""One row per SKU and business date; a vanished SKU stays, with an earlier last_seen_date."""

ARTICLE_SPANS = Dataset(
    name="article_spans",
    columns=_schema(
        sku=_TEXT,
        from_date=_DATE,
        until_date=_DATE,
        day_count=_UNITS,
        **{
            column.name: column.type
            for column in ARTICLE_DAYS.columns
            if column.name not in ("business_date", "sku")
        },
    ),
    cut=Cut.MONTH,
    sorted_by=("sku", "from_date"),
    unique_by=("sku", "from_date"),
)
"""The same history by changes: a SKU's state and the run of snapshots in which it was the same.

It held at every snapshot from `from_date` up to, but without, `until_date`, of which there are
`day_count`; a run ends with its month, so each month stands for itself. `last_seen_date` is NULL
while the SKU was there: it was seen on each of these days.
"""

SNAPSHOT_DAYS = Dataset(
    name="snapshot_days",
    columns=_schema(business_date=_DATE),
    cut=Cut.DAY,
    sorted_by=("business_date",),
    unique_by=("business_date",),
)
"""The business dates that have a snapshot; the catalogue itself knows them, no file does."""

SNAPSHOT_NUMBERS = Dataset(
    name="snapshot_numbers",
    columns=_schema(business_date=_DATE, day_number=_UNITS),
    cut=Cut.DAY,
    sorted_by=("business_date",),
    unique_by=("business_date",),
)
"""The business dates of the period asked for that have a snapshot, numbered from one on."""

ARTICLE_SPANS_OF_PERIOD = Dataset(
    name="article_spans_of_period",
    columns=ARTICLE_SPANS.columns.append(pa.field("first_number", pa.int32())),
    cut=Cut.MONTH,
    sorted_by=("sku", "from_date"),
    unique_by=("sku", "from_date"),
)
"""The changes cut to the period asked for: only spans that hold one of its snapshots or more.

`day_count` tells how many of the period's snapshots a span holds, `first_number` which is the first
of them, by `snapshot_numbers`; `from_date` and `until_date` stay the span's own.
"""

STOCK_TOTALS = Dataset(
    name="stock_totals",
    columns=_schema(
        business_date=_DATE,
        currency=_TEXT,
        sku_count=_COUNT,
        on_hand_units=_COUNT,
        value_minor=_MINOR,
        skus_without_cost=_COUNT,
        is_reconstructed=_FLAG,
    ),
    cut=Cut.DAY,
    sorted_by=("business_date", "currency"),
    unique_by=("business_date", "currency"),
)
"""What each day's articles come to, as its publication summed it up; in the catalogue as well."""

WAREHOUSE_DAYS = Dataset(
    name="warehouse_days",
    columns=_schema(
        business_date=_DATE,
        sku=_TEXT,
        warehouse_id=_ID,
        warehouse_name=_TEXT,
        is_sales=_FLAG,
        on_hand_units=_UNITS,
        reserved_units=_UNITS,
    ),
    cut=Cut.DAY,
    sorted_by=("sku", "warehouse_id"),
    unique_by=("business_date", "sku", "warehouse_id"),
)
"""Stock by warehouse; no row where nothing lies there and nothing is reserved."""

BUNDLE_PARTS = Dataset(
    name="bundle_parts",
    columns=_schema(business_date=_DATE, sku=_TEXT, part_sku=_TEXT, units_per_bundle=_UNITS),
    cut=Cut.DAY,
    sorted_by=("sku", "part_sku"),
    unique_by=("business_date", "sku", "part_sku"),
)
"""What each bundle was put together from; none of a bundle's rows where a part is not known."""

RECEIPTS = Dataset(
    name="receipts",
    columns=_schema(
        business_date=_DATE,
        sku=_TEXT,
        warehouse_id=_ID,
        units=_UNITS,
        unit_cost_minor=_MINOR,
    ),
    cut=Cut.MONTH,
    sorted_by=("sku", "business_date"),
    unique_by=("business_date", "sku", "warehouse_id"),
)
"""Goods received, summed by day, SKU and warehouse; the cost is their average."""

SALES = Dataset(
    name="sales",
    columns=_schema(
        business_date=_DATE,
        sku=_TEXT,
        order_id=_TEXT,
        line_id=_TEXT,
        marketplace=_TEXT,
        units=_UNITS,
        revenue_minor=_MINOR,
        currency=_TEXT,
        source=_TEXT,
    ),
    cut=Cut.MONTH,
    sorted_by=("sku", "business_date"),
    unique_by=("source", "order_id", "line_id"),
)
"""Order lines; returns and credit notes are negative rows."""

SELLERBOARD_DAYS = Dataset(
    name="sellerboard_days",
    columns=_schema(
        business_date=_DATE,
        marketplace=_TEXT,
        asin=_TEXT,
        sku=_TEXT,
        units=_UNITS,
        refunds=_UNITS,
        sales_minor=_MINOR,
        ads_minor=_MINOR,
        fees_minor=_MINOR,
        refund_cost_minor=_MINOR,
        cost_of_goods_minor=_MINOR,
        vat_minor=_MINOR,
        net_profit_minor=_MINOR,
        currency=_TEXT,
        is_settled=_FLAG,
        fulfilment_channel=_TEXT,
        raw_json=_TEXT,
    ),
    cut=Cut.MONTH,
    sorted_by=("sku", "business_date"),
    unique_by=("business_date", "marketplace", "asin", "sku"),
)
"""Sellerboard's figures by product and day, with the row as it was delivered."""

CONVERSION_DAYS = Dataset(
    name="conversion_days",
    columns=_schema(business_date=_DATE, currency=_TEXT, factor=_FACTOR),
    cut=Cut.DAY,
    sorted_by=("business_date",),
    unique_by=("business_date", "currency"),
)
"""What minor units of a currency are multiplied by to be those of a question's `currency`, by the
newest rate that counts on the day; no row where none does. Rates are records, no file has them."""

DEMAND_FORECASTS = Dataset(
    name="demand_forecasts",
    columns=_schema(
        business_date=_DATE,
        sku=_TEXT,
        horizon_days=_UNITS,
        method=_TEXT,
        mean_units=_UNITS_EXPECTED,
        q50_units=_UNITS_EXPECTED,
        q80_units=_UNITS_EXPECTED,
        q90_units=_UNITS_EXPECTED,
        q95_units=_UNITS_EXPECTED,
        q99_units=_UNITS_EXPECTED,
    ),
    cut=Cut.MONTH,
    sorted_by=("sku", "business_date"),
    unique_by=("business_date", "sku", "horizon_days"),
)
"""Every forecast as it was made on the business date, to be measured when its horizon is over."""

MARKETPLACE_FORECASTS = Dataset(
    name="marketplace_forecasts",
    columns=_schema(
        marketplace=_TEXT, **{column.name: column.type for column in DEMAND_FORECASTS.columns}
    ),
    cut=Cut.MONTH,
    sorted_by=("sku", "business_date"),
    unique_by=("business_date", "sku", "marketplace", "horizon_days"),
)
"""The same by marketplace, where one sold the article within a year; empty: sales that name none.
The means of an article's marketplaces add up to the article's."""

DATASETS: Mapping[str, Dataset] = {
    dataset.name: dataset
    for dataset in (
        ARTICLE_DAYS,
        ARTICLE_SPANS,
        ARTICLE_SPANS_OF_PERIOD,
        SNAPSHOT_DAYS,
        SNAPSHOT_NUMBERS,
        STOCK_TOTALS,
        WAREHOUSE_DAYS,
        BUNDLE_PARTS,
        RECEIPTS,
        SALES,
        SELLERBOARD_DAYS,
        CONVERSION_DAYS,
        DEMAND_FORECASTS,
        MARKETPLACE_FORECASTS,
    )
}
OF_SNAPSHOTS = (ARTICLE_DAYS, WAREHOUSE_DAYS, BUNDLE_PARTS)
"""Data sets that a snapshot publishes together, each with a file for the day."""
IMPORTED = (RECEIPTS, SALES, SELLERBOARD_DAYS, DEMAND_FORECASTS, MARKETPLACE_FORECASTS)
"""Data sets whose months are published anew by every import or forecast that touches them."""


def dataset_named(name: str) -> Dataset:
    """Return the data set.

    Raises:
        BadInput: there is none of that name.
    """
    try:
        return DATASETS[name]
    except KeyError:
        known = ", ".join(DATASETS)
        raise BadInput(f"the lake has no data set {name!r}; it has {known}") from None
