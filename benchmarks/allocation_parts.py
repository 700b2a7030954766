"""What does it cost in worth to split an allocation into parts, each planned in its own process?

Ours: `plan_in_parts`, clients in 1, 2, 4 and 8 groups with shares of the stock that the parts' own
prices move, each part a process of its own (started afresh, as on another machine). Baseline: the
whole problem in one process (`plan_optimally`). Both are held against the bound that the whole
problem's linear program proves. `seconds_alone` is worked out and not measured: the slowest part
of every round by its processor's time, and this process beside it, as if there were a machine for
every part. What sending the parts takes over a network is in none of the figures.

    python benchmarks/allocation_parts.py --products 20000 --stores 1000 --parts 4 8
"""

import argparse
import json
import multiprocessing
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from umschlag.allocation.planning.model import AllocationProblem
from umschlag.allocation.planning.optimal_plan import OWN_CARTS_MAX, OptimalPlan, plan_optimally
from umschlag.allocation.planning.parts import ROUNDS, plan_in_parts
from umschlag.allocation.planning.violations import violations
from worlds.drawn_agency import drawn_problem

OPEN_SHARES = {2_000: 0.098, 20_000: 0.0232}
"""As in allocation_gap: 51,000 and 413,000 open pairs."""


@dataclass
class PlannedInProcesses:
    """Plans problems side by side, and notes what each round came to."""

    pool: ProcessPoolExecutor
    bound_minor: float
    slowest_seconds: float = 0.0
    peak_mib: float = 0.0
    round_gaps_percent: list[float] = field(default_factory=list)

    def __call__(
        self, problems: Sequence[AllocationProblem], own_carts_max: int
    ) -> list[OptimalPlan]:
        """Return the plans in the problems' order."""
        carts = [own_carts_max] * len(problems)
        answers = list(self.pool.map(plan_part, problems, carts))
        self.slowest_seconds += max(seconds for _, seconds, _ in answers)
        self.peak_mib = max(self.peak_mib, *(peak for _, _, peak in answers))
        worth = sum(found.worth_minor for found, _, _ in answers)
        self.round_gaps_percent.append(round(100 * (1 - worth / self.bound_minor), 2))
        return [found for found, _, _ in answers]


def plan_part(problem: AllocationProblem, own_carts_max: int) -> tuple[OptimalPlan, float, float]:
    """Return a part's plan, the processor's seconds that it took and the peak in MiB."""
    started = time.process_time()
    found = plan_optimally(problem, own_carts_max=own_carts_max)
    return found, time.process_time() - started, own_peak_mib()


def own_peak_mib() -> float:
    """Return the most memory that this process had; `getrusage` tells a parent's, if larger."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(peak.split()[1]) / 1024


def main() -> None:
    """Plan a drawn agency whole and in parts and print what it came to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--products", type=int, default=2_000)
    parser.add_argument("--stores", type=int, default=300)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--parts", type=int, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--small", action="store_true", help="300 products and 40 stores")
    arguments = parser.parse_args()
    products, stores = (300, 40) if arguments.small else (arguments.products, arguments.stores)
    for seed in range(1, arguments.seeds + 1):
        generator = np.random.default_rng(seed)
        open_share = OPEN_SHARES.get(products, 0.085)
        problem = drawn_problem(products, stores, generator, open_share=open_share)
        started = time.perf_counter()
        whole = plan_part(problem, OWN_CARTS_MAX)
        seconds = time.perf_counter() - started
        for count in arguments.parts:
            compare(problem, (*whole, seconds), count, processes=arguments.processes)


def compare(
    problem: AllocationProblem,
    baseline: tuple[OptimalPlan, float, float, float],
    count: int,
    *,
    processes: int,
) -> None:
    """Plan in so many parts and print a line."""
    whole, whole_processor_seconds, whole_peak_mib, whole_seconds = baseline
    assert whole.bound_minor is not None
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(count, processes), mp_context=spawned) as pool:
        plan_all = PlannedInProcesses(pool, whole.bound_minor)
        # One part has all there is: nothing can move.
        rounds = ROUNDS if count > 1 else 1
        started = time.perf_counter(), time.process_time()
        found = plan_in_parts(problem, count, plan_all=plan_all, rounds=rounds)
        seconds = time.perf_counter() - started[0]
        own_seconds = time.process_time() - started[1]
    broken = violations(problem, found.plan)
    assert not broken, f"the joined plan broke rules: {broken[:3]}"
    assert found.gap_share is not None
    line = {
        "name": "allocation_parts",
        "ours": round(found.worth_minor),
        "baseline": round(whole.worth_minor),
        "ratio": round(found.worth_minor / whole.worth_minor, 5),
        "unit": "worth in minor units; baseline: the whole problem in one process",
        "size": {
            "products": len(problem.lots),
            "stores": len(problem.stores),
            "open_pairs": len(problem.gates),
            "parts": count,
            "processes": min(count, processes),
            "gap_percent": round(100 * (1 - found.worth_minor / whole.bound_minor), 3),
            "whole_gap_percent": round(100 * (whole.gap_share or 0.0), 3),
            "own_bound_gap_percent": round(100 * found.gap_share, 3),
            "round_gaps_percent": plan_all.round_gaps_percent,
            "seconds": round(seconds, 1),
            "whole_seconds": round(whole_seconds, 1),
            "seconds_alone": round(plan_all.slowest_seconds + own_seconds, 1),
            "whole_processor_seconds": round(whole_processor_seconds, 1),
            "part_peak_mib": round(plan_all.peak_mib),
            "whole_peak_mib": round(whole_peak_mib),
        },
    }
    print(json.dumps(line, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
