"""Whose turn it is: the order of stores and of lots."""

from umschlag.allocation.catalog.model import Lot
from umschlag.allocation.clients.model import turn_of
from umschlag.allocation.planning.model import AllocationProblem
from umschlag.allocation.stores.model import StoreAccount


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
