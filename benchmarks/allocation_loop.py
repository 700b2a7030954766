"""What is the priority loop worth against first come, first served, and what does it cost?

Ours: `plan_by_priority` (preorders, then clients by priority and waiting, oldest stock first).
Baseline: the loop without a thought: stores in order of their number, ASINs in the order of the
sheet, as many whole case packs as stock, caps and balance allow; preorders wait their turn. Both
keep every rule, and `violations` checks both plans; if it finds anything, the benchmark fails.

The agency is drawn from a seed (`worlds/drawn_agency.py`).
Three questions: how much aged stock (cost of units lying longer than half a year) leaves, how many
preordered units are served, how long the bare loop takes. What its check and its reasons take on
top is printed beside.

    python benchmarks/allocation_loop.py --products 2000 --stores 300
"""

import argparse
import json
import time

import numpy as np

from umschlag.allocation.planning.explanation import line_reasons, refusals
from umschlag.allocation.planning.model import (
    AllocationLine,
    AllocationPlan,
    AllocationProblem,
)
from umschlag.allocation.planning.mutual_store import mutual_proposals
from umschlag.allocation.planning.priority_loop import plan_by_priority
from umschlag.allocation.planning.standing import Standing
from umschlag.allocation.planning.violations import violations
from worlds.drawn_agency import aged_minor, drawn_problem


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


if __name__ == "__main__":
    main()
