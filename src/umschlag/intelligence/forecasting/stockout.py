"""When an article runs out, and how likely it is to within a forecast's horizon."""

import math
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.model import DemandForecasts

LOOK_AHEAD_DAYS = 365
"""Nobody plans further, and no sales rate holds for so long."""


def stockout_date(
    *,
    available_units: int,
    on_order_units: int,
    daily_demand_units: float,
    lead_time_days: int,
    as_of_date: date,
) -> date | None:
    """Return the first day that ends without stock at a steady demand.

    What is on order arrives after one lead time at the latest: it helps where the stock lasts
    until then. None where nothing sells, or not within a year.
    """
    if daily_demand_units <= 0:
        return None
    days = max(available_units, 0) / daily_demand_units
    if days > lead_time_days:
        days += max(on_order_units, 0) / daily_demand_units
    if days > LOOK_AHEAD_DAYS:
        return None
    return as_of_date + timedelta(days=math.ceil(days))


def stockout_probability(
    forecasts: DemandForecasts,
    *,
    available_units: NDArray[np.float64],
    on_order_units: NDArray[np.float64],
    lead_time_days: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the probability that the stock is used up at some time within the horizon.

    Each possible demand is taken as steady: what is on order arrives after one lead time at the
    latest, so it helps where the stock lasts until then, as in `stockout_date`. NaN where stock is
    unknown.
    """
    stock = np.maximum(available_units, 0.0)
    # The largest demands over the horizon that stock alone serves until the goods are there, and
    # that stock and goods together serve to its end. Goods that come today are there at once.
    lead = np.maximum(lead_time_days, 0.0)
    until_arrival = np.divide(
        stock * forecasts.horizon_days, lead, out=np.full_like(stock, np.inf), where=lead > 0
    )
    arriving = np.where(lead < forecasts.horizon_days, np.maximum(on_order_units, 0.0), 0.0)
    there = np.minimum(until_arrival, stock + arriving)
    there = np.where(arriving > 0, there, stock)
    return np.where(np.isnan(available_units), np.nan, forecasts.exceedance(there))
