"""The units and the money that will still lie there when a horizon has passed."""

import numpy as np
from numpy.typing import NDArray


def expected_unsold_units(
    *, available_units: NDArray[np.float64], demand_samples: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the mean over each row's possible demands of what the stock exceeds them by.

    `demand_samples` are evenly likely sums over the horizon, a row an article, NaN after the last.
    Between zero and the stock; NaN where the stock is unknown. Oversold stock leaves nothing over.
    The newsvendor's expected leftover: Silver, Pyke and Thomas, "Inventory and Production
    Management in Supply Chains", 4th ed., chapter 9.
    """
    stock = np.maximum(available_units, 0.0)
    left = np.maximum(stock[:, None] - demand_samples, 0.0)
    counts = (~np.isnan(demand_samples)).sum(axis=1)
    mean: NDArray[np.float64] = np.nansum(left, axis=1) / np.maximum(counts, 1)
    return np.where(np.isnan(available_units), np.nan, np.minimum(mean, stock))


def unsold_probability(
    *, available_units: NDArray[np.float64], demand_samples: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the share of each row's possible demands that the stock outlasts; NaN if unknown."""
    counts = (~np.isnan(demand_samples)).sum(axis=1)
    below = (demand_samples < np.maximum(available_units, 0.0)[:, None]).sum(axis=1)
    shares: NDArray[np.float64] = below / np.maximum(counts, 1)
    return np.where(np.isnan(available_units), np.nan, shares)
