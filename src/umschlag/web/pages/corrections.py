"""Writing back to Plentymarkets: a list is tried, looked at, and sent on purpose."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from umschlag.kernel.errors import UmschlagError
from umschlag.settings import load_settings
from umschlag.storage.records.models import (
    Article,
    OutcomeChoice,
    RunStatus,
    WriteBackLine,
    WriteBackRun,
)
from umschlag.web.pages.correction_form import ROWS_MAX, Entered, entered_list, kind_of
from umschlag.web.pages.frame import key_of, page, staff_page
from umschlag.wiring.amounts import UNKNOWN
from umschlag.wiring.correction_words import (
    difference_text,
    figure_text,
    problem_texts,
    row_remark,
)
from umschlag.wiring.corrections import (
    Asker,
    may_write,
    sales_warehouses,
    send_write_back,
    sending_progress,
    try_write_back,
)

PROBLEMS_SHOWN_MAX = 10
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
        return _form(request, Entered.of(request.GET))
    settings = load_settings()
    try:
        kind = kind_of(request.POST.get("kind", ""))
        changes, source = entered_list(request, settings)
        run_id = try_write_back(settings, changes, kind, asker=_asker(request), source=source)
    except UmschlagError as error:
        _tell(request, error)
        return _form(request, Entered.of(request.POST))
    return redirect("pages:write-back", run_id=run_id)


def _form(request: HttpRequest, entered: Entered) -> HttpResponse:
    return page(
        request,
        "write_back_new.html",
        title=_("Correct stock and prices"),
        entered=entered,
        is_writing=may_write(load_settings()),
        rows_max=ROWS_MAX,
        warehouses=sales_warehouses(load_settings()),
    )


def _tell(request: HttpRequest, error: UmschlagError) -> None:
    told = problem_texts(error)
    for text in told[:PROBLEMS_SHOWN_MAX]:
        messages.error(request, text)
    if len(told) > PROBLEMS_SHOWN_MAX:
        messages.error(request, _("and %d more") % (len(told) - PROBLEMS_SHOWN_MAX))


@staff_page("records.view_writebackrun")
def show(request: HttpRequest, run_id: int) -> HttpResponse:
    """Show a list with the verdict of each row, and every call it makes."""
    run = get_object_or_404(WriteBackRun.objects.select_related("tried_as"), pk=run_id)
    sent = WriteBackRun.objects.filter(tried_as=run).first()
    lines = list(run.lines.all())
    counts = Counter(OutcomeChoice(line.outcome) for line in lines)
    ready_count = counts[OutcomeChoice.WOULD_SEND]
    return page(
        request,
        "write_back.html",
        title=_("Dry run") if run.is_dry else _("Write-back"),
        run=run,
        sent=sent,
        rows=_rows(lines),
        counts=[
            {"title": outcome.label, "colour": OUTCOME_COLOURS[outcome], "count": counts[outcome]}
            for outcome in OutcomeChoice
            if counts[outcome]
        ],
        ready_count=ready_count,
        left_out_count=run.tried_as.row_count - run.row_count if run.tried_as else 0,
        is_writing=may_write(load_settings()),
        may_send=run.is_dry and sent is None and ready_count and run.status == RunStatus.COMPLETE,
    )


def _rows(lines: list[WriteBackLine]) -> list[dict[str, Any]]:
    skus = [line.sku for line in lines[:500]]
    articles = {article.sku: article for article in Article.objects.filter(sku__in=skus)}
    return [
        {
            "line": line,
            "article": articles.get(line.sku),
            "colour": OUTCOME_COLOURS[OutcomeChoice(line.outcome)],
            "place": line.place_name or line.place_id or UNKNOWN,
            "based_on": figure_text(line.based_on, line.currency),
            "before": figure_text(line.before, line.currency),
            "asked": figure_text(line.asked, line.currency),
            "difference": difference_text(line.before, line.asked, line.currency),
            "after": figure_text(line.after, line.currency),
            "remark": row_remark(line),
        }
        for line in lines
    ]


@staff_page("records.send_writebackrun")
@require_POST
def send(request: HttpRequest, run_id: int) -> HttpResponse:
    """Send what the dry run showed, and show what came of it."""
    try:
        sent_id = send_write_back(load_settings(), run_id, asker=_asker(request))
    except UmschlagError as error:
        _tell(request, error)
        return redirect("pages:write-back", run_id=run_id)
    sent = WriteBackRun.objects.get(pk=sent_id)
    if sent.bad_count:
        messages.warning(request, _("Not every row stands as asked; each says why."))
    else:
        messages.success(request, _("Sent, looked up again, and everything stands as asked."))
    return redirect("pages:write-back", run_id=sent_id)


@staff_page("records.view_writebackrun")
@require_GET
def progress(request: HttpRequest, run_id: int) -> JsonResponse:
    """Return as JSON how far the sending of a dry run is, in words."""
    del request
    found = sending_progress(run_id)
    if found is None:
        return JsonResponse({"text": ""})
    text = _("%(sent)s of %(all)s sent, %(verdicts)s looked up again …") % {
        "sent": found.sent_count,
        "all": found.row_count,
        "verdicts": found.verdict_count,
    }
    return JsonResponse({"text": text})


def _asker(request: HttpRequest) -> Asker:
    return Asker(
        name=request.user.get_username(),
        user_id=key_of(request.user),
        reason=request.POST.get("reason", "").strip()[:250],
    )
