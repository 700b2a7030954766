"""How regular demand is, and how even its sizes are."""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

INTERVAL_CUT = 1.32
VARIATION_CUT = 0.49
"""Where the bias of Croston's method meets Syntetos and Boylan's correction of it."""


class DemandPattern(StrEnum):
    """Syntetos, Boylan and Croston (2005), "On the categorization of demand patterns"."""

    SMOOTH = "smooth"
    ERRATIC = "erratic"
    INTERMITTENT = "intermittent"
    LUMPY = "lumpy"
    NONE = "none"
    """No demand at all in the periods looked at."""

    @property
    def is_sporadic(self) -> bool:
        """Whether a day without a sale is nothing unusual."""
        return self in (DemandPattern.INTERMITTENT, DemandPattern.LUMPY)


PATTERNS = tuple(DemandPattern)
"""An array of patterns holds places in this."""


def average_demand_interval(
    *, periods: NDArray[np.int64], periods_with_demand: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return periods ÷ periods with demand, the mean time between two; NaN where there was none.

    Source: Syntetos, Boylan and Croston (2005), Journal of the Operational Research Society 56.
    """
    interval = np.full(len(periods), np.nan)
    np.divide(periods, periods_with_demand, out=interval, where=periods_with_demand > 0)
    return interval


def squared_variation(
    *,
    units: NDArray[np.int64],
    units_squared: NDArray[np.int64],
    periods_with_demand: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return the squared coefficient of variation of the sizes; periods of zero are left out.

    `units` and `units_squared` are sums over the periods with demand. The variance is that of the
    population, E[x²] − E[x]². Source: as `average_demand_interval`.
    """
    return squared_ratio_of_spread(units, units_squared, periods_with_demand)


def squared_ratio_of_spread(
    units: NDArray[np.int64], units_squared: NDArray[np.int64], periods: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return variance ÷ squared mean from sums over so many periods; NaN where nothing sold."""
    ratio = np.full(len(units), np.nan)
    # n Σx² ÷ (Σx)² − 1, so that whole numbers stay whole until they are divided.
    np.divide(
        periods * units_squared.astype(np.float64),
        units.astype(np.float64) ** 2,
        out=ratio,
        where=units > 0,
    )
    return np.maximum(ratio - 1.0, 0.0)


def demand_patterns(
    *, intervals: NDArray[np.float64], variations: NDArray[np.float64]
) -> NDArray[np.int8]:
    """Return each article's place in `PATTERNS`, by interval and squared variation."""
    is_rare = intervals >= INTERVAL_CUT
    is_uneven = variations >= VARIATION_CUT
    chosen = [
        (~is_rare & ~is_uneven, DemandPattern.SMOOTH),
        (~is_rare & is_uneven, DemandPattern.ERRATIC),
        (is_rare & ~is_uneven, DemandPattern.INTERMITTENT),
        (is_rare & is_uneven, DemandPattern.LUMPY),
    ]
    places = np.full(len(intervals), PATTERNS.index(DemandPattern.NONE), dtype=np.int8)
    for is_so, pattern in chosen:
        places[is_so & ~np.isnan(intervals)] = PATTERNS.index(pattern)
    return places
