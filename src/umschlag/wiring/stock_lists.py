"""The stock on a day as a list for the books: a file with every column, and the day it is of."""

import itertools
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from umschlag.kernel.money import Money
from umschlag.wiring.list_files import list_chunks, write_list
from umschlag.wiring.spreadsheets import Cell, Row
from umschlag.wiring.stock_on_a_day import StockOnADay

_ROWS_AT_ONCE = 2_000
_AMOUNTS = {
    "unit_cost_minor": "unit_cost",
    "value_minor": "stock_value",
    "sales_price_minor": "sales_price",
}
"""They go out in major units, which spreadsheets can sum."""
_COLUMNS = [
    *("sku", "name", "asin", "gtin", "manufacturer", "category", "supplier"),
    *("on_hand_units", "reserved_units", "available_units", "other_on_hand_units"),
    *("on_order_units", *_AMOUNTS, "currency", "is_vanished", "is_reconstructed"),
    *("last_seen_date", "created_date", "variation_id", "item_id", "is_active", "is_bundle"),
    *("weight_g", "length_mm", "width_mm", "height_mm"),
    *("lead_time_days", "order_units_min", "pack_units"),
]
_DAYS = ("business_date", "is_close", "asked_date", "known_on")


def stock_list_chunks(stock: StockOnADay, ending: str) -> Iterator[bytes]:
    """Yield the bytes of the list as a file of that ending, piece by piece.

    Raises:
        BadInput: the ending is neither ``csv`` nor ``xlsx``, or a sheet has no room for all rows.
    """
    return list_chunks(stock_list_rows(stock), ending, title=stock_list_name(stock))


def stock_list_name(stock: StockOnADay) -> str:
    """Return what the list is called, its day among it."""
    return f"stock-{stock.business_date}"


def write_stock_list(stock: StockOnADay, file: Path) -> None:
    """Write the list; a former file of the name stays until the new one is whole.

    Raises:
        BadInput: the file cannot be written, or its ending is neither ``.csv`` nor ``.xlsx``.
    """
    write_list(stock_list_rows(stock), file, title=stock_list_name(stock))


def stock_list_rows(stock: StockOnADay) -> Iterator[Row]:
    """Return the column names, a row for each article, and what they come to.

    The totals stand in the first columns below an empty row, so that the sum of a column is that
    of its articles.
    """
    titles = [*(_AMOUNTS.get(name, name) for name in _COLUMNS), *_DAYS]
    # Put into words at once: a page's answer is written when its language is gone again.
    totals = _total_rows(stock)
    return itertools.chain([titles], _article_rows(stock), totals)


def _article_rows(stock: StockOnADay) -> Iterator[Row]:
    picture = stock.picture
    days = (stock.business_date, picture.is_close, stock.asked_date, stock.known_on)
    for start in range(0, len(stock), _ROWS_AT_ONCE):
        part = stock.part(start, start + _ROWS_AT_ONCE)
        currencies = part["currency"].to_pylist()
        columns = [_cells(name, part[name].to_pylist(), currencies) for name in _COLUMNS]
        for cells in zip(*columns, strict=True):
            yield [*cells, *days]


def _total_rows(stock: StockOnADay) -> list[Row]:
    rows: list[Row] = [[], [stock.picture.title_in_print]]
    rows.append([_("Totals"), _("Articles"), _("Units"), _("Value"), _("Currency")])
    for part in stock.totals.sums:
        value = part.value.decimal if part.value else None
        rows.append([part.title, part.articles, part.units, value, part.currency])
    if stock.picture.caution:
        rows.append([stock.picture.caution])
    return rows


def _cells(name: str, values: list[Cell], currencies: list[str]) -> list[Cell]:
    if name not in _AMOUNTS:
        return values
    return [
        Money(value, currency).decimal if isinstance(value, int) else None
        for value, currency in zip(values, currencies, strict=True)
    ]
