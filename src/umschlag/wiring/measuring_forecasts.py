"""When the day comes: what forecasts were off by, from the lake into the records."""

from collections.abc import Iterator
from datetime import date, timedelta

from umschlag.intelligence.forecasting.measuring import measured
from umschlag.kernel.identifiers import Sku
from umschlag.settings import Settings
from umschlag.storage.lake.kept_forecasts import (
    days_with_forecasts,
    read_forecasts,
    read_marketplace_forecasts,
)
from umschlag.storage.lake.lake import Lake
from umschlag.storage.lake.questions import Question
from umschlag.storage.records.backtests import keep_measured, measured_between
from umschlag.wiring.whole_days import sales_whole_through

LOOK_BACK_DAYS = 120
"""The longest horizon, and a month in which nobody measured."""
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
    for made_date, horizon_days in _due(lake, known_through):
        kept = read_forecasts(lake, made_date=made_date, horizon_days=horizon_days)
        first = made_date + timedelta(days=1)
        length = timedelta(days=horizon_days)
        keep_measured(
            measured(
                kept,
                sold_units=_sold(lake, first, first + length),
                sold_before_units=_sold(lake, first - length, first),
            )
        )
        _measure_marketplaces(lake, made_date, horizon_days)
        count += 1
    return count


def _measure_marketplaces(lake: Lake, made_date: date, horizon_days: int) -> None:
    kept = read_marketplace_forecasts(lake, made_date=made_date, horizon_days=horizon_days)
    if not kept:
        return
    first, length = made_date + timedelta(days=1), timedelta(days=horizon_days)
    sold = _sold_by_marketplace(lake, first, first + length)
    before = _sold_by_marketplace(lake, first - length, first)
    for marketplace, forecasts in kept.items():
        found = measured(
            forecasts,
            sold_units=sold.get(marketplace, {}),
            sold_before_units=before.get(marketplace, {}),
        )
        keep_measured(found, marketplace=marketplace)


def _sold_by_marketplace(lake: Lake, since: date, until: date) -> dict[str, dict[Sku, int]]:
    question = Question.load("umschlag.intelligence.forecasting", "sold_by_marketplace")
    found: dict[str, dict[Sku, int]] = {}
    for row in lake.ask(question, since=since, until=until).to_pylist():
        found.setdefault(row["marketplace"] or "", {})[Sku(row["sku"])] = int(row["units"])
    return found


def _due(lake: Lake, known_through: date) -> Iterator[tuple[date, int]]:
    since = known_through - timedelta(days=LOOK_BACK_DAYS)
    done = measured_between(since, known_through)
    for made_date, horizon_days in days_with_forecasts(lake, since=since):
        days_over = (known_through - made_date).days - horizon_days
        is_new = (made_date, horizon_days) not in done
        if days_over >= 0 and (is_new or days_over == LATE_DAYS):
            yield made_date, horizon_days


def _sold(lake: Lake, since: date, until: date) -> dict[Sku, int]:
    question = Question.load("umschlag.intelligence.snapshots", "sold_units")
    rows = lake.ask(question, since=since, until=until).to_pylist()
    return {Sku(row["sku"]): int(row["units"]) for row in rows}
