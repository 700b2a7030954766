"""Arrived preorders whose client cannot pay what falls due with their goods."""

from collections import defaultdict

from umschlag.allocation.catalog.model import Lot
from umschlag.allocation.planning.model import AllocationProblem, Blocker, ReasonCode
from umschlag.allocation.planning.promised_goods import preorder_line
from umschlag.allocation.planning.standing import Standing
from umschlag.allocation.planning.turns import stores_in_turn
from umschlag.allocation.preorders.model import PreorderClaim
from umschlag.allocation.preorders.rules import serving_order
from umschlag.allocation.stores.model import StoreAccount
from umschlag.kernel.identifiers import Asin, ClientId, StoreId


def unpaid_preorders(standing: Standing) -> dict[tuple[StoreId, Asin], list[PreorderClaim]]:
    """Return the claims that the finished plan gives nothing and the balance does not pay.

    They stand at the client's first store that may have the goods, oldest claim first.
    """
    problem = standing.problem
    stores = stores_in_turn(problem)
    unpaid = {}
    for (client_id, asin), claims in _unserved(standing).items():
        lot = problem.lots[asin]
        own = (store for store in stores if store.client_id == client_id)
        store = next((one for one in own if _could_have(standing, one, lot)), None)
        if store is not None and _missing_minor(standing, store, lot, claims) > 0:
            unpaid[store.store_id, asin] = claims
    return unpaid


def preorder_blockers(
    standing: Standing, store: StoreAccount, lot: Lot, claims: list[PreorderClaim]
) -> tuple[Blocker, ...]:
    """Return what stands in the way of the claims' first case pack, money first.

    Money is asked for before the stock, because others got the goods for want of it. And a cart
    with a preorder is made however small.
    """
    missing_minor = _missing_minor(standing, store, lot, claims)
    others = standing.blockers(store, lot)
    return (
        Blocker(
            code=ReasonCode.BALANCE_SHORT,
            missing_minor=missing_minor,
            pack_units=lot.case_pack_units,
        ),
        *(
            blocker
            for blocker in others
            if blocker.code not in {ReasonCode.BALANCE_SHORT, ReasonCode.CART_TOO_SMALL}
        ),
    )


def _unserved(standing: Standing) -> dict[tuple[ClientId, Asin], list[PreorderClaim]]:
    problem: AllocationProblem = standing.problem
    served = {
        (problem.stores[line.store_id].client_id, line.asin)
        for line in standing.lines.values()
        if line.preorder_units
    }
    found: defaultdict[tuple[ClientId, Asin], list[PreorderClaim]] = defaultdict(list)
    for claim in serving_order(problem.preorders):
        if claim.asin in problem.lots and (claim.client_id, claim.asin) not in served:
            found[claim.client_id, claim.asin].append(claim)
    return found


def _could_have(standing: Standing, store: StoreAccount, lot: Lot) -> bool:
    lasting = {blocker.code for blocker in standing.lasting_blockers(store, lot)}
    return lasting <= {ReasonCode.CART_TOO_SMALL}


def _missing_minor(
    standing: Standing, store: StoreAccount, lot: Lot, claims: list[PreorderClaim]
) -> int:
    pack = preorder_line(store, lot, claims, lot.case_pack_units)
    return standing.missing_minor(store.client_id, pack.total_minor)
