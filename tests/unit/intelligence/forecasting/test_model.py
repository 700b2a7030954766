import numpy as np
import pytest

from builders.forecasting import forecasts_of
from umschlag.kernel.errors import BadInput


def test_a_quantile_is_the_smallest_sum_that_enough_samples_do_not_exceed():
    forecasts = forecasts_of(range(1, 21))

    assert forecasts.quantile_units(0.95)[0] == 19
    assert forecasts.quantile_units(0.951)[0] == 20
    assert forecasts.quantile_units(0.01)[0] == 1


def test_articles_may_have_different_numbers_of_samples():
    forecasts = forecasts_of([1, 2, 3, 4], [10])

    assert forecasts.quantile_units(1.0).tolist() == [4, 10]


def test_the_probability_of_more_counts_the_samples_above():
    forecasts = forecasts_of([1, 2, 3, 4], [10])

    assert forecasts.exceedance(np.array([2.0, 10.0])).tolist() == [0.5, 0.0]


def test_quantile_and_probability_never_contradict():
    forecasts = forecasts_of([0, 0, 5, 8, 13])

    for level in (0.2, 0.5, 0.8, 0.95):
        above = forecasts.exceedance(forecasts.quantile_units(level))[0]
        assert above <= 1 - level + 1e-9


@pytest.mark.parametrize("level", [0.0, -0.1, 1.1])
def test_a_level_that_is_none_is_refused(level):
    with pytest.raises(BadInput):
        forecasts_of([1]).quantile_units(level)
