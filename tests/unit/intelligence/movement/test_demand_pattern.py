import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.movement import alone
from umschlag.intelligence.movement.demand_pattern import (
    PATTERNS,
    DemandPattern,
    average_demand_interval,
    demand_patterns,
    squared_variation,
)


def interval(units):
    return alone(
        average_demand_interval,
        periods=len(units),
        periods_with_demand=sum(size > 0 for size in units),
    )


def variation(units):
    return alone(
        squared_variation,
        units=sum(units),
        units_squared=sum(size * size for size in units),
        periods_with_demand=sum(size > 0 for size in units),
    )


def pattern(units):
    return PATTERNS[alone(demand_patterns, intervals=interval(units), variations=variation(units))]


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        ([5, 6, 5, 4, 5, 6], DemandPattern.SMOOTH),
        ([1, 30, 1, 2, 40, 1], DemandPattern.ERRATIC),
        ([0, 5, 0, 0, 5, 0], DemandPattern.INTERMITTENT),
        ([0, 1, 0, 0, 60, 0, 0, 1], DemandPattern.LUMPY),
        ([0, 0, 0], DemandPattern.NONE),
        ([], DemandPattern.NONE),
    ],
)
def test_interval_and_variation_name_the_pattern(units, expected):
    assert pattern(units) is expected


def test_the_interval_is_periods_by_periods_with_demand():
    assert interval([0, 3, 0, 0, 2, 0]) == pytest.approx(3.0)


def test_periods_without_demand_do_not_vary_the_sizes():
    assert variation([0, 4, 0, 4, 0]) == 0.0


def test_sporadic_is_what_rarely_sells():
    assert [one for one in PATTERNS if one.is_sporadic] == [
        DemandPattern.INTERMITTENT,
        DemandPattern.LUMPY,
    ]


@given(st.lists(st.integers(0, 1_000), min_size=1, max_size=60))
def test_the_variation_is_that_of_the_sizes_themselves(units):
    sizes = np.array([size for size in units if size > 0], dtype=np.float64)

    expected = sizes.var() / sizes.mean() ** 2 if len(sizes) else None
    assert variation(units) == (None if expected is None else pytest.approx(expected, abs=1e-9))


@given(st.lists(st.integers(0, 1_000), min_size=1, max_size=60))
def test_a_multiple_of_all_sizes_varies_as_they_do(units):
    found = variation([3 * size for size in units])

    assert found == (None if not any(units) else pytest.approx(variation(units), abs=1e-9))
