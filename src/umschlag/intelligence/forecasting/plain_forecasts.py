"""What people would say without us: the same as last time, and the formula of their ERP."""

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.demand import DemandHistory
from umschlag.intelligence.forecasting.model import DemandForecasts, ForecastMethod
from umschlag.intelligence.forecasting.quantile_curves import PROBABILITIES, SAMPLE_COUNT

ERP_DAYS = 90


def naive_forecasts(history: DemandHistory, *, horizon_days: int) -> DemandForecasts:
    """Return what each article sold in the same number of days before, and nothing but that."""
    units = history.last(horizon_days).units.sum(axis=1)
    return _forecasts(history, np.tile(units[:, None], (1, SAMPLE_COUNT)), horizon_days)


def erp_forecasts(history: DemandHistory, *, horizon_days: int) -> DemandForecasts:
    """Return the mean of the last 90 days plus z times their daily deviation times √horizon.

    Silver, Pyke and Thomas, "Inventory and Production Management in Supply Chains", 4th ed.,
    chapter 6: normal demand over the lead time, which most ERP systems assume.
    """
    recent = history.last(ERP_DAYS).units
    mean = recent.mean(axis=1) * horizon_days
    deviation = recent.std(axis=1) * np.sqrt(horizon_days)
    normal = NormalDist()
    z = np.array([normal.inv_cdf(float(probability)) for probability in PROBABILITIES])
    rows = np.maximum(mean[:, None] + z[None, :] * deviation[:, None], 0.0)
    return _forecasts(history, rows, horizon_days)


def _forecasts(history: DemandHistory, samples: NDArray[np.float64], days: int) -> DemandForecasts:
    count = len(history.skus)
    return DemandForecasts(
        skus=history.skus,
        horizon_days=days,
        mean_units=samples.mean(axis=1),
        samples=samples,
        sample_counts=np.full(count, SAMPLE_COUNT),
        methods=(ForecastMethod.WINDOWS,) * count,
    )
