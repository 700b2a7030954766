"""Whose turn it is: the order of stores and of lots."""

from collections import defaultdict
from collections.abc import Iterator

from umschlag.allocation.catalog.model import Lot
from umschlag.allocation.clients.model import turn_of
from umschlag.allocation.planning.model import AllocationProblem
from umschlag.allocation.stores.model import StoreAccount
from umschlag.allocation.ungating.model import is_gated
from umschlag.kernel.identifiers import Asin, StoreId


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


def open_lots_in_turn(problem: AllocationProblem) -> Iterator[tuple[StoreAccount, list[Lot]]]:
    """Yield each store in its turn with the lots that its gates leave open, in theirs."""
    places = {lot.asin: place for place, lot in enumerate(lots_in_turn(problem))}
    open_asins: defaultdict[StoreId, list[Asin]] = defaultdict(list)
    for (store_id, asin), answer in problem.gates.items():
        if not is_gated(answer) and asin in places:
            open_asins[store_id].append(asin)
    for store in stores_in_turn(problem):
        asins = sorted(open_asins[store.store_id], key=places.__getitem__)
        yield store, [problem.lots[asin] for asin in asins]
