"""The night's picture shows with what its day begins: that day's sales are still ahead."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from builders.lake import a_sale, article_day, rows_of
from umschlag.kernel.periods import business_date_of
from umschlag.kernel.progress import untold
from umschlag.storage.lake.kept_forecasts import read_forecasts
from umschlag.storage.records.models import (
    Article,
    ArticleForecast,
    ArticleMovement,
    ForecastMeasurement,
    LakeDay,
    Proposal,
    Replenishment,
    SyncRun,
)
from umschlag.wiring.classifying import classify
from umschlag.wiring.forecasting import forecast
from umschlag.wiring.history import ORDERS_SOURCE
from umschlag.wiring.lake import open_lake
from umschlag.wiring.proposing import propose
from umschlag.wiring.running_out import running_out
from umschlag.wiring.whole_days import picture_after, sales_whole_through, sold_before

pytestmark = [pytest.mark.django_db, pytest.mark.database]

DAYS = 60
ON_HAND_UNITS = 20


def quietly(_title):
    return untold


@pytest.fixture
def settings(settings_in):
    return settings_in(language="en", lead_time_days_default=14)


@pytest.fixture
def today(settings):
    return business_date_of(timezone.now(), settings.zone)


@pytest.fixture
def shop(settings, today):
    """Two books a day for sixty days, none yet today; the pictures of former days are closes."""
    lake = open_lake(settings)
    Article.objects.create(
        sku="BOOK", currency="EUR", on_hand_units=ON_HAND_UNITS, sales_price_minor=1_000
    )
    days = [today - timedelta(days=age) for age in range(DAYS)]
    for day in days:
        row = article_day(
            "BOOK", day, on_hand_units=ON_HAND_UNITS, sales_price_minor=1_000, reserved_units=0
        )
        lake.publish("article_days", day.isoformat(), rows_of("article_days", row))
    sold = [a_sale(day.isoformat(), day, sku="BOOK", units=2) for day in days[1:]]
    for month in sorted({f"{row['business_date']:%Y-%m}" for row in sold}):
        of_month = [row for row in sold if f"{row['business_date']:%Y-%m}" == month]
        lake.publish("sales", month, rows_of("sales", *of_month))
    return lake


def test_a_day_that_has_only_begun_makes_no_rate_smaller(settings, shop, today):
    forecast(settings, progress_for=quietly)

    made_date = ArticleForecast.objects.get().made_date
    assert made_date == today - timedelta(days=1)
    for days in (7, 28):
        kept = read_forecasts(shop, made_date=made_date, horizon_days=days)
        assert kept.mean_units[0] == pytest.approx(2 * days)


def test_verdicts_count_whole_days_too_and_the_stock_is_the_pictures_own(settings, shop, today):
    classify(settings, progress_for=quietly)

    movement = ArticleMovement.objects.get()
    assert movement.as_of_date == today
    assert (movement.sold_units_90d, movement.rate_days) == (2 * (DAYS - 1), DAYS - 1)
    assert movement.daily_sales_units == 2
    assert movement.days_of_supply == ON_HAND_UNITS / 2
    assert movement.days_since_last_sale == 1


def test_an_article_first_seen_in_the_night_has_its_stock_and_no_sales(settings, shop, today):
    Article.objects.create(sku="NEW", currency="EUR", on_hand_units=7)
    rows = [
        article_day("BOOK", today, on_hand_units=ON_HAND_UNITS, reserved_units=0),
        article_day("NEW", today, on_hand_units=7, reserved_units=0, unit_cost_minor=300),
    ]
    shop.publish("article_days", today.isoformat(), rows_of("article_days", *rows))

    classify(settings, progress_for=quietly)
    forecast(settings, progress_for=quietly)

    movement = ArticleMovement.objects.get(article__sku="NEW")
    assert (movement.verdict, movement.stock_value_minor) == ("normal", 2_100)
    assert ArticleForecast.objects.filter(article__sku="NEW").exists()


def test_stock_lasts_for_its_days_from_the_one_on_that_has_begun(settings, shop, today):
    forecast(settings, progress_for=quietly)

    # Ten days of two books: today is the first of them.
    assert ArticleForecast.objects.get().stockout_date == today + timedelta(days=9)


def test_a_day_whose_picture_was_taken_in_its_night_is_ahead_of_it_later_too(settings, shop, today):
    day = today - timedelta(days=10)
    night = datetime.combine(day, time(2, 10), tzinfo=settings.zone)
    LakeDay.objects.filter(business_date=day).update(published_at=night)

    forecast(settings, as_of=day, progress_for=quietly)

    assert sold_before(settings, day - timedelta(days=1)) == day - timedelta(days=1)
    assert ArticleForecast.objects.get().made_date == day - timedelta(days=1)


@pytest.mark.parametrize(
    ("set_to", "taken", "is_behind"),
    [
        ("23:40", time(23, 40), True),
        ("12:00", time(12), True),
        ("23:40", time(2, 10), False),
        ("02:10", time(23, 40), False),
    ],
)
def test_an_evening_that_the_picture_is_set_to_has_its_day_behind_it(
    settings_in, shop, today, set_to, taken, is_behind
):
    settings = settings_in(snapshot_at=set_to)
    day = today - timedelta(days=10)
    evening = datetime.combine(day, taken, tzinfo=settings.zone)
    LakeDay.objects.filter(business_date=day).update(published_at=evening)

    assert sold_before(settings, day) == (day if is_behind else day - timedelta(days=1))
    assert picture_after(settings, day) == (day if is_behind else day + timedelta(days=1))


def test_a_day_whose_orders_were_read_in_its_night_alone_is_not_whole(settings, shop, today):
    night = datetime.combine(today - timedelta(days=1), time(2, 10), tzinfo=settings.zone)
    SyncRun.objects.create(source=ORDERS_SOURCE, status="complete", started_at=night)
    SyncRun.objects.create(source=ORDERS_SOURCE, status="failed", started_at=timezone.now())
    assert sales_whole_through(settings) == today - timedelta(days=2)

    SyncRun.objects.create(source=ORDERS_SOURCE, status="complete", started_at=timezone.now())
    assert sales_whole_through(settings) == today - timedelta(days=1)


def test_orders_go_by_the_same_days_and_are_proposed_on_the_day_itself(settings, shop, today):
    forecast(settings, progress_for=quietly)
    propose(settings)

    by = Replenishment.objects.get()
    assert by.made_date == ArticleForecast.objects.get().made_date
    assert by.stockout_date == today + timedelta(days=9)
    order = Proposal.objects.get(kind="reorder")
    assert (order.made_date, order.due_date) == (today, today)


def test_nobody_is_told_to_order_on_a_day_that_is_over(settings, shop, today):
    forecast(settings, progress_for=quietly)

    (line,) = running_out(settings, length=10).lines

    assert line.order_by_date == today


def test_a_forecast_is_measured_once_its_last_day_is_over(settings, shop, today):
    a_first_order = a_sale("early", today, sku="BOOK", units=1)
    sales = rows_of("sales", a_first_order)
    shop.upsert_month("sales", f"{today:%Y-%m}", sales, ["order_id", "line_id"])
    for age in (7, 8):
        forecast(settings, as_of=today - timedelta(days=age), progress_for=quietly)

    forecast(settings, progress_for=quietly)

    measured = ForecastMeasurement.objects.get(is_of_marketplace=False)
    assert (measured.made_date, measured.horizon_days) == (today - timedelta(days=8), 7)
    assert measured.wape == pytest.approx(0, abs=1e-9)
