"""Carts so small that a pallet of their own is not worth its freight."""

from dataclasses import replace

from umschlag.allocation.planning.model import AllocationPlan, AllocationProblem
from umschlag.allocation.planning.optimal_plan import (
    OptimalPlan,
    WarmStart,
    never,
    plan_optimally,
)
from umschlag.allocation.planning.optimiser import Stop
from umschlag.allocation.planning.priority_loop import plan_by_priority
from umschlag.kernel.identifiers import Asin, Marketplace, StoreId

CART_FILL_MIN = 0.1
"""A cart without preorders that fills less of a pallet is not made. Ours: below a tenth, the
freight of a unit is more than ten times that on a full pallet."""


def plan_without_small_carts(
    problem: AllocationProblem,
) -> tuple[AllocationProblem, AllocationPlan]:
    """Return a plan whose carts are worth a pallet, and the problem that says who got none.

    What a small cart would have taken is offered to the others. A cart with a preorder stays,
    however small: it was promised. Each round shuts out at least one store, so it ends.
    """
    plan = plan_by_priority(problem)
    while small := small_carts(problem, plan):
        problem = replace(problem, small_stores=problem.small_stores | small)
        plan = plan_by_priority(problem)
    return problem, plan


def optimal_without_small_carts(
    problem: AllocationProblem, *, stop: Stop = never, warm: WarmStart | None = None
) -> tuple[AllocationProblem, OptimalPlan]:
    """Return the plan of most worth whose carts are worth a pallet, and who got none.

    As `plan_without_small_carts`. Where `stop` comes between two rounds, the loop ends the search.
    """
    while True:
        # Who is too small shows without the last polish, which takes most of the time.
        rough = plan_optimally(problem, stop=stop, own_carts_max=0, warm=warm)
        small = small_carts(problem, rough.plan)
        if not small:
            found = plan_optimally(problem, stop=stop, warm=warm)
            small = small_carts(problem, found.plan)
        if not small:
            return problem, found
        problem = replace(problem, small_stores=problem.small_stores | small)


def small_carts(problem: AllocationProblem, plan: AllocationPlan) -> frozenset[StoreId]:
    """Return the stores whose cart fills too little of a pallet, but for promised goods.

    A preorder was promised, and a line set by hand is a person's own choice.
    """
    return frozenset(
        store_id
        for store_id in {line.store_id for line in plan.lines}
        if not any(
            line.preorder_units or (store_id, line.asin) in problem.pins
            for line in plan.lines_of(store_id)
        )
        and pallet_fill(
            problem,
            problem.stores[store_id].marketplace,
            {line.asin: line.units for line in plan.lines_of(store_id)},
        )
        < CART_FILL_MIN
    )


def pallet_fill(
    problem: AllocationProblem, marketplace: Marketplace, units: dict[Asin, int]
) -> float:
    """Return the share of one pallet that the units fill, by volume or weight, the larger."""
    capacity = problem.pallet_capacities[marketplace]
    volume_mm3 = sum(problem.lots[asin].volume_mm3 * count for asin, count in units.items())
    weight_g = sum((problem.lots[asin].weight_g or 0) * count for asin, count in units.items())
    return max(volume_mm3 / capacity.volume_mm3, weight_g / capacity.weight_g)
