from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from umschlag.intelligence.forecasting.accuracy import LEVELS
from umschlag.intelligence.forecasting.own_errors import OwnForecast, errors_by_horizon

FIRST = date(2026, 1, 1)


def day(number):
    return FIRST + timedelta(days=number)


def a_forecast(made=0, horizon=7, *, units=10.0, **quantiles):
    levels = {level: quantiles.get(f"q{round(level * 100)}", units) for level in LEVELS}
    return OwnForecast(
        made_date=day(made),
        horizon_days=horizon,
        method="x",
        mean_units=units,
        quantile_units=levels,
    )


def sales(daily):
    def between(since, until):
        days = range((since - FIRST).days, (until - FIRST).days)
        return float(sum(daily.get(number, 0) for number in days))

    return between


def test_only_forecasts_whose_last_day_is_known_are_measured():
    made = [a_forecast(0, 7), a_forecast(1, 7), a_forecast(0, 28)]

    [found] = errors_by_horizon(made, sold_units=sales({}), known_through=day(7))

    assert (found.horizon_days, found.accuracy.article_count) == (7, 1)
    assert (found.first_made_date, found.last_made_date) == (day(0), day(0))


def test_the_days_after_it_was_made_are_measured_and_those_before_are_the_naive_forecast():
    # Two units a day up to the day it was made, three a day after it.
    daily = {number: 2 if number <= 10 else 3 for number in range(40)}

    [found] = errors_by_horizon(
        [a_forecast(10, 7, units=14.0, q95=20.0)], sold_units=sales(daily), known_through=day(39)
    )

    assert found.accuracy.wape == pytest.approx((21 - 14) / 21)
    assert found.accuracy.bias == pytest.approx((14 - 21) / 21)
    assert found.accuracy.coverage_95 == 0.0
    # Pinball losses in units: 7 × level where it said 14, and 1 × 0.95 where it said 20.
    assert found.accuracy.scaled_loss == pytest.approx((7 * (0.5 + 0.8 + 0.9 + 0.99) + 0.95) / 5)
    assert found.naive.wape == pytest.approx(7 / 21)


def test_what_never_sold_has_no_relative_error():
    [found] = errors_by_horizon([a_forecast()], sold_units=sales({}), known_through=day(7))

    assert (found.accuracy.wape, found.accuracy.bias) == (None, None)
    assert found.accuracy.coverage_95 == 1.0


@given(
    daily=st.dictionaries(st.integers(0, 200), st.integers(-3, 9)),
    made=st.lists(
        st.tuples(st.integers(90, 150), st.sampled_from([7, 28, 90])), unique=True, max_size=12
    ),
    through=st.integers(90, 200),
)
def test_a_forecast_that_knew_is_never_off(daily, made, through):
    sold = sales(daily)

    def knowing(number, horizon):
        units = max(sold(day(number + 1), day(number + 1 + horizon)), 0.0)
        return a_forecast(number, horizon, units=units)

    found = errors_by_horizon(
        [knowing(*one) for one in made], sold_units=sold, known_through=day(through)
    )

    horizons = [one.horizon_days for one in found]
    assert horizons == sorted(set(horizons))
    due = [one for one in made if sum(one) <= through]
    assert sum(one.accuracy.article_count for one in found) == len(due)
    for one in found:
        assert one.accuracy.scaled_loss == 0.0
        assert one.accuracy.coverage_95 == 1.0
        assert one.accuracy.wape in (None, 0.0)
        assert one.naive.scaled_loss >= 0.0
