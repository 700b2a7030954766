"""How often the stock turns over in a year, and how much of what came in has sold."""

import numpy as np
from numpy.typing import NDArray

DAYS_PER_YEAR = 365


def stock_turnover_per_year(
    *,
    cost_of_goods_sold: NDArray[np.float64],
    average_stock: NDArray[np.float64],
    days: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return cost of goods sold ÷ average stock, annualised from the days both were taken over.

    Both in one unit: minor units of money, or units of the article. NaN where there was no stock
    on average or no day, or either is unknown: a ratio to nothing says nothing. Never negative: a
    period of returns turned nothing over. Definition: ASCM dictionary, "inventory turnover".
    """
    turnover = np.full(len(average_stock), np.nan)
    has_stock = (average_stock > 0) & (days > 0)
    np.divide(
        np.maximum(cost_of_goods_sold, 0.0) * DAYS_PER_YEAR,
        average_stock * days,
        out=turnover,
        where=has_stock,
    )
    return turnover


def sell_through_of_received_ratio(
    *, sold_units: NDArray[np.int64], received_units: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return units sold ÷ units received in the same period; NaN where none came in.

    Above 1 where stock from before the period sold as well, zero where more came back than sold.
    Definition: glossary, "sell-through".
    """
    ratio = np.full(len(sold_units), np.nan)
    np.divide(np.maximum(sold_units, 0), received_units, out=ratio, where=received_units > 0)
    return ratio
