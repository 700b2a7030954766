"""A proposed allocation run while it is confirmed: locked, checked and taken."""

from collections.abc import Mapping, Sequence

from umschlag.allocation.balances.bookings import Purse
from umschlag.allocation.pallets.model import CartPallets
from umschlag.allocation.planning.model import (
    AllocationLine,
    AllocationPlan,
    AllocationProblem,
)
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
)
from umschlag.storage.records.ledger import book
from umschlag.storage.records.loaded_pallets import keep_pallets, keep_servings
from umschlag.storage.records.locking import locked
from umschlag.storage.records.models import (
    Cart,
    CartLine,
    CatalogAsin,
    Client,
    Preorder,
    PreorderStatus,
    RunPin,
    RunState,
    Store,
)
from umschlag.storage.records.run_lines import lines_of_run
from umschlag.storage.records.run_pins import pins_of
from umschlag.storage.records.run_states import lock_proposed_run

_BATCH = 500
"""Rows a statement: below SQLite's limit of bound values for our widest row."""


class LockedRun:
    """One proposed run with everything it touches locked; the planner's `ConfirmationRecords`.

    Everyone locks in the same order: run, clients, ASINs, stores, preorders, each by number. So
    two confirmations wait for each other and never deadlock. SQLite has no row locks: there the
    transaction, which begins as a writer, is the lock.
    """

    def __init__(
        self,
        run_id: int,
        terms: PlanningTerms,
        facts: Mapping[Asin, MovementFacts],
        *,
        by: str = "",
    ) -> None:
        """Lock the rows; must be called inside a transaction. `by` is who confirms.

        `facts` tell how the run's ASINs sell by now; where there are none, no demand is known.

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
        self._problem = problem_of(
            self.rows,
            terms,
            receiving_store_ids=sorted(store_ids),
            facts=facts,
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
