"""What is the priority loop worth against first come, first served, and what does it cost?

Ours: `plan_by_priority` (preorders, then clients by priority and waiting, oldest stock first).
Baseline: the loop without a thought: stores in order of their number, ASINs in the order of the
sheet, as many whole case packs as stock, caps and balance allow; preorders wait their turn. Both
keep every rule, and `violations` checks both plans; if it finds anything, the benchmark fails.

The agency is drawn from a seed: brands decide what a store may sell (about one pair in twelve is
open), balances reach for about half of what the stores could take, ages go from new to two years.
Three questions: how much aged stock (cost of units lying longer than `AGED_DAYS`) leaves, how many
preordered units are served, how long the bare loop takes. What its check and its reasons take on
top is printed beside.

    python benchmarks/allocation_loop.py --products 2000 --stores 300
"""

import argparse
import json
import time
from datetime import date, timedelta

import numpy as np

from umschlag.allocation.catalog.model import Lot, ShippingBracket
from umschlag.allocation.clients.model import ClientAccount, ClientPriority
from umschlag.allocation.pallets.limits import DESTINATION_LIMITS
from umschlag.allocation.planning.explanation import line_reasons, refusals
from umschlag.allocation.planning.model import (
    AllocationLine,
    AllocationPlan,
    AllocationProblem,
    PalletCapacity,
)
from umschlag.allocation.planning.mutual_store import mutual_proposals
from umschlag.allocation.planning.priority_loop import plan_by_priority
from umschlag.allocation.planning.standing import Standing
from umschlag.allocation.planning.violations import violations
from umschlag.allocation.preorders.model import PreorderClaim
from umschlag.allocation.stores.model import StoreAccount
from umschlag.allocation.ungating.model import GateAnswer
from umschlag.kernel.identifiers import Asin, ClientId, Marketplace, StoreId
from umschlag.kernel.measures import Dimensions

AS_OF = date(2026, 3, 2)
AGED_DAYS = 180
BRANDS = 60
OPEN_SHARE = 0.085


def main() -> None:
    """Run both loops on one drawn agency and print what they came to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--products", type=int, default=2_000)
    parser.add_argument("--stores", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--small", action="store_true", help="300 products and 40 stores")
    arguments = parser.parse_args()
    products, stores = (300, 40) if arguments.small else (arguments.products, arguments.stores)
    problem = drawn_problem(products, stores, np.random.default_rng(arguments.seed))

    started = time.perf_counter()
    baseline = first_come_first_served(problem)
    baseline_seconds = time.perf_counter() - started
    started = time.perf_counter()
    plan = plan_by_priority(problem)
    loop_seconds = time.perf_counter() - started
    found = violations(problem, plan)
    reasons = line_reasons(problem, plan)
    refused = refusals(problem, plan, by_asin=False)
    proposals = mutual_proposals(problem, plan)
    reasons_seconds = time.perf_counter() - started - loop_seconds
    assert not found, f"the loop broke rules: {found[:3]}"
    assert not violations(problem, baseline), "the baseline broke rules"

    size = f"{products} products × {stores} stores, {len(problem.gates)} open pairs"
    print(
        f"{size}: {len(plan.lines)} lines, {len(reasons)} reasons, {len(refused)} refusals,\n"
        f"{len(proposals)} mutual proposals; check and reasons took {reasons_seconds:.1f} s"
    )
    tell(
        "allocation_loop.aged_stock",
        aged_minor(problem, plan),
        aged_minor(problem, baseline),
        "minor units of cost",
        size,
    )
    tell("allocation_loop.preorders", preordered(plan), preordered(baseline), "units", size)
    print(
        json.dumps(
            {
                "name": "allocation_loop.time",
                "ours": round(loop_seconds, 3),
                "baseline": round(baseline_seconds, 3),
                "ratio": round(baseline_seconds / loop_seconds, 3),
                "unit": "s",
                "size": size,
            },
            ensure_ascii=False,
        )
    )


def tell(name: str, ours: int, baseline: int, unit: str, size: str) -> None:  # noqa: PLR0917 - the five fields of the line
    """Print one answer; more is better."""
    ratio = round(ours / baseline, 3) if baseline else None
    line = {"name": name, "ours": ours, "baseline": baseline, "ratio": ratio, "unit": unit}
    print(json.dumps({**line, "size": size}, ensure_ascii=False))


def aged_minor(problem: AllocationProblem, plan: AllocationPlan) -> int:
    """Return the cost of the aged units that leave."""
    return sum(
        line.units * line.unit_cost_minor
        for line in plan.lines
        if problem.lots[line.asin].stock_age_days > AGED_DAYS
    )


def preordered(plan: AllocationPlan) -> int:
    """Return the preordered units that are served."""
    return sum(line.preorder_units for line in plan.lines)


def first_come_first_served(problem: AllocationProblem) -> AllocationPlan:
    """Return the plan of a loop over stores and ASINs as they stand in the lists.

    A store's line counts for its client's preorder of the ASIN where there is one.
    """
    standing = Standing(problem)
    claims = {(claim.client_id, claim.asin): claim for claim in problem.preorders}
    for store_id in problem.receiving_store_ids:
        store = problem.stores[store_id]
        for lot in problem.lots.values():
            if standing.blockers(store, lot) or lot.shipping is None:
                continue
            unit_minor = lot.unit_cost_minor + lot.shipping.max_minor
            affordable = standing.available_minor[store.client_id] // unit_minor
            units = min(standing.room_units(store, lot), affordable)
            units -= units % lot.case_pack_units
            claim = claims.pop((store.client_id, lot.asin), None)
            preorder_units = min(units, claim.outstanding_units) if claim else 0
            due_minor = claim.due_minor * preorder_units // claim.outstanding_units if claim else 0
            standing.put(
                AllocationLine(
                    store_id=store_id,
                    asin=lot.asin,
                    units=units,
                    unit_cost_minor=lot.unit_cost_minor,
                    unit_shipping_minor=lot.shipping.max_minor,
                    preorder_units=preorder_units,
                    preorder_due_minor=due_minor,
                )
            )
    return AllocationPlan(lines=tuple(standing.lines.values()), method="first come, first served")


def drawn_problem(products: int, stores: int, generator: np.random.Generator) -> AllocationProblem:
    """Return an agency of that size: two stores a client on average, three marketplaces."""
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
    clients = drawn_clients(client_count, stock_minor, generator)
    brands = generator.integers(BRANDS, size=products)
    opened = generator.random((stores + 1, BRANDS)) < OPEN_SHARE
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
        preorders=drawn_preorders(gates, accounts, lots, generator),
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
        lots[asin] = Lot(
            asin=asin,
            remaining_units=int(generator.integers(20, 400)),
            unit_cost_minor=int(generator.lognormal(6.8, 0.7)) + 50,
            currency="EUR",
            added_date=AS_OF - timedelta(days=age_days),
            stock_age_days=min(age_days, 730),
            case_pack_units=int(generator.choice([1, 1, 6, 12])),
            weight_g=int(generator.integers(80, 4_000)),
            dimensions=Dimensions(length_mm=edges[0], width_mm=edges[1], height_mm=edges[2]),
            shipping=ShippingBracket(min_minor=10, max_minor=int(generator.integers(60, 250))),
        )
    return lots


def drawn_clients(
    count: int, stock_minor: int, generator: np.random.Generator
) -> dict[ClientId, ClientAccount]:
    """Return clients whose balances together reach for a third of the stock."""
    shares = generator.pareto(1.5, size=count) + 0.1
    shares /= shares.sum()
    return {
        ClientId(number): ClientAccount(
            client_id=ClientId(number),
            name=f"Client {number}",
            spendable_minor=int(shares[number - 1] * stock_minor / 3),
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


if __name__ == "__main__":
    main()
