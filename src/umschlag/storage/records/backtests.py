"""Records of how good forecasts are: backtests, and forecasts measured when they were due."""

from dataclasses import asdict
from datetime import date, datetime

from umschlag.intelligence.forecasting.accuracy import Accuracy
from umschlag.intelligence.forecasting.backtest import Backtest, Contestant
from umschlag.intelligence.forecasting.measuring import Measured
from umschlag.storage.records.models import ForecastBacktest, ForecastMeasurement


def keep_backtest(found: Backtest) -> None:
    """Keep the backtest of its day; one of the same day gives way to it."""
    ForecastBacktest.objects.update_or_create(
        as_of_date=found.as_of_date,
        defaults={
            "horizon_days": found.horizon_days,
            "winner": found.winner.value,
            "origin_dates": [day.isoformat() for day in found.origin_dates],
            "accuracy": {
                one.value: asdict(accuracy)
                for one, accuracy in found.accuracy_by_contestant.items()
            },
            "left_out": {one.value: why for one, why in found.left_out.items()},
        },
    )


def newest_backtest(*, until: date) -> Backtest | None:
    """Return the newest backtest as of this day or one before; None where there is none."""
    row = ForecastBacktest.objects.filter(as_of_date__lte=until).first()
    if row is None:
        return None
    return Backtest(
        as_of_date=row.as_of_date,
        horizon_days=row.horizon_days,
        origin_dates=[date.fromisoformat(day) for day in row.origin_dates],
        accuracy_by_contestant={
            Contestant(name): Accuracy(**figures) for name, figures in row.accuracy.items()
        },
        left_out={Contestant(name): why for name, why in row.left_out.items()},
    )


def keep_measured(found: Measured, *, marketplace: str | None = None) -> None:
    """Keep what the forecasts were off by; an earlier measurement of them gives way.

    `marketplace` names the one they were made for; None: for all together.
    """
    ForecastMeasurement.objects.update_or_create(
        made_date=found.made_date,
        horizon_days=found.horizon_days,
        is_of_marketplace=marketplace is not None,
        marketplace=marketplace or "",
        defaults=asdict(found.accuracy) | {"naive_wape": found.naive_wape},
    )


def measured_between(since: date, until: date) -> dict[tuple[date, int], datetime]:
    """Return when forecasts made on these days were last measured, by day and horizon."""
    rows = ForecastMeasurement.objects.filter(
        made_date__gte=since, made_date__lt=until, is_of_marketplace=False
    )
    return {(row.made_date, row.horizon_days): row.measured_at for row in rows}


def newest_measured(count: int) -> list[Measured]:
    """Return the newest measurements, newest forecasts first."""
    return [
        Measured(
            made_date=row.made_date,
            horizon_days=row.horizon_days,
            accuracy=Accuracy(
                article_count=row.article_count,
                scaled_loss=row.scaled_loss,
                wape=row.wape,
                bias=row.bias,
                coverage_95=row.coverage_95,
            ),
            naive_wape=row.naive_wape,
        )
        for row in ForecastMeasurement.objects.filter(is_of_marketplace=False)[:count]
    ]
