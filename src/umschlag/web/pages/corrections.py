"""Writing back to Plentymarkets: a list is tried, looked at, and sent on purpose."""

import tempfile
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from umschlag.intelligence.corrections.model import Change, WriteKind
from umschlag.kernel.errors import BadInput, UmschlagError
from umschlag.settings import load_settings
from umschlag.storage.records.models import (
    OutcomeChoice,
    RunStatus,
    WriteBackLine,
    WriteBackRun,
)
from umschlag.web.pages.frame import key_of, page, staff_page, tell_refusal
from umschlag.wiring.correction_words import figure_text, row_remark
from umschlag.wiring.corrections import (
    Asker,
    list_in_file,
    may_write,
    one_change,
    send_write_back,
    try_write_back,
)

ROWS_MAX = 25
"""What is looked up twice within a request's time, also at 80 calls a minute."""
OUTCOME_COLOURS = {
    OutcomeChoice.WOULD_SEND: "note",
    OutcomeChoice.ALREADY: "plain",
    OutcomeChoice.VERIFIED: "good",
    OutcomeChoice.REFUSED: "bad",
    OutcomeChoice.NOT_TAKEN_OVER: "bad",
    OutcomeChoice.CHANGED_MEANWHILE: "warn",
    OutcomeChoice.UNCONFIRMED: "warn",
    OutcomeChoice.SENDING: "warn",
    OutcomeChoice.NOT_SENT: "warn",
}


@staff_page("records.add_writebackrun")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Show the form; on sending it, try the list and show what would be sent."""
    if request.method != "POST":
        return page(
            request,
            "write_back_new.html",
            title=_("Correct stock and prices"),
            is_writing=may_write(load_settings()),
            rows_max=ROWS_MAX,
        )
    settings = load_settings()
    try:
        kind = _kind_in(request)
        changes, source = _list_in(request, kind)
        if len(changes) > ROWS_MAX:
            raise BadInput(
                _(
                    "The list has %(count)s rows, and this page sends %(most)s at most. Longer"
                    " lists: umschlag write stock FILE, or write prices FILE."
                )
                % {"count": len(changes), "most": ROWS_MAX}
            )
        run_id = try_write_back(settings, changes, kind, asker=_asker(request), source=source[:250])
    except UmschlagError as error:
        return tell_refusal(request, error, reverse("pages:write-back-new"))
    return redirect("pages:write-back", run_id=run_id)


def _kind_in(request: HttpRequest) -> WriteKind:
    try:
        return WriteKind(request.POST.get("kind", ""))
    except ValueError:
        raise BadInput(_("Choose stock or prices."), field="kind") from None


def _list_in(request: HttpRequest, kind: WriteKind) -> tuple[list[Change], str]:
    upload = request.FILES.get("file")
    if isinstance(upload, UploadedFile):
        return _uploaded(upload, kind), Path(str(upload.name)).name
    asked = _figure(request, "asked", needed=True)
    place = request.POST.get("place", "").strip()
    if place and not (place.isascii() and place.isdigit() and len(place) < 10):
        raise BadInput(_("Warehouse and sales price are given by their number, as in 1."))
    change = one_change(
        load_settings(),
        kind,
        sku=request.POST.get("sku", ""),
        asked=asked if asked is not None else Decimal(0),
        place_id=int(place) if place else None,
        based_on=_figure(request, "based_on"),
    )
    return [change], ""


def _uploaded(upload: "UploadedFile[Any]", kind: WriteKind) -> list[Change]:
    # The reader tells formats by the ending, and names the file in what it has to say.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(str(upload.name)).name
        path.write_bytes(upload.read())
        return list_in_file(load_settings(), path, kind)


def _figure(request: HttpRequest, name: str, *, needed: bool = False) -> Decimal | None:
    text = request.POST.get(name, "").strip()
    if not text and not needed:
        return None
    # One figure alone does not tell its decimal mark; both are taken, thousands are not.
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise BadInput(
            _("“%s” is no figure; give a file, or an SKU and a figure as in 12 or 12.50.") % text
        ) from None


@staff_page("records.view_writebackrun")
def show(request: HttpRequest, run_id: int) -> HttpResponse:
    """Show a list with the verdict of each row, and every call it makes."""
    run = get_object_or_404(WriteBackRun.objects.select_related("tried_as"), pk=run_id)
    sent = WriteBackRun.objects.filter(tried_as=run).first()
    lines = list(run.lines.all())
    ready = [line for line in lines if line.outcome == OutcomeChoice.WOULD_SEND]
    return page(
        request,
        "write_back.html",
        title=_("Dry run") if run.is_dry else _("Write-back"),
        run=run,
        sent=sent,
        is_failed=run.status == RunStatus.FAILED,
        rows=[_row(line) for line in lines],
        ready_count=len(ready),
        is_writing=may_write(load_settings()),
        may_send=run.is_dry and sent is None and bool(ready) and run.status == RunStatus.COMPLETE,
    )


def _row(line: WriteBackLine) -> dict[str, Any]:
    return {
        "line": line,
        "colour": OUTCOME_COLOURS[OutcomeChoice(line.outcome)],
        "place": line.place_name or line.place_id or "–",
        "based_on": figure_text(line.based_on, line.currency),
        "before": figure_text(line.before, line.currency),
        "asked": figure_text(line.asked, line.currency),
        "after": figure_text(line.after, line.currency),
        "remark": row_remark(line),
    }


@staff_page("records.send_writebackrun")
@require_POST
def send(request: HttpRequest, run_id: int) -> HttpResponse:
    """Send what the dry run showed, and show what came of it."""
    here = reverse("pages:write-back", args=[run_id])
    try:
        sent_id = send_write_back(load_settings(), run_id, asker=_asker(request))
    except UmschlagError as error:
        return tell_refusal(request, error, here)
    sent = WriteBackRun.objects.get(pk=sent_id)
    if sent.bad_count:
        messages.warning(request, _("Not every row stands as asked; each says why."))
    else:
        messages.success(request, _("Sent, looked up again, and everything stands as asked."))
    return redirect("pages:write-back", run_id=sent_id)


def _asker(request: HttpRequest) -> Asker:
    return Asker(
        name=request.user.get_username(),
        user_id=key_of(request.user),
        reason=request.POST.get("reason", "").strip()[:250],
    )
