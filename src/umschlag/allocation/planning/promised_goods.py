"""What comes before any plan: lines that a person set by hand, and preorders that arrived."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from umschlag.allocation.catalog.model import Lot
from umschlag.allocation.planning.model import AllocationLine
from umschlag.allocation.planning.standing import Standing
from umschlag.allocation.planning.turns import stores_in_turn
from umschlag.allocation.preorders.model import PreorderClaim
from umschlag.allocation.preorders.rules import claims_on, due_minor_of, serving_order
from umschlag.allocation.stores.model import StoreAccount
from umschlag.kernel.identifiers import Asin, ClientId, StoreId


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
        claims = [] if pair in served else claims_on(problem.preorders, *pair)
        served.add(pair)
        standing.put(preorder_line(store, problem.lots[asin], claims, units))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreChoice:
    """The store that a client's claims on an ASIN go to, and how many packs at first."""

    store_id: StoreId
    packs: int


def claims_by_pair(standing: Standing) -> dict[tuple[ClientId, Asin], list[PreorderClaim]]:
    """Return the arrived claims of each client and ASIN, but where a person set the line.

    How much of its claims a client gets there is that person's choice.
    """
    problem = standing.problem
    decided = {
        (problem.stores[store_id].client_id, asin)
        for (store_id, asin), units in problem.pins.items()
        if units and store_id in problem.stores
    }
    claims: defaultdict[tuple[ClientId, Asin], list[PreorderClaim]] = defaultdict(list)
    for claim in serving_order(problem.preorders):
        pair = claim.client_id, claim.asin
        if claim.asin in problem.lots and pair not in decided:
            claims[pair].append(claim)
    return dict(claims)


def serve_preorders(
    standing: Standing, chosen: Mapping[tuple[ClientId, Asin], StoreChoice] | None = None
) -> None:
    """Give arrived preorders their goods, the oldest claim first, as far as the rules allow.

    A pair's claims go to the store that is `chosen` for it, and its packs are put first; without
    a choice to the client's first store that may have them.
    """
    problem = standing.problem
    stores = stores_in_turn(problem)
    claims = claims_by_pair(standing)
    for pair, choice in (chosen or {}).items():
        lot = problem.lots[pair[1]]
        units = choice.packs * lot.case_pack_units
        store = problem.stores[choice.store_id]
        standing.put(preorder_line(store, lot, claims[pair], units))
    reached: defaultdict[tuple[ClientId, Asin], list[PreorderClaim]] = defaultdict(list)
    for claim in serving_order(problem.preorders):
        pair = claim.client_id, claim.asin
        if pair not in claims:
            continue
        lot = problem.lots[claim.asin]
        # A client's claims on one ASIN go to one store, so that what falls due with them is
        # the due amount of the oldest claims, whatever was served in part.
        taken = (chosen or {}).get(pair)
        store_found = next(
            (
                store
                for store in stores
                if store.client_id == claim.client_id
                and (taken is None or taken.store_id == store.store_id)
                and not standing.is_barred(store, lot)
            ),
            None,
        )
        reached[pair].append(claim)
        if store_found is not None:
            own = claims[pair] if taken else reached[pair]
            _serve_claims(standing, store_found, lot, own)


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
