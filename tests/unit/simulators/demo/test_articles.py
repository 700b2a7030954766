"""The demo merchant's articles: every kind occurs, in small worlds too."""

import numpy as np
import pytest

from umschlag.kernel.identifiers import parse_asin, parse_gtin
from umschlag.simulators.demo.articles import NEVER, SHARES, DemandClass, make_articles
from umschlag.simulators.demo.identities import asin_of, gtin_of, sku_of
from umschlag.simulators.demo.randomness import Topic, evenly_spread, generator


@pytest.fixture(scope="module")
def articles():
    return make_articles(seed=5, count=2_000)


def test_a_world_of_sixty_has_every_demand_class():
    assert set(make_articles(seed=5, count=60).demand_class) == {int(kind) for kind in DemandClass}


def test_demand_classes_have_their_shares(articles):
    counted = np.bincount(articles.demand_class, minlength=len(SHARES)) / articles.count

    assert np.allclose(counted, SHARES, atol=0.002)


def test_names_are_unique_and_read_like_a_shops(articles):
    assert len(set(articles.name)) == articles.count
    assert all(", " in name and "  " not in name for name in articles.name)


def test_articles_do_not_depend_on_anything_but_seed_and_count(articles):
    again = make_articles(seed=5, count=2_000)

    assert again.name == articles.name
    assert np.array_equal(again.lines_per_day, articles.lines_per_day)


def test_costs_and_measures_are_plausible(articles):
    assert articles.base_cost_minor.min() >= 200
    assert articles.base_cost_minor.max() <= 9_000
    assert articles.markup.min() >= 1.6
    assert articles.markup.max() <= 2.6
    assert (articles.weight_g > 0).all()
    assert (articles.dimensions_mm > 0).all()


def test_the_erp_has_gaps_in_moderation(articles):
    for gap in (
        "lacks_cost",
        "lacks_dimensions",
        "lacks_weight",
        "lacks_gtin",
        "lacks_category",
        "is_inactive",
        "oversells",
    ):
        share = getattr(articles, gap).mean()
        assert 0.002 < share < 0.2, gap


def test_bundles_are_made_of_two_lasting_articles_with_stock(articles):
    components = articles.components[articles.is_bundle]

    assert (components >= 0).all()
    assert (components[:, 0] != components[:, 1]).all()
    assert not articles.is_bundle[components].any()
    assert (articles.vanishes_day[components] == NEVER).all()
    assert (articles.components[~articles.is_bundle] == -1).all()


def test_no_article_both_vanishes_and_is_recreated(articles):
    assert ((articles.vanishes_day == NEVER) | (articles.recreated_day == NEVER)).all()
    assert (articles.vanishes_day < NEVER).any()
    assert (articles.recreated_day < NEVER).any()


def test_a_recreated_article_has_another_id_from_its_day_on(articles):
    article = np.flatnonzero(articles.recreated_day < NEVER)[:1]
    day = int(articles.recreated_day[article[0]])

    before, after = (
        articles.variation_id_on(day - 1, article),
        articles.variation_id_on(day, article),
    )

    assert before[0] == articles.first_variation_id[article[0]]
    assert after[0] != before[0]
    assert after[0] not in articles.first_variation_id


def test_every_item_has_one_main_variation(articles):
    mains = articles.item_id[articles.is_main]

    assert len(set(mains)) == len(mains)
    assert set(articles.item_id) == set(mains)


def test_a_world_without_sellers_has_no_bundle_components():
    lonely = make_articles(seed=5, count=1)

    assert (lonely.components == -1).all()


@pytest.mark.parametrize("article", [0, 7, 1_999])
def test_identities_are_valid(article):
    assert parse_asin(asin_of(article)) == asin_of(article)
    assert parse_gtin(gtin_of(article)) == gtin_of(article)
    assert sku_of(article) == f"HX-{10_000 + article}"


def test_no_two_articles_share_an_asin():
    assert len({asin_of(article) for article in range(5_000)}) == 5_000


def test_topics_draw_from_streams_of_their_own():
    draws = {generator(1, 700_000, topic).integers(2**62) for topic in Topic}

    assert len(draws) == len(Topic)


def test_even_spread_fills_the_interval_from_the_start():
    assert np.histogram(evenly_spread(50, 0), bins=5, range=(0, 1))[0].tolist() == [10] * 5
