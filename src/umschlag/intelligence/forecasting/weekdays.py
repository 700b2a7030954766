"""How a week's demand is spread over its days, of all articles together."""

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.demand import DemandHistory

PROFILE_WEEKS = 26
WEEK_DAYS = 7


def weekday_profile(history: DemandHistory) -> NDArray[np.float64]:
    """Return how much of an average day's demand each weekday has, Monday first; the mean is 1.

    Over the newest 26 whole weeks; each article counts alike by its share, so that one best seller
    does not set the week. Even where nothing sold.
    """
    days = min(history.day_count // WEEK_DAYS, PROFILE_WEEKS) * WEEK_DAYS
    if days == 0:
        return np.ones(WEEK_DAYS)
    units = history.units[:, -days:]
    sums = units.sum(axis=1)
    sells = sums > 0
    if not sells.any():
        return np.ones(WEEK_DAYS)
    shares = (units[sells] / sums[sells, None]).mean(axis=0).reshape(-1, WEEK_DAYS).sum(axis=0)
    first_weekday = (history.last_date - timedelta(days=days - 1)).weekday()
    profile: NDArray[np.float64] = np.roll(shares, first_weekday) * WEEK_DAYS
    return profile


def usual_days(profile: NDArray[np.float64], *, last_date: date, horizon_days: int) -> float:
    """Return to how many average days the days after `last_date` come, by their weekdays.

    A multiple of seven is itself; thirty days from a Friday on are more or less than thirty.
    """
    weeks, rest = divmod(horizon_days, WEEK_DAYS)
    weekdays = [(last_date.weekday() + 1 + day) % WEEK_DAYS for day in range(rest)]
    return float(weeks * WEEK_DAYS + sum(profile[day] for day in weekdays))
