"""Rows of the lake with defaults, and a lake in a folder of its own."""

from datetime import date

import pyarrow as pa

from umschlag.storage.lake.datasets import dataset_named
from umschlag.storage.lake.files import LocalFiles
from umschlag.storage.lake.lake import Lake

DAY = date(2026, 9, 2)


def a_lake(folder):
    return Lake(files=LocalFiles(folder / "lake"))


def rows_of(dataset, *rows):
    """Return a table of the data set; columns that a row leaves out are null."""
    columns = dataset_named(dataset).columns
    return pa.Table.from_pylist(
        [dict.fromkeys(columns.names) | row for row in rows], schema=columns
    )


def article_day(sku="HX-1", business_date=DAY, **values):
    return {
        "business_date": business_date,
        "sku": sku,
        "variation_id": 1001,
        "name": "Desk lamp",
        "is_active": True,
        "is_bundle": False,
        "on_hand_units": 5,
        "reserved_units": 0,
        "unit_cost_minor": 200,
        "currency": "EUR",
        "last_seen_date": business_date,
        "is_reconstructed": False,
    } | values


def a_sellerboard_day(sku="HX-1", business_date=DAY, **values):
    return {
        "business_date": business_date,
        "marketplace": "Amazon.de",
        "asin": "B000000001",
        "sku": sku,
        "units": 1,
        "refunds": 0,
        "sales_minor": 999,
        "ads_minor": 0,
        "fees_minor": -499,
        "refund_cost_minor": 0,
        "cost_of_goods_minor": -200,
        "vat_minor": -200,
        "net_profit_minor": 100,
        "currency": "EUR",
        "is_settled": True,
    } | values


def a_sale(order_id="o1", business_date=DAY, **values):
    return {
        "business_date": business_date,
        "sku": "HX-1",
        "order_id": order_id,
        "line_id": "1",
        "marketplace": "Amazon.de",
        "units": 1,
        "revenue_minor": 999,
        "currency": "EUR",
        "source": "plentymarkets",
    } | values
