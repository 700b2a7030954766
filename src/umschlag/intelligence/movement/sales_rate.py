"""How many units sell on a day on which there are any."""

import numpy as np
from numpy.typing import NDArray


def daily_sales_units(
    *, sold_units: NDArray[np.int64], days: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return units sold per day; zero where there was no such day, or more came back than sold."""
    rate = np.zeros(len(sold_units))
    return np.divide(np.maximum(sold_units, 0), days, out=rate, where=days > 0)


def rate_days(
    *,
    days_observed: NDArray[np.int64],
    days_with_stock: NDArray[np.int64],
    is_sporadic: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """Return the days by which a sales rate divides.

    Days without stock are not days without demand: where demand is regular (smooth, erratic) they
    are left out. Where it is sporadic (intermittent, lumpy) they are not: there a stock-out mostly
    follows the very sale that emptied the shelf, so that the days left over would be those with a
    sale, and the rate many times too high. Source: our own test on 50,000 series with recorded
    hours of stock-out, in which dropping every such day did more harm than doing nothing.
    """
    return np.where(is_sporadic, days_observed, days_with_stock)
