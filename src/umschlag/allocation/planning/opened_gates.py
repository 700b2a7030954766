"""What stores could be given beside a plan, were some gates open that are closed.

The answer is a floor and no forecast of the next plan. The goods told fit on top of the plan as it
stands: stock, caps, balances and every other rule hold for both together, and the planner would
give each of them, so a plan that is worth that much more exists and the bound of the best one lies
no lower. A planner that moves other lines as well may do better.
"""

from collections import ChainMap
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import cast

from umschlag.allocation.catalog.model import Lot
from umschlag.allocation.planning.model import (
    AllocationLine,
    AllocationPlan,
    AllocationProblem,
)
from umschlag.allocation.planning.standing import Standing
from umschlag.allocation.planning.valuation import unit_worth
from umschlag.allocation.stores.model import StoreAccount
from umschlag.allocation.ungating.model import GateAnswer, is_gated
from umschlag.kernel.identifiers import Asin, Marketplace, StoreId

Gate = tuple[StoreId, Asin]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedLine:
    """Units that a store could be given behind one gate, in the lot's currency."""

    store_id: StoreId
    asin: Asin
    units: int
    cost_minor: int
    """Asked of the client's balance: goods, and shipping at its highest price."""
    value_minor: int
    """What the units earn after cost and freight, cut to whole minor units."""
    is_assumed: bool
    """Nobody told what a unit earns: the assumed share of its cost stands in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedGates:
    """What several gates opened together are worth beside a plan."""

    lines: tuple[OpenedLine, ...]

    @property
    def units(self) -> int:
        """Units of all lines."""
        return sum(line.units for line in self.lines)

    @property
    def cost_minor(self) -> int:
        """What the clients' balances are asked for."""
        return sum(line.cost_minor for line in self.lines)

    @property
    def value_minor(self) -> int:
        """What all units earn after cost and freight."""
        return sum(line.value_minor for line in self.lines)


def unit_money_minor(
    problem: AllocationProblem, lot: Lot, marketplace: Marketplace
) -> tuple[float, bool]:
    """Return what a unit earns after freight, and whether its margin is assumed.

    0 where the planner would give it to nobody: what only its age speaks for is no money earned.
    """
    worth = unit_worth(problem, lot, marketplace)
    if worth.total_minor <= 0:
        return 0.0, worth.is_margin_assumed
    return max(worth.margin_minor - worth.freight_minor, 0.0), worth.is_margin_assumed


def opened_gates(
    problem: AllocationProblem, plan: AllocationPlan, gates: Collection[Gate]
) -> OpenedGates:
    """Return what could be given behind these gates on top of the plan, were they open.

    What earns most for the balance it takes comes first. Afterwards not one case pack more that
    earns anything fits behind any of them. Gates that are open already add nothing.
    """
    asked = with_open_gates(problem, gates)
    standing = Standing(asked, plan.lines)
    found = []
    for store, lot in _in_turn(problem, gates):
        line = _line(standing, store, lot)
        if line is not None:
            found.append(line)
    return OpenedGates(lines=tuple(found))


def with_open_gates(problem: AllocationProblem, gates: Collection[Gate]) -> AllocationProblem:
    """Return the same question with these gates open."""
    opened = dict.fromkeys(gates, GateAnswer.YES)
    # Looked through and not copied: there may be hundreds of thousands of gates.
    return replace(problem, gates=ChainMap(opened, cast("dict[Gate, GateAnswer]", problem.gates)))


def _in_turn(problem: AllocationProblem, gates: Collection[Gate]) -> list[tuple[StoreAccount, Lot]]:
    receiving = set(problem.receiving_store_ids)
    closed = [
        (problem.stores[store_id], problem.lots[asin])
        for store_id, asin in set(gates)
        if store_id in receiving and asin in problem.lots and is_gated(problem.gate(store_id, asin))
    ]
    return sorted(
        closed,
        key=lambda pair: (-_return(problem, *pair), pair[0].store_id, pair[1].asin),
    )


def _return(problem: AllocationProblem, store: StoreAccount, lot: Lot) -> float:
    shipping_minor = lot.shipping.max_minor if lot.shipping else 0
    money_minor, _is_assumed = unit_money_minor(problem, lot, store.marketplace)
    return money_minor / max(lot.unit_cost_minor + shipping_minor, 1)


def _line(standing: Standing, store: StoreAccount, lot: Lot) -> OpenedLine | None:
    money_minor, is_assumed = unit_money_minor(standing.problem, lot, store.marketplace)
    if money_minor <= 0 or lot.shipping is None or standing.is_barred(store, lot):
        return None
    units = standing.affordable_units(store, lot)
    if units <= 0:
        return None
    line = AllocationLine(
        store_id=store.store_id,
        asin=lot.asin,
        units=units,
        unit_cost_minor=lot.unit_cost_minor,
        unit_shipping_minor=lot.shipping.max_minor,
    )
    standing.put(line)
    return OpenedLine(
        store_id=store.store_id,
        asin=lot.asin,
        units=units,
        cost_minor=line.total_minor,
        value_minor=int(units * money_minor),
        is_assumed=is_assumed,
    )
