"""How the year goes: which weeks sell more than others, of all articles together."""

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.demand import DemandHistory

YEAR_DAYS = 364
"""Fifty-two weeks, so that a day's counterpart a year ago is the same weekday."""
SMOOTH_DAYS = 28
HISTORY_DAYS_MIN = YEAR_DAYS + SMOOTH_DAYS
FACTOR_MAX = 2.0
"""What a year seen once tells of a day; beyond it lies chance, or a change of assortment."""
ARTICLE_CAP_QUANTILE = 0.95
"""No article counts for more than this quantile of all: else the best seller's year is the year."""


def season_factors(history: DemandHistory, *, days_ahead: int) -> NDArray[np.float64] | None:
    """Return each day's demand ÷ an average day's, of the history and the days after it.

    A smoothed sum over four weeks against the mean of the year around it, taken from a year ago
    where half a year around a day is not known yet. A year seen once is partly chance: factors are
    drawn towards 1, to the power of years ÷ (years + 1). None below 56 weeks of history.
    Ratio to moving average: Makridakis, Wheelwright and Hyndman (1998), "Forecasting", chapter 3.
    """
    known = history.day_count
    if known < HISTORY_DAYS_MIN:
        return None
    daily = _shop_demand(history)
    if daily is None:
        return None
    factors = np.ones(known + days_ahead)
    for day in range(len(factors)):
        if day >= YEAR_DAYS and day >= known - YEAR_DAYS // 2:
            factors[day] = factors[day - YEAR_DAYS]
        else:
            factors[day] = _against_its_year(daily, day)
    years = known // YEAR_DAYS
    drawn: NDArray[np.float64] = np.clip(factors, 1 / FACTOR_MAX, FACTOR_MAX) ** (
        years / (years + 1)
    )
    return drawn


def sold_a_year_ago(history: DemandHistory, *, days: int) -> NDArray[np.float64]:
    """Return each article's units in the `days` days ahead as they were a year ago.

    NaN where it was known for less than half of them, or the history does not reach back.
    """
    start = history.day_count - YEAR_DAYS
    if start < 0:
        return np.full(len(history.skus), np.nan)
    units = history.units[:, start : start + days].sum(axis=1)
    known: NDArray[np.float64] = np.where(
        history.known_days >= YEAR_DAYS - days // 2, units, np.nan
    )
    return known


def _shop_demand(history: DemandHistory) -> NDArray[np.float64] | None:
    totals = history.units.sum(axis=1)
    sells = totals > 0
    if not sells.any():
        return None
    cap = np.quantile(totals[sells], ARTICLE_CAP_QUANTILE)
    weights = np.minimum(totals[sells], cap) / totals[sells]
    daily: NDArray[np.float64] = weights @ history.units[sells]
    return daily


def _against_its_year(daily: NDArray[np.float64], day: int) -> float:
    around = daily[max(day - SMOOTH_DAYS // 2, 0) : day + SMOOTH_DAYS // 2].mean()
    start = min(max(day - YEAR_DAYS // 2, 0), len(daily) - YEAR_DAYS)
    year = daily[start : start + YEAR_DAYS].mean()
    return float(around / year) if year > 0 and around > 0 else 1.0
