from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.forecasting import a_history
from umschlag.intelligence.forecasting.weekdays import usual_days, weekday_profile

FRIDAY = date(2026, 11, 20)


def test_a_shop_that_is_closed_on_a_weekday_has_none_of_its_demand_there():
    history = a_history([[0 if day % 7 == 2 else 6 for day in range(70)]])
    closed = history.first_date.fromordinal(history.first_date.toordinal() + 2).weekday()

    profile = weekday_profile(history)

    assert profile[closed] == 0
    assert profile.sum() == pytest.approx(7)


def test_without_a_whole_week_or_a_sale_all_weekdays_are_alike():
    assert weekday_profile(a_history([[1, 2, 3]])).tolist() == [1] * 7
    assert weekday_profile(a_history([[0] * 30])).tolist() == [1] * 7


def test_the_days_after_a_friday_begin_with_the_weekend():
    profile = np.array([1.4] * 5 + [0.0] * 2)

    assert usual_days(profile, last_date=FRIDAY, horizon_days=2) == 0
    assert usual_days(profile, last_date=FRIDAY, horizon_days=9) == pytest.approx(7)


@given(weeks=st.integers(0, 60), weights=st.lists(st.floats(0, 3), min_size=7, max_size=7))
def test_whole_weeks_come_to_their_days(weeks, weights):
    assert usual_days(np.array(weights), last_date=FRIDAY, horizon_days=7 * weeks) == 7 * weeks
