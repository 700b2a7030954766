"""One article follows another: what is told, what is refused, what forecasts and orders make of it.

The history is that of a shop; HX-301 is its new kettle, in the catalogue and never sold.
"""

from datetime import UTC, datetime, timedelta

import pytest

from builders.acting import FAST, ago, publish_shop, stock_of
from builders.lake import DAY, a_sale, article_day, rows_of
from umschlag.intelligence.forecasting.succession import SuccessionRefused
from umschlag.kernel.errors import BadInput, NotFound
from umschlag.kernel.progress import untold
from umschlag.storage.lake.kept_forecasts import read_forecasts
from umschlag.storage.records.models import (
    Article,
    ArticleForecast,
    ArticleSuccession,
    Proposal,
    Replenishment,
)
from umschlag.wiring.forecasting import forecast
from umschlag.wiring.lake import open_lake
from umschlag.wiring.order_list import order_of
from umschlag.wiring.proposing import propose
from umschlag.wiring.running_out import running_out
from umschlag.wiring.successions import follow, line_of, refusal_text, unfollow

pytestmark = [pytest.mark.django_db, pytest.mark.database]
AT = datetime(2026, 9, 2, 9, 0, tzinfo=UTC)
KETTLE, NEW = "HX-104", "HX-301"
LEAD_DAYS = 9


def quietly(_title):
    return untold


@pytest.fixture
def settings(settings_in):
    return settings_in(language="en")


@pytest.fixture
def shop(settings):
    publish_shop(settings)
    lake = open_lake(settings)
    new = {
        "name": "Kettle, the new one",
        "supplier": "Lumo GmbH",
        "category": "Home",
        "on_hand_units": 0,
        "unit_cost_minor": 1_000,
        "sales_price_minor": 3_490,
        "lead_time_days": LEAD_DAYS,
    }
    for age in (1, 0):
        rows = [*stock_of(age), article_day(NEW, ago(age), **new)]
        lake.publish("article_days", ago(age).isoformat(), rows_of("article_days", *rows))
    columns = {name: value for name, value in new.items() if name != "lead_time_days"}
    Article.objects.create(sku=NEW, currency="EUR", reserved_units=0, **columns)
    return settings


def tell(predecessor, successor, ahead_days):
    """Tell that it follows from so many days after the first forecast day on."""
    day = DAY + timedelta(days=1 + ahead_days)
    return follow(predecessor, successor, day, by="Mia", at=AT)


def run(settings):
    forecast(settings, progress_for=quietly)
    propose(settings)


def mean_of(sku):
    return ArticleForecast.objects.get(article__sku=sku).mean_units


def order_for(sku):
    return Proposal.objects.filter(article__sku=sku, kind="reorder", state="open").first()


def test_the_new_article_is_forecast_and_ordered_by_what_the_old_one_sold(shop):
    run(shop)
    kettles, before = mean_of(KETTLE), order_for(NEW)

    tell(KETTLE, NEW, ahead_days=0)
    run(shop)

    assert before is None
    assert mean_of(NEW) == pytest.approx(kettles, rel=1e-9)
    kept = read_forecasts(open_lake(shop), made_date=DAY, horizon_days=28)
    assert kept.mean_units[kept.skus.index(NEW)] == pytest.approx(mean_of(NEW))
    line = order_of(order_for(NEW))
    assert KETTLE in line.arithmetic.when[0].text


def test_the_old_one_is_not_ordered_any_more_and_running_out_is_its_plan(shop):
    run(shop)
    assert order_for(KETTLE)
    assert KETTLE in {line.sku for line in running_out(shop, length=50).lines}

    tell(KETTLE, NEW, ahead_days=0)
    run(shop)

    assert order_for(KETTLE) is None
    by = Replenishment.objects.get(article__sku=KETTLE)
    assert (by.reorder_point_units, by.order_up_to_units) == (0, 0)
    assert mean_of(KETTLE) > 0
    assert ArticleForecast.objects.get(article__sku=KETTLE).stockout_date is not None
    assert KETTLE not in {line.sku for line in running_out(shop, length=50).lines}


def test_until_an_order_would_come_too_late_the_old_one_is_ordered(shop):
    tell(KETTLE, NEW, ahead_days=LEAD_DAYS)
    run(shop)

    assert order_for(KETTLE)
    assert mean_of(NEW) == pytest.approx(mean_of(KETTLE) * (28 - LEAD_DAYS) / 28, rel=0.05)
    # Nothing of it is there, so that the stock is out on its first day.
    first_day = DAY + timedelta(days=LEAD_DAYS)
    assert ArticleForecast.objects.get(article__sku=NEW).stockout_date == first_day
    assert Replenishment.objects.get(article__sku=NEW).stockout_date == first_day
    assert order_for(NEW)


def test_what_was_told_can_be_taken_back(shop):
    run(shop)
    kettles = mean_of(KETTLE)
    tell(KETTLE, NEW, ahead_days=0)

    assert unfollow(KETTLE) == (NEW, DAY + timedelta(days=1))
    run(shop)

    assert mean_of(KETTLE) == pytest.approx(kettles)
    assert order_for(KETTLE)
    with pytest.raises(NotFound, match="not followed"):
        unfollow(KETTLE)


def test_a_chain_of_three_is_told_with_what_each_sold(shop):
    first, second = list(FAST)[:2]
    tell(first, second, ahead_days=-40)
    tell(second, NEW, ahead_days=0)

    line = line_of(shop, Article.objects.get(sku=NEW))

    assert [one.succession.predecessor.sku for one in line.follows] == [second, first]
    assert all(one.units > 0 for one in line.follows)
    assert line.followed_by is None
    middle = line_of(shop, Article.objects.get(sku=second))
    assert middle.units_taken_over == line.follows[1].units
    assert middle.followed_by.successor.sku == NEW


def test_what_the_old_one_sold_in_bundles_is_taken_over_too(shop):
    lake = open_lake(shop)
    tell(KETTLE, NEW, ahead_days=0)
    article = Article.objects.get(sku=NEW)
    own = line_of(shop, article).units_taken_over

    told = {"business_date": ago(60), "sku": "SET", "part_sku": KETTLE, "units_per_bundle": 2}
    lake.publish("bundle_parts", ago(60).isoformat(), rows_of("bundle_parts", told))
    sold = [a_sale("set", ago(10), sku="SET", units=3)]
    lake.upsert_month("sales", f"{ago(10):%Y-%m}", rows_of("sales", *sold), ["order_id"])

    assert line_of(shop, article).units_taken_over == own + 3 * 2


@pytest.mark.parametrize(
    ("old", "new", "ahead", "error", "words"),
    [
        ("HX-104", "HX-104", 0, SuccessionRefused, "itself"),
        ("HX-999", "HX-301", 0, NotFound, "HX-999"),
        ("HX-104", "HX-999", 0, NotFound, "HX-999"),
        ("HX-102", "HX-101", 9, SuccessionRefused, "circle"),
        ("HX-101", "HX-103", 9, SuccessionRefused, "already"),
        ("HX-102", "HX-103", 0, SuccessionRefused, "later day"),
        ("HX-103", "HX-101", 7, SuccessionRefused, "earlier day"),
        ("HX-104", "HX-301", 9_000, BadInput, "year"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words_and_changes_nothing(
    shop, old, new, ahead, error, words
):
    tell("HX-101", "HX-102", ahead_days=5)

    with pytest.raises(error) as refusal:
        tell(old, new, ahead)

    assert words in refusal_text(refusal.value, predecessor=old, successor=new)
    assert ArticleSuccession.objects.count() == 1
