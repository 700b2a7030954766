"""The buyer orders what runs short, from suppliers who take their time."""

import numpy as np
import pytest

from umschlag.simulators.demo.articles import DemandClass, make_articles
from umschlag.simulators.demo.stock import (
    Shelves,
    lead_times,
    opening_shelves,
    order_units_min,
    pack_units,
    remember_demand,
    reorder,
)


@pytest.fixture(scope="module")
def articles():
    return make_articles(seed=2, count=200)


def empty_shelves(articles, *, daily_units=1.0):
    return Shelves(
        net=np.zeros((articles.count, 2), np.int64),
        repair=np.zeros(articles.count, np.int64),
        on_order=np.zeros((articles.count, 2), np.int64),
        estimate=np.full((articles.count, 2), daily_units),
    )


def reordered(articles, shelves, *, day=10):
    for weekday in range(5):
        reorder(shelves, articles, day=day, weekday=weekday, rng=np.random.default_rng(weekday))
    return shelves


def test_what_is_ordered_arrives_after_the_lead_time_and_completely(articles):
    shelves = reordered(articles, empty_shelves(articles))
    ordered = shelves.on_order.copy()
    earliest = min(shelves.arriving)

    received = sum(shelves.receive(day) for day in sorted(shelves.arriving))

    assert ordered.any()
    assert earliest >= 10 + lead_times(articles).min()
    assert np.array_equal(received, ordered)
    assert np.array_equal(shelves.net, ordered)
    assert not shelves.on_order.any()


def test_orders_keep_to_pack_and_minimum(articles):
    ordered = reordered(articles, empty_shelves(articles, daily_units=0.01)).on_order
    place = ordered > 0

    assert place.any()
    assert (ordered % pack_units(articles)[:, None] == 0)[place].all()
    assert (ordered >= order_units_min(articles)[:, None])[place].all()


def test_nothing_is_ordered_where_enough_lies_or_comes(articles):
    shelves = empty_shelves(articles)
    shelves.net += 1_000

    assert not reordered(articles, shelves).on_order.any()


def test_nobody_orders_bundles_unsold_stopped_or_coming_articles(articles):
    ordered = reordered(articles, empty_shelves(articles), day=200).on_order.any(axis=1)
    a = articles

    assert not ordered[a.is_bundle].any()
    assert not ordered[a.demand_class == DemandClass.UNSOLD].any()
    assert not ordered[a.stops_day + 30 <= 200].any()
    assert not ordered[a.appears_day > 200].any()
    assert not ordered[a.vanishes_day <= 260].any()


def test_orders_of_articles_that_are_gone_are_cancelled(articles):
    shelves = reordered(articles, empty_shelves(articles))
    gone = np.flatnonzero(shelves.on_order.any(axis=1))[:3]

    shelves.drop_orders(gone)

    assert not shelves.on_order[gone].any()
    assert not any(units[gone].any() for units in shelves.arriving.values())


def test_the_estimate_follows_demand_slowly(articles):
    shelves = empty_shelves(articles, daily_units=0.0)

    for _ in range(200):
        remember_demand(shelves, np.full((articles.count, 2), 3))

    assert shelves.estimate == pytest.approx(3, rel=0.05)


def test_only_oversold_articles_may_be_sold_beyond_the_shelf(articles):
    sellable = empty_shelves(articles).sellable(articles)

    assert (sellable[~articles.oversells] == 0).all()
    assert (sellable[articles.oversells] == 2).all()


def test_the_world_opens_without_stock_of_bundles_and_of_what_comes_later(articles):
    lines = articles.lines_per_day[:, :2]
    shelves = opening_shelves(np.random.default_rng(1), articles, lines)

    assert (shelves.net >= 0).all()
    assert shelves.net.any()
    assert not shelves.net[articles.is_bundle].any()
    assert not shelves.net[articles.appears_day > 0].any()
    assert not shelves.net[lines[:, 1] == 0, 1].any()
