import math
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from builders.forecasting import forecasts_of
from builders.movement import AS_OF
from umschlag.intelligence.forecasting.stockout import (
    is_running_out,
    lost_units,
    order_by_date,
    stockout_date,
    stockout_probability,
)


def runs_out(available, *, on_order=0, rate=2.0, lead=10):
    return stockout_date(
        available_units=available,
        on_order_units=on_order,
        daily_demand_units=rate,
        lead_time_days=lead,
        as_of_date=AS_OF,
    )


def test_ten_units_at_two_a_day_are_gone_after_five_days():
    assert runs_out(10) == AS_OF + timedelta(days=5)


def test_the_day_that_ends_without_stock_is_told():
    assert runs_out(9) == AS_OF + timedelta(days=5)


def test_what_is_out_of_stock_runs_out_today():
    assert runs_out(0) == AS_OF
    assert runs_out(-3) == AS_OF


def test_what_is_on_order_helps_where_the_stock_lasts_until_it_arrives():
    assert runs_out(30, on_order=20) == AS_OF + timedelta(days=25)


def test_what_is_on_order_comes_too_late_where_the_stock_is_gone_before():
    assert runs_out(10, on_order=20) == AS_OF + timedelta(days=5)


@pytest.mark.parametrize(("available", "rate"), [(10, 0.0), (1_000, 2.0)])
def test_no_day_is_told_without_demand_or_beyond_a_year(available, rate):
    assert runs_out(available, rate=rate) is None


@pytest.mark.parametrize(
    ("days_left", "on_order", "days_to_order"),
    [
        (19, 0, 5),
        (19, 8, 5),
        (14, 0, 0),
        (3, 0, 0),
        # Goods on order come before any other order could.
        (3, 8, None),
    ],
)
def test_the_last_day_to_order_is_one_lead_time_before(days_left, on_order, days_to_order):
    latest_date = order_by_date(
        stockout_date=AS_OF + timedelta(days=days_left),
        on_order_units=on_order,
        lead_time_days=14,
        as_of_date=AS_OF,
    )

    expected = None if days_to_order is None else AS_OF + timedelta(days=days_to_order)
    assert latest_date == expected


def test_what_is_sold_out_is_out_today_also_without_demand():
    assert runs_out(0, rate=0.0) == AS_OF


def lost(available, *, on_order=0, rate=2.0, lead=10, horizon=28):
    return lost_units(
        available_units=available,
        on_order_units=on_order,
        daily_demand_units=rate,
        lead_time_days=lead,
        horizon_days=horizon,
    )


def test_without_goods_on_order_all_demand_beyond_the_stock_is_lost():
    assert lost(10) == pytest.approx(46)
    assert lost(-4) == pytest.approx(56)
    assert lost(60) == 0


def test_what_is_out_until_the_delivery_loses_the_days_between():
    assert lost(10, on_order=100) == pytest.approx(10)


def test_what_arrives_and_runs_out_again_loses_both_times():
    assert lost(10, on_order=30) == pytest.approx(16)


def test_what_arrives_after_the_horizon_saves_nothing():
    assert lost(10, on_order=100, lead=28) == pytest.approx(46)


@given(
    available=st.integers(-5, 80),
    on_order=st.integers(0, 80),
    lead=st.integers(0, 60),
    rate=st.sampled_from([0.0, 0.25, 1.0, 2.0]),
)
def test_something_is_lost_exactly_where_the_stock_ends_within_the_horizon(
    available, on_order, lead, rate
):
    units = lost(available, on_order=on_order, rate=rate, lead=lead)
    # The exact day, since the date is that of the day's end.
    days = max(available, 0) / rate if rate else math.inf
    days += on_order / rate if rate and days >= lead else 0.0
    event(f"lost {units > 0}")
    assert (units > 0) == (days < 28)
    assert 0 <= units <= rate * 28


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, True),
        ({"is_active": False}, False),
        ({"available_units": 0}, False),
        ({"available_units": None}, False),
        ({"stockout_date": AS_OF + timedelta(days=29)}, False),
        ({"stockout_date": None}, False),
        ({"followed_from_date": AS_OF + timedelta(days=28)}, False),
        ({"followed_from_date": AS_OF + timedelta(days=29)}, True),
    ],
)
def test_what_runs_out_is_active_has_units_and_ends_within_the_horizon(values, expected):
    case = {"is_active": True, "available_units": 1, "stockout_date": AS_OF + timedelta(days=28)}

    found = is_running_out(**{**case, **values}, horizon_end_date=AS_OF + timedelta(days=28))

    assert found is expected


def probability(available, on_order=0.0, lead=10.0):
    return stockout_probability(
        forecasts_of([10, 20, 30, 40]),
        available_units=np.array([available]),
        on_order_units=np.array([on_order]),
        lead_time_days=np.array([lead]),
    )[0]


def test_the_risk_is_the_share_of_possible_demands_above_the_stock():
    assert probability(25.0) == pytest.approx(0.5)


def test_what_arrives_within_the_horizon_lowers_the_risk():
    assert probability(25.0, on_order=10.0) == pytest.approx(0.25)
    assert probability(25.0, on_order=10.0, lead=28.0) == pytest.approx(0.5)


def test_what_arrives_after_the_stock_is_gone_prevents_no_stock_out():
    # In 10 of 28 days a demand of 30 takes 10.7 units and one of 20 takes 7.1.
    assert probability(8.0, on_order=100.0) == pytest.approx(0.5)
    assert probability(8.0, on_order=100.0, lead=0.0) == 0.0


@given(
    available=st.integers(-5, 60),
    on_order=st.integers(0, 60),
    lead=st.integers(0, 60),
    demand=st.integers(1, 60),
)
def test_the_risk_of_a_certain_demand_agrees_with_the_day_it_runs_out(
    available, on_order, lead, demand
):
    risk = stockout_probability(
        forecasts_of([demand]),
        available_units=np.array([float(available)]),
        on_order_units=np.array([float(on_order)]),
        lead_time_days=np.array([float(lead)]),
    )[0]
    # The exact day, since the date is that of the day's end.
    days = max(available, 0) * 28 / demand
    days += on_order * 28 / demand if days >= lead else 0.0
    event(f"risk {risk}")
    assert risk == float(days < 28 - 1e-9)


def test_an_oversold_article_is_out_of_stock_until_goods_arrive():
    assert probability(-50.0, on_order=40.0) == 1.0
    assert probability(-50.0, on_order=25.0, lead=0.0) == pytest.approx(0.5)


def test_the_risk_of_unknown_stock_is_unknown():
    assert math.isnan(probability(math.nan))


@pytest.mark.parametrize(("available", "days"), [(0, 5), (20, 15), (-3, 5)])
def test_what_is_not_on_sale_yet_runs_out_after_its_day(available, days):
    found = stockout_date(
        available_units=available,
        on_order_units=0,
        daily_demand_units=2.0,
        lead_time_days=30,
        as_of_date=AS_OF,
        wait_days=5,
    )

    assert found == AS_OF + timedelta(days=days)
