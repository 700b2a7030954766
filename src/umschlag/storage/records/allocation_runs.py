"""Allocation runs in the records, kept as proposals."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from umschlag.allocation.planning.evaluation import Evaluation
from umschlag.allocation.planning.model import (
    AllocationPlan,
    AllocationProblem,
    LineReason,
    MutualProposal,
    Refusal,
)
from umschlag.allocation.planning.optimal_plan import WarmStart
from umschlag.intelligence.published import MovementFacts
from umschlag.kernel.identifiers import Asin, StoreId
from umschlag.storage.records.allocation import (
    PlanningTerms,
    ProblemRows,
    problem_of,
    rows_for_planning,
)
from umschlag.storage.records.locking import in_one_transaction
from umschlag.storage.records.models import (
    AllocationRun,
    Cart,
    CartLine,
    MutualStoreProposal,
    RunRefusal,
    Store,
)
from umschlag.storage.records.reasons import (
    LINE_CODE,
    PLANNED_SHIPPING,
    line_values,
    mutual_values,
    refusal_values,
)
from umschlag.storage.records.run_figures import keep_shares, stored_figures
from umschlag.storage.records.run_lines import receiving_store_ids
from umschlag.storage.records.run_pins import copy_pins, lock_with_pins, pins_of
from umschlag.storage.records.run_prices import stored_prices, warm_start_of
from umschlag.storage.records.run_states import discard_run

_BATCH = 500
"""Rows a statement: below SQLite's limit of bound values for our widest row."""


@dataclass(slots=True, kw_only=True)
class ProposedRuns:
    """Keeps proposals; the planner's `ProposalRecords`."""

    terms: PlanningTerms
    facts: Mapping[Asin, MovementFacts]
    made_by_id: int | None = None
    only_store_id: int | None = None
    based_on_id: int | None = None
    """The proposal whose place this one takes; the lines set in it by hand are kept."""
    before_keeping: Callable[[], None] | None = None
    """Called once the search is over: begins the transaction that the run is a part of."""
    _rows: ProblemRows | None = None
    _pins: Mapping[tuple[StoreId, Asin], int] = field(default_factory=dict)
    """What was set by hand in that proposal when the question was read."""

    def problem(self) -> AllocationProblem:
        """Return today's question: all own stores, or the one asked for, whatever its kind."""
        return in_one_transaction(self._problem)

    def _problem(self) -> AllocationProblem:
        self._rows = rows_for_planning(self.only_store_id)
        self._pins = pins_of(self.based_on_id) if self.based_on_id else {}
        return problem_of(
            self._rows,
            self.terms,
            receiving_store_ids=receiving_store_ids(self._rows, self.only_store_id),
            facts=self.facts,
            pins=self._pins,
        )

    def warm_start(self) -> WarmStart | None:
        """Return the run that this one is planned again from, where it kept its prices."""
        return warm_start_of(self.based_on_id) if self.based_on_id else None

    def keep(
        self,
        plan: AllocationPlan,
        *,
        evaluation: Evaluation,
        reasons: Sequence[LineReason],
        refusals: Sequence[Refusal],
        mutual: Sequence[MutualProposal],
    ) -> int:
        """Write the run in a handful of statements, all of it or nothing.

        The proposal that it was planned again from is put aside with it, so that there are never
        two that could both be confirmed.

        Raises:
            RunUnknown, RunAlreadyDecided: that proposal was decided on meanwhile.
            LinesSetMeanwhile: lines of it were set by hand meanwhile.
        """
        if self.before_keeping is not None:
            self.before_keeping()
        return in_one_transaction(
            lambda: self._in_its_place(
                lambda: self._keep(plan, evaluation, reasons, refusals, mutual)
            )
        )

    def _in_its_place(self, keep: Callable[[], int]) -> int:
        if self.based_on_id is None:
            return keep()
        lock_with_pins(self.based_on_id, self._pins)
        run_id = keep()
        discard_run(self.based_on_id)
        return run_id

    def _keep(  # noqa: PLR0917 - what a proposal is kept with
        self,
        plan: AllocationPlan,
        evaluation: Evaluation,
        reasons: Sequence[LineReason],
        refusals: Sequence[Refusal],
        mutual: Sequence[MutualProposal],
    ) -> int:
        rows = self._rows or rows_for_planning(self.only_store_id)
        run = AllocationRun.objects.create(
            made_at=self.terms.now_at,
            made_by_id=self.made_by_id,
            method=plan.method,
            only_store_id=self.only_store_id,
            based_on_id=self.based_on_id,
            policy=self.terms.policy,
            worth_minor=evaluation.figures.worth_minor,
            bound_minor=evaluation.bound_minor,
            figures=stored_figures(evaluation),
            prices=stored_prices(evaluation),
        )
        keep_shares(run, evaluation)
        copy_pins(self.based_on_id, run)
        asin_keys = {Asin(row.asin): row.pk for row in rows.asins}
        carts = self._keep_carts(run, plan, {store.pk: store for store in rows.stores})
        why = {
            (reason.store_id, reason.asin): line_values(reason, self.terms.currency)
            for reason in reasons
        }
        CartLine.objects.bulk_create(
            (
                CartLine(
                    cart=carts[line.store_id],
                    asin_id=asin_keys[line.asin],
                    units=line.units,
                    unit_cost_minor=line.unit_cost_minor,
                    unit_shipping_minor=line.unit_shipping_minor,
                    preorder_units=line.preorder_units,
                    reason_code=LINE_CODE,
                    # Confirming lowers the price in its column; this keeps what was proposed.
                    reason_values=why[line.store_id, line.asin]
                    | {PLANNED_SHIPPING: line.unit_shipping_minor},
                )
                for line in plan.lines
            ),
            batch_size=_BATCH,
        )
        self._keep_refusals(run, refusals, asin_keys)
        self._keep_mutual(run, mutual, {store.pk: store.name for store in rows.stores})
        return run.pk

    def _keep_carts(
        self, run: AllocationRun, plan: AllocationPlan, stores: Mapping[int, Store]
    ) -> dict[int, Cart]:
        new = []
        for store_id in dict.fromkeys(line.store_id for line in plan.lines):
            lines = plan.lines_of(store_id)
            new.append(
                Cart(
                    run=run,
                    client_id=stores[store_id].client_id,
                    store_id=store_id,
                    units=sum(line.units for line in lines),
                    goods_minor=sum(line.goods_minor for line in lines),
                    shipping_minor=sum(line.shipping_minor for line in lines),
                    currency=self.terms.currency,
                )
            )
        Cart.objects.bulk_create(new, batch_size=_BATCH)
        return {cart.store_id: cart for cart in Cart.objects.filter(run=run)}

    def _keep_refusals(
        self, run: AllocationRun, refusals: Sequence[Refusal], asin_keys: Mapping[Asin, int]
    ) -> None:
        RunRefusal.objects.bulk_create(
            (
                RunRefusal(
                    run=run,
                    client_id=refusal.client_id,
                    store_id=refusal.store_id,
                    asin_id=asin_keys[refusal.asins[0]] if len(refusal.asins) == 1 else None,
                    reason_code=refusal.code,
                    reason_values=refusal_values(refusal, self.terms.currency),
                    missing_minor=refusal.missing_minor,
                )
                for refusal in refusals
            ),
            batch_size=_BATCH,
        )

    def _keep_mutual(
        self,
        run: AllocationRun,
        mutual: Sequence[MutualProposal],
        store_names: Mapping[int, str],
    ) -> None:
        MutualStoreProposal.objects.bulk_create(
            (
                MutualStoreProposal(
                    run=run,
                    client_id=proposal.client_id,
                    own_store_id=proposal.store_id,
                    mutual_store_id=proposal.mutual_store_id,
                    missing_minor=proposal.missing_minor,
                    units=proposal.units,
                    reason_code=proposal.cause,
                    reason_values=mutual_values(proposal, self.terms.currency, store_names),
                )
                for proposal in mutual
            ),
            batch_size=_BATCH,
        )
