"""Transfers into mutual stores: what each side pays and gains, approved or rejected."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from umschlag.kernel.errors import UmschlagError
from umschlag.settings import load_settings
from umschlag.storage.records.models import (
    MutualTransfer,
    Store,
    StoreKind,
    StoreStatus,
    TransferState,
)
from umschlag.web.pages.frame import page, staff_page, tell_refusal, typed_key
from umschlag.wiring.transfer_view import ownership, state_text, transfer_view
from umschlag.wiring.transfers import approve_transfer, propose_for_store, reject_transfer

TRANSFERS_SHOWN_MAX = 50
STATE_COLOURS = {
    TransferState.PROPOSED: "warn",
    TransferState.EXECUTED: "good",
    TransferState.REJECTED: "plain",
}
RIGHTS = {
    "client": "records.approve_for_client",
    "mutual": "records.approve_for_mutual_store",
}


@staff_page("records.view_mutualtransfer")
@require_GET
def show_all(request: HttpRequest) -> HttpResponse:
    """Show transfers, who owns what in mutual stores, and the form to work one out."""
    found = MutualTransfer.objects.select_related("client", "own_store", "mutual_store", "cart")
    stores = Store.objects.filter(kind=StoreKind.OWN, status=StoreStatus.ACTIVE)
    return page(
        request,
        "transfers.html",
        title=_("Mutual store transfers"),
        transfers=[
            (transfer_view(one), state_text(one), _colour(one))
            for one in found[:TRANSFERS_SHOWN_MAX]
        ],
        stores=stores.select_related("client"),
        chosen=request.GET.get("store", ""),
        owned=ownership(),
    )


@staff_page("records.add_mutualtransfer")
@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    """Work out a transfer for a store, and show it."""
    key = typed_key(request.POST.get("store"))
    try:
        number = propose_for_store(load_settings(), key, by=_name(request))
    except UmschlagError as error:
        return tell_refusal(request, error, reverse("pages:transfers"))
    return redirect("pages:transfer", transfer_id=number)


@staff_page("records.view_mutualtransfer")
@require_GET
def show(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """Show what each side pays and gains, and who has approved."""
    found = MutualTransfer.objects.select_related(
        "client", "own_store", "mutual_store", "cart__run"
    )
    record = get_object_or_404(found, pk=transfer_id)
    return page(
        request,
        "transfer.html",
        title=_("Mutual store transfer"),
        view=transfer_view(record),
        record=record,
        state=state_text(record),
        colour=_colour(record),
        is_open=record.state == TransferState.PROPOSED,
        sides=_sides(request, record),
    )


def _colour(record: MutualTransfer) -> str:
    return "plain" if record.taken_back_at else STATE_COLOURS[TransferState(record.state)]


def _sides(request: HttpRequest, record: MutualTransfer) -> list[dict[str, Any]]:
    is_open = record.state == TransferState.PROPOSED
    sides = (
        ("client", _("Client’s side"), record.client_approved_at, record.client_approved_by),
        ("mutual", _("Mutual store’s side"), record.mutual_approved_at, record.mutual_approved_by),
    )
    return [
        {
            "key": key,
            "title": title,
            "at": at,
            "by": by,
            "may_approve": is_open and at is None and request.user.has_perm(RIGHTS[key]),
        }
        for key, title, at, by in sides
    ]


@staff_page("records.view_mutualtransfer")
@require_POST
def approve(request: HttpRequest, transfer_id: int, side: str) -> HttpResponse:
    """Approve for one side; the second approval carries everything out."""
    if side not in RIGHTS or not request.user.has_perm(RIGHTS[side]):
        raise PermissionDenied
    here = reverse("pages:transfer", args=[transfer_id])
    try:
        approved = approve_transfer(
            load_settings(),
            transfer_id,
            "client" if side == "client" else "mutual",
            by=_name(request),
        )
    except UmschlagError as error:
        return tell_refusal(request, error, here)
    if approved.is_executed:
        text = _("Approved by both sides: cart, pallets and ownership are booked.")
    else:
        text = _("Approved. It is carried out once the other side approves, too.")
    messages.success(request, text)
    return redirect(here)


@staff_page("records.view_mutualtransfer")
@require_POST
def reject(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """Reject it for either side, with a reason."""
    if not any(request.user.has_perm(right) for right in RIGHTS.values()):
        raise PermissionDenied
    here = reverse("pages:transfer", args=[transfer_id])
    try:
        reject_transfer(
            load_settings(), transfer_id, reason=request.POST.get("reason", ""), by=_name(request)
        )
    except UmschlagError as error:
        return tell_refusal(request, error, here)
    messages.info(request, _("Rejected. Nothing was changed."))
    return redirect(here)


def _name(request: HttpRequest) -> str:
    return request.user.get_username()
