"""Transfers into mutual stores in the records: kept as proposals, locked and carried out."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from umschlag.allocation.balances.bookings import Purse
from umschlag.allocation.pallets.model import CartPallets
from umschlag.allocation.planning.model import AllocationProblem, MutualCause
from umschlag.allocation.planning.pallet_shares import pallet_shares
from umschlag.allocation.planning.transfer_model import FundedUnits, StoreTransfer
from umschlag.intelligence.published import MovementFacts
from umschlag.kernel.errors import NotFound
from umschlag.kernel.identifiers import Asin, ClientId, StoreId
from umschlag.storage.records.allocation import (
    PlanningTerms,
    ProblemRows,
    arrived_preorders,
    problem_of,
)
from umschlag.storage.records.ledger import book
from umschlag.storage.records.loaded_pallets import keep_pallets
from umschlag.storage.records.locking import locked
from umschlag.storage.records.models import (
    AllocationRun,
    Cart,
    CartLine,
    CatalogAsin,
    Client,
    MutualTransfer,
    OwnershipEntry,
    RunState,
    Store,
    StoreKind,
    TransferLine,
    TransferState,
)
from umschlag.storage.records.reasons import PLANNED_SHIPPING, TRANSFER_CODE

METHOD = "mutual_transfer"


class TransferUnknown(NotFound):
    """There is no such transfer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferQuestion:
    """What a transfer is worked out from, and the keys of what it names."""

    problem: AllocationProblem
    co_owners: Mapping[StoreId, AbstractSet[ClientId]]


def standing_ownership() -> QuerySet[OwnershipEntry]:
    """Select the entries that count: those of transfers whose cart was not cancelled."""
    return OwnershipEntry.objects.filter(transfer__cart__cancelled_at=None)


def co_owners_of(store_ids: Collection[int]) -> dict[StoreId, frozenset[ClientId]]:
    """Return who owns units in each of the mutual stores."""
    owners: defaultdict[StoreId, set[ClientId]] = defaultdict(set)
    entries = standing_ownership().filter(store_id__in=store_ids).order_by()
    sums = entries.values("store_id", "client_id").annotate(sum=Sum("units"))
    for row in sums.filter(sum__gt=0):
        owners[StoreId(row["store_id"])].add(ClientId(row["client_id"]))
    return {store_id: frozenset(found) for store_id, found in owners.items()}


def question_about(
    own_store: Store, terms: PlanningTerms, *, facts: Mapping[Asin, MovementFacts]
) -> TransferQuestion:
    """Return the question about one own store, with every mutual store and its co-owners."""
    stores = [own_store, *Store.objects.filter(kind=StoreKind.MUTUAL).exclude(pk=own_store.pk)]
    owners = co_owners_of([store.pk for store in stores])
    client_ids = {store.client_id for store in stores}.union(*owners.values())
    rows = ProblemRows(
        clients=list(Client.objects.filter(pk__in=client_ids).order_by("pk")),
        stores=sorted(stores, key=lambda store: store.pk),
        asins=list(CatalogAsin.objects.filter(remaining_units__gt=0).order_by("pk")),
        preorders=list(arrived_preorders()),
    )
    receiving = [store.pk for store in rows.stores]
    problem = problem_of(rows, terms, receiving_store_ids=receiving, facts=facts)
    return TransferQuestion(problem=problem, co_owners=owners)


def keep_transfer(transfer: StoreTransfer, terms: PlanningTerms, *, by: str) -> MutualTransfer:
    """Write a proposed transfer with its lines; the caller holds the transaction."""
    record = MutualTransfer.objects.create(
        client_id=transfer.client_id,
        own_store_id=transfer.own_store_id,
        mutual_store_id=transfer.mutual_store_id,
        cause=transfer.cause.value,
        missing_minor=transfer.missing_minor,
        client_alone_minor=transfer.client_alone_minor,
        mutual_alone_minor=transfer.mutual_alone_minor,
        currency=terms.currency,
        proposed_at=terms.now_at,
        proposed_by=by[:150],
    )
    asins = {one.asin for one in transfer.funded}
    keys = dict(CatalogAsin.objects.filter(asin__in=asins).values_list("asin", "pk"))
    TransferLine.objects.bulk_create(
        TransferLine(
            transfer=record,
            client_id=one.client_id,
            asin_id=keys[one.asin],
            units=one.units,
            unit_cost_minor=one.unit_cost_minor,
            unit_shipping_minor=one.unit_shipping_minor,
        )
        for one in transfer.funded
    )
    return record


class LockedTransfer:
    """One transfer with everything that it touches locked until the transaction ends.

    Locked in the order in which runs lock: the transfer in the run's place, clients, ASINs,
    stores, preorders, each by number.
    """

    def __init__(self, transfer_id: int, terms: PlanningTerms) -> None:
        """Lock the rows; must be called inside a transaction.

        Raises:
            TransferUnknown: there is no such transfer.
        """
        record = locked(MutualTransfer.objects.filter(pk=transfer_id)).first()
        if record is None:
            raise TransferUnknown(f"there is no transfer {transfer_id}", field="transfer")
        self.record = record
        self.terms = terms
        self._lines = list(record.lines.order_by("client_id", "asin_id"))
        store_ids = {record.own_store_id, record.mutual_store_id}
        holders = Store.objects.filter(pk__in=store_ids).values_list("client_id", flat=True)
        owners = co_owners_of([record.mutual_store_id])
        self.co_owners = owners.get(StoreId(record.mutual_store_id), frozenset())
        client_ids = {*holders, *self.co_owners, *(line.client_id for line in self._lines)}
        clients = locked(Client.objects.filter(pk__in=client_ids).order_by("pk"))
        self._clients = {row.pk: row for row in clients}
        asin_ids = {line.asin_id for line in self._lines}
        asins = locked(CatalogAsin.objects.filter(pk__in=asin_ids).order_by("pk"))
        self._asins = {row.pk: row for row in asins}
        stores = locked(Store.objects.filter(pk__in=store_ids).order_by("pk"))
        self._stores = {row.pk: row for row in stores}
        preorders = locked(arrived_preorders().filter(asin_id__in=asin_ids))
        rows = ProblemRows(
            clients=list(self._clients.values()),
            stores=list(self._stores.values()),
            asins=list(self._asins.values()),
            preorders=list(preorders),
        )
        self.problem = problem_of(rows, terms, receiving_store_ids=self._stores, facts={})

    def transfer(self) -> StoreTransfer:
        """Return the transfer as it was proposed."""
        return StoreTransfer(
            client_id=ClientId(self.record.client_id),
            own_store_id=StoreId(self.record.own_store_id),
            mutual_store_id=StoreId(self.record.mutual_store_id),
            cause=MutualCause(self.record.cause),
            missing_minor=self.record.missing_minor,
            funded=tuple(
                FundedUnits(
                    client_id=ClientId(line.client_id),
                    asin=Asin(self._asins[line.asin_id].asin),
                    units=line.units,
                    unit_cost_minor=line.unit_cost_minor,
                    unit_shipping_minor=line.unit_shipping_minor,
                )
                for line in self._lines
            ),
            client_alone_minor=self.record.client_alone_minor,
            mutual_alone_minor=self.record.mutual_alone_minor,
        )

    def carry_out(self, pallets: CartPallets, *, by: str) -> None:
        """Make the cart, take goods and money, build the pallets, and write down who owns what."""
        cart = self._make_cart()
        self._hold(cart, by=by)
        for line in self._lines:
            self._asins[line.asin_id].remaining_units -= line.units
        CatalogAsin.objects.bulk_update(self._asins.values(), ["remaining_units"])
        keys = {Asin(row.asin): row.pk for row in self._asins.values()}
        shares = pallet_shares(self.transfer().lines(), {}, pallets.loads)
        keep_pallets(cart, pallets, shares, asin_keys=keys, built_at=self.terms.now_at)
        OwnershipEntry.objects.bulk_create(
            OwnershipEntry(
                store_id=self.record.mutual_store_id,
                client_id=line.client_id,
                asin_id=line.asin_id,
                transfer=self.record,
                units=line.units,
                goods_minor=line.goods_minor,
                shipping_minor=line.shipping_minor,
                currency=self.record.currency,
                booked_at=self.terms.now_at,
            )
            for line in self._lines
        )
        self.record.state = TransferState.EXECUTED
        self.record.executed_at = self.terms.now_at
        self.record.cart = cart
        self.record.save()

    def _make_cart(self) -> Cart:
        store = self._stores[self.record.mutual_store_id]
        run = AllocationRun.objects.create(
            made_at=self.terms.now_at,
            confirmed_at=self.terms.now_at,
            state=RunState.CONFIRMED,
            method=METHOD,
            only_store=store,
        )
        # The store's account carries the cart, into which every co-owner has paid its share.
        cart = Cart.objects.create(
            run=run,
            client_pallet_date_before=self._clients[store.client_id].last_pallet_date,
            client_id=store.client_id,
            store=store,
            units=sum(line.units for line in self._lines),
            goods_minor=sum(line.goods_minor for line in self._lines),
            shipping_minor=sum(line.shipping_minor for line in self._lines),
            currency=self.record.currency,
        )
        by_asin: defaultdict[int, list[TransferLine]] = defaultdict(list)
        for line in self._lines:
            by_asin[line.asin_id].append(line)
        CartLine.objects.bulk_create(
            CartLine(
                cart=cart,
                asin_id=asin_id,
                units=sum(line.units for line in same),
                unit_cost_minor=same[0].unit_cost_minor,
                unit_shipping_minor=same[0].unit_shipping_minor,
                reason_code=TRANSFER_CODE,
                reason_values={
                    "transfer": self.record.pk,
                    PLANNED_SHIPPING: same[0].unit_shipping_minor,
                },
            )
            for asin_id, same in by_asin.items()
        )
        return cart

    def _hold(self, cart: Cart, *, by: str) -> None:
        paid: defaultdict[int, int] = defaultdict(int)
        for line in self._lines:
            paid[line.client_id] += line.total_minor
        note = f"transfer {self.record.pk}"
        bookings = [
            Purse(client_id=ClientId(client_id), currency=cart.currency).contribute(
                minor, to=ClientId(cart.client_id), note=note
            )
            for client_id, minor in sorted(paid.items())
            if client_id != cart.client_id and minor
        ]
        if cart.total_minor:
            holder = Purse(client_id=ClientId(cart.client_id), currency=cart.currency)
            bookings.append(holder.hold(cart.total_minor, cart_id=cart.pk))
        book(bookings, booked_at=self.terms.now_at, booked_by=by)
        # Counted where the cart is, since that is where a cancelled pallet is counted off.
        account = self._clients[cart.client_id]
        account.total_allocated_minor += cart.total_minor
        account.last_pallet_date = self.terms.as_of_date
        account.save(update_fields=["total_allocated_minor", "last_pallet_date"])
