"""When to order, and how much."""

import math
from dataclasses import dataclass

REVIEW_DAYS = 7
"""Orders are placed once a week: what is ordered must last until the next order arrives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StockPolicy:
    """The two levels that orders follow, in units: order at or below the first, up to the second.

    An (s, S) policy with weekly review: Silver, Pyke and Thomas, "Inventory and Production
    Management in Supply Chains", 4th ed., chapter 6.
    """

    reorder_point_units: int
    order_up_to_units: int


def stock_policy(
    *, lead_time_quantile_units: float, lead_time_and_review_quantile_units: float
) -> StockPolicy:
    """Return the levels from the demand that is not exceeded at the service level.

    The reorder point covers the lead time, the order-up-to level also the time until the next
    order. Units are rounded up; the second level is never below the first.
    """
    point = math.ceil(max(lead_time_quantile_units, 0.0))
    up_to = math.ceil(max(lead_time_and_review_quantile_units, 0.0))
    return StockPolicy(reorder_point_units=point, order_up_to_units=max(point, up_to))


def order_units(
    policy: StockPolicy,
    *,
    available_units: int,
    on_order_units: int,
    order_units_min: int | None,
    pack_units: int | None,
) -> int:
    """Return the units to order now; zero above the reorder point.

    What is on order is netted. Raised to the minimum order and then to whole packs.
    """
    position = available_units + max(on_order_units, 0)
    missing = policy.order_up_to_units - position
    if position > policy.reorder_point_units or missing <= 0:
        return 0
    wanted = max(missing, order_units_min or 0)
    pack = max(pack_units or 1, 1)
    return math.ceil(wanted / pack) * pack
