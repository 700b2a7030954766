"""When to order, and how much."""

import math
from dataclasses import dataclass, replace

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
    lead_time_mean_units: float = 0.0
    """Expected demand over the lead time, to one decimal; never above the reorder point."""
    lead_time_spread_units: int = 0
    """Part of the reorder point, and of the safety stock, held because lead times spread."""
    order_up_to_spread_units: int = 0
    """Part of the order-up-to level held for the same reason."""

    @property
    def safety_stock_units(self) -> float:
        """Reorder point less the expected demand over the lead time: never negative."""
        return round(self.reorder_point_units - self.lead_time_mean_units, 1)

    @property
    def demand_safety_units(self) -> float:
        """The part of the safety stock that demand alone asks for, were every lead time equal."""
        return round(self.safety_stock_units - self.lead_time_spread_units, 1)

    def raised_for_spread(
        self, *, lead_time_quantile_units: float, lead_time_and_review_quantile_units: float
    ) -> "StockPolicy":
        """Return the levels for lead times that spread, never below those for equal ones.

        The quantiles are those of the demand over an uncertain lead time. They can lie below those
        of the usual one, where few orders take much longer and most are quicker than it; a level
        that fell because a supplier is unreliable would be a trap.
        """
        point = max(self.reorder_point_units, math.ceil(lead_time_quantile_units))
        up_to = max(self.order_up_to_units, math.ceil(lead_time_and_review_quantile_units), point)
        return replace(
            self,
            reorder_point_units=point,
            order_up_to_units=up_to,
            lead_time_spread_units=point - self.reorder_point_units,
            order_up_to_spread_units=up_to - self.order_up_to_units,
        )


def stock_policy(
    *,
    lead_time_quantile_units: float,
    lead_time_and_review_quantile_units: float,
    lead_time_mean_units: float = 0.0,
) -> StockPolicy:
    """Return the levels from the demand that is not exceeded at the service level.

    The reorder point covers the lead time, the order-up-to level also the time until the next
    order. Units are rounded up; the first level is never below the expected demand, which can lie
    above the quantile where few large orders make the mean, and the second never below the first.
    """
    mean = round(max(lead_time_mean_units, 0.0), 1)
    point = math.ceil(max(lead_time_quantile_units, mean))
    up_to = math.ceil(max(lead_time_and_review_quantile_units, 0.0))
    return StockPolicy(
        reorder_point_units=point,
        order_up_to_units=max(point, up_to),
        lead_time_mean_units=mean,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSteps:
    """How an article can be ordered: so much at first, then in whole packs."""

    first_units: int
    pack_units: int


def order_steps(*, order_units_min: int | None, pack_units: int | None) -> OrderSteps:
    """Return the least order, whole packs that reach the minimum, and what each more adds."""
    pack = max(pack_units or 1, 1)
    least = max(order_units_min or 0, 1)
    return OrderSteps(first_units=math.ceil(least / pack) * pack, pack_units=pack)


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
    steps = order_steps(order_units_min=order_units_min, pack_units=pack_units)
    wanted = max(missing, steps.first_units)
    return math.ceil(wanted / steps.pack_units) * steps.pack_units
