"""What a person can ask of the planner: propose a plan, and confirm it."""

from dataclasses import replace

from umschlag.allocation.pallets.limits import DESTINATION_LIMITS
from umschlag.allocation.pallets.model import CartPallets, Goods
from umschlag.allocation.pallets.usecases import pallets_for
from umschlag.allocation.planning.evaluation import evaluation
from umschlag.allocation.planning.explanation import line_reasons, refusals
from umschlag.allocation.planning.model import AllocationLine, AllocationPlan, AllocationProblem
from umschlag.allocation.planning.mutual_store import mutual_proposals
from umschlag.allocation.planning.optimal_plan import OptimalPlan, WarmStart, plan_optimally
from umschlag.allocation.planning.optimiser import Stop
from umschlag.allocation.planning.ports import (
    ConfirmationRecords,
    PlanningStage,
    ProposalRecords,
    Watcher,
)
from umschlag.allocation.planning.priority_loop import plan_by_priority
from umschlag.allocation.planning.small_carts import (
    optimal_without_small_carts,
    plan_without_small_carts,
)
from umschlag.allocation.planning.violations import Violation, violations
from umschlag.kernel.errors import Refused
from umschlag.kernel.identifiers import StoreId


class PlanBreaksRules(Refused):
    """The plan breaks rules on the records as they are now; nothing was changed.

    `broken` says which, and by how much.
    """

    def __init__(self, broken: tuple[Violation, ...], message: str = "") -> None:
        listed = "; ".join(_sentence(violation) for violation in broken[:5])
        more = f"; and {len(broken) - 5} more" if len(broken) > 5 else ""
        super().__init__(
            message
            or f"the plan does not hold any more ({listed}{more}). Nothing was changed: "
            "discard it and plan again"
        )
        self.broken = broken


class Unwatched:
    """Nobody waits: the planner goes on to its end."""

    def at(self, stage: PlanningStage) -> None:
        """Drop the news."""

    def wants_end(self) -> bool:
        """Let it go on."""
        return False


def propose_plan(
    records: ProposalRecords, *, for_one_store: bool, watcher: Watcher | None = None
) -> int:
    """Plan, explain and keep a proposal; return its run's number. Nothing is taken yet.

    A person who asks for one store gets its cart however small, and hears of every ASIN. A run
    for all makes no carts that are not worth a pallet, and gathers refusals by store and reason.
    The watcher may end the search with the best that there is by then.

    Raises:
        PlanBreaksRules: the planner broke a rule, which is its mistake and never the asker's.
    """
    watching = watcher or Unwatched()
    watching.at(PlanningStage.READING)
    asked, warm = records.problem(), records.warm_start()
    watching.at(PlanningStage.SEARCHING)
    problem, found = _searched(asked, warm, watching.wants_end, for_one_store=for_one_store)
    check_plan(problem, found.plan)
    watching.at(PlanningStage.COMPARING)
    loop = plan_by_priority(asked) if for_one_store else plan_without_small_carts(asked)[1]
    figures = evaluation(problem, found, loop)
    watching.at(PlanningStage.EXPLAINING)
    reasons = line_reasons(problem, found.plan)
    refused = refusals(problem, found.plan, by_asin=for_one_store)
    mutual = mutual_proposals(problem, found.plan)
    watching.at(PlanningStage.KEEPING)
    return records.keep(
        found.plan, evaluation=figures, reasons=reasons, refusals=refused, mutual=mutual
    )


def _searched(
    asked: AllocationProblem, warm: WarmStart | None, stop: Stop, *, for_one_store: bool
) -> tuple[AllocationProblem, OptimalPlan]:
    if for_one_store:
        return asked, plan_optimally(asked, stop=stop, warm=warm)
    return optimal_without_small_carts(asked, stop=stop, warm=warm)


def confirm_plan(records: ConfirmationRecords, *, pallet_freight_minor: int) -> None:
    """Check a proposed plan against the locked records, build its pallets and take what it says.

    The shipping prices, so far the highest possible, become the real ones.

    Raises:
        PlanBreaksRules: the records have changed so that the plan breaks a rule.
        PalletsUnsound: the pallets do not pass the checker.
    """
    problem = records.locked_problem()
    plan = records.plan()
    check_plan(problem, plan)
    pallets = {
        store_id: _pallets_of(problem, plan, store_id, pallet_freight_minor)
        for store_id in dict.fromkeys(line.store_id for line in plan.lines)
    }
    lines = tuple(
        replace(
            line,
            unit_shipping_minor=pallets[line.store_id].share.unit_shipping_minor[line.asin],
        )
        for line in plan.lines
    )
    check_plan(problem, replace(plan, lines=lines))
    records.take(lines, pallets)


def _pallets_of(
    problem: AllocationProblem, plan: AllocationPlan, store_id: StoreId, freight_minor: int
) -> CartPallets:
    return pallets_for(
        [_goods(problem, line) for line in plan.lines_of(store_id)],
        DESTINATION_LIMITS[problem.stores[store_id].marketplace],
        pallet_freight_minor=freight_minor,
    )


def _goods(problem: AllocationProblem, line: AllocationLine) -> Goods:
    lot = problem.lots[line.asin]
    if lot.dimensions is None or lot.weight_g is None or lot.shipping is None:
        raise Refused(f"{line.asin} has no measures or no shipping price", field="asin")
    return Goods(
        asin=line.asin,
        units=line.units,
        unit_dimensions=lot.dimensions,
        unit_weight_g=lot.weight_g,
        shipping=lot.shipping,
        case_pack_units=lot.case_pack_units,
    )


def check_plan(problem: AllocationProblem, plan: AllocationPlan) -> None:
    """Refuse a plan that breaks a rule.

    Raises:
        PlanBreaksRules: it does; which, and by how much, stands in the error.
    """
    broken = violations(problem, plan)
    if broken:
        raise PlanBreaksRules(broken)


def _sentence(violation: Violation) -> str:
    places = {
        "store": violation.store_id,
        "client": violation.client_id,
        "ASIN": violation.asin,
    }
    where = ", ".join(f"{name} {value}" for name, value in places.items() if value is not None)
    by = f" by {violation.excess}" if violation.excess else ""
    return f"{violation.code.replace('_', ' ')}{by}: {where}"
