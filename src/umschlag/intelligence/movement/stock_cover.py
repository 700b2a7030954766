"""How long the stock lasts."""

import numpy as np
from numpy.typing import NDArray


def days_of_supply(
    *, available_units: NDArray[np.float64], daily_demand_units: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how many days the available units last at a steady demand: units ÷ units a day.

    Infinite where there is stock and no demand: it never runs out. Zero where nothing is
    available; NaN where stock was never told. Definition: glossary, "days of supply".
    """
    lasting = np.full(len(available_units), np.inf)
    np.divide(available_units, daily_demand_units, out=lasting, where=daily_demand_units > 0)
    lasting[available_units <= 0] = 0.0
    lasting[np.isnan(available_units)] = np.nan
    return lasting
