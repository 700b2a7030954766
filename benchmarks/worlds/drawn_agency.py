"""An agency drawn from a seed: lots, clients with balances, stores, open gates, preorders.

Brands decide what a store may sell; balances reach for a third of the stock, unless asked for
less, most of them in few hands; ages go from new to two years; margins lie about 30 % of cost,
some far off.
"""

from datetime import date, timedelta

import numpy as np

from umschlag.allocation.catalog.model import Lot, ShippingBracket
from umschlag.allocation.clients.model import ClientAccount, ClientPriority
from umschlag.allocation.pallets.limits import DESTINATION_LIMITS
from umschlag.allocation.planning.model import (
    AllocationPlan,
    AllocationProblem,
    FairnessPolicy,
    PalletCapacity,
    WorthTerms,
)
from umschlag.allocation.preorders.model import PreorderClaim
from umschlag.allocation.stores.model import StoreAccount
from umschlag.allocation.ungating.model import GateAnswer
from umschlag.kernel.identifiers import Asin, ClientId, Marketplace, StoreId
from umschlag.kernel.measures import Dimensions

AS_OF = date(2026, 3, 2)
AGED_DAYS = 180
BRANDS = 60
OPEN_SHARE = 0.085
PALLET_FREIGHT_MINOR = 12_000
BALANCE_SHARE = 1 / 3


def drawn_problem(
    products: int,
    stores: int,
    generator: np.random.Generator,
    *,
    open_share: float = OPEN_SHARE,
    policy: FairnessPolicy = FairnessPolicy.PROPORTIONAL,
    balance_share: float = BALANCE_SHARE,
) -> AllocationProblem:
    """Return an agency of that size: two stores a client on average, three marketplaces.

    All balances together reach for `balance_share` of the stock.
    """
    lots = drawn_lots(products, generator)
    client_count = max(stores * 5 // 8, 1)
    markets = (Marketplace.DE, Marketplace.DE, Marketplace.FR, Marketplace.UK)
    accounts = {
        StoreId(number): StoreAccount(
            store_id=StoreId(number),
            client_id=ClientId(number % client_count + 1),
            name=f"Store {number}",
            marketplace=markets[int(generator.integers(len(markets)))],
            is_active=bool(generator.random() > 0.05),
            is_mutual=number % 13 == 0,
            asin_units_max=int(generator.choice([24, 48, 96])),
        )
        for number in range(1, stores + 1)
    }
    stock_minor = sum(lot.remaining_units * lot.unit_cost_minor for lot in lots.values())
    clients = drawn_clients(client_count, stock_minor * balance_share, generator)
    brands = generator.integers(BRANDS, size=products)
    opened = generator.random((stores + 1, BRANDS)) < open_share
    asins = list(lots)
    gates = {
        (store_id, asins[product]): GateAnswer.YES
        for store_id in accounts
        for product in range(products)
        if opened[store_id, brands[product]]
    }
    return AllocationProblem(
        as_of_date=AS_OF,
        lots=lots,
        clients=clients,
        stores=accounts,
        receiving_store_ids=tuple(key for key, store in accounts.items() if not store.is_mutual),
        gates=gates,
        policy=policy,
        preorders=drawn_preorders(gates, accounts, lots, generator),
        worth=WorthTerms(pallet_freight_minor=PALLET_FREIGHT_MINOR),
        pallet_capacities={
            marketplace: PalletCapacity(
                volume_mm3=limits.load_volume_mm3_max, weight_g=limits.goods_weight_g_max
            )
            for marketplace, limits in DESTINATION_LIMITS.items()
        },
    )


def drawn_lots(products: int, generator: np.random.Generator) -> dict[Asin, Lot]:
    """Return lots of 20 to 400 units between new and two years old."""
    lots = {}
    for number in range(products):
        asin = Asin(f"B0{number:08d}")
        age_days = int(generator.exponential(120))
        edges = [int(edge) for edge in generator.integers(60, 350, size=3)]
        cost_minor = int(generator.lognormal(6.8, 0.7)) + 50
        lots[asin] = Lot(
            asin=asin,
            remaining_units=int(generator.integers(20, 400)),
            unit_cost_minor=cost_minor,
            currency="EUR",
            added_date=AS_OF - timedelta(days=age_days),
            stock_age_days=min(age_days, 730),
            case_pack_units=int(generator.choice([1, 1, 6, 12])),
            weight_g=int(generator.integers(80, 4_000)),
            dimensions=Dimensions(length_mm=edges[0], width_mm=edges[1], height_mm=edges[2]),
            shipping=ShippingBracket(min_minor=10, max_minor=int(generator.integers(60, 250))),
            unit_margin_minor=int(cost_minor * max(float(generator.normal(0.3, 0.12)), 0.02)),
        )
    return lots


def drawn_clients(
    count: int, balances_minor: float, generator: np.random.Generator
) -> dict[ClientId, ClientAccount]:
    """Return clients whose balances come to about that much, most of it in few hands."""
    shares = generator.pareto(1.5, size=count) + 0.1
    shares /= shares.sum()
    return {
        ClientId(number): ClientAccount(
            client_id=ClientId(number),
            name=f"Client {number}",
            spendable_minor=int(shares[number - 1] * balances_minor),
            currency="EUR",
            priority=ClientPriority(int(generator.integers(1, 4))),
            last_pallet_date=AS_OF - timedelta(days=int(generator.integers(1, 120))),
        )
        for number in range(1, count + 1)
    }


def drawn_preorders(
    gates: dict[tuple[StoreId, Asin], GateAnswer],
    stores: dict[StoreId, StoreAccount],
    lots: dict[Asin, Lot],
    generator: np.random.Generator,
) -> tuple[PreorderClaim, ...]:
    """Return one arrived preorder for every tenth ASIN, half paid, of a client that may sell it."""
    pairs = [pair for pair in gates if not stores[pair[0]].is_mutual]
    chosen = generator.permutation(len(pairs))[: len(lots) // 10]
    claims = {}
    for number, place in enumerate(chosen, start=1):
        store_id, asin = pairs[int(place)]
        client_id = stores[store_id].client_id
        units = int(generator.integers(6, 40))
        claims[client_id, asin] = PreorderClaim(
            preorder_id=number,
            client_id=client_id,
            asin=asin,
            outstanding_units=units,
            due_minor=units * lots[asin].unit_cost_minor // 2,
            expected_arrival_date=AS_OF - timedelta(days=int(generator.integers(1, 60))),
        )
    return tuple(claims.values())


def aged_minor(problem: AllocationProblem, plan: AllocationPlan) -> int:
    """Return the cost of the units that lay longer than `AGED_DAYS` and leave."""
    return sum(
        line.units * line.unit_cost_minor
        for line in plan.lines
        if problem.lots[line.asin].stock_age_days > AGED_DAYS
    )
