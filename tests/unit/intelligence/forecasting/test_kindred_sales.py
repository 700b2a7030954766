import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from builders.forecasting import a_history
from umschlag.intelligence.forecasting.kindred_sales import (
    ROOT_MAX,
    SPANS,
    kindred_features,
    kindred_sales,
)
from umschlag.intelligence.forecasting.observed_demand import observed_demand

DAYS = 430
LATELY = SPANS.index((28, 0))
AHEAD_A_YEAR_AGO = SPANS.index((364, 336))
VOCABULARY = {"mug": 0, "lamp": 1}
MUGS = ("mug", "mug", "mug")


def features_of(units, names, known_days=None):
    """Return the features of every article, a row a span."""
    observed = observed_demand(a_history(units, known_days=known_days, names=names), VOCABULARY)
    kindred = kindred_sales(observed, DAYS)
    return np.array(kindred_features(kindred, observed, np.arange(len(names)), DAYS))


def steady(articles):
    return np.ones((articles, DAYS))


def test_an_article_is_told_what_the_others_with_its_word_sold_and_not_what_it_sold_itself():
    units = steady(3)
    units[0, -28:] = 9.0
    of_year = (365 + 28 * 8) / 365

    lately = features_of(units, MUGS)[LATELY]

    assert lately[0] == pytest.approx(1.0)
    assert lately[1] == pytest.approx((np.sqrt(9 / of_year) + 1) / 2)


def test_the_weeks_ahead_are_looked_up_a_year_ago():
    units = steady(3)
    units[1:, DAYS - 364 : DAYS - 336] = 4.0

    told = features_of(units, MUGS)

    assert told[AHEAD_A_YEAR_AGO, 0] > 1.8
    assert told[LATELY, 0] < 1.0


def test_without_another_article_that_was_there_nothing_is_told():
    alone = features_of(steady(2), ("mug", "lamp"))
    nameless = features_of(steady(2), ("", ""))
    units = steady(2)
    units[1, :-100] = 0
    young = features_of(units, ("mug", "mug"), known_days=[DAYS, 99])

    assert np.isnan(alone).all()
    assert np.isnan(nameless).all()
    assert np.isnan(young[AHEAD_A_YEAR_AGO, 0])
    assert not np.isnan(young[AHEAD_A_YEAR_AGO, 1])


@given(
    arrays(float, (4, DAYS), elements=st.sampled_from([0.0, 0.0, 1.0, 500.0])),
    st.lists(st.sampled_from(["", "mug", "lamp", "mug lamp"]), min_size=4, max_size=4),
)
def test_figures_lie_within_their_bounds_and_are_the_same_for_any_part_of_the_articles(
    units, names
):
    history = a_history(units, names=tuple(names))
    kindred = kindred_sales(observed_demand(history, VOCABULARY), DAYS)
    part = observed_demand(history.only(np.array([3, 1])), VOCABULARY)

    whole = features_of(units, tuple(names))
    own = np.array(kindred_features(kindred, part, np.arange(2), DAYS))

    told = whole[~np.isnan(whole)]
    assert ((told >= 0) & (told <= ROOT_MAX)).all()
    np.testing.assert_array_equal(own, whole[:, [3, 1]])
