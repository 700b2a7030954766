"""How near is a plan to the best there can be, and how much better than the sorted loop?

Ours: `plan_optimally`. Baseline: `plan_by_priority`, the loop over sorted lists. Both serve the
same preorders first and are judged by `violations` and by one measure of worth: margin, aged stock
moved, freight saved and the bonus for fairness. The bound is the linear program's, proven by its
prices. Beside it: the worth without what aged stock and fairness count (margin less freight), the
aged stock moved, how even the clients come off (Jain), the processor's time and the peak memory.

    python benchmarks/allocation_gap.py --products 20000 --stores 1000
"""

import argparse
import json
import resource
import time

import numpy as np

from umschlag.allocation.planning.fairness import jain_index
from umschlag.allocation.planning.model import AllocationPlan, AllocationProblem, FairnessPolicy
from umschlag.allocation.planning.optimal_plan import plan_optimally
from umschlag.allocation.planning.priority_loop import plan_by_priority
from umschlag.allocation.planning.valuation import plan_worth_minor, unit_worth, used_minor
from umschlag.allocation.planning.violations import violations
from worlds.drawn_agency import BALANCE_SHARE, aged_minor, drawn_problem

OPEN_SHARES = {2_000: 0.098, 20_000: 0.0232}
"""So that 51,000 and 413,000 pairs are open, as sparse as an agency's real gates."""


def main() -> None:
    """Plan drawn agencies both ways and print what they came to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--products", type=int, default=2_000)
    parser.add_argument("--stores", type=int, default=300)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--policy", choices=list(FairnessPolicy), default="proportional")
    parser.add_argument(
        "--balances", type=float, default=1.0, help="0.1: every client has a tenth of its money"
    )
    parser.add_argument("--small", action="store_true", help="300 products and 40 stores")
    arguments = parser.parse_args()
    products, stores = (300, 40) if arguments.small else (arguments.products, arguments.stores)
    for seed in range(1, arguments.seeds + 1):
        problem = drawn_problem(
            products,
            stores,
            np.random.default_rng(seed),
            open_share=OPEN_SHARES.get(products, 0.085),
            policy=FairnessPolicy(arguments.policy),
            balance_share=BALANCE_SHARE * arguments.balances,
        )
        compare(problem, seed)


def compare(problem: AllocationProblem, seed: int) -> None:
    """Plan one agency both ways and print a line."""
    started = time.process_time(), time.perf_counter()
    found = plan_optimally(problem)
    seconds = time.perf_counter() - started[1]
    processor_seconds = time.process_time() - started[0]
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    loop = plan_by_priority(problem)
    for plan in (found.plan, loop):
        broken = violations(problem, plan)
        assert not broken, f"{plan.method} broke rules: {broken[:3]}"
    assert found.bound_minor is not None
    assert found.gap_share is not None
    loop_worth = plan_worth_minor(problem, loop)
    line = {
        "name": "allocation_gap",
        "ours": round(found.worth_minor),
        "baseline": round(loop_worth),
        "ratio": round(found.worth_minor / loop_worth, 3),
        "unit": "worth in minor units; baseline: the sorted loop",
        "size": {
            "products": len(problem.lots),
            "stores": len(problem.stores),
            "open_pairs": len(problem.gates),
            "policy": problem.policy,
            "seed": seed,
            "gap_percent": round(100 * found.gap_share, 3),
            "loop_gap_percent": round(100 * (1 - loop_worth / found.bound_minor), 1),
            "margin_to_loop": round(earned(problem, found.plan) / earned(problem, loop), 3),
            "aged_to_loop": round(aged_minor(problem, found.plan) / aged_minor(problem, loop), 3),
            "jain": round(evenness(problem, found.plan), 3),
            "loop_jain": round(evenness(problem, loop), 3),
            "seconds": round(seconds, 1),
            "processor_seconds": round(processor_seconds, 1),
            "peak_mib": round(peak_mib),
        },
    }
    print(json.dumps(line, ensure_ascii=False))


def earned(problem: AllocationProblem, plan: AllocationPlan) -> float:
    """Return margin less freight, in minor units: nothing for age or fairness."""
    total = 0.0
    for line in plan.lines:
        marketplace = problem.stores[line.store_id].marketplace
        worth = unit_worth(problem, problem.lots[line.asin], marketplace)
        total += line.units * (worth.margin_minor - worth.freight_minor)
    return total


def evenness(problem: AllocationProblem, plan: AllocationPlan) -> float:
    """Return Jain's index of the shares of their balances that clients use."""
    used = used_minor(problem, plan)
    means = {key: client.available_minor for key, client in problem.clients.items()}
    return jain_index(used[key] / means[key] for key in used if means[key])


if __name__ == "__main__":
    main()
