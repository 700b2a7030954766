"""A run's lists: every line, what was not given, and all that two runs differ in."""

from collections.abc import Iterator

from django.db.models import QuerySet

from umschlag.kernel.money import Money
from umschlag.storage.records.models import AllocationRun, CartLine, RunRefusal
from umschlag.wiring.run_edits import Comparison
from umschlag.wiring.spreadsheets import Row
from umschlag.wiring.stored_reasons import reason_text


def run_lines(run: AllocationRun, store_id: int | None = None) -> QuerySet[CartLine]:
    """Return who gets what, by client, store and ASIN; of one store where its key is told."""
    rows = CartLine.objects.filter(cart__run=run).select_related(
        "cart__client", "cart__store", "asin"
    )
    if store_id is not None:
        rows = rows.filter(cart__store_id=store_id)
    return rows.order_by("cart__client__name", "cart__store__name", "asin__asin")


def run_refusals(run: AllocationRun, store_id: int | None = None) -> QuerySet[RunRefusal]:
    """Return what was not given, by reason, store and ASIN; to one store where its key is told."""
    rows = RunRefusal.objects.filter(run=run).select_related("client", "store", "asin")
    if store_id is not None:
        rows = rows.filter(store_id=store_id)
    return rows.order_by("reason_code", "store__name", "asin__asin", "pk")


def line_rows(run: AllocationRun, lines: QuerySet[CartLine]) -> Iterator[Row]:
    """Yield the column names and a row for each line, amounts in major units."""
    yield [
        *("run", "client_id", "client", "store_id", "store", "asin", "title", "units"),
        *("preorder_units", "unit_cost", "unit_shipping", "currency", "set_by_hand", "reason"),
    ]
    pinned = set(run.pins.values_list("store_id", "asin_id"))
    for line in lines.iterator(chunk_size=500):
        cart, currency = line.cart, line.cart.currency
        yield [
            run.pk,
            cart.client.external_id,
            cart.client.name,
            cart.store.external_id,
            cart.store.name,
            line.asin.asin,
            line.asin.title,
            line.units,
            line.preorder_units,
            Money(line.unit_cost_minor, currency).decimal,
            Money(line.unit_shipping_minor, currency).decimal,
            currency,
            (cart.store_id, line.asin_id) in pinned,
            reason_text(line),
        ]


def refusal_rows(run: AllocationRun, refusals: QuerySet[RunRefusal]) -> Iterator[Row]:
    """Yield the column names and a row for each refusal; an ASIN is empty where it is several."""
    yield ["run", "client_id", "store_id", "store", "asin", "code", "missing", "currency", "reason"]
    for refusal in refusals.iterator(chunk_size=500):
        client, store = refusal.client, refusal.store
        missing = None
        if refusal.missing_minor is not None and client is not None:
            missing = Money(refusal.missing_minor, client.currency).decimal
        yield [
            run.pk,
            client.external_id if client else "",
            store.external_id if store else "",
            store.name if store else "",
            refusal.asin.asin if refusal.asin else "",
            refusal.reason_code,
            missing,
            client.currency if client and missing is not None else "",
            reason_text(refusal),
        ]


def comparison_rows(found: Comparison) -> Iterator[Row]:
    """Yield the column names and a row for each line that differs, the largest difference first."""
    before, after = f"units_run_{found.before.pk}", f"units_run_{found.after.pk}"
    yield ["client", "store", "asin", "title", before, after, "difference"]
    for line in found.lines:
        yield [
            line.client_name,
            line.store_name,
            line.asin,
            line.title,
            line.before_units,
            line.after_units,
            line.after_units - line.before_units,
        ]
