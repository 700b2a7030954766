"""The cart generator: client and store, a proposal with its reasons, then carts and pallets."""

from datetime import timedelta
from itertools import groupby
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from umschlag.allocation.pallets.leaving import HERE
from umschlag.kernel.errors import UmschlagError
from umschlag.kernel.money import Money
from umschlag.settings import load_settings
from umschlag.storage.records.ledger import spendable_minor
from umschlag.storage.records.models import (
    AllocationRun,
    Cart,
    CartLine,
    CatalogAsin,
    Client,
    Pallet,
    PalletStatus,
    RunState,
    Store,
    StoreKind,
    StoreStatus,
)
from umschlag.storage.records.reasons import PLANNED_SHIPPING
from umschlag.web.amounts import default_currency
from umschlag.web.pages.frame import key_of, page, staff_page, tell_refusal, typed_key
from umschlag.web.pages.pallet import drawing
from umschlag.web.pages.run_work import evaluation_context, pinned_pairs
from umschlag.web.words import method_title, refusal_title
from umschlag.wiring.allocation_words import rule_text
from umschlag.wiring.promised_to_others import promised_to_others
from umschlag.wiring.run_edits import policy_choices
from umschlag.wiring.stored_reasons import cart_limit, line_reason

CARTS_UNFOLDED_MAX = 2
DRAWINGS_SHOWN_MAX = 6
REFUSALS_SHOWN_MAX = 25


@staff_page("records.add_allocationrun")
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Show the choice of client and store; on sending it, compute the proposal."""
    if request.method == "POST":
        return _plan(request)
    client = Client.objects.filter(pk=typed_key(request.GET.get("client"))).first()
    return page(
        request,
        "generator.html",
        title=_("Cart generator"),
        clients=Client.objects.all(),
        client=client,
        stores=list(client.stores.order_by("name")) if client else [],
        spendable=_spendable(client) if client else None,
        asins_left=CatalogAsin.objects.filter(remaining_units__gt=0).count(),
        open_runs=AllocationRun.objects.filter(state=RunState.PROPOSED).select_related(
            "only_store", "made_by"
        )[:5],
        active=StoreStatus.ACTIVE,
        policies=policy_choices(),
        policy=load_settings().allocation_policy,
        watch_key=uuid4(),
    )


def _plan(request: HttpRequest) -> HttpResponse:
    from umschlag.wiring.allocation import plan_allocation

    client_id = typed_key(request.POST.get("client"))
    back_to = reverse("pages:generator") + (f"?client={client_id}" if client_id else "")
    # A store of another client is not found here: the page never offers it.
    store = Store.objects.filter(
        pk=typed_key(request.POST.get("store")), client_id=client_id
    ).first()
    if store is None:
        messages.error(request, _("Choose a store of this client."))
        return redirect(back_to)
    if store.status != StoreStatus.ACTIVE:
        messages.error(request, _("%s is suspended and is given no goods.") % store.name)
        return redirect(back_to)
    try:
        run_id = plan_allocation(
            load_settings(), made_by_id=key_of(request.user), only_store_id=store.pk
        )
    except UmschlagError as error:
        return tell_refusal(request, error, back_to)
    return redirect("pages:run", run_id=run_id)


@staff_page("records.view_allocationrun")
def show(request: HttpRequest, run_id: int) -> HttpResponse:
    """Show what a run proposes, or what became of it."""
    run = get_object_or_404(AllocationRun.objects.select_related("only_store__client"), pk=run_id)
    carts = list(
        run.carts.select_related("client", "store").prefetch_related("lines__asin", "pallets")
    )
    given, pinned = _given_before(run), pinned_pairs(run)
    pallets = list(Pallet.objects.filter(cart__run=run).select_related("client", "store"))
    return page(
        request,
        "run.html",
        title=_("Cart proposal") if run.state == RunState.PROPOSED else _("Allocation run"),
        run=run,
        method=method_title(run.method),
        is_open=run.state == RunState.PROPOSED,
        # What was confirmed and undone is shown with its pallets all the same.
        is_confirmed=run.state in (RunState.CONFIRMED, RunState.UNDONE),
        is_undoable=_is_undoable(run, pallets),
        here=HERE,
        may_ship=request.user.has_perm("records.change_pallet")
        and any(pallet.status in HERE for pallet in pallets),
        carts=[
            {**_cart_context(cart, pinned), "given_units": given.get(cart.store_id, 0)}
            for cart in carts
        ],
        cancelled=_cancelled(run, pallets),
        gone_elsewhere=promised_to_others(run),
        **evaluation_context(run),
        pins=run.pins.select_related("store", "asin", "set_by"),
        stores=_stores_of(run),
        policies=policy_choices(),
        watch_key=uuid4(),
        are_folded=len(carts) > CARTS_UNFOLDED_MAX,
        totals=_totals(carts),
        refusals=_refusals(run),
        mutual=run.mutual_proposals.select_related("client", "own_store", "mutual_store"),
        pallets=pallets,
        drawings=[(pallet, drawing(pallet.pk)) for pallet in pallets[:DRAWINGS_SHOWN_MAX]],
        freight=_sum(pallets, "freight_minor"),
        less_shipping=_less_shipping(carts) if run.confirmed_at else None,
    )


@staff_page("records.add_allocationrun")
@require_POST
def confirm(request: HttpRequest, run_id: int) -> HttpResponse:
    """Make the proposal real: goods and balances are taken, pallets are built."""
    from umschlag.wiring.allocation import confirm_allocation

    here = reverse("pages:run", args=[run_id])
    try:
        confirm_allocation(load_settings(), run_id, by=request.user.get_username())
    except UmschlagError as error:
        return tell_refusal(request, error, here)
    messages.success(request, _("Confirmed: carts are booked and pallets are built."))
    return redirect(here)


@staff_page("records.add_allocationrun")
@require_POST
def discard(request: HttpRequest, run_id: int) -> HttpResponse:
    """Drop the proposal; nothing was taken, so nothing is given back."""
    from umschlag.wiring.allocation import discard_allocation

    try:
        discard_allocation(load_settings(), run_id)
    except UmschlagError as error:
        return tell_refusal(request, error, reverse("pages:run", args=[run_id]))
    messages.info(request, _("Discarded. Nothing was changed."))
    return redirect("pages:generator")


def _is_undoable(run: AllocationRun, pallets: list[Pallet]) -> bool:
    has_shipped = any(pallet.status == PalletStatus.SHIPPED for pallet in pallets)
    return run.state == RunState.CONFIRMED and not has_shipped


def _stores_of(run: AllocationRun) -> QuerySet[Store]:
    """Return the stores that the run may give goods to."""
    stores = Store.objects.filter(status=StoreStatus.ACTIVE).select_related("client")
    if run.only_store_id is not None:
        return stores.filter(pk=run.only_store_id)
    return stores.filter(kind=StoreKind.OWN)


def _given_before(run: AllocationRun) -> dict[int, int]:
    """Return how many units each store got from other runs in the day before this one was made.

    A cap is one run's: several runs a day may give a store more than it.
    """
    given = Cart.objects.filter(
        run__state=RunState.CONFIRMED,
        cancelled_at=None,
        run__confirmed_at__gt=run.made_at - timedelta(days=1),
        run__confirmed_at__lte=run.made_at,
    ).exclude(run=run)
    sums = given.order_by().values("store_id").annotate(sum=Sum("units"))
    return {row["store_id"]: row["sum"] for row in sums}


def _cart_context(cart: Cart, pinned: set[tuple[int, int]]) -> dict[str, Any]:
    """Return the cart's lines and sums: the lines and what preorders still owe make the total."""
    limit = cart_limit(cart)
    lines = [
        {
            "line": line,
            "is_pinned": (cart.store_id, line.asin_id) in pinned,
            "why": line_reason(line, is_cap_told=bool(limit)),
            "unit_cost": Money(line.unit_cost_minor, cart.currency),
            "unit_shipping": Money(line.unit_shipping_minor, cart.currency),
            "total": Money(_paid_minor(line) + _shipping_minor(line), cart.currency),
        }
        for line in cart.lines.all()
    ]
    paid_minor = sum(_paid_minor(line) for line in cart.lines.all())
    has_preorders = any(line.preorder_units for line in cart.lines.all())
    return {
        "cart": cart,
        "lines": lines,
        "limit": limit,
        "preorder_due": Money(cart.goods_minor - paid_minor, cart.currency)
        if has_preorders
        else None,
        "goods": Money(cart.goods_minor, cart.currency),
        "shipping": Money(cart.shipping_minor, cart.currency),
        "total": Money(cart.total_minor, cart.currency),
        "spendable": _spendable(cart.client),
        "pallet_count": len(cart.pallets.all()),
    }


def _paid_minor(line: CartLine) -> int:
    # A deposit was paid on preordered units, so they do not cost what a unit costs.
    return (line.units - line.preorder_units) * line.unit_cost_minor


def _shipping_minor(line: CartLine) -> int:
    return line.units * line.unit_shipping_minor


def _less_shipping(carts: list[Cart]) -> Money | None:
    """Return by how much confirming lowered the shipping; None where that is not known.

    Runs of an older version did not keep what was planned.
    """
    lines = [line for cart in carts for line in cart.lines.all()]
    if not all(PLANNED_SHIPPING in line.reason_values for line in lines):
        return None
    planned_minor = sum(line.units * line.reason_values[PLANNED_SHIPPING] for line in lines)
    less_minor = planned_minor - sum(cart.shipping_minor for cart in carts)
    return Money(less_minor, carts[0].currency) if less_minor > 0 else None


def _totals(carts: list[Cart]) -> dict[str, Any]:
    return {
        "units": sum(cart.units for cart in carts),
        "goods": _sum(carts, "goods_minor"),
        "shipping": _sum(carts, "shipping_minor"),
        "total": _sum(carts, "total_minor"),
    }


def _sum(records: list[Any], column: str) -> Money:
    currency = records[0].currency if records else default_currency()
    return Money(sum(getattr(record, column) for record in records), currency)


def _refusals(run: AllocationRun) -> list[dict[str, Any]]:
    """Return what was refused, by reason; long lists are cut, their count is not."""
    rows: QuerySet[Any] = run.refusals.select_related("store", "asin").order_by(
        "reason_code", "store__name", "asin__asin"
    )
    groups = []
    for code, members in groupby(rows, key=lambda row: row.reason_code):
        listed = list(members)
        groups.append(
            {
                "title": refusal_title(code),
                "rule": rule_text(code),
                "count": len(listed),
                "rows": listed[:REFUSALS_SHOWN_MAX],
                "hidden": max(len(listed) - REFUSALS_SHOWN_MAX, 0),
            }
        )
    return sorted(groups, key=lambda group: -group["count"])


def _cancelled(run: AllocationRun, pallets: list[Pallet]) -> dict[str, Any]:
    """Return what the cancelled pallets of a run that stands come to."""
    gone = [pallet for pallet in pallets if pallet.status == PalletStatus.CANCELLED]
    if not gone or run.state != RunState.CONFIRMED:
        return {}
    return {
        "pallets": len(gone),
        "units": sum(pallet.units for pallet in gone),
        "held": Money(sum(pallet.held_minor for pallet in gone), gone[0].currency),
    }


def _spendable(client: Client) -> Money:
    return Money(spendable_minor(client.pk), client.currency)
