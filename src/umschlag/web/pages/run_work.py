"""A proposal worked on: plan for all stores, set lines by hand, plan again, compare."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from umschlag.allocation.planning.model import FairnessPolicy
from umschlag.kernel.errors import UmschlagError
from umschlag.kernel.money import Money, money
from umschlag.settings import load_settings
from umschlag.storage.records.models import AllocationRun, RunState
from umschlag.storage.records.run_figures import above_share_max, read_figures
from umschlag.web.amounts import default_currency
from umschlag.web.pages.frame import key_of, page, staff_page, tell_refusal, typed_count, typed_key
from umschlag.web.pages.planning import watch_key_of
from umschlag.wiring.run_view import figure_rows, share_views

COMPARABLE_MAX = 20
SCARCE_SHOWN = 8
LINES_SHOWN_MAX = 200
EVENNESS_SHOWN = 12
A_HUNDRED = 100
"""Of the currency, whatever its decimal places: what prices are told for."""


@staff_page("records.add_allocationrun")
@require_POST
def plan_all(request: HttpRequest) -> HttpResponse:
    """Plan who gets which units, over all stores; nothing is taken yet."""
    from umschlag.wiring.allocation import plan_allocation

    try:
        run_id = plan_allocation(
            load_settings(),
            made_by_id=key_of(request.user),
            policy=_policy(request),
            watch_key=watch_key_of(request),
        )
    except UmschlagError as error:
        return tell_refusal(request, error, reverse("pages:generator"))
    return redirect("pages:run", run_id=run_id)


@staff_page("records.add_allocationrun")
@require_POST
def set_line(request: HttpRequest, run_id: int) -> HttpResponse:
    """Set the units of one line by hand; the rules are checked at once."""
    from umschlag.storage.records.run_edits import HandEdit
    from umschlag.wiring.run_edits import set_line_by_hand

    here = reverse("pages:run", args=[run_id])
    units, store_id = typed_count(request.POST.get("units")), typed_key(request.POST.get("store"))
    if units is None or not store_id:
        messages.error(request, _("Enter the units as a whole number, 0 to take the line out."))
        return redirect(here)
    edit = HandEdit(
        run_id=run_id,
        store_id=store_id,
        asin=request.POST.get("asin", "").strip().upper(),
        units=units,
        set_by_id=key_of(request.user),
    )
    try:
        set_line_by_hand(load_settings(), edit)
    except UmschlagError as error:
        return tell_refusal(request, error, here)
    messages.success(
        request,
        _("%(asin)s is set to %(units)d units. Planning the rest again keeps it so.")
        % {"asin": edit.asin, "units": units},
    )
    return redirect(here)


@staff_page("records.add_allocationrun")
@require_POST
def release_line(request: HttpRequest, run_id: int) -> HttpResponse:
    """Leave a line to the planner again."""
    from umschlag.wiring.run_edits import leave_line_to_planner

    here = reverse("pages:run", args=[run_id])
    store_id = typed_key(request.POST.get("store"))
    try:
        leave_line_to_planner(
            load_settings(), run_id, store_id, request.POST.get("asin", "").strip()
        )
    except UmschlagError as error:
        return tell_refusal(request, error, here)
    messages.info(request, _("The line is the planner's again: planning the rest may change it."))
    return redirect(here)


@staff_page("records.add_allocationrun")
@require_POST
def plan_again(request: HttpRequest, run_id: int) -> HttpResponse:
    """Plan the rest anew around the lines set by hand."""
    from umschlag.wiring.run_edits import plan_the_rest_again

    try:
        new_run_id = plan_the_rest_again(
            load_settings(),
            run_id,
            policy=_policy(request),
            made_by_id=key_of(request.user),
            watch_key=watch_key_of(request),
        )
    except UmschlagError as error:
        return tell_refusal(request, error, reverse("pages:run", args=[run_id]))
    messages.success(request, _("Planned again. The former proposal is put aside."))
    return redirect("pages:run", run_id=new_run_id)


@staff_page("records.view_allocationrun")
def compare(request: HttpRequest, run_id: int) -> HttpResponse:
    """Show two runs side by side."""
    from umschlag.wiring.run_edits import compare_runs

    other_id = typed_key(request.GET.get("with"))
    here = reverse("pages:run", args=[run_id])
    if not other_id:
        messages.error(request, _("Choose a run to compare with."))
        return redirect(here)
    try:
        found = compare_runs(other_id, run_id)
    except UmschlagError as error:
        return tell_refusal(request, error, here)
    currency = default_currency()
    return page(
        request,
        "compare_runs.html",
        title=_("Two runs side by side"),
        found=found,
        rows=figure_rows(found.before_figures, found.after_figures, currency),
        clients=[
            {
                "name": one.client_name,
                "before": Money(one.before_minor, currency),
                "after": Money(one.after_minor, currency),
                "more": Money(one.after_minor - one.before_minor, currency),
            }
            for one in found.clients
        ],
        lines=found.lines[:LINES_SHOWN_MAX],
        hidden=max(len(found.lines) - LINES_SHOWN_MAX, 0),
    )


def evaluation_context(run: AllocationRun) -> dict[str, Any]:
    """Return what the run's page shows of how good the plan is; empty for an older run."""
    figures = read_figures(run)
    if figures is None:
        return {}
    currency = default_currency()
    worth = run.worth_minor or 0
    loop_worth = figures.loop.worth_minor
    return {
        "figures": figures,
        "margin": Money(figures.plan.margin_minor - figures.plan.freight_minor, currency),
        "loop_margin": Money(figures.loop.margin_minor - figures.loop.freight_minor, currency),
        "aged": Money(figures.plan.aged_minor, currency),
        "loop_aged": Money(figures.loop.aged_minor, currency),
        "gap": above_share_max(run),
        "over_loop": worth / loop_worth - 1 if loop_worth > 0 else None,
        "assumed_units": figures.plan.assumed_margin_units,
        "shares": [
            (share, _hundred_brings(share.balance_price, currency))
            for share in share_views(run, currency)
        ],
        "scarce": [
            (asin, Money(round(price), currency))
            for asin, price in list(figures.stock_prices.items())[:SCARCE_SHOWN]
        ],
        "evenness": _evenness_over_time(run),
        "comparable": AllocationRun.objects.exclude(pk=run.pk).order_by("-made_at")[
            :COMPARABLE_MAX
        ],
    }


def pinned_pairs(run: AllocationRun) -> set[tuple[int, int]]:
    """Return the stores and ASINs of the run that a person decided on."""
    return set(run.pins.values_list("store_id", "asin_id"))


def _hundred_brings(balance_price: float | None, currency: str) -> Money | None:
    """Return what a hundred more of balance would bring; None where it would bring nothing."""
    if balance_price is None:
        return None
    return Money(round(balance_price * money(A_HUNDRED, currency).minor), currency)


def _evenness_over_time(run: AllocationRun) -> list[dict[str, Any]]:
    runs = AllocationRun.objects.filter(
        made_at__lte=run.made_at,
        only_store=None,
        state__in=(RunState.CONFIRMED, RunState.PROPOSED),
    ).exclude(figures={})
    return [
        {"run": one, "run_index": kept.jain_run, "window_index": kept.jain_window}
        for one in reversed(runs.order_by("-made_at")[:EVENNESS_SHOWN])
        if (kept := read_figures(one)) is not None
    ]


def _policy(request: HttpRequest) -> FairnessPolicy | None:
    asked = request.POST.get("policy", "")
    return FairnessPolicy(asked) if asked in set(FairnessPolicy) else None
