from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.forecasting import SteadyModel, a_history, forecasts_of
from builders.movement import an_article
from umschlag.intelligence.forecasting.lead_times import LeadTime, LeadTimeSource
from umschlag.intelligence.forecasting.ordering import OrderBasis, replenishments
from umschlag.intelligence.forecasting.quantile_curves import PROBABILITIES
from umschlag.intelligence.forecasting.service_level import UNKNOWN_MONEY, LevelBasis, LevelRule
from umschlag.intelligence.forecasting.uncertain_lead_times import (
    MIXED_ORDERS_MIN,
    DemandByHorizon,
    SpreadBasis,
    spread_basis,
    uncertain_demand,
)

SPREADS = st.lists(st.integers(min_value=0, max_value=150), min_size=20, max_size=20).map(
    lambda days: tuple(sorted(days))
)
ORDERS = st.sampled_from([5, MIXED_ORDERS_MIN - 1, MIXED_ORDERS_MIN, 200])


def a_lead_time(spread_days=(), *, days=14, orders=MIXED_ORDERS_MIN):
    return LeadTime(
        days=days,
        source=LeadTimeSource.MEASURED,
        order_count=orders,
        spread_days=tuple(spread_days),
    )


def symmetric(days, apart):
    """Return a third of the lead times each: earlier, as usual, later."""
    return (days - apart,) * 7 + (days,) * 6 + (days + apart,) * 7


def a_demand(*, daily_units=2.0, days=(7, 14, 21, 28, 90), spread=0.0):
    """Return steady demand; its deviation grows with the square root of the days."""
    apart = np.linspace(-1, 1, 21)
    return DemandByHorizon.of(
        (forecasts_of(daily_units * one + spread * np.sqrt(one) * apart, horizon_days=one), 0)
        for one in days
    )


def ordered(lead_time, *, percent=95, daily_units=2.0, **facts):
    rule = LevelRule(
        basis=LevelBasis.ONE, percent=percent, percent_by_class={}, holding_percent_per_year=0.0
    )
    basis = OrderBasis(lead_times=[lead_time], units=[UNKNOWN_MONEY], abc_classes=["B"])
    history = a_history(np.full((1, 365), daily_units))
    (one,) = replenishments(
        [an_article("HX-0", **facts)], history, SteadyModel(), basis=basis, rule=rule
    )
    return one


@given(days=st.integers(0, 60), orders=ORDERS, percent=st.integers(50, 99))
def test_without_spread_everything_is_as_with_a_lead_time_told(days, orders, percent):
    told = ordered(LeadTime(days=days, source=LeadTimeSource.ERP), percent=percent)
    same = ordered(a_lead_time((days,) * 20, days=days, orders=orders), percent=percent)

    assert same.policy == told.policy
    assert same.policy.lead_time_spread_units == 0
    assert same.runs_out_before_arrival == told.runs_out_before_arrival
    assert np.array_equal(same.coverage_samples, told.coverage_samples)


@given(spread=SPREADS, orders=ORDERS, percent=st.integers(50, 99), units=st.integers(0, 200))
def test_a_spread_never_lowers_a_level_and_its_parts_add_up(spread, orders, percent, units):
    days = spread[9]
    told = ordered(LeadTime(days=days, source=LeadTimeSource.ERP), percent=percent).policy
    one = ordered(
        a_lead_time(spread, days=days, orders=orders), percent=percent, on_hand_units=units
    )
    policy = one.policy

    assert policy.safety_stock_units >= told.safety_stock_units
    assert policy.order_up_to_units >= max(told.order_up_to_units, policy.reorder_point_units)
    assert policy.reorder_point_units == told.reorder_point_units + policy.lead_time_spread_units
    assert policy.order_up_to_units == told.order_up_to_units + policy.order_up_to_spread_units
    assert policy.demand_safety_units == told.safety_stock_units
    assert 0 <= one.runs_out_before_arrival <= 1
    assert list(one.coverage_samples) == sorted(one.coverage_samples)


APART = st.lists(st.integers(0, 20), min_size=2, max_size=2).map(sorted)


@given(
    days=st.integers(20, 60),
    apart=APART,
    orders=st.integers(5, MIXED_ORDERS_MIN - 1),
    percent=st.integers(80, 99),
)
def test_the_wider_the_spread_of_few_orders_the_more_safety_stock(days, apart, orders, percent):
    narrow, wide = (
        ordered(a_lead_time(symmetric(days, by), days=days, orders=orders), percent=percent)
        for by in apart
    )

    assert narrow.policy.safety_stock_units <= wide.policy.safety_stock_units
    assert narrow.policy.order_up_to_units <= wide.policy.order_up_to_units


@given(days=st.integers(20, 60), apart=APART, percent=st.integers(1, 99))
def test_the_wider_the_spread_the_more_demand_no_level_serves(days, apart, percent):
    """A single quantile of a mixture may fall; what lies beyond a level cannot (Jensen)."""
    level = 2.0 * days * (0.5 + percent / 100)
    demand = a_demand(spread=1.5)
    sure = demand.over(np.array([float(days)]))[0]

    narrow, wide = (
        sure if found is None else found
        for found in (
            uncertain_demand(demand, a_lead_time(symmetric(days, by), days=days)) for by in apart
        )
    )

    # The mixture is told by 200 samples, each of which stands for what lies around it.
    resolution = (wide.max() - wide.min()) / len(wide)
    assert beyond(narrow, level) <= beyond(wide, level) + resolution


def beyond(samples, level):
    return np.maximum(samples - level, 0.0).mean()


def test_a_mixture_counts_each_lead_time_as_often_as_it_was_seen():
    lead = a_lead_time((5,) * 15 + (20,) * 5)

    found = uncertain_demand(a_demand(), lead)

    # Three quarters of the orders take 5 days at 2 units, one quarter 20 days.
    assert found == pytest.approx([10.0] * 150 + [40.0] * 50)


@given(spread=SPREADS, deviation=st.floats(0, 4), percent=st.integers(1, 99))
def test_a_mixture_is_what_all_its_demands_together_come_to(spread, deviation, percent):
    demand = a_demand(spread=deviation)
    lead = a_lead_time(spread, days=200)

    found = uncertain_demand(demand, lead)

    together = np.sort(np.concatenate([demand.over(np.array([float(day)]))[0] for day in spread]))
    at = (percent + 0.25) / 100
    place = np.searchsorted(PROBABILITIES, at)
    lowest, highest = (
        together[int(np.floor(len(together) * level))] for level in (at - 0.006, at + 0.006)
    )
    assert lowest - 1e-9 <= found[place] <= highest + 1e-9


def test_few_orders_widen_demand_by_the_textbooks_variance():
    demand = a_demand(spread=3.0)
    lead = a_lead_time((10,) * 10 + (18,) * 10, orders=7)
    sure = demand.over(np.array([14.0]))[0]

    found = uncertain_demand(demand, lead)

    # 14 · var(d) is the demand's own variance, 2² · 4² what the lead times add.
    assert found.std() == pytest.approx(np.sqrt(sure.var() + 2**2 * 4**2), rel=1e-6)
    assert found.mean() == pytest.approx(28)


def test_demand_that_never_varies_takes_the_normal_curve_by_the_textbook():
    found = uncertain_demand(a_demand(), a_lead_time((10,) * 10 + (18,) * 10, orders=7))

    assert found.mean() == pytest.approx(28)
    assert found.std() == pytest.approx(8, rel=0.02)


def test_how_a_spread_is_reckoned_follows_the_number_of_orders():
    assert spread_basis(LeadTime(days=14, source=LeadTimeSource.ERP)) is None
    few = a_lead_time((14,) * 20, orders=MIXED_ORDERS_MIN - 1)
    assert spread_basis(few) is SpreadBasis.FORMULA
    assert spread_basis(replace(few, order_count=MIXED_ORDERS_MIN)) is SpreadBasis.MIXED


@given(day=st.integers(0, 200), deviation=st.floats(0, 5))
def test_demand_between_horizons_grows_with_the_days_and_spreads_with_their_root(day, deviation):
    (found,) = a_demand(spread=deviation).over(np.array([float(day)]))

    whole = 2.0 * day + deviation * np.sqrt(day) * np.linspace(-1, 1, 21)
    places = np.ceil(PROBABILITIES * 21 - 1e-9).astype(int) - 1
    assert found == pytest.approx(np.maximum(whole[places], 0), abs=1e-6)


def test_more_may_run_out_where_goods_may_come_late():
    usual = ordered(a_lead_time((14,) * 20), on_hand_units=45)
    late = ordered(a_lead_time(symmetric(14, 10)), on_hand_units=45)

    assert usual.runs_out_before_arrival == 0
    assert late.runs_out_before_arrival == pytest.approx(7 / 20 * 27 / 48, abs=0.01)
