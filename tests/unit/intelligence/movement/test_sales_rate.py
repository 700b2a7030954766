import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.movement import alone
from umschlag.intelligence.movement.sales_rate import daily_sales_units, rate_days


def test_units_by_days_are_the_rate():
    assert alone(daily_sales_units, sold_units=30, days=15) == pytest.approx(2.0)


def test_without_a_day_with_stock_there_is_no_rate():
    assert alone(daily_sales_units, sold_units=0, days=0) == 0.0


def test_more_returns_than_sales_are_no_negative_rate():
    assert alone(daily_sales_units, sold_units=-4, days=10) == 0.0


def test_days_without_stock_are_left_out_where_demand_is_regular_alone():
    days = {"days_observed": 90, "days_with_stock": 60}

    assert alone(rate_days, **days, is_sporadic=False) == 60
    assert alone(rate_days, **days, is_sporadic=True) == 90


@given(sold=st.integers(0, 10**6), days=st.integers(1, 90), out=st.integers(0, 90))
def test_leaving_days_out_never_lowers_a_rate(sold, days, out):
    every = alone(daily_sales_units, sold_units=sold, days=days + out)

    assert alone(daily_sales_units, sold_units=sold, days=days) >= every
