"""The buyer orders what runs short, from suppliers who take their time."""

from dataclasses import replace
from datetime import date, timedelta

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

MONDAY = date(2026, 3, 2)


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


def reordered(articles, shelves, *, day=10, monday=MONDAY):
    for weekday in range(5):
        on, rng = monday + timedelta(days=weekday), np.random.default_rng(weekday)
        reorder(shelves, articles, day=day, on=on, rng=rng)
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


def test_seasonal_goods_are_bought_for_their_season(articles):
    articles = replace(articles, lines_per_day=articles.lines_per_day * 20)
    season = (articles.demand_class == DemandClass.SEASONAL) & (articles.appears_day == 0)
    peak, lead = articles.season_peak_day[season], lead_times(articles)[season]
    near = far = 0
    for week in range(52):
        monday = MONDAY + timedelta(weeks=week)
        shelves = reordered(articles, empty_shelves(articles, daily_units=0.0), monday=monday)
        bought = shelves.on_order[season].sum(axis=1)
        arrives_day = monday.timetuple().tm_yday + lead
        from_peak = np.abs((arrives_day - peak + 182) % 365 - 182)
        near += bought[from_peak < 60].sum()
        far += bought[from_peak > 120].sum()

    assert near > 2 * far > 0


def test_nobody_orders_bundles_unsold_stopped_or_coming_articles(articles):
    ordered = reordered(articles, empty_shelves(articles), day=200).on_order.any(axis=1)
    a = articles

    assert not ordered[a.is_bundle].any()
    assert not ordered[a.demand_class == DemandClass.UNSOLD].any()
    assert not ordered[a.demand_class == DemandClass.PHASED_OUT].any()
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
        remember_demand(shelves, articles, np.full((articles.count, 2), 3))

    quick = articles.demand_class <= DemandClass.STEADY
    slow = articles.demand_class == DemandClass.INTERMITTENT
    assert shelves.estimate[quick] == pytest.approx(3, rel=0.15)
    assert (shelves.estimate[slow] < 2.5).all()


def test_only_oversold_articles_may_be_sold_beyond_the_shelf(articles):
    sellable = empty_shelves(articles).sellable(articles)

    assert (sellable[~articles.oversells] == 0).all()
    assert (sellable[articles.oversells] == 2).all()


def test_the_world_opens_without_stock_of_bundles_and_of_what_comes_later(articles):
    shelves = opening_shelves(np.random.default_rng(1), articles, MONDAY)

    assert (shelves.net >= 0).all()
    assert shelves.net.any()
    assert not shelves.net[articles.is_bundle].any()
    assert not shelves.net[articles.appears_day > 0].any()
    assert not shelves.net[articles.lines_per_day[:, 1] == 0, 1].any()


def test_the_world_opens_with_goods_on_their_way_that_arrive_within_the_lead_time(articles):
    shelves = opening_shelves(np.random.default_rng(1), articles, MONDAY)
    coming = shelves.on_order.copy()
    lead = lead_times(articles)[:, None]

    assert coming.any()
    assert not coming[articles.demand_class == DemandClass.PHASED_OUT].any()
    for day, units in shelves.arriving.items():
        assert day >= 1
        assert (np.broadcast_to(lead, units.shape)[units > 0] >= day).all()
    assert np.array_equal(sum(shelves.arriving.values()), coming)
