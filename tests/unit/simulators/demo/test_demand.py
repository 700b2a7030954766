"""What is asked for: by weekday, by season, and never where nothing is."""

from datetime import date, timedelta

import numpy as np
import pytest

from umschlag.simulators.demo.articles import DemandClass, make_articles
from umschlag.simulators.demo.demand import draw_demand, expected_lines

MONDAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def articles():
    return make_articles(8, 600)


def of_class(articles, demand_class):
    return articles.demand_class == demand_class


def test_a_weekday_article_has_a_strong_week_that_averages_its_rate(articles):
    weekly = of_class(articles, DemandClass.WEEKDAY) & (articles.appears_day == 0)
    days = [expected_lines(articles, 0, MONDAY + timedelta(days=d))[weekly] for d in range(7)]
    week = np.stack(days).sum(axis=2)

    assert (week.max(axis=0) > 3 * week.min(axis=0)).all()
    assert np.allclose(week.mean(axis=0), articles.lines_per_day[weekly].sum(axis=1), rtol=0.02)


def test_a_seasonal_article_peaks_on_its_day(articles):
    seasonal = of_class(articles, DemandClass.SEASONAL) & (articles.appears_day == 0)
    # The same weekday, so that the season alone makes the difference.
    year = np.stack(
        [
            expected_lines(articles, 0, date(2026, 1, 1) + timedelta(days=7 * week))[seasonal, 0]
            for week in range(52)
        ]
    )
    best = 1 + 7 * year.argmax(axis=0)
    distance = np.abs((best - articles.season_peak_day[seasonal] + 182) % 365 - 182)

    assert (distance <= 5).all()
    assert (year.min(axis=0) < 0.1 * year.max(axis=0)).all()


def test_nobody_asks_for_what_is_not_there(articles):
    day = 100
    expected = expected_lines(articles, day, MONDAY)

    assert not expected[~articles.exists_on(day)].any()
    assert not expected[articles.stops_day <= day].any()
    assert not expected[of_class(articles, DemandClass.UNSOLD)].any()


def test_bundles_are_asked_for_on_the_home_marketplace_alone(articles):
    expected = expected_lines(articles, 0, MONDAY)[articles.is_bundle]

    assert expected[:, 0].all()
    assert not expected[:, 1:].any()


def test_lumpy_articles_are_asked_for_many_at_a_time(articles):
    demand = draw_demand(np.random.default_rng(1), articles, np.ones((articles.count, 3)))
    lumpy = of_class(articles, DemandClass.LUMPY)

    assert (demand.units_per_line[lumpy] >= 4).all()
    assert demand.units_per_line[~lumpy].max() <= 4


def test_cheap_goods_are_bought_several_at_a_time(articles):
    rng = np.random.default_rng(4)
    drawn = [
        draw_demand(rng, articles, np.ones((articles.count, 3))).units_per_line[:, 0]
        for _ in range(400)
    ]
    mean = np.mean(drawn, axis=0)
    single = ~of_class(articles, DemandClass.LUMPY)
    cheap, dear = articles.base_cost_minor < 600, articles.base_cost_minor > 4_000

    assert mean[cheap & single].min() > 2
    assert mean[dear & single].max() < 1.5
    assert np.allclose(mean, articles.mean_units, rtol=0.12)


def test_draws_follow_the_expectation(articles):
    rng = np.random.default_rng(2)
    expected = np.full((articles.count, 3), 0.2)
    drawn = np.mean([draw_demand(rng, articles, expected).lines.mean() for _ in range(50)])

    assert drawn == pytest.approx(0.2, rel=0.05)
