"""A plan in figures: what it earns, beside the sorted loop's, and how the clients come off."""

from dataclasses import dataclass

from umschlag.allocation.planning.fairness import ClientShare, jain_index
from umschlag.allocation.planning.model import AllocationPlan, AllocationProblem
from umschlag.allocation.planning.optimal_plan import OptimalPlan
from umschlag.allocation.planning.prices import Prices
from umschlag.allocation.planning.relaxation import gap_below
from umschlag.allocation.planning.valuation import plan_worth_minor, unit_worth, used_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFigures:
    """What a plan comes to, in minor units and units."""

    worth_minor: int
    """What the planner counts: margin, age and fairness, less freight."""
    margin_minor: int
    """What the goods earn, before freight."""
    freight_minor: int
    """By the share of a pallet that each unit takes."""
    aged_minor: int
    """Cost of the aged stock that leaves."""
    units: int
    preorder_units: int
    assumed_margin_units: int
    """Units whose margin nobody published, so that the terms assumed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """How good a plan is: against what is possible, against the loop, and for each client."""

    figures: PlanFigures
    loop_figures: PlanFigures
    bound_minor: int | None
    """No plan can be worth more; None where the solver had no time to prove anything."""
    prices: Prices
    shares: tuple[ClientShare, ...]
    """Of every client that has an active store and money, or is given something."""
    is_complete: bool

    @property
    def gap_share(self) -> float | None:
        """How far the plan can be from the best at most; None where nothing was proven."""
        if self.bound_minor is None:
            return None
        return gap_below(self.bound_minor, self.figures.worth_minor)

    @property
    def jain_run(self) -> float:
        """How even the shares of balances are that this run uses: 1 is even."""
        return jain_index(share.run_share for share in self.shares)

    @property
    def jain_window(self) -> float:
        """The same over the rolling window."""
        return jain_index(share.window_share for share in self.shares)


def evaluation(problem: AllocationProblem, found: OptimalPlan, loop: AllocationPlan) -> Evaluation:
    """Return the figures of a plan beside those of the loop on the same question."""
    return Evaluation(
        figures=plan_figures(problem, found.plan),
        loop_figures=plan_figures(problem, loop),
        bound_minor=None if found.bound_minor is None else round(found.bound_minor),
        prices=found.prices,
        shares=client_shares(problem, found.plan),
        is_complete=found.is_complete,
    )


def plan_figures(problem: AllocationProblem, plan: AllocationPlan) -> PlanFigures:
    """Return what the plan comes to."""
    margin_minor = freight_minor = 0.0
    aged_minor = assumed_units = 0
    for line in plan.lines:
        lot = problem.lots[line.asin]
        worth = unit_worth(problem, lot, problem.stores[line.store_id].marketplace)
        margin_minor += line.units * worth.margin_minor
        freight_minor += line.units * worth.freight_minor
        assumed_units += line.units * worth.is_margin_assumed
        if lot.stock_age_days > problem.worth.aged_from_days:
            aged_minor += line.units * lot.unit_cost_minor
    return PlanFigures(
        worth_minor=round(plan_worth_minor(problem, plan)),
        margin_minor=round(margin_minor),
        freight_minor=round(freight_minor),
        aged_minor=aged_minor,
        units=sum(line.units for line in plan.lines),
        preorder_units=sum(line.preorder_units for line in plan.lines),
        assumed_margin_units=assumed_units,
    )


def client_shares(problem: AllocationProblem, plan: AllocationPlan) -> tuple[ClientShare, ...]:
    """Return what every client that could be given something was given of its means."""
    used = used_minor(problem, plan)
    taking_part = {
        problem.stores[store_id].client_id
        for store_id in problem.receiving_store_ids
        if problem.stores[store_id].is_active
    }
    shares = []
    for client_id, client in sorted(problem.clients.items()):
        last = client.last_pallet_date
        if used[client_id] or (client_id in taking_part and client.available_minor > 0):
            shares.append(
                ClientShare(
                    client=client,
                    given_minor=used[client_id],
                    waited_days=(problem.as_of_date - last).days if last else None,
                )
            )
    return tuple(shares)
