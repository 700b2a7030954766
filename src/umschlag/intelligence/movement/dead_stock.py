"""Stock that will still lie there when the horizon has passed."""

import math


def dead_units(
    *, available_units: int, daily_sales_units: float, horizon_days: int, is_idle: bool
) -> int:
    """Return the units beyond what sells in the horizon at the present rate.

    All of them where the article lay idle for as long as makes it dead: a rate from before says
    nothing then. What the rate would sell is rounded up, so that no unit is called dead that is
    about to go. Reserved units are about to leave and not counted. Never more than is
    there, never negative.
    """
    there = max(available_units, 0)
    if is_idle:
        return there
    return max(there - math.ceil(max(daily_sales_units, 0.0) * horizon_days), 0)
