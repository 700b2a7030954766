"""Stock that will still lie there when the horizon has passed."""

import numpy as np
from numpy.typing import NDArray


def dead_units(
    *,
    available_units: NDArray[np.float64],
    daily_sales_units: NDArray[np.float64],
    horizon_days: int,
    is_idle: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Return the units beyond what sells in the horizon at the present rate.

    All of them where the article lay idle for as long as makes it dead: a rate from before says
    nothing then. What the rate would sell is rounded up, so that no unit is called dead that is
    about to go. Reserved units are about to leave and not counted. Never more than is
    there, never negative; NaN where stock was never told. Definition: ours.
    """
    there = np.maximum(available_units, 0.0)
    selling = np.ceil(np.maximum(daily_sales_units, 0.0) * horizon_days)
    return np.where(is_idle, there, np.maximum(there - selling, 0.0))
