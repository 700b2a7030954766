"""The plain way to plan: whoever is first in line takes the oldest stock there is.

It stays as the fallback and as what better planners are measured against. Cost: one look at every
pair of store and lot that the gates leave open.
"""

from umschlag.allocation.planning.model import AllocationPlan, AllocationProblem
from umschlag.allocation.planning.promised_goods import put_pins, serve_preorders
from umschlag.allocation.planning.standing import Standing
from umschlag.allocation.planning.turns import open_lots_in_turn

METHOD = "priority_loop"


def plan_by_priority(problem: AllocationProblem) -> AllocationPlan:
    """Return a plan that keeps every rule and leaves no case pack that could still be given.

    Lines set by hand stay. Arrived preorders come first, by age. Then the clients in their turn
    (`turn_of`), each with its stores in order of number, each store with the oldest lots first.
    """
    standing = Standing(problem)
    put_pins(standing)
    serve_preorders(standing)
    for store, lots in open_lots_in_turn(problem):
        for lot in lots:
            if not standing.is_barred(store, lot):
                standing.give(store, lot, units=standing.affordable_units(store, lot))
    return AllocationPlan(lines=tuple(standing.lines.values()), method=METHOD)
