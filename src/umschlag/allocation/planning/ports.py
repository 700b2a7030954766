"""What planning needs from outside."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Protocol

from umschlag.allocation.pallets.model import CartPallets
from umschlag.allocation.planning.evaluation import Evaluation
from umschlag.allocation.planning.model import (
    AllocationLine,
    AllocationPlan,
    AllocationProblem,
    LineReason,
    MutualProposal,
    Refusal,
)
from umschlag.allocation.planning.optimal_plan import WarmStart
from umschlag.kernel.identifiers import StoreId


class PlanningStage(StrEnum):
    """What the planner is at, in this order."""

    READING = "reading"
    SEARCHING = "searching"
    COMPARING = "comparing"
    EXPLAINING = "explaining"
    KEEPING = "keeping"


class Watcher(Protocol):
    """Whoever waits for a plan."""

    def at(self, stage: PlanningStage) -> None:
        """Take the news; must return at once and never raise."""
        ...

    def wants_end(self) -> bool:
        """Tell whether the search shall end with the best that there is by now."""
        ...


class ProposalRecords(Protocol):
    """Reads today's question and keeps a proposal; takes nothing from stock or balances."""

    def problem(self) -> AllocationProblem:
        """Return the question as the records put it now."""
        ...

    def warm_start(self) -> WarmStart | None:
        """Return the plan of nearly the same question, where there is one to start from."""
        ...

    def keep(
        self,
        plan: AllocationPlan,
        *,
        evaluation: Evaluation,
        reasons: Sequence[LineReason],
        refusals: Sequence[Refusal],
        mutual: Sequence[MutualProposal],
    ) -> int:
        """Write the run with its carts, lines and refusals; return its number."""
        ...


class ConfirmationRecords(Protocol):
    """One proposed run, with everything it touches locked until the transaction ends."""

    def locked_problem(self) -> AllocationProblem:
        """Return the question as the locked rows put it, for the run's stores and ASINs."""
        ...

    def plan(self) -> AllocationPlan:
        """Return the run's lines as they were proposed."""
        ...

    def take(self, lines: Sequence[AllocationLine], pallets: Mapping[StoreId, CartPallets]) -> None:
        """Hold balances, reduce stock, serve preorders, keep pallets; mark the run confirmed."""
        ...
