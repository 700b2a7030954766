"""Arrivals of preordered goods: reported, looked at rule by rule, confirmed or taken back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from umschlag.allocation.preorders.arrivals import ArrivalRule
from umschlag.kernel.errors import UmschlagError
from umschlag.kernel.money import Money
from umschlag.settings import load_settings
from umschlag.storage.records.models import ArrivalRuleChoice, ArrivalState, PreorderArrival
from umschlag.web.pages.frame import page, staff_page, tell_refusal, typed_count
from umschlag.wiring import arrivals
from umschlag.wiring.arrival_preview import ArrivalPreview
from umschlag.wiring.arrivals import ReportedArrival, arrival_rule

ARRIVALS_SHOWN_MAX = 50
STATE_COLOURS = {
    ArrivalState.WAITING: "warn",
    ArrivalState.CONFIRMED: "good",
    ArrivalState.UNDONE: "plain",
    ArrivalState.DISCARDED: "plain",
}


@staff_page("records.view_preorderarrival")
@require_GET
def show_all(request: HttpRequest) -> HttpResponse:
    """Show what came in, who waits for what, and the form to report goods."""
    found = PreorderArrival.objects.select_related("asin")[:ARRIVALS_SHOWN_MAX]
    return page(
        request,
        "arrivals.html",
        title=_("Preorder arrivals"),
        arrivals=[(one, STATE_COLOURS[ArrivalState(one.state)]) for one in found],
        waited_for=arrivals.waited_for(),
        chosen=request.GET.get("asin", ""),
    )


@staff_page("records.add_preorderarrival")
@require_POST
def report(request: HttpRequest) -> HttpResponse:
    """Keep that goods came in, and show what that means for everyone."""
    typed = request.POST.get("units", "").strip()
    units = typed_count(typed)
    if units is None:
        messages.error(request, _("“%s” cannot arrive: enter whole units, as in 48.") % typed[:40])
        return redirect("pages:arrivals")
    reported = ReportedArrival(
        asin=request.POST.get("asin", ""),
        units=units,
        note=request.POST.get("note", ""),
    )
    try:
        arrival_id = arrivals.report_arrival(load_settings(), reported, by=_name(request))
    except UmschlagError as error:
        return tell_refusal(request, error, reverse("pages:arrivals"))
    return redirect("pages:arrival", arrival_id=arrival_id)


@staff_page("records.view_preorderarrival")
@require_GET
def show(request: HttpRequest, arrival_id: int) -> HttpResponse:
    """Show the effect on every waiting client, or what became of the arrival."""
    arrival = get_object_or_404(PreorderArrival.objects.select_related("asin"), pk=arrival_id)
    is_open = arrival.state == ArrivalState.WAITING
    return page(
        request,
        "arrival.html",
        title=_("Preorder arrival"),
        arrival=arrival,
        colour=STATE_COLOURS[ArrivalState(arrival.state)],
        is_open=is_open,
        is_confirmed=arrival.state == ArrivalState.CONFIRMED,
        rules=ArrivalRuleChoice.choices,
        preview=_preview(request, arrival) if is_open else None,
        shares=[] if is_open else _shares(arrival),
    )


def _preview(request: HttpRequest, arrival: PreorderArrival) -> ArrivalPreview:
    asked = request.GET.get("rule", "")
    rule = ArrivalRule(asked) if asked in ArrivalRuleChoice.values else ArrivalRule.OLDEST_FIRST
    return arrivals.preview_arrival(load_settings(), arrival.pk, rule)


def _shares(arrival: PreorderArrival) -> list[dict[str, Any]]:
    shares = arrival.shares.select_related("preorder__client")
    return [{"share": share, "due": Money(share.due_minor, share.currency)} for share in shares]


@staff_page("records.change_preorderarrival")
@require_POST
def confirm(request: HttpRequest, arrival_id: int) -> HttpResponse:
    """Give the units to whom it was shown, by the rule that was shown."""
    here = reverse("pages:arrival", args=[arrival_id])
    asked = request.POST.get("rule", "")
    try:
        arrivals.confirm_arrival(
            load_settings(),
            arrival_id,
            arrival_rule(asked),
            shown=request.POST.get("shown", ""),
            by=_name(request),
        )
    except UmschlagError as error:
        return tell_refusal(request, error, f"{here}?rule={asked}")
    messages.success(
        request, _("Confirmed. The next allocation gives the goods to these preorders first.")
    )
    return redirect(here)


@staff_page("records.change_preorderarrival")
@require_POST
def discard(request: HttpRequest, arrival_id: int) -> HttpResponse:
    """Put an arrival aside that was reported by mistake."""
    try:
        arrivals.discard_arrival(load_settings(), arrival_id, by=_name(request))
    except UmschlagError as error:
        return tell_refusal(request, error, reverse("pages:arrival", args=[arrival_id]))
    messages.info(request, _("Discarded. Nothing was changed."))
    return redirect("pages:arrivals")


@staff_page("records.change_preorderarrival")
@require_POST
def undo(request: HttpRequest, arrival_id: int) -> HttpResponse:
    """Take a confirmed arrival back."""
    here = reverse("pages:arrival", args=[arrival_id])
    try:
        arrivals.undo_arrival(load_settings(), arrival_id, by=_name(request))
    except UmschlagError as error:
        return tell_refusal(request, error, here)
    messages.success(request, _("Taken back: stock and preorders are as they were before."))
    return redirect(here)


def _name(request: HttpRequest) -> str:
    return request.user.get_username()
