"""The plain way to plan: whoever is first in line takes the oldest stock there is.

It stays as the fallback and as what better planners are measured against. Cost: one look at every
pair of store and lot.
"""

from collections import defaultdict

from umschlag.allocation.catalog.model import Lot
from umschlag.allocation.clients.model import turn_of
from umschlag.allocation.planning.model import AllocationLine, AllocationPlan, AllocationProblem
from umschlag.allocation.planning.standing import Standing
from umschlag.allocation.preorders.model import PreorderClaim
from umschlag.allocation.preorders.rules import due_minor_of, serving_order
from umschlag.allocation.stores.model import StoreAccount
from umschlag.kernel.identifiers import Asin, ClientId

METHOD = "priority_loop"


def plan_by_priority(problem: AllocationProblem) -> AllocationPlan:
    """Return a plan that keeps every rule and leaves no case pack that could still be given.

    Arrived preorders come first, by age. Then the clients in their turn (`turn_of`), each with
    its stores in order of number, each store with the oldest lots first.
    """
    standing = Standing(problem)
    _serve_preorders(standing)
    lots = lots_in_turn(problem)
    for store in stores_in_turn(problem):
        for lot in lots:
            if not _is_barred(standing, store, lot):
                _give(standing, store, lot)
    return AllocationPlan(lines=tuple(standing.lines.values()), method=METHOD)


def stores_in_turn(problem: AllocationProblem) -> list[StoreAccount]:
    """Return the stores that may receive goods, in the order in which they are served."""
    stores = [problem.stores[store_id] for store_id in problem.receiving_store_ids]
    return sorted(
        stores, key=lambda store: (*turn_of(problem.clients[store.client_id]), store.store_id)
    )


def lots_in_turn(problem: AllocationProblem) -> list[Lot]:
    """Return the lots in the order in which they should leave: aged stock first.

    Of equal age the one goes first of which intelligence expects most money to lie unsold.
    """
    return sorted(
        problem.lots.values(),
        key=lambda lot: (-lot.stock_age_days, -lot.expected_unsold_minor, lot.asin),
    )


def _is_barred(standing: Standing, store: StoreAccount, lot: Lot) -> bool:
    # The cheap questions come first, because most pairs end at one of them.
    return (
        standing.stock_units[lot.asin] < lot.case_pack_units
        or not standing.may_list(store, lot.asin)
        or next(standing.lasting_blockers(store, lot), None) is not None
    )


def _give(standing: Standing, store: StoreAccount, lot: Lot) -> None:
    if lot.shipping is None:
        return
    unit_minor = lot.unit_cost_minor + lot.shipping.max_minor
    units = standing.room_units(store, lot)
    if unit_minor > 0:
        packs = standing.available_minor[store.client_id] // (unit_minor * lot.case_pack_units)
        units = min(units, max(packs, 0) * lot.case_pack_units)
    if units <= 0:
        return
    before = standing.lines.get((store.store_id, lot.asin))
    standing.put(
        AllocationLine(
            store_id=store.store_id,
            asin=lot.asin,
            units=units + (before.units if before else 0),
            unit_cost_minor=lot.unit_cost_minor,
            unit_shipping_minor=lot.shipping.max_minor,
            preorder_units=before.preorder_units if before else 0,
            preorder_due_minor=before.preorder_due_minor if before else 0,
        )
    )


def _serve_preorders(standing: Standing) -> None:
    problem = standing.problem
    stores = stores_in_turn(problem)
    reached: defaultdict[tuple[ClientId, Asin], list[PreorderClaim]] = defaultdict(list)
    for claim in serving_order(problem.preorders):
        lot = problem.lots.get(claim.asin)
        if lot is None:
            continue
        # A client's claims on one ASIN go to one store, so that what falls due with them is
        # the due amount of the oldest claims, whatever was served in part.
        store = next(
            (
                store
                for store in stores
                if store.client_id == claim.client_id and not _is_barred(standing, store, lot)
            ),
            None,
        )
        claims = reached[claim.client_id, claim.asin]
        claims.append(claim)
        if store is not None:
            _serve_claims(standing, store, lot, claims)


def _serve_claims(
    standing: Standing, store: StoreAccount, lot: Lot, claims: list[PreorderClaim]
) -> None:
    """Give as many packs as the claims need and stock, caps and balance allow.

    Needed is rounded up to whole packs: the units over the claim are ordinary ones, paid in full.
    """
    pack_units = lot.case_pack_units
    given_units = standing.given_units(store, lot.asin)
    claimed_units = sum(claim.outstanding_units for claim in claims)
    needed_packs = -(-(claimed_units - given_units) // pack_units)
    most_packs = min(needed_packs, standing.room_units(store, lot) // pack_units)
    # What falls due grows with the packs, so the most that can be paid is found by halving.
    least, most = 0, max(most_packs, 0)
    while least < most:
        middle = (least + most + 1) // 2
        line = preorder_line(store, lot, claims, given_units + middle * pack_units)
        before = standing.lines.get((store.store_id, lot.asin))
        extra_minor = line.total_minor - (before.total_minor if before else 0)
        if extra_minor <= standing.available_minor[store.client_id]:
            least = middle
        else:
            most = middle - 1
    if least > 0:
        standing.put(preorder_line(store, lot, claims, given_units + least * pack_units))


def preorder_line(
    store: StoreAccount, lot: Lot, claims: list[PreorderClaim], units: int
) -> AllocationLine:
    """Return the line of so many units, as many of them preordered as the claims reach."""
    claimed_units = sum(claim.outstanding_units for claim in claims)
    preorder_units = min(units, claimed_units)
    return AllocationLine(
        store_id=store.store_id,
        asin=lot.asin,
        units=units,
        unit_cost_minor=lot.unit_cost_minor,
        unit_shipping_minor=lot.shipping.max_minor if lot.shipping else 0,
        preorder_units=preorder_units,
        preorder_due_minor=due_minor_of(claims, units=preorder_units),
    )
