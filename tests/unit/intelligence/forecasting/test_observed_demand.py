import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from builders.forecasting import a_history
from umschlag.intelligence.forecasting import observed_demand as module
from umschlag.intelligence.forecasting.observed_demand import observed_demand

FIRST = np.array([0])


def test_days_without_stock_are_left_out_where_an_article_sells_on_most_days():
    sold = [[2, 2, 2, 2, 2, 0, 0, 0, 0, 0]]
    has_stock = [[True] * 5 + [False] * 5]

    observed = observed_demand(a_history(sold, has_stock))

    assert observed.rate_in(FIRST, 0, 10) == pytest.approx(2)


def test_days_without_stock_stay_in_where_a_sale_empties_the_shelf_of_a_sporadic_article():
    sold = [[0] * 19 + [3] + [0] * 20]
    has_stock = [[True] * 20 + [False] * 20]

    observed = observed_demand(a_history(sold, has_stock))

    assert observed.is_sporadic[0]
    assert observed.rate_in(FIRST, 0, 40) == pytest.approx(3 / 40)


def test_a_day_that_sold_the_last_unit_counts_with_at_least_the_usual_rate():
    sold = [[4, 4, 4, 1, 0, 4]]
    has_stock = [[True, True, True, True, False, True]]

    observed = observed_demand(a_history(sold, has_stock))

    assert observed.daily_units[0].tolist() == [4, 4, 4, 4, 0, 4]


def test_a_day_that_sold_the_last_unit_counts_as_days_that_sold_no_less_came_to():
    sold = [[2, 6, 0, 4, 0, 2]]
    has_stock = [[True, True, True, True, False, True]]

    observed = observed_demand(a_history(sold, has_stock))

    assert observed.daily_units[0].tolist() == [2, 6, 0, 5, 0, 2]


@given(
    sold=arrays(np.int64, (3, 40), elements=st.integers(0, 9)),
    is_out=arrays(np.bool_, (3, 40)),
)
def test_a_day_that_sold_out_counts_for_no_less_than_it_sold_and_no_more_than_the_best_day(
    sold: NDArray[np.int64], is_out: NDArray[np.bool_]
):
    units = np.where(is_out, 0, sold)

    observed = observed_demand(a_history(units.tolist(), (~is_out).tolist()))

    # The usual rate is a mean of days before, so that it never lies above the best of them.
    best = np.maximum.accumulate(units, axis=1)
    assert (observed.daily_units >= units).all()
    assert (observed.daily_units <= best + 1e-9).all()


def test_more_days_that_sold_out_than_are_looked_at_together_change_nothing(
    monkeypatch: pytest.MonkeyPatch,
):
    sold = np.tile([[2, 6, 0, 4, 0, 2, 3, 0]], (5, 1)).tolist()
    has_stock = np.tile([[True, True, True, True, False, True, True, False]], (5, 1)).tolist()
    together = observed_demand(a_history(sold, has_stock)).daily_units

    monkeypatch.setattr(module, "SOLD_OUT_BLOCK", 2)

    assert np.array_equal(observed_demand(a_history(sold, has_stock)).daily_units, together)


def test_days_before_an_article_was_known_count_for_nobody():
    observed = observed_demand(a_history([[0, 0, 6, 6]], known_days=[1]))

    assert observed.days_in(FIRST, 0, 4) == 2
    assert observed.age_at(FIRST, 4) == 2
    assert observed.age_at(FIRST, 3) == 1


def test_the_newest_sale_before_a_day_is_known():
    observed = observed_demand(a_history([[0, 5, 0, 0]]))

    assert observed.last_sale_day[0].tolist() == [-1, -1, 1, 1, 1]


@given(
    sold=st.lists(st.integers(0, 9), min_size=2, max_size=60),
    span=st.tuples(st.integers(0, 60), st.integers(0, 60)),
)
def test_any_span_is_the_sum_of_its_days(sold, span):
    start, end = sorted(min(day, len(sold)) for day in span)
    observed = observed_demand(a_history([sold]))

    assert observed.units_in(FIRST, start, end) == sum(sold[start:end])
    assert observed.days_in(FIRST, start, end) == end - start


@given(
    days=st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=60),
)
def test_stock_outs_never_make_demand_smaller_than_sales(days):
    sold = [[units for units, _ in days]]
    observed = observed_demand(a_history(sold, [[has for _, has in days]]))

    assert (observed.daily_units >= np.array(sold)).all()
    assert (np.diff(observed.counted_days) >= 0).all()


def test_what_sold_well_two_years_ago_and_hardly_sells_now_is_sporadic():
    units = np.zeros((1, 730))
    units[0, :365:2] = 1
    units[0, 400:700:60] = 1
    is_out = np.zeros((1, 730), dtype=bool)
    is_out[0, 560:650] = True

    observed = observed_demand(a_history(units, has_stock=~is_out))

    assert observed.is_sporadic[0]
    assert observed.counted_days[0, -1] == 730
