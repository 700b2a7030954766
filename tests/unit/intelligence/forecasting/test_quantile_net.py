import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from umschlag.intelligence.forecasting.quantile_net import learned_net

LEVELS = (0.1, 0.5, 0.9)
ROWS = 6_000


def a_sample(rows=ROWS, seed=3):
    """Return three features, of which the first sets the size, and a figure a row.

    Where the second feature is missing the figure is twice as large.
    """
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(rows, 3)).astype(np.float32)
    features[rng.random(rows) < 0.3, 1] = np.nan
    size = np.exp(0.5 * features[:, 0]) * np.where(np.isnan(features[:, 1]), 2.0, 1.0)
    return features, size * rng.gamma(3.0, 1 / 3, rows)


@pytest.fixture(scope="module")
def net():
    return learned_net(*a_sample(), LEVELS, seed=1)


def test_quantiles_hold_for_large_and_small_and_where_a_feature_is_missing(net):
    features, figures = a_sample(seed=4)
    quantiles = net.quantiles(features)

    for chosen in (
        features[:, 0] > 0.7,
        features[:, 0] < -0.7,
        np.isnan(features[:, 1]),
        features[:, 1] > 0,
    ):
        held = (figures[chosen, None] <= quantiles[chosen]).mean(axis=0)
        assert held == pytest.approx(LEVELS, abs=0.06)


@given(
    arrays(
        np.float32,
        (5, 3),
        elements=st.floats(-(2.0**100), 2.0**100, width=32) | st.just(np.float32(np.nan)),
    )
)
def test_however_far_the_features_lie_nothing_beyond_what_was_learned_is_told(net, features):
    told = net.quantiles(features)

    assert np.isfinite(told).all()
    assert (told >= 0).all()
    assert (told <= a_sample()[1].max()).all()


def test_a_row_is_told_the_same_alone_and_among_others(net):
    features, _figures = a_sample()
    whole = net.quantiles(features)

    for rows in (slice(0, 1), slice(17, 40), slice(5, 1_000)):
        np.testing.assert_array_equal(net.quantiles(features[rows]), whole[rows])


def test_the_same_rows_and_seed_learn_the_same_and_another_seed_learns_otherwise():
    features, figures = a_sample(500)

    first, again, other = (
        learned_net(features, figures, LEVELS, seed=seed).quantiles(features) for seed in (1, 1, 2)
    )

    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_what_is_learned_from_is_left_as_it_was():
    features, figures = a_sample(300)
    before = features.copy(), figures.copy()

    learned_net(features, figures, LEVELS, seed=1)

    np.testing.assert_array_equal(features, before[0])
    np.testing.assert_array_equal(figures, before[1])


def test_a_feature_that_nobody_knows_does_no_harm():
    features, figures = a_sample(500)
    features[:, 2] = np.nan

    told = learned_net(features, figures, LEVELS, seed=1).quantiles(features)

    assert np.isfinite(told).all()
