"""How regular demand is, and how even its sizes are."""

from collections.abc import Sequence
from enum import StrEnum
from statistics import fmean, pvariance

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


def average_demand_interval(demand_units: Sequence[float]) -> float | None:
    """Return periods ÷ periods with demand; None where there was none."""
    with_demand = sum(1 for units in demand_units if units > 0)
    return len(demand_units) / with_demand if with_demand else None


def squared_variation(demand_units: Sequence[float]) -> float | None:
    """Return the squared coefficient of variation of the sizes; periods of zero left out."""
    sizes = [units for units in demand_units if units > 0]
    if not sizes:
        return None
    mean = fmean(sizes)
    return pvariance(sizes, mean) / mean**2


def demand_pattern(demand_units: Sequence[float]) -> DemandPattern:
    """Return the pattern of demand over equal periods, stock-out periods left out before."""
    interval = average_demand_interval(demand_units)
    variation = squared_variation(demand_units)
    if interval is None or variation is None:
        return DemandPattern.NONE
    if interval < INTERVAL_CUT:
        return DemandPattern.SMOOTH if variation < VARIATION_CUT else DemandPattern.ERRATIC
    return DemandPattern.INTERMITTENT if variation < VARIATION_CUT else DemandPattern.LUMPY
