"""Rows of the lake with defaults, and a lake in a folder of its own."""

from datetime import date

import pyarrow as pa

from umschlag.storage.lake.datasets import dataset_named
from umschlag.storage.lake.lake import Lake

DAY = date(2026, 9, 2)


def a_lake(folder):
    return Lake(folder=folder / "lake")


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
