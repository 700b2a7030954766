"""The plain way to plan: whoever is first in line takes the oldest stock there is.

It stays as the fallback and as what better planners are measured against. Cost: one look at every
pair of store and lot that the gates leave open.
"""

from collections import defaultdict
from collections.abc import Iterator

from umschlag.allocation.catalog.model import Lot
from umschlag.allocation.planning.model import AllocationLine, AllocationPlan, AllocationProblem
from umschlag.allocation.planning.promised_goods import put_pins, serve_preorders
from umschlag.allocation.planning.standing import Standing
from umschlag.allocation.planning.turns import lots_in_turn, stores_in_turn
from umschlag.allocation.stores.model import StoreAccount
from umschlag.allocation.ungating.model import is_gated
from umschlag.kernel.identifiers import Asin, StoreId

METHOD = "priority_loop"


def plan_by_priority(problem: AllocationProblem) -> AllocationPlan:
    """Return a plan that keeps every rule and leaves no case pack that could still be given.

    Lines set by hand stay. Arrived preorders come first, by age. Then the clients in their turn
    (`turn_of`), each with its stores in order of number, each store with the oldest lots first.
    """
    standing = Standing(problem)
    put_pins(standing)
    serve_preorders(standing)
    for store, lots in _open_lots_in_turn(problem):
        for lot in lots:
            if not standing.is_barred(store, lot):
                _give(standing, store, lot)
    return AllocationPlan(lines=tuple(standing.lines.values()), method=METHOD)


def _open_lots_in_turn(problem: AllocationProblem) -> Iterator[tuple[StoreAccount, list[Lot]]]:
    """Yield each store in its turn with the lots that its gates leave open, in theirs."""
    places = {lot.asin: place for place, lot in enumerate(lots_in_turn(problem))}
    open_asins: defaultdict[StoreId, list[Asin]] = defaultdict(list)
    for (store_id, asin), answer in problem.gates.items():
        if not is_gated(answer) and asin in places:
            open_asins[store_id].append(asin)
    for store in stores_in_turn(problem):
        asins = sorted(open_asins[store.store_id], key=places.__getitem__)
        yield store, [problem.lots[asin] for asin in asins]


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
