"""What giving a unit to a store is taken to be worth, and what a whole plan comes to."""

from dataclasses import dataclass

from umschlag.allocation.catalog.model import Lot
from umschlag.allocation.planning.fairness import bonus_steps, earned_bonus_minor
from umschlag.allocation.planning.model import AllocationLine, AllocationPlan, AllocationProblem
from umschlag.kernel.identifiers import ClientId, Marketplace

_DAYS_A_YEAR = 365
_AGE_DAYS_MAX = 730
"""Beyond two years more age says nothing more: no lot should outweigh all others for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitWorth:
    """Of what the worth of a unit is made, in minor units; parts of a cent are kept."""

    margin_minor: float
    aged_minor: float
    unsold_minor: float
    freight_minor: float
    is_margin_assumed: bool

    @property
    def total_minor(self) -> float:
        """What the planner counts for the unit; at 0 or less it is given to nobody."""
        return self.margin_minor + self.aged_minor + self.unsold_minor - self.freight_minor


def unit_worth(problem: AllocationProblem, lot: Lot, marketplace: Marketplace) -> UnitWorth:
    """Return what a unit of the lot is worth in a store of the marketplace.

    Its margin, as intelligence publishes it or else as the terms assume it; what its
    age counts for; what was expected to lie unsold anyway, by its share in what is left; less
    the freight for the share of a pallet that it takes, by volume or by weight, the larger.
    """
    terms = problem.worth
    assumed_minor = lot.unit_cost_minor * terms.assumed_margin_share
    age_years = min(lot.stock_age_days, _AGE_DAYS_MAX) / _DAYS_A_YEAR
    aged_share = terms.aged_share_a_year * age_years
    if lot.stock_age_days > terms.aged_from_days:
        aged_share += terms.aged_share
    unsold_minor = lot.expected_unsold_minor / max(lot.remaining_units, 1)
    return UnitWorth(
        margin_minor=assumed_minor if lot.unit_margin_minor is None else lot.unit_margin_minor,
        aged_minor=lot.unit_cost_minor * aged_share,
        unsold_minor=min(unsold_minor, lot.unit_cost_minor) * terms.unsold_share,
        freight_minor=_unit_freight_minor(problem, lot, marketplace),
        is_margin_assumed=lot.unit_margin_minor is None,
    )


def plan_worth_minor(problem: AllocationProblem, plan: AllocationPlan) -> float:
    """Return what the planner counts for a plan: its units' worth and the bonus for fairness."""
    units = sum(line_worth_minor(problem, line) for line in plan.lines)
    return units + sum(
        earned_bonus_minor(bonus_steps(problem.clients[client_id], problem.policy), used)
        for client_id, used in used_minor(problem, plan).items()
    )


def line_worth_minor(problem: AllocationProblem, line: AllocationLine) -> float:
    """Return what the planner counts for the units of a line."""
    marketplace = problem.stores[line.store_id].marketplace
    return line.units * unit_worth(problem, problem.lots[line.asin], marketplace).total_minor


def used_minor(problem: AllocationProblem, plan: AllocationPlan) -> dict[ClientId, int]:
    """Return what the plan asks of every client's balance, also of those who are given nothing."""
    used = dict.fromkeys(problem.clients, 0)
    for line in plan.lines:
        used[problem.stores[line.store_id].client_id] += line.total_minor
    return used


def _unit_freight_minor(problem: AllocationProblem, lot: Lot, marketplace: Marketplace) -> float:
    capacity = problem.pallet_capacities.get(marketplace)
    if capacity is None or not lot.has_measures:
        return 0.0
    share = max(lot.volume_mm3 / capacity.volume_mm3, (lot.weight_g or 0) / capacity.weight_g)
    return problem.worth.pallet_freight_minor * share / problem.worth.pallet_fill
