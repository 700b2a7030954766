"""Records → the planner's values, in a fixed number of queries."""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, QuerySet, Sum

from umschlag.allocation.catalog.model import Lot, ShippingBracket
from umschlag.allocation.clients.model import ClientAccount, ClientPriority
from umschlag.allocation.pallets.cartons import fits_pallet
from umschlag.allocation.pallets.limits import DESTINATION_LIMITS
from umschlag.allocation.planning.model import (
    AllocationProblem,
    FairnessPolicy,
    PalletCapacity,
    WorthTerms,
)
from umschlag.allocation.preorders.model import PreorderClaim
from umschlag.allocation.preorders.rules import due_of_arrived
from umschlag.allocation.stores.model import StoreAccount
from umschlag.allocation.ungating.model import GateAnswer
from umschlag.intelligence.published import MovementFacts
from umschlag.kernel.identifiers import Asin, ClientId, Marketplace, StoreId
from umschlag.kernel.measures import Dimensions
from umschlag.storage.records.ledger import balances
from umschlag.storage.records.models import (
    Cart,
    CartLine,
    CatalogAsin,
    Client,
    LedgerAccountKind,
    OwnershipEntry,
    Preorder,
    PreorderStatus,
    RunState,
    Store,
    StoreKind,
    StoreStatus,
    UngatingAnswer,
    UngatingStatus,
)

LISTED_DAYS = 90
"""So long a confirmed cart line counts as the store selling the ASIN. Ours: the same 90 days over
which Amazon measures its sell-through."""

FAIRNESS_DAYS = 90
"""The rolling window over which clients' shares are compared."""

_ANSWERS = {
    UngatingAnswer.YES: GateAnswer.YES,
    UngatingAnswer.NO: GateAnswer.NO,
    UngatingAnswer.INVOICE_NEEDED: GateAnswer.INVOICE_NEEDED,
}
PALLET_CAPACITIES = {
    marketplace: PalletCapacity(
        volume_mm3=limits.load_volume_mm3_max, weight_g=limits.goods_weight_g_max
    )
    for marketplace, limits in DESTINATION_LIMITS.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningTerms:
    """What the settings and the clock say about a plan."""

    as_of_date: date
    now_at: datetime
    currency: str
    floor_minor: int
    stores_per_asin_max: int
    policy: FairnessPolicy = FairnessPolicy.PROPORTIONAL
    cover_days: int = 0
    """A store is given at most the sales of so many days; 0: whatever its caps allow."""
    pallet_freight_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRows:
    """The rows a problem is made of; on confirmation they are locked ones."""

    clients: Sequence[Client]
    stores: Sequence[Store]
    asins: Sequence[CatalogAsin]
    preorders: Sequence[Preorder]


def rows_for_planning(only_store_id: int | None) -> ProblemRows:
    """Return what a plan looks at: everything, or one store and the mutual ones beside it."""
    stores: QuerySet[Store] = Store.objects.order_by("pk")
    if only_store_id is not None:
        stores = stores.filter(pk=only_store_id) | stores.filter(kind=StoreKind.MUTUAL)
    store_rows = list(stores)
    client_ids = {store.client_id for store in store_rows}
    return ProblemRows(
        clients=list(Client.objects.filter(pk__in=client_ids).order_by("pk")),
        stores=store_rows,
        asins=list(CatalogAsin.objects.filter(remaining_units__gt=0).order_by("pk")),
        preorders=list(arrived_preorders().filter(client_id__in=client_ids)),
    )


def arrived_preorders() -> QuerySet[Preorder]:
    """Select the preorders whose goods are there, all or some, and that still wait for units."""
    there = (PreorderStatus.ARRIVED, PreorderStatus.PARTLY_ARRIVED)
    return Preorder.objects.filter(status__in=there).order_by("pk")


def problem_of(
    rows: ProblemRows,
    terms: PlanningTerms,
    *,
    receiving_store_ids: Iterable[int],
    facts: Mapping[Asin, MovementFacts],
    pins: Mapping[tuple[StoreId, Asin], int] | None = None,
) -> AllocationProblem:
    """Return the planner's question as these rows put it.

    `facts` is what intelligence publishes about ASINs: what they earn, how fast they sell.
    """
    asin_of = {row.pk: Asin(row.asin) for row in rows.asins}
    receiving = tuple(StoreId(store_id) for store_id in receiving_store_ids)
    store_ids = [store.pk for store in rows.stores]
    lots = _lots(rows.asins, terms, facts)
    marketplaces = {Marketplace(store.marketplace) for store in rows.stores}
    return AllocationProblem(
        as_of_date=terms.as_of_date,
        lots=lots,
        clients=_clients(rows.clients, terms),
        stores={StoreId(store.pk): _store(store) for store in rows.stores},
        receiving_store_ids=receiving,
        gates=_gates(store_ids, asin_of),
        currency=terms.currency,
        preorders=tuple(
            _claim(row, asin_of[row.asin_id]) for row in rows.preorders if row.asin_id in asin_of
        ),
        stores_per_asin_max=terms.stores_per_asin_max,
        listed_stores=_listed_stores(asin_of, terms),
        too_large=frozenset(
            (lot.asin, marketplace)
            for lot in lots.values()
            for marketplace in marketplaces
            if not _fits(lot, marketplace)
        ),
        pallet_capacities=PALLET_CAPACITIES,
        # Units of what is gone stay among them, so that the plan is refused and the line named.
        pins={
            (store_id, asin): units
            for (store_id, asin), units in (pins or {}).items()
            if store_id in receiving and (asin in lots or units)
        },
        worth=WorthTerms(pallet_freight_minor=terms.pallet_freight_minor),
        policy=terms.policy,
    )


def _fits(lot: Lot, marketplace: Marketplace) -> bool:
    if lot.dimensions is None or lot.weight_g is None:
        return True
    return fits_pallet(lot.dimensions, lot.weight_g, DESTINATION_LIMITS[marketplace])


def _lots(
    rows: Sequence[CatalogAsin], terms: PlanningTerms, facts: Mapping[Asin, MovementFacts]
) -> dict[Asin, Lot]:
    return {Asin(row.asin): _lot(row, terms, facts.get(Asin(row.asin))) for row in rows}


def _lot(row: CatalogAsin, terms: PlanningTerms, facts: MovementFacts | None) -> Lot:
    age_days = (facts.stock_age_days if facts else None) or 0
    edges = row.length_mm, row.width_mm, row.height_mm
    prices = row.shipping_price_minor_min, row.shipping_price_minor_max
    return Lot(
        asin=Asin(row.asin),
        remaining_units=row.remaining_units,
        unit_cost_minor=row.unit_cost_minor,
        currency=row.currency,
        added_date=row.added_date,
        stock_age_days=max(age_days, (terms.as_of_date - row.added_date).days, 0),
        case_pack_units=row.case_pack_units,
        weight_g=row.weight_g or None,
        dimensions=Dimensions(length_mm=edges[0], width_mm=edges[1], height_mm=edges[2])
        if edges[0] and edges[1] and edges[2]
        else None,
        # Never a wrong price: a bracket turned round is a mistake in the sheet.
        shipping=ShippingBracket(min_minor=prices[0], max_minor=prices[1])
        if prices[0] is not None and prices[1] is not None and prices[0] <= prices[1]
        else None,
        expected_unsold_minor=max((facts.dead_value_minor if facts else None) or 0, 0),
        # What intelligence publishes is money of the merchant's currency.
        unit_margin_minor=facts.unit_margin_minor
        if facts and row.currency == terms.currency
        else None,
        demand_units_max=_demand_units_max(row, terms, facts),
    )


def _demand_units_max(
    row: CatalogAsin, terms: PlanningTerms, facts: MovementFacts | None
) -> int | None:
    # What the merchant never sold may sell on Amazon all the same, so nothing is known of it.
    if facts is None or facts.daily_sales_units <= 0 or not terms.cover_days:
        return None
    return max(math.ceil(facts.daily_sales_units * terms.cover_days), row.case_pack_units)


def _clients(rows: Sequence[Client], terms: PlanningTerms) -> dict[ClientId, ClientAccount]:
    spendable = balances(LedgerAccountKind.SPENDABLE, [row.pk for row in rows])
    received = _received_minor([row.pk for row in rows], terms)
    return {
        ClientId(row.pk): ClientAccount(
            client_id=ClientId(row.pk),
            name=row.name,
            spendable_minor=spendable.get(row.pk, 0),
            currency=row.currency,
            floor_minor=terms.floor_minor,
            priority=ClientPriority(row.priority),
            last_pallet_date=row.last_pallet_date,
            received_minor=received.get(row.pk, 0),
        )
        for row in rows
    }


def _received_minor(client_ids: Sequence[int], terms: PlanningTerms) -> dict[int, int]:
    since = terms.now_at - timedelta(days=FAIRNESS_DAYS)
    carts = Cart.objects.filter(
        client_id__in=client_ids,
        run__state=RunState.CONFIRMED,
        cancelled_at=None,
        run__confirmed_at__gte=since,
        # A cart in a mutual store is its owners', each by what it paid.
        transfer=None,
    )
    owned = OwnershipEntry.objects.filter(
        client_id__in=client_ids, transfer__executed_at__gte=since
    )
    received: Counter[int] = Counter()
    for rows in (carts, owned):
        grouped = rows.order_by().values("client_id")
        for row in grouped.annotate(sum=Sum(F("goods_minor") + F("shipping_minor"))):
            received[row["client_id"]] += int(row["sum"] or 0)
    return dict(received)


def _store(row: Store) -> StoreAccount:
    return StoreAccount(
        store_id=StoreId(row.pk),
        client_id=ClientId(row.client_id),
        name=row.name,
        marketplace=Marketplace(row.marketplace),
        is_active=row.status == StoreStatus.ACTIVE,
        is_mutual=row.kind == StoreKind.MUTUAL,
        asin_units_max=row.asin_units_max,
        total_units_max=row.total_units_max,
    )


def _gates(
    store_ids: Collection[int], asin_of: dict[int, Asin]
) -> dict[tuple[StoreId, Asin], GateAnswer]:
    statuses = UngatingStatus.objects.filter(store_id__in=store_ids).order_by()
    return {
        (StoreId(store_id), asin_of[asin_id]): _ANSWERS.get(
            UngatingAnswer(answer), GateAnswer.UNKNOWN
        )
        for store_id, asin_id, answer in statuses.values_list("store_id", "asin_id", "answer")
        if asin_id in asin_of
    }


def _claim(row: Preorder, asin: Asin) -> PreorderClaim:
    return PreorderClaim(
        preorder_id=row.pk,
        client_id=ClientId(row.client_id),
        asin=asin,
        outstanding_units=row.there_units,
        due_minor=due_of_arrived(
            due_minor=row.remaining_due_minor,
            arrived_units=row.there_units,
            open_units=row.open_units,
        ),
        expected_arrival_date=row.expected_arrival_date,
        external_id=row.external_id,
    )


def _listed_stores(
    asin_of: dict[int, Asin], terms: PlanningTerms
) -> dict[tuple[Asin, Marketplace], frozenset[StoreId]]:
    lines = CartLine.objects.filter(
        cart__run__state=RunState.CONFIRMED,
        cart__cancelled_at=None,
        cart__run__confirmed_at__gte=terms.now_at - timedelta(days=LISTED_DAYS),
    ).order_by()
    listed: defaultdict[tuple[Asin, Marketplace], set[StoreId]] = defaultdict(set)
    for asin_id, store_id, marketplace in lines.values_list(
        "asin_id", "cart__store_id", "cart__store__marketplace"
    ):
        if asin_id in asin_of:
            listed[asin_of[asin_id], Marketplace(marketplace)].add(StoreId(store_id))
    return {pair: frozenset(stores) for pair, stores in listed.items()}
