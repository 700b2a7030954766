"""What an article sells if it goes on at its year's pace: said beside what a model expects.

A model that knows less than two years has never seen a season come back, so that an article that
rests in summer looks dead to it. The year's pace does not look at when within the year it sold,
which is wrong in another way. The further ahead, the more of what is told is the pace's.
"""

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.demand import DemandHistory
from umschlag.intelligence.forecasting.quantile_curves import PROBABILITIES, SAMPLE_COUNT

SHARE_FROM_DAYS = 28
"""Up to four weeks ahead the pace tells nothing that the model does not know better."""
SHARE_A_DAY = 0.0028
"""A sixth at 90 days. Chosen on cut-off dates before the judged weeks of `benchmarks/dead_stock.py`
and in the autumn before them, from none, 0.1, 0.125, 0.15, 0.175, 0.2 and 0.3 at 90 days."""
SHARE_MAX = 0.2


def at_years_pace(year: DemandHistory, horizon_days: int) -> NDArray[np.float64]:
    """Return 200 rising samples of each article's demand over the horizon, from its year's days.

    Evenly spread quantiles of a gamma distribution for the sum. Days are taken as independent, and
    the variance as at least that of a Poisson process. NaN where nothing sold.
    Quantiles by Wilson and Hilferty (1931), "The distribution of chi-square".
    """
    days = np.maximum(year.has_stock.sum(axis=1), 1)
    daily_mean = year.units.sum(axis=1) / days
    daily_variance = (year.units**2).sum(axis=1) / days - daily_mean**2
    mean = daily_mean * horizon_days
    with np.errstate(invalid="ignore"):
        shape = mean**2 / np.maximum(daily_variance * horizon_days, mean)
    normal = NormalDist()
    z = np.array([normal.inv_cdf(float(probability)) for probability in PROBABILITIES])
    ninth = 1 / (9 * shape[:, None])
    root = np.maximum(1 - ninth + z[None, :] * np.sqrt(ninth), 0.0)
    result: NDArray[np.float64] = mean[:, None] * root**3
    return result


def pace_count(horizon_days: int) -> int:
    """Return how many of 200 samples of a forecast so far ahead go on at the year's pace."""
    ahead = max(horizon_days - SHARE_FROM_DAYS, 0)
    return round(min(ahead * SHARE_A_DAY, SHARE_MAX) * SAMPLE_COUNT)


def pooled(
    samples: NDArray[np.float64], pace: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    """Return 200 rising samples a row, of which `count` are the pace's, from 200 each of both.

    Linear opinion pool: Stone (1961), "The opinion pool".
    """
    # Possible sums are pooled and not means, so that the spread widens just where both disagree.
    own = samples[:, _evenly(SAMPLE_COUNT - count)]
    return np.sort(np.hstack([own, pace[:, _evenly(count)]]), axis=1)


def _evenly(count: int) -> NDArray[np.intp]:
    """Return the places of so many evenly spread ones of 200."""
    return ((np.arange(count) + 0.5) / max(count, 1) * SAMPLE_COUNT).astype(np.intp)
