"""When the day comes: what forecasts were off by, from the lake into the records."""

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.demand_model import HORIZONS_DAYS
from umschlag.intelligence.forecasting.measuring import KeptForecasts, Measured, measured
from umschlag.kernel.periods import business_date_of
from umschlag.settings import Settings
from umschlag.storage.lake.day_tables import Window
from umschlag.storage.lake.demand import UnitsSold, read_marketplace_units, read_units
from umschlag.storage.lake.kept_forecasts import (
    days_with_forecasts,
    read_forecasts,
    read_marketplace_forecasts,
)
from umschlag.storage.lake.lake import Lake
from umschlag.storage.records.backtests import keep_measured, measured_between
from umschlag.wiring.whole_days import sales_whole_through

LOOK_BACK_DAYS = 30
"""Beyond the longest horizon: a month in which nobody measured."""
LATE_DAYS = 14
"""Orders come in late and are cancelled: so long after it was due a forecast is measured again."""


def measure_due_forecasts(settings: Settings, lake: Lake) -> int:
    """Measure the forecasts whose horizon is over, and return how many days and horizons.

    Sales are counted as they are known now; two weeks later once more, since they may change.
    """
    known_through = sales_whole_through(settings)
    if known_through is None:
        return 0
    count = 0
    for made_date, horizon_days in _due(settings, lake, known_through):
        _measure(lake, made_date, horizon_days)
        count += 1
    return count


def _measure(lake: Lake, made_date: date, horizon_days: int) -> None:
    """Measure all forecasts of the day and horizon, by the sales that forecasts learn from."""
    kept = read_forecasts(lake, made_date=made_date, horizon_days=horizon_days)
    window = Window(last_date=kept.due_date, day_count=2 * horizon_days)
    sold = read_units(lake, kept.skus, window)
    keep_measured(_measured(kept, sold, sold.units))
    by_marketplace = read_marketplace_forecasts(
        lake, made_date=made_date, horizon_days=horizon_days
    )
    if not by_marketplace:
        return
    for name, units in read_marketplace_units(lake, sold):
        own = by_marketplace.pop(name, None)
        if own is not None:
            keep_measured(_measured(own, sold, units), marketplace=name)
    for name, own in by_marketplace.items():
        # No sale names it any more, its orders having been given to another one.
        keep_measured(_measured(own, sold, np.zeros_like(sold.units)), marketplace=name)


def _measured(kept: KeptForecasts, sold: UnitsSold, units: NDArray[np.float64]) -> Measured:
    """Measure against units of the horizon, and of as many days before it."""
    return measured(
        kept,
        sold_units=dict(zip(sold.skus, units[:, kept.horizon_days :].sum(axis=1), strict=True)),
        sold_before_units=dict(
            zip(sold.skus, units[:, : kept.horizon_days].sum(axis=1), strict=True)
        ),
    )


def _due(settings: Settings, lake: Lake, known_through: date) -> Iterator[tuple[date, int]]:
    longest_days = max(*HORIZONS_DAYS, settings.forecast_horizon_days)
    since = known_through - timedelta(days=longest_days + LOOK_BACK_DAYS)
    done = measured_between(since, known_through)
    for made_date, horizon_days in days_with_forecasts(lake, since=since):
        due_date = made_date + timedelta(days=horizon_days)
        measured_at = done.get((made_date, horizon_days))
        if due_date > known_through:
            continue
        # From then on, not on that one day alone: it may pass without a sale, or without the job.
        late_date = due_date + timedelta(days=LATE_DAYS)
        is_late = late_date <= known_through
        if measured_at is None or (
            is_late and business_date_of(measured_at, settings.zone) <= late_date
        ):
            yield made_date, horizon_days
