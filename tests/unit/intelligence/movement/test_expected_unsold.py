import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from umschlag.intelligence.movement.expected_unsold import (
    expected_unsold_units,
    unsold_probability,
)

DEMANDS = st.lists(st.floats(0, 1e6), min_size=1, max_size=30)


def unsold(stock, *demands):
    return expected_unsold_units(
        available_units=np.array([stock], dtype=float), demand_samples=np.array([demands])
    )[0]


def test_what_each_possible_demand_leaves_over_counts_alike():
    assert unsold(10, 0.0, 4.0, 20.0) == (10 + 6 + 0) / 3


def test_samples_that_are_not_there_do_not_count():
    assert unsold(10, 4.0, np.nan, np.nan) == 6


def test_unknown_stock_is_not_zero_and_oversold_stock_leaves_nothing_over():
    assert np.isnan(unsold(np.nan, 1.0))
    assert unsold(-5, 0.0) == 0


def test_the_probability_is_the_share_of_demands_that_the_stock_outlasts():
    found = unsold_probability(
        available_units=np.array([10.0, np.nan]),
        demand_samples=np.array([[1.0, 9.0, 10.0, 11.0]] * 2),
    )

    assert found[0] == 0.5
    assert np.isnan(found[1])


@given(stock=st.integers(-100, 10**6), demands=DEMANDS)
def test_expected_unsold_lies_between_nothing_and_the_stock(stock, demands):
    assert 0 <= unsold(stock, *demands) <= max(stock, 0)


@given(stock=st.integers(0, 10**6), demands=DEMANDS, more=st.floats(0, 1e6))
def test_more_demand_never_leaves_more_over(stock, demands, more):
    assert unsold(stock, *(demand + more for demand in demands)) <= unsold(stock, *demands)
