"""Pallets that leave or are cancelled, and runs that are undone: what the buttons do."""

from collections.abc import Callable, Collection
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from umschlag.kernel.errors import BadInput, UmschlagError
from umschlag.settings import load_settings
from umschlag.storage.records.models import AllocationRun, Pallet
from umschlag.web.pages.frame import staff_page, tell_refusal, typed_key, unread_text
from umschlag.wiring.amounts import count_text, money_text
from umschlag.wiring.leaving import (
    Left,
    cancel_pallets,
    mark_ready,
    ship_pallets,
    undo_allocation,
)


@staff_page("records.change_pallet")
@require_POST
def ready(request: HttpRequest, pallet_id: int) -> HttpResponse:
    """Say that the pallet waits for the truck."""
    here = reverse("pages:pallet", args=[pallet_id])
    try:
        mark_ready(pallet_id)
    except UmschlagError as error:
        return tell_refusal(request, error, here)
    messages.success(request, _("Ready for the truck."))
    return redirect(here)


@staff_page("records.change_pallet")
@require_POST
def ship(request: HttpRequest, pallet_id: int) -> HttpResponse:
    """Say that the pallet has left; what was held for it is charged."""
    return _act(request, reverse("pages:pallet", args=[pallet_id]), [pallet_id], _ship)


@staff_page("records.change_pallet")
@require_POST
def cancel(request: HttpRequest, pallet_id: int) -> HttpResponse:
    """Cancel the pallet; what was held for it is given back."""
    return _act(request, reverse("pages:pallet", args=[pallet_id]), [pallet_id], _cancel)


@staff_page("records.change_pallet")
@require_POST
def ship_run(request: HttpRequest, run_id: int) -> HttpResponse:
    """Say that those pallets of the run have left that were ticked."""
    run = get_object_or_404(AllocationRun, pk=run_id)
    ticked = [typed_key(key) for key in request.POST.getlist("pallet")[:1_000]]
    pallets = Pallet.objects.filter(cart__run=run, pk__in=ticked)
    keys = list(pallets.values_list("pk", flat=True))
    here = reverse("pages:run", args=[run_id])
    if not keys:
        messages.error(request, _("Tick the pallets that have left."))
        return redirect(here)
    return _act(request, here, keys, _ship)


@staff_page("records.add_allocationrun")
@require_POST
def undo(request: HttpRequest, run_id: int) -> HttpResponse:
    """Undo the whole run: money, goods and preorders are given back."""
    here = reverse("pages:run", args=[run_id])
    try:
        left = undo_allocation(
            load_settings(),
            run_id,
            by=request.user.get_username(),
            reason=request.POST.get("reason", "").strip(),
        )
    except UmschlagError as error:
        return tell_refusal(request, error, here)
    messages.success(request, _("Undone: %s.") % given_back_text(left))
    return redirect(here)


def given_back_text(left: Left) -> str:
    """Return what cancelling gave back, in words."""
    units = ngettext("%s unit", "%s units", left.units) % count_text(left.units)
    return _("%(amount)s and %(units)s were given back") % {
        "amount": money_text(left.held),
        "units": units,
    }


def _day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if text and day is None:
        raise BadInput(unread_text({"shipped_date": text}), field="shipped_date")
    return day


def _ship(request: HttpRequest, keys: Collection[int]) -> str:
    left = ship_pallets(
        load_settings(),
        keys,
        by=request.user.get_username(),
        shipped_date=_day(request.POST.get("shipped_date", "").strip()),
    )
    return _("Shipped: %s is charged.") % money_text(left.held)


def _cancel(request: HttpRequest, keys: Collection[int]) -> str:
    left = cancel_pallets(load_settings(), keys, by=request.user.get_username())
    return _("Cancelled: %s.") % given_back_text(left)


def _act(
    request: HttpRequest,
    here: str,
    keys: Collection[int],
    act: Callable[[HttpRequest, Collection[int]], str],
) -> HttpResponse:
    try:
        told = act(request, keys)
    except UmschlagError as error:
        return tell_refusal(request, error, here)
    messages.success(request, told)
    return redirect(here)
