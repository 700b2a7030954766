"""Stock in the days to come, with the band in which it will lie."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from umschlag.kernel.errors import BadInput

BAND_LEVELS = (0.1, 0.5, 0.9)
"""Demand that is exceeded nine, five and one times of ten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandPoint:
    """Demand summed over so many days: little, middling and much of it, by `BAND_LEVELS`."""

    days: int
    low_units: float
    middle_units: float
    high_units: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectedDay:
    """Available units at the close of one day: likely at least, in the middle, at most."""

    business_date: date
    low_units: float
    middle_units: float
    high_units: float


def projected_stock(
    points: Sequence[DemandPoint],
    *,
    available_units: int,
    on_order_units: int,
    lead_time_days: int,
    as_of_date: date,
) -> list[ProjectedDay]:
    """Return the stock of each day, from the as-of date to the last horizon told, if none order.

    Between two horizons the summed demand grows evenly. What is on order counts from one lead time
    after the as-of date on, since nobody tells its day; demand that finds no stock until then does
    not wait. The low line is that of much demand on every day: a band for each day by itself, and
    a careful one for all of them together.

    Raises:
        BadInput: no horizon is given, or one is not positive.
    """
    if not points or min(point.days for point in points) <= 0:
        raise BadInput("a projection needs demand over one day or more", field="points")
    in_order = sorted(points, key=lambda point: point.days)
    days = np.arange(in_order[-1].days + 1)
    lines = np.stack(
        [
            _stock(
                _cumulated(in_order, name, days),
                available_units=max(available_units, 0),
                on_order_units=max(on_order_units, 0),
                lead_time_days=max(lead_time_days, 0),
            )
            for name in ("high_units", "middle_units", "low_units")
        ]
    )
    # A quantile may grow faster than a higher one between two horizons: the band stays in order.
    lines = np.maximum.accumulate(lines, axis=0)
    return [
        ProjectedDay(
            business_date=as_of_date + timedelta(days=int(day)),
            low_units=float(lines[0, day]),
            middle_units=float(lines[1, day]),
            high_units=float(lines[2, day]),
        )
        for day in days
    ]


def _cumulated(
    points: Sequence[DemandPoint], name: str, days: NDArray[np.intp]
) -> NDArray[np.float64]:
    horizons = [0, *(point.days for point in points)]
    units = np.maximum.accumulate([0.0, *(max(getattr(point, name), 0.0) for point in points)])
    return np.interp(days, horizons, units)


def _stock(
    demand: NDArray[np.float64],
    *,
    available_units: int,
    on_order_units: int,
    lead_time_days: int,
) -> NDArray[np.float64]:
    stock = np.maximum(available_units - demand, 0.0)
    if on_order_units and lead_time_days < len(demand):
        at_arrival = stock[lead_time_days] + on_order_units
        after = np.maximum(at_arrival - (demand - demand[lead_time_days]), 0.0)
        stock[lead_time_days:] = after[lead_time_days:]
    result: NDArray[np.float64] = stock
    return result
