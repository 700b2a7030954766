"""The plan that is worth most, how near it is to what is possible, and what one more would bring.

In the stated order: lines set by hand stay; arrived preorders are served; then whatever is worth
most, with the manager's policy for fairness. Cost: a linear program over the open pairs, solved
a few times; figures in benchmarks/README.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from umschlag.allocation.planning.dive import Dive, dive, dive_again
from umschlag.allocation.planning.exact_preorders import serve_preorders_exactly
from umschlag.allocation.planning.fairness import BonusStep, bonus_steps
from umschlag.allocation.planning.model import AllocationPlan, AllocationProblem
from umschlag.allocation.planning.open_pairs import OpenPairs, open_pairs
from umschlag.allocation.planning.optimiser import SolverFailed, Stop, Stopped
from umschlag.allocation.planning.prices import Prices, prices_of
from umschlag.allocation.planning.priority_loop import plan_by_priority
from umschlag.allocation.planning.promised_goods import put_pins
from umschlag.allocation.planning.relaxation import gap_below
from umschlag.allocation.planning.standing import Standing
from umschlag.allocation.planning.valuation import plan_worth_minor, used_minor
from umschlag.kernel.identifiers import Asin, StoreId

METHOD = "optimal"
OWN_CARTS_MAX = 150
"""Clients whose carts are solved again in whole packs, those with most money left first. Each
takes some 35 ms; the first 60 of 187 gain most, and 90 more a sixth of the gap that is left."""
WARM_GAP_MORE = 0.001
"""A warm start may be so much further from its bound before everything is solved anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimalPlan:
    """A plan with what it is worth and what no plan could be worth more than.

    The bound is over all plans with the preorders and lines set by hand as this plan has them, and
    that give nothing that costs more than it earns. It is None, and there are no prices, where the
    solver had no time for an answer and the loop stood in.
    """

    plan: AllocationPlan
    worth_minor: float
    bound_minor: float | None
    prices: Prices
    is_complete: bool

    @property
    def gap_share(self) -> float | None:
        """How far the plan is from its bound at the most; 0 is the best there is."""
        return None if self.bound_minor is None else gap_below(self.bound_minor, self.worth_minor)


def never() -> bool:
    """Tell the planner to go on to its end."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmStart:
    """A plan of nearly the same question, and the prices that proved its bound."""

    units: Mapping[tuple[StoreId, Asin], int]
    prices: Prices
    gap_share: float


def plan_optimally(
    problem: AllocationProblem,
    *,
    stop: Stop = never,
    own_carts_max: int = OWN_CARTS_MAX,
    warm: WarmStart | None = None,
) -> OptimalPlan:
    """Return the plan of most worth that was found, and the bound that says how good it is.

    There is always a plan: where `stop` comes before the first answer of the solver, or the
    solver fails, it is the priority loop's. With a `warm` start no linear program is solved, as
    long as the former prices still prove the new plan nearly as good as the former one was.
    """
    standing = Standing(problem)
    put_pins(standing)
    serve_preorders_exactly(standing)
    promised = AllocationPlan(lines=tuple(standing.lines.values()), method=METHOD)
    pairs = open_pairs(standing)
    used = used_minor(problem, promised)
    steps = [
        bonus_steps(problem.clients[client_id], problem.policy, used_minor=used[client_id])
        for client_id in pairs.client_ids
    ]
    promised_worth_minor = plan_worth_minor(problem, promised)
    try:
        found = _found(pairs, steps, stop, warm and _beyond(warm, promised), own_carts_max)
    except (Stopped, SolverFailed):
        return _by_the_loop(problem)
    if found is not None:
        _put(standing, pairs, found)
    plan = AllocationPlan(lines=tuple(standing.lines.values()), method=METHOD)
    return OptimalPlan(
        plan=plan,
        worth_minor=plan_worth_minor(problem, plan),
        bound_minor=promised_worth_minor + (found.bound_minor if found else 0.0),
        prices=prices_of(pairs, found.places, found.prices) if found else Prices(),
        is_complete=found.is_complete if found else True,
    )


def _found(  # noqa: PLR0917 - what a search needs, passed through
    pairs: OpenPairs,
    steps: list[tuple[BonusStep, ...]],
    stop: Stop,
    warm: WarmStart | None,
    own_carts_max: int,
) -> Dive | None:
    if not len(pairs):
        return None
    if warm is not None:
        again = dive_again(
            pairs, steps, stop, units=warm.units, prices=warm.prices, carts_max=own_carts_max
        )
        if again.gap_share <= warm.gap_share + WARM_GAP_MORE:
            return again
    return dive(pairs, steps, stop, own_carts_max=own_carts_max)


def _beyond(warm: WarmStart, promised: AllocationPlan) -> WarmStart:
    """Return what the former plan gave beyond what is promised, which is put before."""
    units = dict(warm.units)
    for line in promised.lines:
        pair = line.store_id, line.asin
        units[pair] = max(units.get(pair, 0) - line.units, 0)
    return replace(warm, units=units)


def _by_the_loop(problem: AllocationProblem) -> OptimalPlan:
    plan = plan_by_priority(problem)
    return OptimalPlan(
        plan=plan,
        worth_minor=plan_worth_minor(problem, plan),
        bound_minor=None,
        prices=Prices(),
        is_complete=False,
    )


def _put(standing: Standing, pairs: OpenPairs, found: Dive) -> None:
    packs = np.array(found.filling.packs, dtype=np.int64)
    for pair in np.flatnonzero(packs).tolist():
        store = pairs.stores[pairs.store_places[pair]]
        lot = pairs.lots[pairs.lot_places[pair]]
        standing.give(store, lot, units=int(packs[pair]) * lot.case_pack_units)
