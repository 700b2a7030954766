"""What a run comes to, in the records: its figures as JSON, and a row for every client."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from umschlag.allocation.planning.evaluation import Evaluation, PlanFigures
from umschlag.storage.records.models import AllocationRun, RunShare

PRICES_KEPT = 50
"""Of the scarce lots and caps those with the highest prices; nobody reads further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFigures:
    """What was kept of a run's evaluation."""

    plan: PlanFigures
    loop: PlanFigures
    jain_run: float
    jain_window: float
    is_complete: bool
    stock_prices: Mapping[str, float]
    """By ASIN, what one more unit in stock would add; the dearest ones."""
    cap_prices: Mapping[int, float]
    """By store, what one more unit under its cap would add."""


def stored_figures(evaluation: Evaluation) -> dict[str, object]:
    """Return the figures as JSON keeps them."""
    return {
        "plan": asdict(evaluation.figures),
        "loop": asdict(evaluation.loop_figures),
        "jain_run": evaluation.jain_run,
        "jain_window": evaluation.jain_window,
        "is_complete": evaluation.is_complete,
        "stock_prices": _dearest(evaluation.prices.stock),
        "cap_prices": _dearest(evaluation.prices.store_cap),
    }


def read_figures(run: AllocationRun) -> RunFigures | None:
    """Return the run's figures; None for a run of an older version, which kept none."""
    stored = run.figures
    if not stored:
        return None
    return RunFigures(
        plan=PlanFigures(**stored["plan"]),
        loop=PlanFigures(**stored["loop"]),
        jain_run=stored["jain_run"],
        jain_window=stored["jain_window"],
        is_complete=stored["is_complete"],
        stock_prices=dict(stored["stock_prices"]),
        cap_prices={int(store_id): price for store_id, price in stored["cap_prices"]},
    )


def above_share_max(run: AllocationRun) -> float | None:
    """Return by how much the best plan there is could be better than the run's at the most.

    None where nobody proved it, and where the run is worth nothing: no share tells how much better
    than nothing something is.
    """
    worth_minor, bound_minor = run.worth_minor or 0, run.bound_minor
    if bound_minor is None or worth_minor <= 0 < bound_minor:
        return None
    return max(bound_minor / worth_minor - 1, 0.0) if worth_minor > 0 else 0.0


def keep_shares(run: AllocationRun, evaluation: Evaluation) -> None:
    """Keep what every client was given of its means."""
    RunShare.objects.bulk_create(
        (
            RunShare(
                run=run,
                client_id=share.client.client_id,
                given_minor=share.given_minor,
                available_minor=share.client.available_minor,
                received_minor=share.client.received_minor,
                waited_days=share.waited_days,
                balance_price=evaluation.prices.balance.get(share.client.client_id, 0.0),
            )
            for share in evaluation.shares
        ),
        batch_size=500,
    )


def _dearest(prices: Mapping[Any, float]) -> list[tuple[Any, float]]:
    return sorted(prices.items(), key=lambda one: -one[1])[:PRICES_KEPT]
