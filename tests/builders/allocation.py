"""Builders for the planner's values: every argument has a default that keeps all rules."""

from datetime import date

from umschlag.allocation.catalog.model import Lot, ShippingBracket
from umschlag.allocation.clients.model import ClientAccount, ClientPriority
from umschlag.allocation.pallets.limits import DESTINATION_LIMITS
from umschlag.allocation.pallets.model import Carton, Goods
from umschlag.allocation.planning.model import (
    AllocationLine,
    AllocationPlan,
    AllocationProblem,
    PalletCapacity,
)
from umschlag.allocation.preorders.model import PreorderClaim
from umschlag.allocation.stores.model import StoreAccount
from umschlag.allocation.ungating.model import GateAnswer
from umschlag.kernel.identifiers import Asin, ClientId, Marketplace, StoreId
from umschlag.kernel.measures import Dimensions

TODAY = date(2026, 3, 2)
BOX = Dimensions(length_mm=200, width_mm=150, height_mm=100)
CAPACITIES = {
    marketplace: PalletCapacity(
        volume_mm3=limits.load_volume_mm3_max, weight_g=limits.goods_weight_g_max
    )
    for marketplace, limits in DESTINATION_LIMITS.items()
}


def an_asin(number=1):
    return Asin(f"B0{number:08d}")


def a_lot(number=1, **values):
    return Lot(
        **{
            "asin": an_asin(number),
            "remaining_units": 100,
            "unit_cost_minor": 1000,
            "currency": "EUR",
            "added_date": date(2026, 1, 1),
            "stock_age_days": 60,
            "weight_g": 500,
            "dimensions": BOX,
            "shipping": ShippingBracket(min_minor=10, max_minor=50),
            **values,
        }
    )


def a_client(number=1, **values):
    return ClientAccount(
        **{
            "client_id": ClientId(number),
            "name": f"Client {number}",
            "spendable_minor": 1_000_000,
            "currency": "EUR",
            "priority": ClientPriority.MEDIUM,
            "last_pallet_date": date(2026, 2, 1),
            **values,
        }
    )


def a_store(number=1, **values):
    return StoreAccount(
        **{
            "store_id": StoreId(number),
            "client_id": ClientId(number),
            "name": f"Store {number}",
            "marketplace": Marketplace.DE,
            **values,
        }
    )


def a_claim(number=1, **values):
    return PreorderClaim(
        **{
            "preorder_id": number,
            "client_id": ClientId(1),
            "asin": an_asin(1),
            "outstanding_units": 10,
            "due_minor": 5000,
            "expected_arrival_date": date(2026, 2, 10),
            **values,
        }
    )


def a_problem(*, lots=None, clients=None, stores=None, gates=None, **values):
    """Return a problem in which every store may list everything, unless `gates` says otherwise."""
    lots = [a_lot()] if lots is None else lots
    clients = [a_client()] if clients is None else clients
    stores = [a_store()] if stores is None else stores
    everything = {(s.store_id, lot.asin): GateAnswer.YES for s in stores for lot in lots}
    return AllocationProblem(
        **{
            "as_of_date": TODAY,
            "lots": {lot.asin: lot for lot in lots},
            "clients": {client.client_id: client for client in clients},
            "stores": {store.store_id: store for store in stores},
            "receiving_store_ids": tuple(s.store_id for s in stores if not s.is_mutual),
            "gates": everything | (gates or {}),
            "pallet_capacities": CAPACITIES,
            **values,
        }
    )


def a_line(store=1, number=1, **values):
    return AllocationLine(
        **{
            "store_id": StoreId(store),
            "asin": an_asin(number),
            "units": 10,
            "unit_cost_minor": 1000,
            "unit_shipping_minor": 50,
            **values,
        }
    )


def a_plan(*lines):
    return AllocationPlan(lines=lines, method="by hand")


def some_goods(number=1, **values):
    return Goods(
        **{
            "asin": an_asin(number),
            "units": 100,
            "unit_dimensions": BOX,
            "unit_weight_g": 500,
            "shipping": ShippingBracket(min_minor=10, max_minor=200),
            **values,
        }
    )


def a_carton(number=1, *, size=(600, 400, 300), **values):
    length, width, height = size
    return Carton(
        **{
            "asin": an_asin(number),
            "units": 10,
            "dimensions": Dimensions(length_mm=length, width_mm=width, height_mm=height),
            "gross_weight_g": 8000,
            "is_computed": True,
            **values,
        }
    )
