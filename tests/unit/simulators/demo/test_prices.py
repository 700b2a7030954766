"""Costs drift, prices are changed now and then, and nothing is sold below cost."""

from datetime import date

import numpy as np
import pytest

from umschlag.simulators.demo.articles import make_articles
from umschlag.simulators.demo.calendar import Calendar
from umschlag.simulators.demo.prices import costs_and_prices


@pytest.fixture(scope="module")
def series():
    return costs_and_prices(make_articles(3, 200), Calendar(date(2025, 3, 1), 300), seed=3)


def test_every_price_leaves_a_margin_after_tax(series):
    cost, price = series

    assert (price / 1.19 > cost * 1.1).all()


def test_prices_end_as_shops_write_them(series):
    assert set(np.unique(series[1] % 100)) <= {49, 99}


def test_prices_change_a_few_times_a_year_and_stand_in_between(series):
    changes = (np.diff(series[1], axis=0) != 0).sum(axis=0)

    assert 0 < changes.mean() < 8


def test_costs_change_more_rarely_than_prices(series):
    cost_changes, price_changes = ((np.diff(part, axis=0) != 0).sum() for part in series)

    assert 0 < cost_changes < price_changes


def test_costs_stay_within_reach_of_where_they_began(series):
    first = series[0][0]

    assert (series[0] >= first * 0.69).all()
    assert (series[0] <= first * 1.51).all()


def test_a_longer_series_begins_the_same():
    articles = make_articles(3, 40)
    short, long = (
        costs_and_prices(articles, Calendar(date(2025, 3, 1), days), seed=3) for days in (50, 90)
    )

    assert all(np.array_equal(a, b[:50]) for a, b in zip(short, long, strict=True))
