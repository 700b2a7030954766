"""Demand patterns of many articles, from their weeks with stock."""

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.demand import DemandHistory
from umschlag.intelligence.movement.demand_pattern import DemandPattern, demand_pattern
from umschlag.kernel.identifiers import Sku

WEEK_DAYS = 7


def demand_patterns(history: DemandHistory) -> dict[Sku, DemandPattern]:
    """Return each article's pattern over its weeks with stock on every day, newest week last.

    Weeks end on the history's last day. A week with a day out of stock is left out: what it did
    not sell says nothing of demand. Nor do the weeks before the article was known.
    """
    weeks = history.day_count // WEEK_DAYS
    if not weeks:
        return dict.fromkeys(history.skus, DemandPattern.NONE)
    newest = history.last(weeks * WEEK_DAYS)
    shape = (len(history.skus), weeks, WEEK_DAYS)
    units = newest.units.reshape(shape).sum(axis=2)
    is_whole: NDArray[np.bool_] = np.all(newest.has_stock.reshape(shape), axis=2)
    return {
        sku: demand_pattern(np.extract(whole, of_weeks).tolist())
        for sku, of_weeks, whole in zip(history.skus, units, is_whole, strict=True)
    }
