"""A run's lines as the planner's values, and the stores that it gives goods to."""

from umschlag.allocation.planning.model import AllocationLine, AllocationPlan, AllocationProblem
from umschlag.allocation.preorders.rules import claims_on, due_minor_of
from umschlag.kernel.identifiers import Asin, ClientId, StoreId
from umschlag.storage.records.allocation import ProblemRows
from umschlag.storage.records.models import AllocationRun, CartLine, StoreKind


def receiving_store_ids(rows: ProblemRows, only_store_id: int | None) -> list[int]:
    """Return the stores that a run gives goods to: all own ones, or the one asked for."""
    return [
        store.pk
        for store in rows.stores
        if store.pk == only_store_id or (only_store_id is None and store.kind == StoreKind.OWN)
    ]


def lines_of_run(run: AllocationRun, problem: AllocationProblem) -> AllocationPlan:
    """Return the run's lines; what falls due for preorders is worked out anew."""
    rows = CartLine.objects.filter(cart__run=run).select_related("cart", "asin")
    lines = []
    for row in rows.order_by("cart_id", "asin_id"):
        asin = Asin(row.asin.asin)
        claims = claims_on(problem.preorders, ClientId(row.cart.client_id), asin)
        lines.append(
            AllocationLine(
                store_id=StoreId(row.cart.store_id),
                asin=asin,
                units=row.units,
                unit_cost_minor=row.unit_cost_minor,
                unit_shipping_minor=row.unit_shipping_minor,
                preorder_units=row.preorder_units,
                preorder_due_minor=due_minor_of(claims, units=row.preorder_units),
            )
        )
    return AllocationPlan(lines=tuple(lines), method=run.method)
