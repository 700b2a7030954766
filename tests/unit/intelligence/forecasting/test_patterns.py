import numpy as np
import pytest

from builders.forecasting import a_history
from umschlag.intelligence.forecasting.patterns import demand_patterns
from umschlag.intelligence.movement.demand_pattern import DemandPattern

DAYS = 52 * 7


def weekly(*units):
    """Return a row of days whose last day of each week sold so many units."""
    row = np.zeros(len(units) * 7)
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
    assert demand_patterns(a_history([weekly(*units)])) == {"HX-0": pattern}


def test_days_before_the_first_whole_week_are_left_out():
    history = a_history([[90, 0, *weekly(*(3, 4) * 26)]])

    assert demand_patterns(history)["HX-0"] is DemandPattern.SMOOTH


def test_days_out_of_stock_say_nothing():
    row = weekly(*(3, 0) * 26)
    has_stock = np.ones((1, DAYS), dtype=bool)
    assert demand_patterns(a_history([row], has_stock))["HX-0"] is DemandPattern.INTERMITTENT

    for start in range(7, DAYS, 14):
        has_stock[0, start : start + 7] = False

    assert demand_patterns(a_history([row], has_stock))["HX-0"] is DemandPattern.SMOOTH


def test_an_article_that_sells_out_at_once_has_a_demand_all_the_same():
    row = weekly(*(0, 0, 0, 9) * 13)

    patterns = demand_patterns(a_history([row], [row > 0]))

    assert patterns == {"HX-0": DemandPattern.SMOOTH}


def test_weeks_before_an_article_was_known_say_nothing():
    row = weekly(*(0,) * 40, *(3, 4) * 6)

    patterns = demand_patterns(a_history([row, row], known_days=[12 * 7 - 1, DAYS]))

    assert patterns == {"HX-0": DemandPattern.SMOOTH, "HX-1": DemandPattern.INTERMITTENT}


@pytest.mark.parametrize(
    ("units", "pattern"), [([1, 0, 1], DemandPattern.SMOOTH), ([0, 0, 0], DemandPattern.NONE)]
)
def test_less_than_a_week_counts_where_it_is_all_there_is(units, pattern):
    assert demand_patterns(a_history([units])) == {"HX-0": pattern}


def test_an_article_never_in_stock_has_no_pattern():
    history = a_history([[0] * 14], [[False] * 14])

    assert demand_patterns(history) == {"HX-0": DemandPattern.NONE}
