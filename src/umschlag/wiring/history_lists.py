"""What changed and what ran out as lists: sorted, named, and as rows of a file."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from umschlag.kernel.money import Money
from umschlag.storage.records.models import Article
from umschlag.wiring.looking_back import Change, StockOut
from umschlag.wiring.spreadsheets import Cell, Row

NamedStockOut: TypeAlias = tuple[StockOut, int | None, str]
"""With the key of the article's record, and its name; neither where there is no record."""
CHANGE_ORDERS: Mapping[str, Callable[[Change], Any]] = {
    "stock": lambda line: -abs(line.units_changed),
    "sold": lambda line: -line.units_sold,
    "received": lambda line: -line.units_received,
    "corrected": lambda line: -abs(line.units_corrected),
    "price": lambda line: (not line.is_price_changed, not line.is_cost_changed),
    "sku": lambda line: line.sku,
}
"""What the list of changes can be sorted by, the largest first."""

_CHANGE_COLUMNS = [
    *("sku", "name", "change", "units_before", "units_after", "units_changed"),
    *("units_sold", "units_returned", "units_received", "units_corrected"),
    *("cost_before", "cost_after", "price_before", "price_after", "currency"),
]
_STOCK_OUT_COLUMNS = [
    *("sku", "name", "days_out", "days_observed", "longest_run_days", "run_count"),
    *("out_since", "units_sold", "units_missed_estimate"),
]
_KINDS = {
    "appeared": gettext_noop("appeared"),
    "vanished": gettext_noop("vanished"),
    "changed": gettext_noop("changed"),
}


def sorted_changes(found: Sequence[Change], order: str) -> list[Change]:
    """Return the changes in one of the `CHANGE_ORDERS`, and by SKU among equals."""
    key = CHANGE_ORDERS[order]
    return sorted(found, key=lambda line: (key(line), line.sku))


def article_keys(skus: Sequence[str]) -> dict[str, tuple[int | None, str]]:
    """Return key and name of the articles, a database's worth of them at a time."""
    found: dict[str, tuple[int | None, str]] = {}
    for start in range(0, len(skus), 500):
        articles = Article.objects.filter(sku__in=skus[start : start + 500])
        found |= {sku: (key, name) for sku, key, name in articles.values_list("sku", "pk", "name")}
    return found


def named_stock_outs(found: Sequence[StockOut]) -> list[NamedStockOut]:
    """Return them with what their articles are called now."""
    articles = article_keys([line.sku for line in found])
    return [(line, *articles.get(line.sku, (None, ""))) for line in found]


def change_rows(found: Sequence[Change], period: Mapping[str, date | None]) -> Iterator[Row]:
    """Yield the column names, then a row for each article that changed."""
    yield [*_CHANGE_COLUMNS, *period]
    for line in found:
        amounts = (
            line.cost_before_minor,
            line.cost_after_minor,
            line.price_before_minor,
            line.price_after_minor,
        )
        yield [
            line.sku,
            line.name,
            _(_KINDS[line.kind]),
            line.units_before,
            line.units_after,
            line.units_changed,
            line.units_sold,
            line.units_returned,
            line.units_received,
            line.units_corrected,
            *(_major(minor, line.currency) for minor in amounts),
            line.currency,
            *period.values(),
        ]


def stock_out_rows(
    found: Sequence[NamedStockOut], period: Mapping[str, date | None]
) -> Iterator[Row]:
    """Yield the column names, then a row for each article that had nothing to sell."""
    yield [*_STOCK_OUT_COLUMNS, *period]
    for line, _key, name in found:
        yield [
            line.sku,
            name,
            line.days_out,
            line.days_observed,
            line.longest_run_days,
            line.run_count,
            line.out_since_date,
            line.units_sold,
            round(line.missed_units, 1),
            *period.values(),
        ]


def _major(minor: int | None, currency: str) -> Cell:
    return None if minor is None else Money(minor, currency).decimal
