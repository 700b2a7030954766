import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from umschlag.intelligence.forecasting.quantile_curves import samples_of, whole_units

LEVELS = np.array([0.1, 0.5, 0.9])


def test_a_straight_line_through_the_levels_goes_on_above_the_last():
    samples = samples_of(LEVELS, np.array([[10.0, 50.0, 90.0]]))[0]

    assert samples[0] == pytest.approx(0.25)
    assert samples[-1] == pytest.approx(99.75)
    assert samples.mean() == pytest.approx(50)


def test_quantiles_that_cross_are_put_in_order():
    crossing = samples_of(LEVELS, np.array([[50.0, 10.0, 90.0]]))

    assert np.array_equal(crossing, samples_of(LEVELS, np.array([[10.0, 50.0, 90.0]])))


@given(st.lists(st.floats(-5, 1e6), min_size=3, max_size=3))
def test_samples_rise_and_are_never_negative(quantiles):
    samples = samples_of(LEVELS, np.array([quantiles]))[0]

    assert (np.diff(samples) >= -1e-6).all()
    assert (samples >= 0).all()


def test_a_third_of_a_unit_is_one_unit_every_third_time():
    whole = whole_units(np.full((1, 200), 0.3))[0]

    assert whole.sum() == 60
    assert set(whole.tolist()) == {0.0, 1.0}


@given(st.lists(st.floats(0, 1e5), min_size=1, max_size=200))
def test_whole_units_rise_and_keep_the_mean(samples):
    rising = np.sort(np.array([samples]), axis=1)

    whole = whole_units(rising)

    assert np.array_equal(whole, np.rint(whole))
    assert (np.diff(whole) >= 0).all()
    assert (whole >= 0).all()
    assert whole.sum() == pytest.approx(rising.sum(), abs=0.5 + 1e-6)
    assert np.abs(whole - rising).max() <= 1 + 1e-6
