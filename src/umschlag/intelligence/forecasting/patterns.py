"""Demand patterns of many articles, from their weeks with stock."""

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.demand import DemandHistory
from umschlag.intelligence.movement.demand_pattern import DemandPattern, demand_pattern
from umschlag.kernel.identifiers import Sku

WEEK_DAYS = 7


def demand_patterns(history: DemandHistory) -> dict[Sku, DemandPattern]:
    """Return each article's pattern over its weeks with stock.

    Such a week is seven days with stock, counted back from the newest; days without lie between
    them, since what did not sell on them says nothing of demand. The oldest days that fill no
    week are left out, but where they are all there is.
    """
    return {
        sku: demand_pattern(_stock_weeks(units[has_stock]).tolist())
        for sku, units, has_stock in zip(
            history.skus, history.units, history.has_stock, strict=True
        )
    }


def _stock_weeks(daily_units: NDArray[np.float64]) -> NDArray[np.float64]:
    days = len(daily_units)
    if days < WEEK_DAYS:
        # A whole calendar week would throw away the one sale that emptied the shelf.
        return np.asarray(daily_units.sum(keepdims=True), dtype=np.float64)
    weeks = daily_units[days % WEEK_DAYS :].reshape(-1, WEEK_DAYS)
    return np.asarray(weeks.sum(axis=1), dtype=np.float64)
