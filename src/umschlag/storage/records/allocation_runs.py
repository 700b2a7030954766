"""Allocation runs in the records: kept as proposals, locked and taken when confirmed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from umschlag.allocation.balances.bookings import Purse
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
from umschlag.allocation.planning.pallet_shares import PalletShare, pallet_shares
from umschlag.allocation.preorders.model import PreorderClaim, ServedClaim
from umschlag.allocation.preorders.rules import claims_after, claims_on, served_claims
from umschlag.intelligence.published import MovementFacts
from umschlag.kernel.identifiers import Asin, ClientId, StoreId
from umschlag.storage.records.allocation import (
    PlanningTerms,
    ProblemRows,
    arrived_preorders,
    problem_of,
    rows_for_planning,
)
from umschlag.storage.records.ledger import book
from umschlag.storage.records.loaded_pallets import keep_pallets, keep_servings
from umschlag.storage.records.locking import in_one_transaction, locked, whole
from umschlag.storage.records.models import (
    AllocationRun,
    Cart,
    CartLine,
    CatalogAsin,
    Client,
    MutualStoreProposal,
    Preorder,
    PreorderStatus,
    RunPin,
    RunRefusal,
    RunState,
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
from umschlag.storage.records.run_lines import lines_of_run, receiving_store_ids
from umschlag.storage.records.run_pins import copy_pins, lock_with_pins, pins_of
from umschlag.storage.records.run_prices import stored_prices, warm_start_of
from umschlag.storage.records.run_states import discard_run, lock_proposed_run

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

    @whole
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
        if self.based_on_id is None:
            return self._keep(plan, evaluation, reasons, refusals, mutual)
        lock_with_pins(self.based_on_id, self._pins)
        run_id = self._keep(plan, evaluation, reasons, refusals, mutual)
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


class LockedRun:
    """One proposed run with everything it touches locked; the planner's `ConfirmationRecords`.

    Everyone locks in the same order: run, clients, ASINs, stores, preorders, each by number. So
    two confirmations wait for each other and never deadlock. SQLite has no row locks: there the
    transaction, which begins as a writer, is the lock.
    """

    def __init__(self, run_id: int, terms: PlanningTerms, *, by: str = "") -> None:
        """Lock the rows; must be called inside a transaction. `by` is who confirms.

        Raises:
            RunUnknown: there is no such run.
            RunAlreadyDecided: it was confirmed or discarded before.
        """
        self.run = run = lock_proposed_run(run_id)
        self.terms = terms
        self.by = by
        self.carts = {cart.store_id: cart for cart in Cart.objects.filter(run=run)}
        self.cart_lines = list(
            CartLine.objects.filter(cart__run=run).order_by("cart_id", "asin_id")
        )
        client_ids = {cart.client_id for cart in self.carts.values()}
        # What was set by hand and has no line is looked at too, or nobody would miss it.
        pinned = list(RunPin.objects.filter(run=run, units__gt=0))
        asin_ids = {line.asin_id for line in self.cart_lines} | {pin.asin_id for pin in pinned}
        store_ids = self.carts.keys() | {pin.store_id for pin in pinned}
        # The balance is a sum of entries: whoever changes it locks the client's row first.
        clients = locked(Client.objects.filter(pk__in=client_ids).order_by("pk"))
        self.clients = {row.pk: row for row in clients}
        asins = locked(CatalogAsin.objects.filter(pk__in=asin_ids).order_by("pk"))
        self.asins = {row.pk: row for row in asins}
        stores = locked(Store.objects.filter(pk__in=store_ids).order_by("pk"))
        preorders = locked(arrived_preorders())
        self.preorders = list(preorders.filter(client_id__in=client_ids, asin_id__in=asin_ids))
        self.rows = ProblemRows(
            clients=list(self.clients.values()),
            stores=list(stores),
            asins=list(self.asins.values()),
            preorders=self.preorders,
        )
        self.asin_keys = {Asin(row.asin): row.pk for row in self.asins.values()}
        # The check needs no facts, because they order lots and forbid nothing.
        self._problem = problem_of(
            self.rows,
            terms,
            receiving_store_ids=sorted(store_ids),
            facts={},
            pins=pins_of(run.pk),
        )

    def locked_problem(self) -> AllocationProblem:
        """Return the question as the locked rows put it."""
        return self._problem

    def plan(self) -> AllocationPlan:
        """Return the run's lines; what falls due for preorders is worked out anew."""
        return lines_of_run(self.run, self._problem)

    def take(self, lines: Sequence[AllocationLine], pallets: Mapping[StoreId, CartPallets]) -> None:
        """Hold balances, reduce stock, serve preorders, keep pallets; mark the run confirmed."""
        self._charge(lines)
        self._take_stock(lines)
        before = {row.pk: row.status for row in self.preorders}
        served = self._serve_preorders(lines)
        shares: dict[int, PalletShare] = {}
        for store_id, cart_pallets in pallets.items():
            own = [line for line in lines if line.store_id == store_id]
            shares |= self._keep_pallets(own, served, store_id, cart_pallets)
        keep_servings(shares, status_before=before)
        self.run.state = RunState.CONFIRMED
        self.run.confirmed_at = self.terms.now_at
        self.run.save(update_fields=["state", "confirmed_at"])

    def _keep_pallets(
        self,
        lines: Sequence[AllocationLine],
        served: Mapping[tuple[StoreId, Asin], Sequence[ServedClaim]],
        store_id: StoreId,
        pallets: CartPallets,
    ) -> dict[int, PalletShare]:
        # The cart carries the locked store along: nobody suspends it before we are done.
        cart = self.carts[store_id]
        cart.store = next(row for row in self.rows.stores if row.pk == store_id)
        own = {line.asin: served.get((store_id, line.asin), ()) for line in lines}
        return keep_pallets(
            cart,
            pallets,
            pallet_shares(lines, own, pallets.loads),
            asin_keys=self.asin_keys,
            built_at=self.terms.now_at,
        )

    def _charge(self, lines: Sequence[AllocationLine]) -> None:
        for store_id, cart in self.carts.items():
            own = [line for line in lines if line.store_id == store_id]
            cart.goods_minor = sum(line.goods_minor for line in own)
            cart.shipping_minor = sum(line.shipping_minor for line in own)
            client = self.clients[cart.client_id]
            cart.client_pallet_date_before = client.last_pallet_date
            client.total_allocated_minor += cart.total_minor
            client.last_pallet_date = self.terms.as_of_date
        prices = {(line.store_id, line.asin): line.unit_shipping_minor for line in lines}
        stores = {cart.pk: cart.store_id for cart in self.carts.values()}
        for row in self.cart_lines:
            asin = Asin(self.asins[row.asin_id].asin)
            row.unit_shipping_minor = prices[StoreId(stores[row.cart_id]), asin]
        CartLine.objects.bulk_update(self.cart_lines, ["unit_shipping_minor"], batch_size=_BATCH)
        Cart.objects.bulk_update(
            self.carts.values(),
            ["goods_minor", "shipping_minor", "client_pallet_date_before"],
            batch_size=_BATCH,
        )
        Client.objects.bulk_update(
            self.clients.values(), ["total_allocated_minor", "last_pallet_date"], batch_size=_BATCH
        )
        holds = [
            Purse(client_id=ClientId(cart.client_id), currency=cart.currency).hold(
                cart.total_minor, cart_id=cart.pk
            )
            for cart in self.carts.values()
            # Preordered and paid goods may cost nothing any more.
            if cart.total_minor
        ]
        book(holds, booked_at=self.terms.now_at, booked_by=self.by)

    def _take_stock(self, lines: Sequence[AllocationLine]) -> None:
        for line in lines:
            self.asins[self.asin_keys[line.asin]].remaining_units -= line.units
        CatalogAsin.objects.bulk_update(self.asins.values(), ["remaining_units"], batch_size=_BATCH)

    def _serve_preorders(
        self, lines: Sequence[AllocationLine]
    ) -> dict[tuple[StoreId, Asin], list[ServedClaim]]:
        """Give the lines' units to the preorders; return which got how many, line by line."""
        rows = {row.pk: row for row in self.preorders}
        given: dict[tuple[StoreId, Asin], list[ServedClaim]] = {}
        claims: Sequence[PreorderClaim] = self._problem.preorders
        for line in lines:
            client_id = ClientId(self.carts[line.store_id].client_id)
            own = claims_on(claims, client_id, line.asin)
            served_now = served_claims(own, units=line.preorder_units)
            given[line.store_id, line.asin] = served_now
            claims = claims_after(claims, served_now)
            for served in served_now:
                row = rows[served.preorder_id]
                row.allocated_units += served.units
                row.remaining_due_minor -= served.due_minor
                row.uncounted_due_minor += served.due_minor
                if row.allocated_units >= row.ordered_units:
                    row.status = PreorderStatus.FULFILLED
        Preorder.objects.bulk_update(
            self.preorders,
            ["allocated_units", "remaining_due_minor", "uncounted_due_minor", "status"],
            batch_size=_BATCH,
        )
        return given
