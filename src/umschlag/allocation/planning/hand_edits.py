"""A proposed plan changed by hand, line by line."""

from dataclasses import replace

from umschlag.allocation.planning.model import AllocationPlan, AllocationProblem
from umschlag.allocation.planning.promised_goods import preorder_line
from umschlag.allocation.preorders.rules import claims_on
from umschlag.kernel.identifiers import Asin, StoreId


def with_line(
    problem: AllocationProblem, plan: AllocationPlan, store_id: StoreId, asin: Asin, *, units: int
) -> AllocationPlan:
    """Return the plan with so many units in one store's line, and every other line as it was.

    No units take the line out. The client's arrived preorders are served by the line, unless
    another of its stores serves them already. Whether the plan still keeps the rules is for
    `violations` to tell.
    """
    others = tuple(line for line in plan.lines if (line.store_id, line.asin) != (store_id, asin))
    if units <= 0:
        return replace(plan, lines=others)
    store = problem.stores[store_id]
    is_served_elsewhere = any(
        line.asin == asin
        and line.preorder_units
        and problem.stores[line.store_id].client_id == store.client_id
        for line in others
    )
    claims = [] if is_served_elsewhere else claims_on(problem.preorders, store.client_id, asin)
    line = preorder_line(store, problem.lots[asin], claims, units)
    return replace(plan, lines=(*others, line))
