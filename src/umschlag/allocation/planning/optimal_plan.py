"""The plan that is worth most, how near it is to what is possible, and what one more would bring.

In the stated order: lines set by hand stay; arrived preorders are served; then whatever is worth
most, with the manager's policy for fairness. Cost: a linear program over the open pairs, solved
a few times; figures in benchmarks/README.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from umschlag.allocation.planning.dive import Dive, dive
from umschlag.allocation.planning.exact_preorders import serve_preorders_exactly
from umschlag.allocation.planning.fairness import bonus_steps
from umschlag.allocation.planning.model import AllocationLine, AllocationPlan, AllocationProblem
from umschlag.allocation.planning.open_pairs import OpenPairs, open_pairs
from umschlag.allocation.planning.optimiser import SolverFailed, Stop, Stopped
from umschlag.allocation.planning.priority_loop import plan_by_priority
from umschlag.allocation.planning.promised_goods import put_pins
from umschlag.allocation.planning.standing import Standing
from umschlag.allocation.planning.valuation import plan_worth_minor, used_minor
from umschlag.kernel.identifiers import Asin, ClientId, StoreId

METHOD = "optimal"
OWN_CARTS_MAX = 60
"""Clients whose carts are solved again in whole packs, those with most money left first. Each
takes some 70 ms, and the later ones gain little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What one more of a scarce thing would add to the plan's worth, by the linear program.

    Exact for a small change; nothing where there was enough of it.
    """

    balance: Mapping[ClientId, float]
    """Minor units of worth for one more minor unit of balance."""
    stock: Mapping[Asin, float]
    """Minor units of worth for one more unit in stock."""
    store_cap: Mapping[StoreId, float]
    """Minor units of worth for one more unit that the store may take."""


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
        if self.bound_minor is None:
            return None
        if self.bound_minor <= 0:
            return 0.0
        return max(1.0 - self.worth_minor / self.bound_minor, 0.0)


def never() -> bool:
    """Tell the planner to go on to its end."""
    return False


def plan_optimally(
    problem: AllocationProblem, *, stop: Stop = never, own_carts_max: int = OWN_CARTS_MAX
) -> OptimalPlan:
    """Return the plan of most worth that was found, and the bound that says how good it is.

    There is always a plan: where `stop` comes before the first answer of the solver, or the
    solver fails, it is the priority loop's.
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
        found = dive(pairs, steps, stop, own_carts_max=own_carts_max) if len(pairs) else None
    except (Stopped, SolverFailed):
        return _by_the_loop(problem)
    if found is not None:
        _put(standing, pairs, found)
    plan = AllocationPlan(lines=tuple(standing.lines.values()), method=METHOD)
    return OptimalPlan(
        plan=plan,
        worth_minor=plan_worth_minor(problem, plan),
        bound_minor=promised_worth_minor + (found.bound_minor if found else 0.0),
        prices=_prices(pairs, found) if found else _no_prices(),
        is_complete=found.is_complete if found else True,
    )


def _by_the_loop(problem: AllocationProblem) -> OptimalPlan:
    plan = plan_by_priority(problem)
    return OptimalPlan(
        plan=plan,
        worth_minor=plan_worth_minor(problem, plan),
        bound_minor=None,
        prices=_no_prices(),
        is_complete=False,
    )


def _put(standing: Standing, pairs: OpenPairs, found: Dive) -> None:
    packs = np.array(found.filling.packs, dtype=np.int64)
    for pair in np.flatnonzero(packs).tolist():
        store = pairs.stores[pairs.store_places[pair]]
        lot = pairs.lots[pairs.lot_places[pair]]
        before = standing.lines.get((store.store_id, lot.asin))
        standing.put(
            AllocationLine(
                store_id=store.store_id,
                asin=lot.asin,
                units=int(packs[pair]) * lot.case_pack_units + (before.units if before else 0),
                unit_cost_minor=lot.unit_cost_minor,
                unit_shipping_minor=lot.shipping.max_minor if lot.shipping else 0,
                preorder_units=before.preorder_units if before else 0,
                preorder_due_minor=before.preorder_due_minor if before else 0,
            )
        )


def _prices(pairs: OpenPairs, found: Dive) -> Prices:
    places, prices = found.places, found.prices
    stock = prices[: places.balance] / pairs.pack_units
    balance = prices[places.balance : places.cap]
    caps = prices[places.cap : places.slot]
    return Prices(
        stock={lot.asin: float(p) for lot, p in zip(pairs.lots, stock, strict=True) if p > 0},
        balance={
            client_id: float(p)
            for client_id, p in zip(pairs.client_ids, balance, strict=True)
            if p > 0
        },
        store_cap={
            pairs.stores[place].store_id: float(p)
            for place, p in zip(places.capped, caps, strict=True)
            if p > 0
        },
    )


def _no_prices() -> Prices:
    return Prices(balance={}, stock={}, store_cap={})
