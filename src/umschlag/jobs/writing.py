"""Writing back from the command line: the list, its verdicts row by row, and what to do next."""

import getpass
import json

from django.utils import translation
from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table

from umschlag.intelligence.corrections.model import Change, Refusal
from umschlag.jobs.progress import shown_progress
from umschlag.jobs.write_request import Request
from umschlag.kernel.errors import BadInput, Refused
from umschlag.settings import Settings
from umschlag.storage.records.models import WriteBackRun
from umschlag.wiring.correction_words import figure_text, row_remark
from umschlag.wiring.corrections import (
    Asker,
    WriteKind,
    WritingSwitchedOff,
    list_in_file,
    may_write,
    one_change,
    sales_warehouses,
    send_write_back,
    try_write_back,
)

ROWS_PRINTED_MAX = 60


class NotAllWritten(Refused):
    """Some rows do not stand in the ERP as asked; the printed list says which."""


def write_list(settings: Settings, request: Request, console: Console) -> None:
    """Try the list, and send it where that was asked for.

    Raises:
        WritingSwitchedOff: it shall be sent and this installation only reads.
        NotAllWritten: rows do not stand as asked.
    """
    if request.send and not may_write(settings):
        raise WritingSwitchedOff(
            "this installation only reads Plentymarkets: nothing was sent. Switch writing on with "
            "UMSCHLAG_PLENTYMARKETS_MAY_WRITE=true, or leave --send out for a dry run"
        )
    kind = WriteKind(request.kind)
    changes = _changes(settings, request, kind)
    asker = _asker(request.reason)
    source = request.file.name if request.file else ""
    with translation.override(settings.language), shown_progress(console) as progress_for:
        run_id = try_write_back(
            settings, changes, kind, asker=asker, source=source, progress_for=progress_for
        )
    run = WriteBackRun.objects.get(pk=run_id)
    with translation.override(settings.language):
        _print_run(console, run)
        _print_places(console, settings, run)
    if request.send:
        send_tried(settings, run_id, reason=request.reason, console=console)
    elif run.requests:
        with translation.override(settings.language):
            console.print(
                _("Nothing was sent. To send exactly this: umschlag write send %s") % run_id,
                highlight=False,
            )


def _print_places(console: Console, settings: Settings, run: WriteBackRun) -> None:
    """Name the warehouses where a row was refused because none was named."""
    if not run.lines.filter(refusal=Refusal.PLACE_MISSING).exists():
        return
    console.print(_("Warehouses that sell, for --warehouse or the column warehouse:"))
    for number, name in sales_warehouses(settings):
        console.print(f"  {number}  {name}", highlight=False, markup=False)


def _changes(settings: Settings, request: Request, kind: WriteKind) -> list[Change]:
    if request.file is not None:
        return list_in_file(settings, request.file, kind)
    if request.one is None:
        raise BadInput("give a file, or --sku with its figure")
    one = request.one
    change = one_change(
        settings,
        kind,
        sku=one.sku,
        asked=one.asked,
        place_id=one.place_id,
        based_on=one.based_on,
    )
    return [change]


def send_tried(settings: Settings, run_id: int, *, reason: str, console: Console) -> None:
    """Send what a dry run showed and print what came of it.

    Raises:
        NotAllWritten: rows do not stand as asked.
    """
    with translation.override(settings.language):
        with shown_progress(console) as progress_for:
            sent_id = send_write_back(
                settings, run_id, asker=_asker(reason), progress_for=progress_for
            )
        run = WriteBackRun.objects.get(pk=sent_id)
        _print_run(console, run)
    if run.bad_count:
        stopped = f": {run.error}" if run.error else ""
        raise NotAllWritten(
            f"{run.bad_count} of {run.row_count} rows do not stand as asked (run {run.pk}){stopped}"
        )


def _asker(reason: str) -> Asker:
    return Asker(name=f"command line: {getpass.getuser()}", reason=reason)


def _print_run(console: Console, run: WriteBackRun) -> None:
    title = _("Dry run %s") if run.is_dry else _("Write-back %s")
    table = Table(title=title % run.pk, title_justify="left")
    for name in (_("Row"), _("SKU"), _("Where")):
        table.add_column(name, overflow="fold")
    for name in (_("before"), _("asked"), _("after")):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column(_("Verdict"), overflow="fold")
    lines = list(run.lines.all())
    # What went wrong is never cut off.
    shown = sorted(lines, key=lambda line: line.outcome in {"verified", "would_send", "already"})
    for line in shown[:ROWS_PRINTED_MAX]:
        table.add_row(
            str(line.row),
            line.sku,
            line.place_name or str(line.place_id or ""),
            figure_text(line.before, line.currency),
            figure_text(line.asked, line.currency),
            figure_text(line.after, line.currency),
            f"{line.get_outcome_display()} {row_remark(line)}".strip(),
        )
    console.print(table)
    if len(lines) > ROWS_PRINTED_MAX:
        more = len(lines) - ROWS_PRINTED_MAX
        console.print(_("  and %s more; the back office lists them") % more, highlight=False)
    if run.is_dry:
        for request in run.requests:
            body = json.dumps(request["body"], ensure_ascii=False)
            console.print(
                f"{request['method']} {request['path']} {body}",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )
