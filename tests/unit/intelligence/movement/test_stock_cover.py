import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.movement import alone
from umschlag.intelligence.movement.stock_cover import days_of_supply


def test_ten_units_at_two_a_day_last_five_days():
    assert alone(days_of_supply, available_units=10, daily_demand_units=2.0) == pytest.approx(5.0)


def test_stock_without_demand_never_runs_out():
    assert alone(days_of_supply, available_units=1, daily_demand_units=0.0) == math.inf


@pytest.mark.parametrize("available", [0, -3])
def test_what_is_not_there_lasts_no_day_even_without_demand(available):
    assert alone(days_of_supply, available_units=available, daily_demand_units=0.0) == 0.0


@given(
    available=st.integers(min_value=1, max_value=10**6),
    rate=st.floats(min_value=1e-3, max_value=1e4),
)
def test_days_times_demand_is_the_stock(available, rate):
    days = alone(days_of_supply, available_units=available, daily_demand_units=rate)

    assert days * rate == pytest.approx(available)
