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
    wait_days: int = 0,
) -> date | None:
    """Return the first day that ends without stock at a steady demand.

    Demand begins after `wait_days`, where an article is not on sale yet.

    When goods on order arrive nobody told, so they are counted from one lead time after
    `as_of_date` on. Stock that is gone before leaves a gap until then: the date is that of the
    gap's first day, however much is on order. Stock that lasts until then lasts longer by what
    arrives. What is sold out is out on `as_of_date`, and nothing else is. None where nothing
    sells, or where the stock lasts for more than a year.
    """
    if available_units <= 0 and wait_days == 0:
        return as_of_date
    if daily_demand_units <= 0:
        return None
    days = wait_days + max(available_units, 0) / daily_demand_units
    if days > lead_time_days:
        days += max(on_order_units, 0) / daily_demand_units
    if days > LOOK_AHEAD_DAYS:
        return None
    return as_of_date + timedelta(days=math.ceil(days))


def order_by_date(
    *,
    stockout_date: date,
    on_order_units: int,
    lead_time_days: int,
    as_of_date: date,
) -> date | None:
    """Return the last day on which an order still arrives before the stock is gone.

    It is `as_of_date` where that day is past. None where it is past and goods on order are to
    fill the gap: another order would arrive no sooner than they.
    """
    latest_date = stockout_date - timedelta(days=lead_time_days)
    if latest_date >= as_of_date:
        return latest_date
    return None if on_order_units > 0 else as_of_date


def is_running_out(
    *,
    is_active: bool,
    available_units: int | None,
    stockout_date: date | None,
    horizon_end_date: date,
    followed_from_date: date | None = None,
) -> bool:
    """Tell whether an article that is sold and has units to sell has none left by the date.

    What is sold out already cannot run out any more, and nobody restocks what is not active, or
    what another article follows from `followed_from_date` on: that it runs out then is the plan.
    """
    return (
        is_active
        and available_units is not None
        and available_units > 0
        and stockout_date is not None
        and stockout_date <= horizon_end_date
        and (followed_from_date is None or stockout_date < followed_from_date)
    )


def lost_units(
    *,
    available_units: int,
    on_order_units: int,
    daily_demand_units: float,
    lead_time_days: int,
    horizon_days: int,
) -> float:
    """Return the demand within the horizon that finds no stock, if nothing more is ordered.

    Demand is taken as steady and goods on order as there after one lead time, as in
    `stockout_date`; what finds no stock until then does not wait for them.
    """
    rate = max(daily_demand_units, 0.0)
    demand_before = rate * min(max(lead_time_days, 0), horizon_days)
    demand_after = rate * horizon_days - demand_before
    stock = max(available_units, 0)
    sold_before = min(stock, demand_before)
    sold_after = min(stock - sold_before + max(on_order_units, 0), demand_after)
    return demand_before - sold_before + demand_after - sold_after


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
