"""What our forecasts are measured against: the ERP formula and statsforecast's methods.

statsforecast (Nixtla, Apache 2.0) comes with the dependency group `bench`; `statsforecast_is_here`
tells whether it did. Its methods for intermittent demand tell a mean alone. The distribution around
it is negative binomial with a variance from the article's own past windows as long as the horizon:
Snyder, Ord and Beaumont (2012), "Forecasting the intermittent demand for slow-moving inventories".
"""

import importlib.util
from collections.abc import Callable, Collection
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

from umschlag.intelligence.forecasting.demand import DemandHistory
from worlds.real_sales import YEAR_DAYS, Floats, Places

ABSENT = "statsforecast is not installed (`make bench` does it): its methods are left out"
RATE_DAYS = 90
WEEK_DAYS = 7
OVERDISPERSION_MIN = 1.05
"""A variance at or below the mean is no negative binomial's."""
SPREADS = ("fixed", "proportional", "squared")


def statsforecast_is_here() -> bool:
    """Tell whether the group `bench` is installed."""
    return importlib.util.find_spec("statsforecast") is not None


def erp_formula(history: DemandHistory, horizon_days: int, level: float) -> Floats:
    """Return 90-day mean × horizon + z × daily deviation × √horizon.

    The safety stock formula of ERP systems; Silver, Pyke and Thomas, "Inventory and Production
    Management in Supply Chains", 4th ed., chapter 6.
    """
    recent = history.last(RATE_DAYS).units
    mean = recent.mean(axis=1) * horizon_days
    deviation = recent.std(axis=1, ddof=1) * np.sqrt(horizon_days)
    quantile: Floats = mean + NormalDist().inv_cdf(level) * deviation
    return quantile


def erp_mean(history: DemandHistory, horizon_days: int) -> Floats:
    """Return the 90-day mean × horizon."""
    mean: Floats = history.last(RATE_DAYS).units.mean(axis=1) * horizon_days
    return mean


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PastWindows:
    """Mean and variance of each article's sums over past spans as long as the horizon."""

    mean: Floats
    variance: Floats


def past_windows(history: DemandHistory, horizon_days: int) -> PastWindows:
    """Return them from all spans of the last year that begin after the article's first sale.

    An article too young for two of them is given the variance of its days × horizon.
    """
    year = history.last(YEAR_DAYS)
    totals = np.cumsum(np.pad(year.units, ((0, 0), (1, 0))), axis=1)
    sums = totals[:, horizon_days:] - totals[:, :-horizon_days]
    first = year.has_stock.argmax(axis=1)
    counts = np.arange(sums.shape[1])[None, :] >= first[:, None]
    number = np.maximum(counts.sum(axis=1), 1)
    mean = np.where(counts, sums, 0).sum(axis=1) / number
    variance = np.where(counts, (sums - mean[:, None]) ** 2, 0).sum(axis=1) / number
    daily_mean = year.units.mean(axis=1)
    daily_variance = year.units.var(axis=1)
    young = counts.sum(axis=1) < 2
    return PastWindows(
        mean=np.where(young, daily_mean * horizon_days, mean),
        variance=np.where(young, daily_variance * horizon_days, variance),
    )


def negative_binomial_quantile(
    mean: Floats, windows: PastWindows, *, spread: str, level: float
) -> Floats:
    """Return a quantile of the negative binomial distribution around the mean.

    Where the mean is not the past windows' own, their variance is taken as it is (`fixed`), in
    proportion to the mean or to its square: the benchmark takes the best for each method.
    """
    from scipy.stats import nbinom

    ratio = np.divide(mean, windows.mean, out=np.ones_like(mean), where=windows.mean > 0)
    power = {"fixed": 0, "proportional": 1, "squared": 2}[spread]
    positive = np.maximum(mean, 1e-6)
    variance = np.maximum(windows.variance * ratio**power, OVERDISPERSION_MIN * positive)
    size = positive**2 / (variance - positive)
    quantile: Floats = np.asarray(nbinom.ppf(level, size, size / (size + positive)), dtype=float)
    return np.where(mean > 1e-6, quantile, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rival:
    """A method of statsforecast; below so many periods the mean rate stands in for it."""

    forecast: Callable[..., dict[str, Any]]
    periods_min: int = 2


def _models() -> dict[str, _Rival]:
    """Return statsforecast's methods that are fast enough to judge thousands of articles.

    A smoothing weight that the package leaves to its user is tried at several values.
    """
    from statsforecast import models

    plain = {
        "CrostonClassic": models.CrostonClassic(),
        "CrostonOptimized": models.CrostonOptimized(),
        "CrostonSBA": models.CrostonSBA(),
        "IMAPA": models.IMAPA(),
        "ADIDA": models.ADIDA(),
        "SESOptimized": models.SimpleExponentialSmoothingOptimized(),
        "HistoricAverage": models.HistoricAverage(),
    }
    for weight in (0.05, 0.1, 0.2):
        plain[f"TSB({weight})"] = models.TSB(alpha_d=weight, alpha_p=weight)
        plain[f"SES({weight})"] = models.SimpleExponentialSmoothing(alpha=weight)
    return {name: _Rival(forecast=model.forecast) for name, model in plain.items()}


def _weekly_models() -> dict[str, _Rival]:
    """Return those that look back by weeks alone."""
    from statsforecast import models

    averages = {
        f"WindowAverage({weeks})": _Rival(
            forecast=models.WindowAverage(window_size=weeks).forecast, periods_min=weeks
        )
        for weeks in (13, 26)
    }
    naive = _Rival(forecast=models.SeasonalNaive(season_length=52).forecast, periods_min=52)
    return averages | {"SeasonalNaive(52)": naive}


def statsforecast_names() -> list[str]:
    """Return the names of what `statsforecast_means` answers."""
    return [name for name, _model, _by in _jobs()]


def statsforecast_means(
    history: DemandHistory, horizon_days: int, names: Collection[str] | None = None
) -> dict[str, Floats]:
    """Return the mean of each method (or of those named), on daily or weekly sums.

    Each series begins with the article's first sale.
    """
    first = history.has_stock.argmax(axis=1)
    # The weekly table begins up to six days later: what it cuts off is the oldest.
    first_week = np.maximum(first - history.day_count % WEEK_DAYS, 0) // WEEK_DAYS
    tables = {
        "daily": (history.units, first, float(horizon_days)),
        "weekly": (_weekly(history.units), first_week, horizon_days / WEEK_DAYS),
    }
    return {
        name: _means(model, *tables[by])
        for name, model, by in _jobs()
        if names is None or name in names
    }


def _jobs() -> list[tuple[str, _Rival, str]]:
    jobs = [(name, model, by) for by in ("daily", "weekly") for name, model in _models().items()]
    jobs += [(name, model, "weekly") for name, model in _weekly_models().items()]
    return [(f"{name} {by}", model, by) for name, model, by in jobs]


def _weekly(units: Floats) -> Floats:
    weeks = units.shape[1] // WEEK_DAYS
    kept = units[:, units.shape[1] - weeks * WEEK_DAYS :]
    sums: Floats = kept.reshape(units.shape[0], weeks, WEEK_DAYS).sum(axis=2)
    return sums


def _means(model: _Rival, units: Floats, starts: Places, periods: float) -> Floats:
    steps = int(np.ceil(periods))
    means = np.zeros(units.shape[0])
    for place, (row, start) in enumerate(zip(units.astype(np.float32), starts, strict=True)):
        series = row[start:]
        total = float(series.mean()) * steps if series.size else 0.0
        if series.size >= model.periods_min:
            told = float(np.sum(model.forecast(y=series, h=steps)["mean"]))
            # Some methods answer "not a number" where nothing ever sold.
            total = told if np.isfinite(told) else total
        means[place] = max(total, 0.0) * periods / steps
    return means
