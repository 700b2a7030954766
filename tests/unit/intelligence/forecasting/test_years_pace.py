import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from builders.forecasting import a_history
from umschlag.intelligence.forecasting.quantile_curves import SAMPLE_COUNT
from umschlag.intelligence.forecasting.years_pace import (
    SHARE_FROM_DAYS,
    SHARE_MAX,
    at_years_pace,
    pace_count,
    pooled,
)

YEAR = 365

rising = arrays(float, (2, SAMPLE_COUNT), elements=st.floats(0, 1e6, allow_subnormal=False)).map(
    lambda samples: np.sort(samples, axis=1)
)


def test_the_year_s_pace_has_the_mean_and_spread_of_the_year_s_days():
    sold = np.random.default_rng(3).negative_binomial(1.5, 0.3, (1, YEAR))

    samples = at_years_pace(a_history(sold), 90)

    assert samples.mean() == pytest.approx(90 * sold.mean(), rel=0.01)
    assert samples.std() == pytest.approx(np.sqrt(90) * sold.std(), rel=0.03)


def test_days_without_stock_are_left_out_of_the_pace():
    is_out = np.arange(YEAR) % 2 == 0
    sold = np.where(is_out, 0, 4)

    samples = at_years_pace(a_history([sold], [~is_out]), 30)

    assert samples.mean() == pytest.approx(120, rel=0.01)


def test_what_sold_nothing_has_no_pace():
    assert np.isnan(at_years_pace(a_history([[0] * YEAR]), 90)).all()


def test_up_to_four_weeks_ahead_the_model_speaks_alone():
    assert pace_count(SHARE_FROM_DAYS) == 0


def test_three_months_ahead_a_sixth_goes_on_at_the_pace():
    assert pace_count(90) / SAMPLE_COUNT == pytest.approx(1 / 6, abs=0.01)


@given(horizon_days=st.integers(1, 2_000))
def test_the_further_ahead_the_more_goes_on_at_the_pace(horizon_days: int):
    assert pace_count(horizon_days) <= pace_count(horizon_days + 1) <= SHARE_MAX * SAMPLE_COUNT


def test_an_article_that_rests_may_come_back():
    dead, pace = np.zeros((1, SAMPLE_COUNT)), np.full((1, SAMPLE_COUNT), 90.0)

    samples = pooled(dead, pace, 35)

    assert np.count_nonzero(samples) == 35
    assert samples.shape == dead.shape


@given(own=rising, pace=rising, count=st.integers(0, SAMPLE_COUNT))
def test_both_together_rise_between_the_least_and_the_most_of_either(
    own: NDArray[np.float64], pace: NDArray[np.float64], count: int
):
    samples = pooled(own, pace, count)

    assert samples.shape == own.shape
    assert (np.diff(samples, axis=1) >= 0).all()
    assert (samples >= np.minimum(own[:, :1], pace[:, :1])).all()
    assert (samples <= np.maximum(own[:, -1:], pace[:, -1:])).all()
