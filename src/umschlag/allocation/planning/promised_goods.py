"""What comes before any plan: lines that a person set by hand, and preorders that arrived."""

from collections import defaultdict

from umschlag.allocation.catalog.model import Lot
from umschlag.allocation.planning.model import AllocationLine
from umschlag.allocation.planning.standing import Standing
from umschlag.allocation.planning.turns import stores_in_turn
from umschlag.allocation.preorders.model import PreorderClaim
from umschlag.allocation.preorders.rules import due_minor_of, serving_order
from umschlag.allocation.stores.model import StoreAccount
from umschlag.kernel.identifiers import Asin, ClientId


def put_pins(standing: Standing) -> None:
    """Put the lines that a person set; their preordered units are the client's oldest claims.

    Whether they keep the rules is for `violations` to tell: a person is shown what is wrong with
    a line, and it is never silently made smaller.
    """
    problem = standing.problem
    served: set[tuple[ClientId, Asin]] = set()
    for (store_id, asin), units in sorted(problem.pins.items()):
        if units <= 0 or asin not in problem.lots or store_id not in problem.receiving_store_ids:
            continue
        store = problem.stores[store_id]
        pair = store.client_id, asin
        # Two stores of one client must not both be given its claims.
        claims = [] if pair in served else _claims_of(standing, *pair)
        served.add(pair)
        standing.put(preorder_line(store, problem.lots[asin], claims, units))


def _claims_of(standing: Standing, client_id: ClientId, asin: Asin) -> list[PreorderClaim]:
    return [
        claim
        for claim in serving_order(standing.problem.preorders)
        if claim.client_id == client_id and claim.asin == asin
    ]


def serve_preorders(standing: Standing) -> None:
    """Give arrived preorders their goods, the oldest claim first, as far as the rules allow."""
    problem = standing.problem
    stores = stores_in_turn(problem)
    # How much of its claims a client gets where a person set its line is that person's choice.
    decided = {
        (problem.stores[store_id].client_id, asin)
        for (store_id, asin), units in problem.pins.items()
        if units and store_id in problem.stores
    }
    reached: defaultdict[tuple[ClientId, Asin], list[PreorderClaim]] = defaultdict(list)
    for claim in serving_order(problem.preorders):
        lot = problem.lots.get(claim.asin)
        if lot is None or (claim.client_id, claim.asin) in decided:
            continue
        # A client's claims on one ASIN go to one store, so that what falls due with them is
        # the due amount of the oldest claims, whatever was served in part.
        store = next(
            (
                store
                for store in stores
                if store.client_id == claim.client_id and not standing.is_barred(store, lot)
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
    most_packs = min(needed_packs, standing.room_units(store, lot, is_promised=True) // pack_units)
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
