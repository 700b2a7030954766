"""One article's forecasts as they were made: the newest ones, and what earlier ones were off by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.demand_model import HORIZONS_DAYS
from umschlag.intelligence.forecasting.own_errors import (
    OwnErrors,
    OwnForecast,
    errors_by_horizon,
)
from umschlag.kernel.identifiers import Sku
from umschlag.settings import Settings
from umschlag.storage.lake.day_tables import Window, units_by_day
from umschlag.storage.lake.kept_forecasts import forecasts_of_sku
from umschlag.storage.lake.lake import Lake
from umschlag.wiring.article_course import KNOWN_DAYS_MAX
from umschlag.wiring.lake import open_lake
from umschlag.wiring.looking_back import close_of
from umschlag.wiring.whole_days import sales_whole_through

LOOK_BACK_DAYS = 180
"""So far back forecasts over the longest horizon are shown and measured once they are over."""
COMPARED_HORIZON_DAYS = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastPoint:
    """What was expected to sell from the day after it was made to this day, both included."""

    business_date: date
    forecast: OwnForecast


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One forecast over the compared horizon, and what sold in it; None until it is over."""

    forecast: OwnForecast
    sold_units: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleForecasts:
    """The forecasts of one day by horizon, and how all of the article's forecasts did."""

    made_dates: Sequence[date]
    """The days on which forecasts of it were made, newest first."""
    made_date: date | None
    """The one that is shown; None where none was made."""
    points: Sequence[ForecastPoint]
    sold_since: Sequence[tuple[date, float]]
    """Units sold from the day after it was made to each day that is known."""
    compared: Sequence[Compared]
    errors: Sequence[OwnErrors]


class _Sales:
    """Units sold from one day to another, added up once."""

    def __init__(self, daily_units: NDArray[np.int64], *, since: date) -> None:
        self._since = since
        self._sums = [0, *accumulate(daily_units.tolist())]

    def between(self, since: date, until: date) -> float:
        """Return the units from `since` on, `until` excluded; none outside of what was read."""
        last = len(self._sums) - 1
        places = [min(max((day - self._since).days, 0), last) for day in (since, until)]
        return float(self._sums[places[1]] - self._sums[places[0]])


def article_forecasts(
    settings: Settings, sku: str, *, made_date: date | None = None, known_on: date | None = None
) -> ArticleForecasts:
    """Return the forecasts of one SKU made on that day, by default the newest, and all errors.

    With `known_on` only what was forecast and sold by then, as it was known at its close.
    """
    lake = open_lake(settings)
    newest = lake.newest_business_date()
    sales_through = sales_whole_through(settings)
    if newest is None or (known_on and known_on < newest - timedelta(days=KNOWN_DAYS_MAX)):
        return _none()
    if known_on:
        # A day to come knows what is known now; far ones have no close that a clock can tell.
        known_on = min(known_on, newest + timedelta(days=KNOWN_DAYS_MAX))
    last = min(newest, known_on) if known_on else newest
    known_at = close_of(known_on, settings)
    longest_days = max(*HORIZONS_DAYS, settings.forecast_horizon_days)
    since = last - timedelta(days=LOOK_BACK_DAYS + longest_days)
    made = forecasts_of_sku(
        lake, Sku(sku), since=since, until=last + timedelta(days=1), known_at=known_at
    )
    if not made:
        return _none()
    through = min(sales_through or since, last)
    # The same as last time needs as many days before a forecast as it is about.
    before = timedelta(days=max(one.horizon_days for one in made))
    sold = _sales(lake, sku, since=since - before, until=through + timedelta(days=1))
    days = sorted({one.made_date for one in made}, reverse=True)
    shown = made_date if made_date in days else days[0]
    return ArticleForecasts(
        made_dates=days,
        made_date=shown,
        points=[
            ForecastPoint(business_date=one.due_date, forecast=one)
            for one in made
            if one.made_date == shown
        ],
        sold_since=_sold_since(sold, shown, through),
        compared=[
            Compared(
                forecast=one,
                sold_units=_sold_in(sold, one) if one.due_date <= through else None,
            )
            for one in made
            if one.horizon_days == COMPARED_HORIZON_DAYS
        ],
        errors=errors_by_horizon(made, sold_units=sold.between, known_through=through),
    )


def _none() -> ArticleForecasts:
    return ArticleForecasts(
        made_dates=[], made_date=None, points=[], sold_since=[], compared=[], errors=[]
    )


def _sales(lake: Lake, sku: str, *, since: date, until: date) -> _Sales:
    # As forecasts learn them: a day on which more came back than was sold had no demand.
    units = units_by_day(lake, sku, Window.between(since, until)).clip(min=0)
    return _Sales(units, since=since)


def _sold_in(sold: _Sales, one: OwnForecast) -> float:
    day = timedelta(days=1)
    return sold.between(one.made_date + day, one.due_date + day)


def _sold_since(sold: _Sales, made_date: date, through: date) -> list[tuple[date, float]]:
    first = made_date + timedelta(days=1)
    days = [first + timedelta(days=offset) for offset in range((through - made_date).days)]
    return [(day, sold.between(first, day + timedelta(days=1))) for day in days]
