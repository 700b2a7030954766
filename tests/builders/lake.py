"""Rows of the lake with defaults, and a lake in a folder of its own."""

from dataclasses import replace
from datetime import date

import pyarrow as pa
from django.utils import timezone

from umschlag.storage.lake.datasets import dataset_named
from umschlag.storage.lake.files import LocalFiles
from umschlag.storage.lake.lake import Lake
from umschlag.storage.records import lake_listing

DAY = date(2026, 9, 2)
_written = {}
"""The files that were published once, by the name of their history."""


def a_lake(folder):
    return Lake(files=LocalFiles(folder / "lake"))


def publish_kept(lake, name, make):
    """Publish what `make` yields, each a data set, a unit and its table, all at once.

    Many tests begin with the same history, and to write a hundred files takes much longer than to
    lay them down once more; so this process writes those of a name the first time alone.
    """
    if name not in _written:
        files = [lake.write(dataset, unit, table) for dataset, unit, table in make()]
        _written[name] = [(file, lake.files.read(file.path)) for file in files]
    else:
        files = [
            replace(
                lake.put(file.dataset, file.unit, content, row_count=file.row_count),
                totals=file.totals,
            )
            for file, content in _written[name]
        ]
    lake_listing.register(files, at=timezone.now())


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
