"""Clients' statements, and what stands between the panel's balances and ours."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from umschlag.kernel.errors import UmschlagError
from umschlag.kernel.money import Money
from umschlag.settings import load_settings
from umschlag.storage.records.balance_corrections import corrections_to_undo
from umschlag.storage.records.ledger import spendable_minor
from umschlag.storage.records.models import Client, LedgerEntryKind
from umschlag.web.admin.ledger import ENTRY_COLOURS
from umschlag.web.pages.frame import (
    asked_date,
    page,
    staff_page,
    tell_refusal,
    typed_key,
    unread_days,
    unread_text,
)
from umschlag.web.pages.report import ROWS_PER_PAGE
from umschlag.web.pages.table_files import table_file
from umschlag.wiring.amounts import money_text
from umschlag.wiring.reconciling import differences
from umschlag.wiring.statement_paper import statement_pdf
from umschlag.wiring.statement_words import kind_text, note_text
from umschlag.wiring.statements import (
    ClientStatement,
    client_statement,
    open_charges,
    settle_charges,
)

SETTLED_AT_ONCE_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementAsked:
    """Whose statement over which days, as the address writes it."""

    client: Client | None
    since: date | None
    through: date | None

    @classmethod
    def of(cls, request: HttpRequest) -> "StatementAsked":
        """Return what the address asks for; a client that is none counts as not asked."""
        key = typed_key(request.GET.get("client"))
        return cls(
            client=Client.objects.filter(pk=key).first(),
            since=asked_date(request, "since"),
            through=asked_date(request, "through"),
        )

    @property
    def query(self) -> str:
        """The part of the address that asks for this."""
        asked = {"client": self.client and self.client.pk, "since": self.since}
        return urlencode([(k, v) for k, v in {**asked, "through": self.through}.items() if v])

    def found(self, client: Client) -> ClientStatement:
        """Return the statement; raises as `client_statement` does."""
        return client_statement(
            load_settings(), client.external_id, since=self.since, through=self.through
        )


@staff_page("records.view_ledgerentry")
@require_GET
def statement(request: HttpRequest) -> HttpResponse:
    """Show what happened to what a client can spend."""
    asked = StatementAsked.of(request)
    unread = unread_days(request, "since", "through")
    found, refusal = None, unread_text(unread)
    if asked.client is not None and not unread:
        try:
            found = asked.found(asked.client)
        except UmschlagError as error:
            refusal = error.message
    return page(
        request,
        "statement.html",
        title=_("Statement"),
        asked=asked,
        unread=unread,
        refusal=refusal,
        clients=Client.objects.order_by("name", "pk"),
        **(_shown(request, found) if found else {}),
    )


def _shown(request: HttpRequest, found: ClientStatement) -> dict[str, object]:
    told = found.statement
    rows = Paginator(told.lines, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    # Only a statement that reaches until now closes with what can be spent now.
    now_minor = None if found.through else spendable_minor(found.client.pk)
    is_corrector = request.user.has_perm("records.correct_balance")
    return {
        "found": found,
        "told": told,
        "undoable": corrections_to_undo(line.number for line in rows) if is_corrector else (),
        "currency": found.client.currency,
        "rows": rows,
        "lines": [
            (
                line,
                kind_text(line),
                note_text(line),
                ENTRY_COLOURS.get(LedgerEntryKind(line.kind), "plain"),
            )
            for line in rows
        ],
        "now_minor": now_minor,
        "adds_up": now_minor in (None, told.closing_minor),
    }


@staff_page("records.view_ledgerentry")
@require_GET
def export(request: HttpRequest, ending: str) -> HttpResponse:
    """Hand out the statement, as PDF, CSV or Excel."""
    asked = StatementAsked.of(request)
    if asked.client is None or unread_days(request, "since", "through"):
        raise Http404
    try:
        found = asked.found(asked.client)
    except UmschlagError as error:
        return tell_refusal(request, error, f"{reverse('pages:statement')}?{asked.query}")
    if ending == "pdf":
        return _paper(found)
    return table_file(found.rows(), ending, name=_("statement"))


def _paper(found: ClientStatement) -> HttpResponse:
    name = load_settings().agency_name
    return HttpResponse(
        statement_pdf(found, agency_name=name, printed_at=timezone.now()),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{_("statement")}.pdf"'},
    )


@staff_page("records.view_ledgerentry")
@require_GET
def reconciliation(request: HttpRequest) -> HttpResponse:
    """Show what stands between the panel's balances and ours, and charges to be settled."""
    return page(
        request,
        "reconciliation.html",
        title=_("Reconciliation with the panel"),
        charges=open_charges(),
        differences=differences(),
        may_settle=request.user.has_perm("records.add_ledgerentry"),
    )


@staff_page("records.add_ledgerentry")
@require_POST
def settle(request: HttpRequest) -> HttpResponse:
    """Say that the ticked charges are in what the panel deducted."""
    ticked = request.POST.getlist("charge")[:SETTLED_AT_ONCE_MAX]
    numbers = {typed_key(key) for key in ticked} - {0}
    here = reverse("pages:reconciliation")
    if not numbers:
        messages.error(request, _("Tick the charges that the panel has deducted."))
        return redirect(here)
    try:
        settled = settle_charges(numbers, by=request.user.get_username())
    except UmschlagError as error:
        return tell_refusal(request, error, here)
    for charge in settled:
        amount = money_text(Money(charge.charge_minor, charge.client.currency))
        messages.success(
            request,
            _("Settled: %(amount)s of %(client)s.")
            % {"amount": amount, "client": charge.client.name},
        )
    return redirect(here)
