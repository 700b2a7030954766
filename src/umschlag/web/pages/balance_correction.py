"""A balance corrected by hand: asked, shown, and booked only as it was shown."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from umschlag.kernel.errors import UmschlagError
from umschlag.settings import load_settings
from umschlag.storage.records.ledger import spendable_minor
from umschlag.storage.records.models import Client
from umschlag.web.pages.frame import page, staff_page, typed_key
from umschlag.wiring.amounts import money_text, typed_change
from umschlag.wiring.correcting_balances import (
    REASON_LENGTH_MAX,
    CorrectionAsked,
    CorrectionView,
    NothingToCorrect,
    correct_balance,
    correction_to_undo,
    preview_correction,
)

RIGHT = "records.correct_balance"


@staff_page(RIGHT)
@require_GET
def ask(request: HttpRequest) -> HttpResponse:
    """Ask by how much the client's balance is wrong, and why."""
    client = Client.objects.filter(pk=typed_key(request.GET.get("client"))).first()
    undoes = typed_key(request.GET.get("undo"))
    if not undoes:
        return _form(request, client)
    try:
        asked = correction_to_undo(undoes)
    except UmschlagError as error:
        messages.error(request, error.message)
        return redirect("pages:statement")
    return _form(request, asked.client, asked=asked)


@staff_page(RIGHT)
@require_POST
def show(request: HttpRequest) -> HttpResponse:
    """Show what the balance will be, before anything is booked."""
    client = _client(request)
    if client is None:
        return _form(request, None, refusal=_("Choose a client."))
    try:
        asked = _asked(request, client)
    except UmschlagError as error:
        return _form(request, client, refusal=error.message)
    try:
        view = preview_correction(load_settings(), asked)
    except UmschlagError as error:
        return _form(request, client, asked=asked, refusal=error.message)
    return _form(request, client, asked=asked, view=view)


@staff_page(RIGHT)
@require_POST
def book(request: HttpRequest) -> HttpResponse:
    """Book it, if it still is what was shown."""
    client = _client(request)
    if client is None:
        return _form(request, None, refusal=_("Choose a client."))
    try:
        asked = _asked(request, client)
        view = preview_correction(load_settings(), asked)
    except UmschlagError as error:
        return _form(request, client, refusal=error.message)
    shown_minor = _shown_minor(request.POST.get("before", ""))
    if shown_minor is None:
        # Whoever sent it has seen nothing yet.
        return _form(request, client, asked=asked, view=view)
    meant = request.POST.get("below") == "meant"
    asked = replace(asked, based_on_minor=shown_minor, may_go_below=meant)
    try:
        done = correct_balance(load_settings(), asked, by=request.user.get_username())
    except UmschlagError as error:
        return _form(request, client, asked=asked, view=view, refusal=error.message)
    messages.success(request, _booked_text(done))
    return redirect(f"{reverse('pages:statement')}?client={client.pk}")


def _booked_text(done: CorrectionView) -> str:
    return _("Booked as entry %(number)d: %(client)s can spend %(after)s now.") % {
        "number": done.number,
        "client": done.asked.client.name,
        "after": money_text(done.after),
    }


def _client(request: HttpRequest) -> Client | None:
    undoes = typed_key(request.POST.get("undo"))
    if undoes:
        return Client.objects.filter(ledger_entries__pk=undoes).first()
    return Client.objects.filter(pk=typed_key(request.POST.get("client"))).first()


def _asked(request: HttpRequest, client: Client) -> CorrectionAsked:
    reason = request.POST.get("reason", "")
    undoes = typed_key(request.POST.get("undo"))
    if undoes:
        return correction_to_undo(undoes, reason=reason)
    change = typed_change(request.POST.get("amount", ""), client.currency)
    if change is None:
        raise NothingToCorrect(
            _("Enter by how much the balance is wrong, as in -12.50 or 12.50; not 0."),
            field="amount",
        )
    return CorrectionAsked(client=client, change_minor=change.minor, reason=reason)


def _shown_minor(text: str) -> int | None:
    digits = text.removeprefix("-")
    is_whole = digits.isascii() and digits.isdigit() and len(digits) <= 18
    return int(text) if is_whole else None


def _form(
    request: HttpRequest,
    client: Client | None,
    *,
    asked: CorrectionAsked | None = None,
    view: CorrectionView | None = None,
    refusal: str = "",
) -> HttpResponse:
    answer = page(
        request,
        "balance_correction.html",
        title=_("Correct a balance by hand"),
        client=client,
        clients=Client.objects.order_by("name", "pk"),
        spendable_minor=spendable_minor(client.pk) if client else None,
        asked=asked,
        view=view,
        refusal=refusal,
        amount=request.POST.get("amount", ""),
        reason=request.POST.get("reason", ""),
        reason_length_max=REASON_LENGTH_MAX,
    )
    answer.status_code = 422 if refusal else 200
    return answer
