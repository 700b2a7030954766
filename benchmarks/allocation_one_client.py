"""How long does a person wait for one client's store, from the question to its pallets?

Ours: what `POST /generate_pallets` computes in a drawn agency: the plan of most worth for one
store with its bound, the loop beside it, the reasons of every line and every ASIN that is refused,
the check, and the pallets of the cart. Baseline: the sorted loop's cart alone, without a bound, a
reason or a pallet. Ten stores, those with most open gates first; the median and the longest count.

    python benchmarks/allocation_one_client.py --products 2000 --stores 300
"""

import argparse
import json
import statistics
import time
from collections import Counter
from dataclasses import replace

import numpy as np

from umschlag.allocation.pallets.limits import DESTINATION_LIMITS
from umschlag.allocation.pallets.model import Goods
from umschlag.allocation.pallets.usecases import pallets_for
from umschlag.allocation.planning.explanation import line_reasons, refusals
from umschlag.allocation.planning.model import AllocationPlan, AllocationProblem
from umschlag.allocation.planning.mutual_store import mutual_proposals
from umschlag.allocation.planning.optimal_plan import plan_optimally
from umschlag.allocation.planning.priority_loop import plan_by_priority
from umschlag.allocation.planning.violations import violations
from umschlag.kernel.identifiers import StoreId
from worlds.drawn_agency import PALLET_FREIGHT_MINOR, drawn_problem

STORES_ASKED = 10


def main() -> None:
    """Ask for the stores with most open gates, one after the other, and print how long it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--products", type=int, default=2_000)
    parser.add_argument("--stores", type=int, default=300)
    parser.add_argument("--small", action="store_true", help="300 products and 40 stores")
    arguments = parser.parse_args()
    products, stores = (300, 40) if arguments.small else (arguments.products, arguments.stores)
    problem = drawn_problem(products, stores, np.random.default_rng(1), open_share=0.098)
    openings = Counter(store_id for store_id, _ in problem.gates)
    own = [key for key, _ in openings.most_common() if key in problem.receiving_store_ids]
    ours, loops = [], []
    for store_id in own[:STORES_ASKED]:
        asked = replace(problem, receiving_store_ids=(store_id,))
        started = time.perf_counter()
        units = cart_with_pallets(asked, store_id)
        ours.append(time.perf_counter() - started)
        started = time.perf_counter()
        plan_by_priority(asked)
        loops.append(time.perf_counter() - started)
        assert units >= 0
    line = {
        "name": "allocation_one_client",
        "ours": round(statistics.median(ours), 3),
        "baseline": round(statistics.median(loops), 3),
        "ratio": round(statistics.median(loops) / statistics.median(ours), 3),
        "unit": "s; baseline: the loop's cart alone, without bound, reasons or pallets",
        "size": {
            "products": products,
            "stores": stores,
            "longest": round(max(ours), 3),
            "open_asins_most": openings[own[0]],
        },
    }
    print(json.dumps(line, ensure_ascii=False))


def cart_with_pallets(problem: AllocationProblem, store_id: StoreId) -> int:
    """Plan, check and explain the store's cart and build its pallets; return their units."""
    plan = plan_optimally(problem).plan
    plan_by_priority(problem)
    assert not violations(problem, plan)
    line_reasons(problem, plan)
    refusals(problem, plan, by_asin=True)
    mutual_proposals(problem, plan)
    goods = _goods(problem, plan)
    if not goods:
        return 0
    limits = DESTINATION_LIMITS[problem.stores[store_id].marketplace]
    made = pallets_for(goods, limits, pallet_freight_minor=PALLET_FREIGHT_MINOR)
    return sum(load.units for load in made.loads)


def _goods(problem: AllocationProblem, plan: AllocationPlan) -> list[Goods]:
    goods = []
    for line in plan.lines:
        lot = problem.lots[line.asin]
        assert lot.dimensions is not None
        assert lot.weight_g is not None
        assert lot.shipping is not None
        goods.append(
            Goods(
                asin=line.asin,
                units=line.units,
                unit_dimensions=lot.dimensions,
                unit_weight_g=lot.weight_g,
                shipping=lot.shipping,
                case_pack_units=lot.case_pack_units,
            )
        )
    return goods


if __name__ == "__main__":
    main()
