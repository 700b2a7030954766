"""The history pages' tables as rows of a file; every row says which period it is about."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from umschlag.web.loose import Loose
from umschlag.web.pages.table_files import major_cell
from umschlag.wiring.looking_back import Change, StockOut

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


def change_rows(
    found: Sequence[Change], period: Mapping[str, date | None]
) -> Iterator[list[Loose]]:
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
            *(major_cell(minor, line.currency) for minor in amounts),
            line.currency,
            *period.values(),
        ]


def stock_out_rows(
    found: Sequence[tuple[StockOut, int | None, str]], period: Mapping[str, date | None]
) -> Iterator[list[Loose]]:
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
