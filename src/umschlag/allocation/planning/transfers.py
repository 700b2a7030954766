"""A transfer into a mutual store: which goods go there, who pays for which units, and what for.

Proposed where a client's balance does not reach for a stand-alone pallet, or where too little is
ungated for its own store. The client pays for as much as its balance allows; what is missing to a
stand-alone pallet the store's co-owners may pay for. Every unit is paid, and so owned, by one.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from umschlag.allocation.catalog.model import Lot
from umschlag.allocation.pallets.limits import DESTINATION_LIMITS
from umschlag.allocation.pallets.model import CartPallets, Goods
from umschlag.allocation.pallets.usecases import pallets_for
from umschlag.allocation.planning.model import (
    AllocationLine,
    AllocationProblem,
    MutualCause,
    ReasonCode,
)
from umschlag.allocation.planning.mutual_store import STAND_ALONE_FILL_MIN
from umschlag.allocation.planning.small_carts import pallet_fill
from umschlag.allocation.planning.standing import Standing
from umschlag.allocation.planning.transfer_funding import Funding, Round
from umschlag.allocation.planning.transfer_model import (
    FundedUnits,
    MutualStoreObstacle,
    NoMutualStoreFits,
    StoreTransfer,
    TransferNotNeeded,
)
from umschlag.allocation.planning.turns import lots_in_turn
from umschlag.allocation.stores.model import StoreAccount
from umschlag.kernel.errors import Refused
from umschlag.kernel.identifiers import Asin, ClientId, StoreId

PALLET_FILL_MAX = 0.8
"""The client pays for no more than this share of a pallet. Ours: cartons leave gaps, and a second
pallet would double the freight."""
_GATES = {ReasonCode.GATED, ReasonCode.INVOICE_NEEDED, ReasonCode.UNKNOWN_GATE}


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferTerms:
    """What a transfer depends on beside the planner's question.

    `co_owners` are, by mutual store, its account's client and whoever owns units in it.
    """

    co_owners: Mapping[StoreId, AbstractSet[ClientId]]
    pallet_freight_minor: int


def propose_transfer(
    problem: AllocationProblem, own_store_id: StoreId, terms: TransferTerms
) -> StoreTransfer:
    """Return the transfer that lets the client's money do most; takes nothing.

    Of the mutual stores that fit, the one in which the client can pay for most units; of equals
    the one with the lower number.

    Raises:
        TransferNotNeeded: the client's own store makes a pallet of its own.
        NoMutualStoreFits: none does; the error says why not, store by store.
    """
    free = without_promised(problem)
    standing = Standing(free)
    own = free.stores[own_store_id]
    cause, missing_minor = _cause(standing, own)
    joining = _joining(standing, own)
    best: Round | None = None
    obstacles: dict[StoreId, MutualStoreObstacle] = {}
    for store_id, mutual in sorted(free.stores.items()):
        if not mutual.is_mutual or store_id == own_store_id:
            continue
        owners = {*terms.co_owners.get(store_id, ()), mutual.client_id}
        found = _round_in(standing, _Asking(own=own, lots=joining), mutual, owners)
        if isinstance(found, MutualStoreObstacle):
            obstacles[store_id] = found
        elif best is None or found.client_units > best.client_units:
            best = found
    if best is None:
        raise NoMutualStoreFits(cause, missing_minor, obstacles)
    return _transfer(free, own, best, terms, cause=cause, missing_minor=missing_minor)


def without_promised(problem: AllocationProblem) -> AllocationProblem:
    """Return the problem without the stock that arrived preorders wait for, in whole packs."""
    promised: defaultdict[tuple[ClientId, Asin], int] = defaultdict(int)
    for claim in problem.preorders:
        if claim.is_arrived:
            promised[claim.client_id, claim.asin] += claim.outstanding_units
    left = {asin: lot.remaining_units for asin, lot in problem.lots.items()}
    for (_client, asin), units in promised.items():
        if asin in left:
            pack_units = problem.lots[asin].case_pack_units
            left[asin] -= -(-units // pack_units) * pack_units
    lots = {
        asin: replace(lot, remaining_units=max(left[asin], 0)) for asin, lot in problem.lots.items()
    }
    return replace(problem, lots=lots)


def pallets_of(
    problem: AllocationProblem, lines: Sequence[AllocationLine], *, freight_minor: int
) -> CartPallets:
    """Return the pallets of the lines, all of one store, with the freight spread over them."""
    marketplace = problem.stores[lines[0].store_id].marketplace
    goods = [_goods(problem.lots[line.asin], line.units) for line in lines]
    return pallets_for(goods, DESTINATION_LIMITS[marketplace], pallet_freight_minor=freight_minor)


def _goods(lot: Lot, units: int) -> Goods:
    if lot.dimensions is None or lot.weight_g is None or lot.shipping is None:
        raise Refused(f"{lot.asin} has no measures or no shipping price", field="asin")
    return Goods(
        asin=lot.asin,
        units=units,
        unit_dimensions=lot.dimensions,
        unit_weight_g=lot.weight_g,
        shipping=lot.shipping,
        case_pack_units=lot.case_pack_units,
    )


def _cause(standing: Standing, own: StoreAccount) -> tuple[MutualCause, int]:
    """Return why the own store makes no pallet, and exactly how much balance that would take.

    The oldest goods that nothing but money keeps away are taken, at their highest shipping price.
    """
    units: dict[Asin, int] = {}
    cost_minor, is_pallet = 0, False
    left_units = own.total_units_max
    for lot in lots_in_turn(standing.problem):
        if not _codes(standing, own, lot) <= {ReasonCode.BALANCE_SHORT}:
            continue
        room_units = standing.room_units(own, lot)
        while not is_pallet and room_units >= lot.case_pack_units:
            if left_units is not None:
                if left_units < lot.case_pack_units:
                    break
                left_units -= lot.case_pack_units
            room_units -= lot.case_pack_units
            units[lot.asin] = units.get(lot.asin, 0) + lot.case_pack_units
            cost_minor += _pack_minor(lot)
            fill = pallet_fill(standing.problem, own.marketplace, units)
            is_pallet = fill >= STAND_ALONE_FILL_MIN
    missing_minor = standing.missing_minor(own.client_id, cost_minor)
    if is_pallet and not missing_minor:
        raise TransferNotNeeded(own.store_id)
    return (MutualCause.BALANCE_SHORT if missing_minor else MutualCause.TOO_FEW_UNGATED), (
        missing_minor
    )


def _joining(standing: Standing, own: StoreAccount) -> list[Lot]:
    """Return the lots that only money or the own store's gates keep out, aged stock first."""
    may_join = _GATES | {ReasonCode.BALANCE_SHORT}
    return [
        lot
        for lot in lots_in_turn(standing.problem)
        if lot.shipping is not None and _codes(standing, own, lot) <= may_join
    ]


def _codes(standing: Standing, store: StoreAccount, lot: Lot) -> set[ReasonCode]:
    return {blocker.code for blocker in standing.blockers(store, lot)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking:
    """The client's own store, and the lots that could join in a mutual one."""

    own: StoreAccount
    lots: list[Lot]


def _round_in(
    standing: Standing, asking: _Asking, mutual: StoreAccount, owners: set[ClientId]
) -> Round | MutualStoreObstacle:
    problem, client_id = standing.problem, asking.own.client_id
    if not mutual.is_active:
        return MutualStoreObstacle.SUSPENDED
    if mutual.marketplace is not asking.own.marketplace:
        return MutualStoreObstacle.OTHER_MARKETPLACE
    accounts = [problem.clients[owner] for owner in sorted(owners)]
    if any(one.spendable_minor < one.floor_minor for one in accounts):
        return MutualStoreObstacle.CO_OWNER_SHORT
    lots = [lot for lot in asking.lots if not standing.is_barred(mutual, lot)]
    if not lots:
        return MutualStoreObstacle.NOTHING_UNGATED
    funding = Funding(standing, mutual, lots)
    funding.let_pay([client_id], fill_max=PALLET_FILL_MAX)
    if not funding.round_of(client_id).client_units:
        return MutualStoreObstacle.CLIENT_PAYS_NO_PACK
    others = [
        one.client_id
        for one in accounts
        if one.client_id != client_id and one.currency == problem.currency
    ]
    funding.let_pay(others, fill_max=STAND_ALONE_FILL_MIN, is_up_to=True)
    return funding.round_of(client_id)


def _pack_minor(lot: Lot) -> int:
    highest_minor = lot.shipping.max_minor if lot.shipping else 0
    return lot.case_pack_units * (lot.unit_cost_minor + highest_minor)


def _transfer(
    problem: AllocationProblem,
    own: StoreAccount,
    found: Round,
    terms: TransferTerms,
    *,
    cause: MutualCause,
    missing_minor: int,
) -> StoreTransfer:
    freight_minor = terms.pallet_freight_minor
    draft = StoreTransfer(
        client_id=own.client_id,
        own_store_id=own.store_id,
        mutual_store_id=found.store_id,
        cause=cause,
        missing_minor=missing_minor,
        funded=tuple(
            FundedUnits(
                client_id=client_id,
                asin=asin,
                units=units,
                unit_cost_minor=problem.lots[asin].unit_cost_minor,
                unit_shipping_minor=0,
            )
            for (client_id, asin), units in sorted(found.units.items())
        ),
    )
    prices = pallets_of(problem, draft.lines(), freight_minor=freight_minor).share
    priced = replace(
        draft,
        funded=tuple(
            replace(one, unit_shipping_minor=prices.unit_shipping_minor[one.asin])
            for one in draft.funded
        ),
    )

    def alone_minor(is_client: bool) -> int:
        side = [one for one in priced.funded if (one.client_id == own.client_id) is is_client]
        lines = replace(priced, funded=tuple(side)).lines()
        if not lines:
            return 0
        return pallets_of(problem, lines, freight_minor=freight_minor).share.charged_minor

    return replace(
        priced, client_alone_minor=alone_minor(True), mutual_alone_minor=alone_minor(False)
    )
