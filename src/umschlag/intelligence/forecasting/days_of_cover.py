"""The days-of-cover forecast: present sales rate × horizon, with the spread of the past year.

The simple method that stays as a fallback and as the baseline of better ones.
"""

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.demand import DemandHistory
from umschlag.intelligence.forecasting.model import DemandForecasts, ForecastMethod
from umschlag.intelligence.forecasting.newcomers import (
    YOUNG_DAYS,
    PeerRates,
    newcomer_samples,
    peer_rates,
)
from umschlag.intelligence.forecasting.quantile_curves import PROBABILITIES
from umschlag.intelligence.forecasting.years_pace import at_years_pace
from umschlag.kernel.errors import BadInput

RATE_DAYS = 90
YEAR_DAYS = 365
SUPPORT_HORIZONS = 3
"""Windows overlap; with fewer than three horizons of stock days they all say the same."""
SUPPORT_DAYS_MIN = 56
YEAR_WEIGHT_DAYS = 10
"""So many days at the year's rate are put to the present one: an article that did not sell for
three months has not stopped selling for certain."""


def days_of_cover(
    history: DemandHistory,
    *,
    horizon_days: int,
    articles: NDArray[np.intp] | None = None,
    peers: PeerRates | None = None,
) -> DemandForecasts:
    """Return what every article is expected to sell in the days after the history.

    Where `articles` are given, those at these places alone; the others are still their peers, or
    those in `peers` where the history is a part of a larger one.

    The mean is the rate of the last 90 days with stock × horizon. The distribution is, by
    `ForecastMethod`: the sums of all spans of the last year as long as the horizon, those with
    stock on less than half of their days left out and the others scaled up to full stock, moved
    half the way (by ratio) from the year's level to the present one; else a
    gamma distribution by its own daily mean and variance; for articles known for less than 28
    days, what newcomers of its group sell.

    Raises:
        BadInput: the horizon is not positive.
    """
    if horizon_days <= 0:
        raise BadInput("a horizon is at least one day", field="horizon_days")
    whole_year = history.last(YEAR_DAYS)
    year = whole_year if articles is None else whole_year.only(articles)
    mean = _present_rate(year) * horizon_days
    samples, counts = _window_sums(year, horizon_days)
    samples = _room_for(samples * _level_step(year)[:, None], PROBABILITIES.size)
    methods = _methods(year, counts, horizon_days)
    for method in (ForecastMethod.VARIANCE, ForecastMethod.PEERS, ForecastMethod.NONE):
        chosen = np.array([one is method for one in methods], dtype=bool)
        if not chosen.any():
            continue
        if method is ForecastMethod.VARIANCE:
            rows = at_years_pace(year.only(np.flatnonzero(chosen)), horizon_days)
        elif method is ForecastMethod.PEERS:
            rows = newcomer_samples(
                peers or peer_rates(whole_year),
                year.only(np.flatnonzero(chosen)),
                horizon_days=horizon_days,
            )
        else:
            rows = np.zeros((int(chosen.sum()), 1))
        samples[chosen] = np.nan
        samples[chosen, : rows.shape[1]] = rows
        counts[chosen] = rows.shape[1]
        if method is not ForecastMethod.VARIANCE:
            mean[chosen] = rows.mean(axis=1)
    return DemandForecasts(
        skus=year.skus,
        horizon_days=horizon_days,
        mean_units=mean,
        samples=samples,
        sample_counts=counts,
        methods=tuple(methods),
    )


def _methods(
    year: DemandHistory, counts: NDArray[np.int64], horizon_days: int
) -> list[ForecastMethod]:
    is_young = year.known_days < YOUNG_DAYS
    sold = year.units.sum(axis=1) > 0
    support_days = max(SUPPORT_HORIZONS * horizon_days, SUPPORT_DAYS_MIN)
    has_windows = (year.has_stock.sum(axis=1) >= support_days) & (counts > 0)
    places = np.select([is_young, sold & has_windows, sold], [0, 1, 2], default=3)
    in_order = (
        ForecastMethod.PEERS,
        ForecastMethod.WINDOWS,
        ForecastMethod.VARIANCE,
        ForecastMethod.NONE,
    )
    return [in_order[place] for place in places]


def _present_rate(year: DemandHistory) -> NDArray[np.float64]:
    recent = year.last(RATE_DAYS)
    enough = recent.has_stock.sum(axis=1) >= YOUNG_DAYS
    return np.where(enough, recent.daily_rate(), year.daily_rate())


def _level_step(year: DemandHistory) -> NDArray[np.float64]:
    """Return by how much the past year's sums are moved towards the present level.

    The root of the ratio of the levels: three months tell half of what a year's change is. Chosen
    among no step, the root and the full ratio on the first seven of thirteen origins of
    `benchmarks/forecast_accuracy.py`, which judges by the last six.
    """
    recent = year.last(RATE_DAYS)
    days = recent.has_stock.sum(axis=1)
    year_rate = year.daily_rate()
    present = (recent.units.sum(axis=1) + YEAR_WEIGHT_DAYS * year_rate) / (days + YEAR_WEIGHT_DAYS)
    sells = year_rate > 0
    steps = np.ones_like(year_rate)
    steps[sells] = np.sqrt(present[sells] / year_rate[sells])
    return steps


def _window_sums(
    year: DemandHistory, horizon_days: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the sorted sums of all spans of horizon length, and how many count."""
    width = year.day_count - horizon_days + 1
    if width <= 0:
        empty = np.full((len(year.skus), 1), np.nan)
        return empty, np.zeros(len(year.skus), dtype=np.int64)
    sums = _span_sums(year.units, horizon_days)
    days = _span_sums(year.has_stock, horizon_days)
    counted = 2 * days >= horizon_days
    scaled = np.where(counted, sums * horizon_days / np.maximum(days, 1), np.nan)
    scaled.sort(axis=1)
    return scaled, counted.sum(axis=1)


def _span_sums(cells: NDArray[np.float64] | NDArray[np.bool_], length: int) -> NDArray[np.float64]:
    totals = np.cumsum(cells, axis=1, dtype=np.float64)
    sums = totals[:, length - 1 :].copy()
    sums[:, 1:] -= totals[:, :-length]
    return sums


def _room_for(samples: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    missing = width - samples.shape[1]
    if missing <= 0:
        return samples
    return np.pad(samples, ((0, 0), (0, missing)), constant_values=np.nan)
