"""What sold and what was there, article by article and day by day, and what that adds up to.

The table is the one place in which single days are looked at: sales, stock-outs, the regularity of
demand and the demand that forecasts learn from are all read from it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.movement.columns import (
    Counts,
    Days,
    Flags,
    Numbers,
    SalesColumns,
    ShelfColumns,
)
from umschlag.kernel.errors import BadInput

WEEK_DAYS = 7
YEAR_WEEKS = 52
RATE_DAYS = 90
"""The present sales rate is that of the last 90 days."""
YEAR_DAYS = 365
_ARTICLES_AT_ONCE = 8_192
"""A block of a year's days that a processor's cache holds better than all of them."""


class DayState(IntEnum):
    """What a snapshot says of an article's day; what sold that day was there all the same."""

    THERE = 0
    OUT = 1
    """It closed without available units."""
    GONE = 2
    """It had vanished from the ERP."""
    UNSEEN = 3
    """The day's snapshot lacks it, though former ones had it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DayTable:
    """Units and states of articles (rows) on days (columns); the last column is `last_date`."""

    last_date: date
    units: NDArray[np.int32]
    """Sold that day, returns taken off; through bundles too."""
    states: NDArray[np.int8]
    """`DayState`; a day without a snapshot is as the day before."""
    is_snapshot: Flags
    """Of each day: whether it has a snapshot."""
    first_seen: NDArray[np.int64]
    """Of each article: the column of its first snapshot, the number of columns where none is."""

    def __post_init__(self) -> None:
        if self.units.shape != self.states.shape:
            raise BadInput(f"units are {self.units.shape} large, states {self.states.shape}")

    @property
    def day_count(self) -> int:
        """Days in the table."""
        return int(self.units.shape[1])

    @property
    def first_date(self) -> date:
        """Day of the first column."""
        return self.last_date - timedelta(days=self.day_count - 1)

    def blocks(self) -> Iterator[tuple[slice, "DayTable"]]:
        """Yield the table in parts of some articles, and which these are."""
        for start in range(0, max(len(self.units), 1), _ARTICLES_AT_ONCE):
            part = slice(start, start + _ARTICLES_AT_ONCE)
            yield (
                part,
                replace(
                    self,
                    units=self.units[part],
                    states=self.states[part],
                    first_seen=self.first_seen[part],
                ),
            )

    def has_stock(self) -> Flags:
        """Return the days at whose close units were available, or on which units sold.

        A day that sells the last unit had stock. A day nothing is known of counts as one with.
        """
        states = self.states
        lacks = (states == DayState.OUT) | (states == DayState.GONE)
        has_stock: Flags = ~lacks | (self.units > 0)
        return has_stock

    def is_observed(self) -> Flags:
        """Return the days whose snapshot holds the article."""
        columns = np.arange(self.day_count)
        seen = self.is_snapshot & (columns >= self.first_seen[:, None])
        observed: Flags = seen & (self.states != DayState.UNSEEN)
        return observed

    def days_of(self, places: NDArray[np.int64]) -> Days:
        """Return the dates of these columns; NaT where the place is outside the table."""
        dates = np.datetime64(self.first_date, "D") + places
        dates[(places < 0) | (places >= self.day_count)] = np.datetime64("NaT")
        return dates


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UnevenCosts:
    """Unit costs of the articles for which one does not hold for all days, by runs of days."""

    article: NDArray[np.intp]
    first_day: NDArray[np.int64]
    """Column, included; cut to the table."""
    end_day: NDArray[np.int64]
    """Column, excluded."""
    unit_cost_minor: Numbers


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OlderSales:
    """What sold before the table's first day."""

    first_sale_date: Days
    last_sale_date: Days
    units: Counts
    sale_day_count: Counts

    @classmethod
    def none(cls, count: int) -> "OlderSales":
        """Return that nothing did."""
        never = np.full(count, np.datetime64("NaT"), dtype="datetime64[D]")
        return cls(
            first_sale_date=never,
            last_sale_date=never.copy(),
            units=np.zeros(count, dtype=np.int64),
            sale_day_count=np.zeros(count, dtype=np.int64),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Money:
    """What the year's sales brought in, and what one unit cost; NaN where that is unknown."""

    revenue_minor_365d: Numbers
    bundle_revenue_minor_365d: Numbers
    bundle_units_90d: Counts
    bundle_units_365d: Counts
    unit_cost_minor: Numbers
    """Today's, for days that tell none."""
    uneven: UnevenCosts | None = None


def sales_columns(
    table: DayTable, older: OlderSales, money: Money, *, shelf: Flags | None = None
) -> SalesColumns:
    """Return what the days' sales add up to.

    `shelf` are the days with stock where `table` holds the sales of one marketplace alone: the
    article may have sold elsewhere, so that it was there.
    """
    count = len(table.units)
    sums = {name: np.zeros(count, dtype=np.int64) for name in _SUMS}
    first = np.full(count, table.day_count, dtype=np.int64)
    last = np.full(count, -1, dtype=np.int64)
    for part, block in table.blocks():
        units = block.units
        sold = units > 0
        days_sold = np.flatnonzero(sold.any(axis=1))
        first[part][days_sold] = sold[days_sold].argmax(axis=1)
        last[part][days_sold] = table.day_count - 1 - sold[days_sold, ::-1].argmax(axis=1)
        sums["sale_day_count"][part] = sold.sum(axis=1)
        for name, values in _units_sold(block).items():
            sums[name][part] = values
        has_stock = block.has_stock() if shelf is None else shelf[part] | sold
        for name, values in _weeks(block, has_stock).items():
            sums[name][part] = values
    sums["sale_day_count"] += older.sale_day_count
    sums["sold_units_total"] += older.units
    return SalesColumns(
        first_sale_date=np.fmin(older.first_sale_date, table.days_of(first)),
        last_sale_date=np.fmax(older.last_sale_date, table.days_of(last)),
        revenue_minor_365d=money.revenue_minor_365d,
        bundle_revenue_minor_365d=money.bundle_revenue_minor_365d,
        bundle_units_90d=money.bundle_units_90d,
        bundle_units_365d=money.bundle_units_365d,
        cost_of_goods_minor_365d=_cost_of_goods(table, sums["sold_units_observed_365d"], money),
        **sums,
    )


def _units_sold(block: DayTable) -> dict[str, Counts]:
    """Return the units sold in each window of days; each day is added once."""
    sold = np.zeros(len(block.units), dtype=np.int64)
    sums = {}
    later = 0
    for name, days in _WINDOWS.items():
        start, end = max(block.day_count - days, 0), max(block.day_count - later, 0)
        sold = sold + block.units[:, start:end].sum(axis=1, dtype=np.int64)
        sums[name] = sold
        later = days
    before = block.units[:, : max(block.day_count - later, 0)].sum(axis=1, dtype=np.int64)
    observed = block.is_observed()[:, -YEAR_DAYS:]
    unobserved = np.where(observed, 0, block.units[:, -YEAR_DAYS:]) if not observed.all() else None
    lacking = 0 if unobserved is None else unobserved.sum(axis=1, dtype=np.int64)
    return sums | {"sold_units_total": sold + before, "sold_units_observed_365d": sold - lacking}


_WINDOWS = {"sold_units_30d": 30, "sold_units_90d": RATE_DAYS, "sold_units_365d": YEAR_DAYS}
"""From the shortest to the longest."""
_SUMS = (
    "sale_day_count",
    "sold_units_total",
    "sold_units_30d",
    "sold_units_90d",
    "sold_units_365d",
    "sold_units_observed_365d",
    "weeks_with_stock",
    "weeks_with_demand",
    "week_units",
    "week_units_squared",
)


def _weeks(block: DayTable, has_stock: Flags) -> dict[str, Counts]:
    """Return how many weeks of the year had stock and demand, and the sums of their units.

    A week is seven days counted back from the last one. It has stock where any of its days from
    the first known one on has; weeks before say nothing, nor does what did not sell in a week
    without. Whole weeks alone are taken, so that a week that sold out is not cut short, but where
    an article is known for less than one.
    """
    weeks = min(YEAR_WEEKS, -(-block.day_count // WEEK_DAYS))
    days = min(weeks * WEEK_DAYS, block.day_count)
    lacking = weeks * WEEK_DAYS - days
    units = np.maximum(block.units[:, block.day_count - days :], 0)
    there = has_stock[:, block.day_count - days :]
    if lacking:
        units = np.pad(units, ((0, 0), (lacking, 0)))
        there = np.pad(there, ((0, 0), (lacking, 0)))
    known_days = block.day_count - _first_known(block)
    age_of_weeks = np.arange(weeks, 0, -1) * WEEK_DAYS
    known = age_of_weeks <= known_days[:, None]
    known[:, -1] |= known_days > 0
    sold = units.reshape(-1, weeks, WEEK_DAYS).sum(axis=2, dtype=np.int64)
    with_stock = there.reshape(-1, weeks, WEEK_DAYS).any(axis=2) & known
    sold *= with_stock
    return {
        "weeks_with_stock": with_stock.sum(axis=1),
        "weeks_with_demand": (sold > 0).sum(axis=1),
        "week_units": sold.sum(axis=1),
        "week_units_squared": (sold * sold).sum(axis=1),
    }


def _first_known(block: DayTable) -> NDArray[np.int64]:
    sold = block.units > 0
    first_sold = np.where(sold.any(axis=1), sold.argmax(axis=1), block.day_count)
    return np.minimum(block.first_seen, first_sold)


def _cost_of_goods(table: DayTable, observed_units: Counts, money: Money) -> Numbers:
    """Return what the units sold on observed days cost, each at its day's cost."""
    cost = observed_units * money.unit_cost_minor
    uneven = money.uneven
    if uneven is None or not len(uneven.article):
        return cost
    # Sums over runs of days are differences of running totals, so that no day is looked at twice.
    chosen, rows = np.unique(uneven.article, return_inverse=True)
    totals = np.zeros((len(chosen), table.day_count + 1), dtype=np.int64)
    known = np.where(table.is_snapshot, table.units[chosen], 0)
    np.cumsum(known, axis=1, out=totals[:, 1:])
    sold = totals[rows, uneven.end_day] - totals[rows, uneven.first_day]
    unit_cost = np.where(
        np.isnan(uneven.unit_cost_minor),
        money.unit_cost_minor[uneven.article],
        uneven.unit_cost_minor,
    )
    has_cost = ~np.isnan(unit_cost)
    of_runs = np.where(has_cost, sold * np.where(has_cost, unit_cost, 0.0), 0.0)
    sums = np.bincount(rows, weights=of_runs, minlength=len(chosen))
    any_cost = np.bincount(rows, weights=has_cost, minlength=len(chosen)) > 0
    cost[chosen] = np.where(any_cost, sums, np.nan)
    return cost


def shelf_columns(
    table: DayTable, *, average_value_minor: Numbers, average_units: Numbers
) -> ShelfColumns:
    """Return what the days' stock adds up to; averages are those of the year's observed days."""
    count = len(table.units)
    sums = {name: np.zeros(count, dtype=np.int64) for name in _SHELF_SUMS}
    last_out = np.full(count, -1, dtype=np.int64)
    for part, block in table.blocks():
        observed = block.is_observed()
        with_stock = block.has_stock() & observed
        for days in (RATE_DAYS, YEAR_DAYS):
            sums[f"days_observed_{days}d"][part] = observed[:, -days:].sum(axis=1)
            sums[f"days_with_stock_{days}d"][part] = with_stock[:, -days:].sum(axis=1)
        without = observed & ~with_stock
        any_out = np.flatnonzero(without.any(axis=1))
        last_out[part][any_out] = table.day_count - 1 - without[any_out, ::-1].argmax(axis=1)
    first_seen = table.days_of(table.first_seen.copy())
    # What was out on the last day has its next day of stock ahead of it.
    since = np.where(
        last_out >= 0,
        np.datetime64(table.first_date, "D") + last_out + 1,
        first_seen,
    )
    return ShelfColumns(
        first_seen_date=first_seen,
        stock_since_date=since,
        average_stock_value_minor_365d=average_value_minor,
        average_stock_units_365d=average_units,
        **sums,
    )


_SHELF_SUMS = (
    "days_observed_90d",
    "days_with_stock_90d",
    "days_observed_365d",
    "days_with_stock_365d",
)
