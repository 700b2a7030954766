from datetime import timedelta

import pytest

from builders.lake import DAY, a_sale, article_day, rows_of
from umschlag.kernel.progress import untold
from umschlag.storage.lake.kept_forecasts import read_forecasts
from umschlag.storage.records.models import Article, ForecastMeasurement
from umschlag.wiring.forecasting import forecast
from umschlag.wiring.lake import open_lake

pytestmark = [pytest.mark.django_db, pytest.mark.database]

DAYS = 60


def quietly(_title):
    return untold


@pytest.fixture
def settings(settings_in):
    return settings_in(language="en")


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
    for month in sorted({f"{day:%Y-%m}" for day in days}):
        sales = [
            a_sale(day.isoformat(), business_date=day, sku="BOOK", units=2)
            for day in days
            if f"{day:%Y-%m}" == month
        ]
        lake.publish("sales", month, rows_of("sales", *sales))
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

    found = {one.horizon_days: one for one in ForecastMeasurement.objects.all()}
    assert set(found) == {7, 14}
    assert found[14].wape == pytest.approx(0, abs=1e-9)
    assert found[14].naive_wape == pytest.approx(0, abs=1e-9)
    assert found[14].coverage_95 == 1


def test_a_forecast_made_again_on_its_day_takes_the_place_of_the_former(settings, lake):
    for _ in range(2):
        forecast(settings, as_of=DAY, progress_for=quietly)

    assert len(read_forecasts(lake, made_date=DAY, horizon_days=28).skus) == 1
