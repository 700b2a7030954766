from dataclasses import dataclass
from itertools import groupby

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.movement import AS_OF, days_ago
from umschlag.intelligence.movement.day_table import (
    DayState,
    DayTable,
    Money,
    OlderSales,
    UnevenCosts,
    sales_columns,
    shelf_columns,
)
from umschlag.intelligence.movement.demand_pattern import PATTERNS, DemandPattern
from umschlag.intelligence.movement.figures import patterns_of
from umschlag.intelligence.movement.lost_sales import LOST_DAYS_MAX, stock_outs

OUT, GONE = DayState.OUT, DayState.GONE
DAYS = 365


def a_table(units, states=None, *, first_seen=None, is_snapshot=None):
    """Return the table of rows of days; every day has a snapshot and stock."""
    units = np.array(units, dtype=np.int32)
    shape = units.shape
    return DayTable(
        last_date=AS_OF,
        units=units,
        states=np.zeros(shape, np.int8) if states is None else np.array(states, dtype=np.int8),
        is_snapshot=np.ones(shape[1], dtype=bool) if is_snapshot is None else is_snapshot,
        first_seen=np.zeros(shape[0], np.int64) if first_seen is None else np.array(first_seen),
    )


def money(count, *, cost=10.0, uneven=None):
    nothing = np.zeros(count, dtype=np.int64)
    return Money(
        revenue_minor_365d=np.zeros(count),
        bundle_revenue_minor_365d=np.zeros(count),
        bundle_units_90d=nothing,
        bundle_units_365d=nothing,
        unit_cost_minor=np.full(count, cost),
        uneven=uneven,
    )


def sales_of(table, **options):
    return sales_columns(
        table, OlderSales.none(len(table.units)), money(len(table.units)), **options
    )


def shelf_of(table):
    nothing = np.zeros(len(table.units))
    return shelf_columns(table, average_value_minor=nothing, average_units=nothing)


def pattern_of(row, states=None, **options):
    sales = sales_of(a_table([row], None if states is None else [states], **options))
    return PATTERNS[patterns_of(sales)[0]]


def weekly(*units):
    """Return a row of days whose last day of each week sold so many units."""
    row = np.zeros(len(units) * 7, dtype=np.int32)
    row[6::7] = units
    return row


@pytest.mark.parametrize(
    ("units", "pattern"),
    [
        ((3, 4) * 26, DemandPattern.SMOOTH),
        ((1, 12) * 26, DemandPattern.ERRATIC),
        ((0, 0, 3, 0) * 13, DemandPattern.INTERMITTENT),
        ((0, 1, 0, 30) * 13, DemandPattern.LUMPY),
        ((0,) * 52, DemandPattern.NONE),
    ],
)
def test_a_pattern_is_that_of_the_weeks(units, pattern):
    assert pattern_of(weekly(*units)) is pattern


def test_days_before_the_first_whole_week_are_left_out():
    assert pattern_of([90, 0, *weekly(*(3, 4) * 26)]) is DemandPattern.SMOOTH


def test_weeks_without_stock_say_nothing():
    row = weekly(*(3, 0) * 26)
    states = np.where(np.arange(len(row)) % 14 < 7, DayState.THERE, OUT)

    assert pattern_of(row) is DemandPattern.INTERMITTENT
    assert pattern_of(row, states) is DemandPattern.SMOOTH


def test_an_article_that_sells_out_at_once_has_a_demand_all_the_same():
    row = weekly(*(0, 0, 0, 9) * 13)

    assert pattern_of(row, np.full(len(row), OUT)) is DemandPattern.SMOOTH


def test_weeks_before_an_article_was_known_say_nothing():
    row = weekly(*(0,) * 40, *(3, 4) * 6)

    assert pattern_of(row, first_seen=[40 * 7]) is DemandPattern.SMOOTH
    assert pattern_of(row) is DemandPattern.INTERMITTENT


@pytest.mark.parametrize(
    ("units", "pattern"), [([1, 0, 1], DemandPattern.SMOOTH), ([0, 0, 0], DemandPattern.NONE)]
)
def test_less_than_a_week_counts_where_it_is_all_there_is(units, pattern):
    assert pattern_of(units) is pattern


def test_goods_sold_on_days_of_other_costs_cost_what_they_did_then():
    uneven = UnevenCosts(
        article=np.array([0, 0]),
        first_day=np.array([0, 2]),
        end_day=np.array([2, 4]),
        unit_cost_minor=np.array([7.0, np.nan]),
    )
    table = a_table([[1, 2, 3, 4], [1, 1, 1, 1]])

    found = sales_columns(table, OlderSales.none(2), money(2, uneven=uneven))

    assert found.cost_of_goods_minor_365d.tolist() == [3 * 7 + 7 * 10, 40]


# --- stock-outs -----------------------------------------------------------------------------------


def outs_of(table, *, rate=2.0, regular=True):
    count = len(table.units)
    return stock_outs(
        table,
        daily_units=np.full(count, rate),
        unit_revenue_minor=np.full(count, 500.0),
        is_regular=np.full(count, regular),
    )


def test_a_stock_out_is_a_run_of_days_without_stock_and_sale():
    found = outs_of(a_table([[0, 3, 0, 0, 0, 0, 0]], [[0, OUT, OUT, OUT, 0, OUT, GONE]]))

    assert found.day_count.tolist() == [2, 1]
    assert found.first_date.tolist() == [days_ago(4), days_ago(1)]
    assert found.lost_units_max.tolist() == [4, 2]
    assert found.lost_revenue_minor_max.tolist() == [2_000, 1_000]


def test_what_sporadic_demand_lost_nobody_can_say():
    found = outs_of(a_table([[0, 0]], [[OUT, OUT]]), regular=False)

    assert np.isnan(found.lost_units_max).all()


def test_an_article_is_not_out_before_it_was_first_seen():
    assert outs_of(a_table([[0, 0, 0]], [[OUT] * 3], first_seen=[2])).day_count.tolist() == [1]


@given(st.lists(st.sampled_from([0, OUT]), min_size=1, max_size=200), st.floats(0, 50))
def test_what_was_lost_is_never_more_than_the_rate_on_every_day_out(states, rate):
    found = outs_of(a_table([[0] * len(states)], [states]), rate=rate)

    assert found.day_count.sum() == states.count(OUT)
    assert (found.lost_units_max <= rate * found.day_count + 1e-9).all()
    assert (found.lost_units_max <= rate * LOST_DAYS_MAX + 1e-9).all()


# --- many articles at once are as one after the other ---------------------------------------------


@st.composite
def worlds(draw):
    days = draw(st.integers(1, 400))
    count = draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shares = rng.random(count)[:, None]
    return a_table(
        rng.poisson(shares, (count, days)) - (rng.random((count, days)) < 0.02),
        rng.choice(4, p=[0.7, 0.2, 0.05, 0.05], size=(count, days)),
        first_seen=rng.integers(0, days + 1, count),
        is_snapshot=rng.random(days) < 0.95,
    )


@given(worlds())
def test_sums_over_days_are_those_of_a_walk_day_by_day(table):
    sales, shelf, outs = sales_of(table), shelf_of(table), outs_of(table)

    for place in range(len(table.units)):
        walked = walk(table, place)
        found = {name: getattr(sales, name)[place] for name in walked if hasattr(sales, name)}
        found |= {name: getattr(shelf, name)[place] for name in walked if hasattr(shelf, name)}
        found = {name: value.item() for name, value in found.items()}
        assert found == {name: walked[name] for name in found}
        assert outs.day_count[outs.article == place].tolist() == walked["runs"]


@dataclass
class Day:
    """One day of one article, looked at alone."""

    age: int
    units: int
    is_out: bool
    is_observed: bool
    is_seen: bool
    has_stock: bool


def days_of(table, place):
    first_seen = table.first_seen[place].item()
    for column in range(table.day_count):
        units, state = table.units[place, column].item(), table.states[place, column].item()
        is_seen = column >= first_seen
        yield Day(
            age=table.day_count - 1 - column,
            units=units,
            is_out=state == OUT and units <= 0 and is_seen,
            is_observed=bool(table.is_snapshot[column]) and is_seen and state != DayState.UNSEEN,
            is_seen=is_seen,
            has_stock=units > 0 or state not in (OUT, GONE),
        )


def walk(table, place):
    """Return what the columns say of one article, reckoned day by day without any array."""
    days = list(days_of(table, place))
    year = [day for day in days if day.age < DAYS]
    quarter = [day for day in days if day.age < 90]
    sold = [days_ago(day.age) for day in days if day.units > 0]
    seen = [days_ago(day.age) for day in days if day.is_seen]
    without = [day.age for day in days if day.is_observed and not day.has_stock]
    first_seen = seen[0] if seen else None
    runs = [list(run) for is_out, run in groupby(year, key=lambda day: day.is_out) if is_out]
    return {
        "sale_day_count": len(sold),
        "first_sale_date": sold[0] if sold else None,
        "last_sale_date": sold[-1] if sold else None,
        "first_seen_date": first_seen,
        "stock_since_date": days_ago(min(without) - 1) if without else first_seen,
        "sold_units_total": sum(day.units for day in days),
        "sold_units_30d": sum(day.units for day in days if day.age < 30),
        "sold_units_90d": sum(day.units for day in quarter),
        "sold_units_365d": sum(day.units for day in year),
        "sold_units_observed_365d": sum(day.units for day in year if day.is_observed),
        "days_observed_90d": sum(day.is_observed for day in quarter),
        "days_observed_365d": sum(day.is_observed for day in year),
        "days_with_stock_90d": sum(day.is_observed and day.has_stock for day in quarter),
        "days_with_stock_365d": sum(day.is_observed and day.has_stock for day in year),
        "runs": [len(run) for run in runs],
        **walked_weeks(days),
    }


def walked_weeks(days):
    known_days = max((day.age + 1 for day in days if day.is_seen or day.units > 0), default=0)
    sold = []
    for number in range(52):
        week = [day for day in days if day.age // 7 == number]
        is_known = (number + 1) * 7 <= known_days or (number == 0 and known_days > 0)
        if is_known and any(day.has_stock for day in week):
            sold.append(sum(max(day.units, 0) for day in week))
    return {
        "weeks_with_stock": len(sold),
        "weeks_with_demand": sum(units > 0 for units in sold),
        "week_units": sum(sold),
        "week_units_squared": sum(units * units for units in sold),
    }
