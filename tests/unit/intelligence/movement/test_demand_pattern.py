import pytest
from hypothesis import given
from hypothesis import strategies as st

from umschlag.intelligence.movement.demand_pattern import (
    DemandPattern,
    average_demand_interval,
    demand_pattern,
    squared_variation,
)


@pytest.mark.parametrize(
    ("units", "pattern"),
    [
        ([5, 6, 5, 4, 5, 6], DemandPattern.SMOOTH),
        ([1, 30, 1, 2, 40, 1], DemandPattern.ERRATIC),
        ([0, 5, 0, 0, 5, 0], DemandPattern.INTERMITTENT),
        ([0, 1, 0, 0, 60, 0, 0, 1], DemandPattern.LUMPY),
        ([0, 0, 0], DemandPattern.NONE),
        ([], DemandPattern.NONE),
    ],
)
def test_interval_and_variation_name_the_pattern(units, pattern):
    assert demand_pattern(units) is pattern


def test_the_interval_is_periods_by_periods_with_demand():
    assert average_demand_interval([0, 3, 0, 0, 2, 0]) == pytest.approx(3.0)


def test_periods_without_demand_do_not_vary_the_sizes():
    assert squared_variation([0, 4, 0, 4, 0]) == 0.0


@given(st.lists(st.integers(min_value=0, max_value=1_000), min_size=1, max_size=60))
def test_a_multiple_of_all_sizes_keeps_the_pattern(units):
    assert demand_pattern(units) is demand_pattern([3 * size for size in units])
