"""Where goods could go whose own cart fills no pallet.

A mutual store sells the goods of several clients, so that their small carts share pallets. It is
proposed where a client's balance does not reach for a stand-alone pallet, or where too little is
ungated for its own store.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from umschlag.allocation.catalog.model import Lot
from umschlag.allocation.planning.model import (
    AllocationPlan,
    AllocationProblem,
    MutualCause,
    MutualProposal,
    ReasonCode,
)
from umschlag.allocation.planning.small_carts import pallet_fill
from umschlag.allocation.planning.standing import Standing
from umschlag.allocation.planning.turns import lots_in_turn, stores_in_turn
from umschlag.allocation.stores.model import StoreAccount
from umschlag.allocation.ungating.model import is_gated
from umschlag.kernel.identifiers import Asin

STAND_ALONE_FILL_MIN = 0.5
"""A cart that fills less of a pallet, by volume and by weight, is too small for its own. Ours:
at half a pallet the freight of a unit is already twice that on a full one."""

_GATES = {ReasonCode.GATED, ReasonCode.INVOICE_NEEDED, ReasonCode.UNKNOWN_GATE}


def mutual_proposals(
    problem: AllocationProblem, plan: AllocationPlan
) -> tuple[MutualProposal, ...]:
    """Return a proposal for every own, active store whose cart is too small for a pallet.

    Stock that one proposal names is not named by the next. Where no mutual store of the
    marketplace may sell any of the goods, the proposal says so with no store and 0 units.
    """
    # What was too little for a pallet of its own is exactly what should share one.
    standing = Standing(replace(problem, small_stores=frozenset()), plan.lines)
    lots = lots_in_turn(problem)
    return tuple(
        proposal
        for store in stores_in_turn(problem)
        if store.is_active and not store.is_mutual
        for proposal in _proposals_of(standing, store, lots)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _SmallCart:
    """A cart that fills no pallet, and the lots that could join it in a mutual store.

    These are the lots that only the own store's gates keep out, and those that nothing keeps out
    but that the cart was too small for a pallet.
    """

    store: StoreAccount
    units: dict[Asin, int]
    joining: list[Lot]


def _proposals_of(
    standing: Standing, store: StoreAccount, lots: list[Lot]
) -> Iterator[MutualProposal]:
    units = {
        asin: line.units
        for (store_id, asin), line in standing.lines.items()
        if store_id == store.store_id
    }
    if pallet_fill(standing.problem, store.marketplace, units) >= STAND_ALONE_FILL_MIN:
        return
    codes = {lot.asin: [one.code for one in standing.blockers(store, lot)] for lot in lots}
    payable = [lot for lot in lots if codes[lot.asin] in ([], [ReasonCode.BALANCE_SHORT])]
    gated = [lot for lot in lots if codes[lot.asin] and _GATES.issuperset(codes[lot.asin])]
    loose = [lot for lot in lots if not codes[lot.asin]]
    if not payable and not gated:
        return
    cart = _SmallCart(store=store, units=units, joining=[*loose, *gated])
    missing_minor = _missing_for_pallet(standing, cart, payable)
    mutual, going = _best_mutual(standing, cart) or (None, {})
    _take(standing, cart, going)
    yield MutualProposal(
        client_id=store.client_id,
        store_id=store.store_id,
        mutual_store_id=mutual.store_id if mutual else None,
        cause=MutualCause.BALANCE_SHORT if missing_minor else MutualCause.TOO_FEW_UNGATED,
        missing_minor=missing_minor,
        units=sum(going.values()),
        asins=tuple(going),
    )


def _missing_for_pallet(standing: Standing, cart: _SmallCart, payable: list[Lot]) -> int:
    """Return the balance that is missing to fill the cart up to a stand-alone pallet.

    Exact for the oldest goods that nothing but money could keep away; 0 where the balance reaches
    for all of them. Where even all of them fill no pallet, it is what is missing for them.
    """
    problem = standing.problem
    filled = dict(cart.units)
    cost_minor = 0
    for lot in payable:
        packs = standing.room_units(cart.store, lot) // lot.case_pack_units
        for _ in range(packs):
            cost_minor += lot.case_pack_units * _unit_minor(lot)
            filled[lot.asin] = filled.get(lot.asin, 0) + lot.case_pack_units
            if pallet_fill(problem, cart.store.marketplace, filled) >= STAND_ALONE_FILL_MIN:
                return standing.missing_minor(cart.store.client_id, cost_minor)
    return standing.missing_minor(cart.store.client_id, cost_minor)


def _best_mutual(
    standing: Standing, cart: _SmallCart
) -> tuple[StoreAccount, dict[Asin, int]] | None:
    best: tuple[StoreAccount, dict[Asin, int]] | None = None
    for _, mutual in sorted(standing.problem.stores.items()):
        if not (mutual.is_mutual and mutual.is_active):
            continue
        if mutual.marketplace is not cart.store.marketplace:
            continue
        going = _units_for(standing, cart, mutual)
        if going and (best is None or sum(going.values()) > sum(best[1].values())):
            best = mutual, going
    return best


def _units_for(standing: Standing, cart: _SmallCart, mutual: StoreAccount) -> dict[Asin, int]:
    """Return the units the mutual store could take: the small cart, and what only it may sell."""
    problem = standing.problem
    going: dict[Asin, int] = {}
    room = sum(lot.remaining_units for lot in problem.lots.values())
    if mutual.total_units_max is not None:
        room = mutual.total_units_max - standing.store_units[mutual.store_id]
    for asin, cart_units in cart.units.items():
        units = _capped(mutual, problem.lots[asin], min(cart_units, room))
        if units > 0 and not is_gated(problem.gate(mutual.store_id, asin)):
            going[asin] = units
            room -= units
    money_minor = standing.available_minor[cart.store.client_id]
    for lot in cart.joining:
        if is_gated(problem.gate(mutual.store_id, lot.asin)):
            continue
        if not standing.may_list(mutual, lot.asin):
            continue
        affordable = money_minor // _unit_minor(lot) if _unit_minor(lot) else room
        units = _capped(mutual, lot, min(standing.stock_units[lot.asin], room, affordable))
        if units > 0:
            going[lot.asin] = units
            room -= units
            money_minor -= units * _unit_minor(lot)
    return going


def _unit_minor(lot: Lot) -> int:
    """Return what a unit costs at the most; a lot without a price is never asked for here."""
    return lot.unit_cost_minor + (lot.shipping.max_minor if lot.shipping else 0)


def _capped(mutual: StoreAccount, lot: Lot, units: int) -> int:
    if mutual.asin_units_max is not None:
        units = min(units, mutual.asin_units_max)
    return max(units, 0) // lot.case_pack_units * lot.case_pack_units


def _take(standing: Standing, cart: _SmallCart, going: dict[Asin, int]) -> None:
    for asin, units in going.items():
        # The cart's own units are already paid for and taken; only the others come from stock.
        if asin not in cart.units:
            standing.stock_units[asin] -= units
            unit_minor = _unit_minor(standing.problem.lots[asin])
            standing.available_minor[cart.store.client_id] -= units * unit_minor
