from datetime import datetime, time, timedelta

import pyarrow as pa
import pytest

from builders.lake import DAY, a_sale, article_day, rows_of
from umschlag.kernel.progress import untold
from umschlag.storage.lake.kept_forecasts import read_forecasts, read_marketplace_forecasts
from umschlag.storage.records.backtests import newest_measured
from umschlag.storage.records.models import Article, ForecastMeasurement
from umschlag.wiring.article_forecasts import article_forecasts
from umschlag.wiring.forecasting import forecast
from umschlag.wiring.lake import open_lake
from umschlag.wiring.marketplace_forecasts import marketplace_lines
from umschlag.wiring.measuring_forecasts import measure_due_forecasts

pytestmark = [pytest.mark.django_db, pytest.mark.database]

DAYS = 60


def quietly(_title):
    return untold


@pytest.fixture
def settings(settings_in):
    return settings_in(language="en")


def sell_daily(lake, sku, days, *, units):
    for month in sorted({f"{day:%Y-%m}" for day in days}):
        sales = [
            a_sale(day.isoformat(), business_date=day, sku=sku, units=units)
            for day in days
            if f"{day:%Y-%m}" == month
        ]
        lake.publish("sales", month, rows_of("sales", *sales))


@pytest.fixture
def lake(settings):
    """A shop that sells two books a day, known for sixty days."""
    lake = open_lake(settings)
    Article.objects.create(sku="BOOK", currency="EUR")
    days = [DAY - timedelta(days=offset) for offset in range(DAYS)]
    for day in days:
        lake.publish(
            "article_days",
            day.isoformat(),
            rows_of("article_days", article_day("BOOK", business_date=day, on_hand_units=500)),
        )
    sell_daily(lake, "BOOK", days, units=2)
    return lake


def test_every_horizon_is_kept_with_the_day_it_was_made(settings, lake):
    forecast(settings, as_of=DAY, progress_for=quietly)

    for days in (7, 14, 28, 30, 90):
        kept = read_forecasts(lake, made_date=DAY, horizon_days=days)
        assert kept.skus == ("BOOK",)
        assert kept.mean_units[0] == pytest.approx(2 * days)
        assert not ForecastMeasurement.objects.exists()


def test_a_forecast_is_measured_when_its_horizon_is_over(settings, lake):
    forecast(settings, as_of=DAY - timedelta(days=14), progress_for=quietly)
    forecast(settings, as_of=DAY, progress_for=quietly)

    found = {
        one.horizon_days: one for one in ForecastMeasurement.objects.filter(is_of_marketplace=False)
    }
    assert set(found) == {7, 14}
    assert found[14].wape == pytest.approx(0, abs=1e-9)
    assert found[14].naive_wape == pytest.approx(0, abs=1e-9)
    assert found[14].coverage_95 == 1


def test_a_forecast_made_again_on_its_day_takes_the_place_of_the_former(settings, lake):
    for _ in range(2):
        forecast(settings, as_of=DAY, progress_for=quietly)

    assert len(read_forecasts(lake, made_date=DAY, horizon_days=28).skus) == 1


def test_an_article_that_is_gone_leaves_no_forecast_of_the_day_behind(settings, lake):
    gone = Article.objects.create(sku="GONE", currency="EUR")
    days = [article_day(sku, business_date=DAY, on_hand_units=500) for sku in ("BOOK", "GONE")]
    lake.publish("article_days", DAY.isoformat(), rows_of("article_days", *days))
    forecast(settings, as_of=DAY, progress_for=quietly)
    before = read_forecasts(lake, made_date=DAY, horizon_days=28).skus

    gone.delete()
    lake.publish("article_days", DAY.isoformat(), rows_of("article_days", days[0]))
    forecast(settings, as_of=DAY, progress_for=quietly)

    assert before == ("BOOK", "GONE")
    assert read_forecasts(lake, made_date=DAY, horizon_days=28).skus == ("BOOK",)


def test_a_marketplace_that_was_corrected_leaves_no_forecast_of_the_day_behind(settings, lake):
    forecast(settings, as_of=DAY, progress_for=quietly)

    for month in sorted({f"{DAY - timedelta(days=offset):%Y-%m}" for offset in range(DAYS)}):
        former = lake.read_unit("sales", month)
        names = pa.array(["Amazon.fr"] * former.num_rows)
        at = former.column_names.index("marketplace")
        lake.publish("sales", month, former.set_column(at, "marketplace", names))
    forecast(settings, as_of=DAY, progress_for=quietly)

    (line,) = marketplace_lines(settings, sku="BOOK")
    assert (line.marketplace, line.mean_units) == ("Amazon.fr", pytest.approx(56))


def test_what_was_due_two_weeks_ago_is_measured_once_more_whatever_day_it_is(settings, lake):
    made_date = DAY - timedelta(days=30)
    forecast(settings, as_of=made_date, progress_for=quietly)
    for row in ForecastMeasurement.objects.all():
        at_once = made_date + timedelta(days=row.horizon_days + 1)
        noon = datetime.combine(at_once, time(12), tzinfo=settings.zone)
        ForecastMeasurement.objects.filter(pk=row.pk).update(measured_at=noon)
    late = a_sale("late", made_date + timedelta(days=1), sku="BOOK", units=14)
    month = f"{late['business_date']:%Y-%m}"
    lake.upsert_month("sales", month, rows_of("sales", late), ["order_id"])

    # Those over 7 and 14 days were due 23 and 16 days ago, the others lately.
    assert measure_due_forecasts(settings, lake) == 2
    assert measure_due_forecasts(settings, lake) == 0

    of_articles = ForecastMeasurement.objects.filter(is_of_marketplace=False)
    errors = {one.horizon_days: one.wape for one in of_articles}
    assert errors == pytest.approx({7: 14 / 28, 14: 14 / 42, 28: 0, 30: 0})


@pytest.fixture
def half_a_year(settings_in):
    """Two books a day for four hundred days, forecast over half a year."""
    settings = settings_in(forecast_horizon_days=180)
    lake = open_lake(settings)
    Article.objects.create(sku="BOOK", currency="EUR")
    days = [DAY - timedelta(days=offset) for offset in range(400)]
    for day in (days[-1], days[190], DAY):
        row = article_day("BOOK", business_date=day, on_hand_units=500)
        lake.publish("article_days", day.isoformat(), rows_of("article_days", row))
    for month in sorted({f"{day:%Y-%m}" for day in days}):
        sales = [
            a_sale(day.isoformat(), business_date=day, sku="BOOK", units=2)
            for day in days
            if f"{day:%Y-%m}" == month
        ]
        lake.publish("sales", month, rows_of("sales", *sales))
    return settings


def test_a_horizon_of_half_a_year_is_measured_when_it_is_over(half_a_year):
    forecast(half_a_year, as_of=DAY - timedelta(days=190), progress_for=quietly)

    found = ForecastMeasurement.objects.get(horizon_days=180, is_of_marketplace=False)
    assert found.made_date == DAY - timedelta(days=190)
    assert (found.wape, found.naive_wape) == pytest.approx((0, 0), abs=1e-9)
    own = {one.horizon_days: one for one in article_forecasts(half_a_year, "BOOK").errors}
    assert own[180].accuracy.wape == pytest.approx(0, abs=1e-9)
    # The same as last time is that of half a year, not of the three months before.
    assert own[180].naive.wape == pytest.approx(0, abs=1e-9)


@pytest.fixture
def two_marketplaces(lake):
    """Half of the books sell on another marketplace, and a sale a week names none."""
    for month in sorted({f"{DAY - timedelta(days=offset):%Y-%m}" for offset in range(DAYS)}):
        sales = []
        for offset in range(DAYS):
            day = DAY - timedelta(days=offset)
            if f"{day:%Y-%m}" == month:
                sales.append(a_sale(f"d{offset}", day, sku="BOOK", units=1))
                sales.append(
                    a_sale(f"u{offset}", day, sku="BOOK", units=1, marketplace="Amazon.co.uk")
                )
                if offset % 7 == 0:
                    sales.append(a_sale(f"n{offset}", day, sku="BOOK", units=1, marketplace=""))
        lake.publish("sales", month, rows_of("sales", *sales))
    return lake


def test_what_marketplaces_are_expected_to_sell_adds_up_to_the_article(settings, two_marketplaces):
    forecast(settings, as_of=DAY, progress_for=quietly)

    for days in (7, 28, 90):
        whole = read_forecasts(two_marketplaces, made_date=DAY, horizon_days=days)
        kept = read_marketplace_forecasts(two_marketplaces, made_date=DAY, horizon_days=days)
        assert set(kept) == {"Amazon.de", "Amazon.co.uk", ""}
        total = sum(one.mean_units[0] for one in kept.values())
        assert total == pytest.approx(whole.mean_units[0])
    lines = marketplace_lines(settings, sku="BOOK")
    assert [line.marketplace for line in lines][-1] == ""
    assert lines[0].mean_units == pytest.approx(28)
    assert [line.sku for line in marketplace_lines(settings, marketplace="Amazon.de")] == ["BOOK"]
    assert marketplace_lines(settings, marketplace="Amazon.fr") == []


def test_forecasts_by_marketplace_are_measured_when_they_are_due(settings, two_marketplaces):
    forecast(settings, as_of=DAY - timedelta(days=14), progress_for=quietly)
    forecast(settings, as_of=DAY, progress_for=quietly)

    measured = ForecastMeasurement.objects.filter(is_of_marketplace=True)
    found = {(one.marketplace, one.horizon_days): one for one in measured}
    assert set(found) == {
        (name, days) for name in ("Amazon.de", "Amazon.co.uk", "") for days in (7, 14)
    }
    assert found["Amazon.co.uk", 14].wape == pytest.approx(0, abs=0.02)
    assert len(newest_measured(10)) == 2


@pytest.fixture
def sets(settings):
    """Three sets a day, each of two parts, as they were told once, sixty days ago."""
    lake = open_lake(settings)
    Article.objects.create(sku="PART", currency="EUR")
    Article.objects.create(sku="SET", currency="EUR", is_bundle=True)
    days = [DAY - timedelta(days=offset) for offset in range(DAYS)]
    for day in days:
        rows = [
            article_day("PART", business_date=day, on_hand_units=500),
            article_day("SET", business_date=day, on_hand_units=0, is_bundle=True),
        ]
        lake.publish("article_days", day.isoformat(), rows_of("article_days", *rows))
    told = {"business_date": days[-1], "sku": "SET", "part_sku": "PART", "units_per_bundle": 2}
    lake.publish("bundle_parts", days[-1].isoformat(), rows_of("bundle_parts", told))
    sell_daily(lake, "SET", days, units=3)
    return lake


def test_what_sold_in_bundles_counts_where_forecasts_of_parts_are_measured(settings, sets):
    forecast(settings, as_of=DAY - timedelta(days=7), progress_for=quietly)

    kept = read_forecasts(sets, made_date=DAY - timedelta(days=7), horizon_days=7)
    assert dict(zip(kept.skus, kept.mean_units, strict=True)) == pytest.approx(
        {"PART": 42, "SET": 21}
    )
    measured = ForecastMeasurement.objects.filter(horizon_days=7)
    assert {one.marketplace for one in measured} == {"", "Amazon.de"}
    for one in measured:
        assert one.wape == pytest.approx(0, abs=1e-9)
        assert one.naive_wape == pytest.approx(0, abs=1e-9)
    (own,) = article_forecasts(settings, "PART").errors
    assert own.accuracy.wape == pytest.approx(0, abs=1e-9)


def test_returns_of_other_days_take_nothing_off_what_forecasts_are_measured_by(settings, lake):
    """Forecasts learn days: one on which more came back than was sold is one without demand."""
    back = [
        a_sale(f"back{offset}", DAY - timedelta(days=offset), sku="BOOK", units=-9)
        for offset in range(2)
    ]
    lake.upsert_month("sales", f"{DAY:%Y-%m}", rows_of("sales", *back), ["order_id"])

    forecast(settings, as_of=DAY - timedelta(days=7), progress_for=quietly)

    # Of fourteen books expected ten sold, on five days.
    found = ForecastMeasurement.objects.get(horizon_days=7, is_of_marketplace=False)
    assert found.wape == pytest.approx(4 / 10)
    (own,) = article_forecasts(settings, "BOOK").errors
    assert own.accuracy.wape == pytest.approx(4 / 10)
