"""How long the stock lasts."""

import math


def days_of_supply(*, available_units: int, daily_demand_units: float) -> float:
    """Return how many days the available units last at a steady demand.

    Infinite where there is stock and no demand: it never runs out.
    """
    if available_units <= 0:
        return 0.0
    if daily_demand_units <= 0:
        return math.inf
    return available_units / daily_demand_units
