"""Arrivals of preordered goods on the terminal."""

import getpass

from django.utils import translation
from django.utils.translation import gettext as _
from rich.console import Console

from umschlag.jobs.report import add_columns, new_table
from umschlag.settings import Settings
from umschlag.storage.records.models import ArrivalRuleChoice, PreorderArrival
from umschlag.wiring.amounts import count_text, day_text, money_text
from umschlag.wiring.arrival_preview import ArrivalPreview, ClientLine
from umschlag.wiring.arrivals import (
    ReportedArrival,
    arrival_rule,
    confirm_arrival,
    preview_arrival,
    report_arrival,
    undo_arrival,
    waited_for,
)

ARRIVALS_PRINTED_MAX = 30


def print_arrivals(settings: Settings, console: Console) -> None:
    """Print the newest arrivals, and what preorders wait for."""
    with translation.override(settings.language):
        found = list(PreorderArrival.objects.select_related("asin")[:ARRIVALS_PRINTED_MAX])
        if found:
            table = new_table(_("Preorder arrivals"))
            names = (_("No."), _("ASIN"), _("State"))
            add_columns(table, *names, figures=(_("Units"),))
            for one in found:
                units = count_text(one.arrived_units)
                table.add_row(str(one.pk), one.asin.asin, one.get_state_display(), units)
            console.print(table)
        else:
            console.print(_("No arrival was reported yet."))
        waiting = waited_for()
        if not waiting:
            console.print(_("No preorder waits for goods."))
            return
        table = new_table(_("Waited for"))
        add_columns(table, _("ASIN"), _("Expected first"), figures=(_("Units"),))
        for entry in waiting:
            units = count_text(entry.units)
            table.add_row(entry.asin.asin, day_text(entry.expected_date), units)
        console.print(table)


def report_and_print(
    settings: Settings, asin: str, units: int, *, note: str, console: Console
) -> None:
    """Report goods and print what they mean for everyone.

    Raises:
        AsinUnknown, BadInput, NobodyWaits: they are no arrival for preorders.
    """
    reported = ReportedArrival(asin=asin, units=units, note=note)
    with translation.override(settings.language):
        arrival_id = report_arrival(settings, reported, by=_who())
    print_effect(settings, arrival_id, "oldest_first", console)


def print_effect(settings: Settings, arrival_id: int, rule: str, console: Console) -> None:
    """Print what confirming by the rule would mean for everyone.

    Raises:
        ArrivalUnknown: there is no such arrival.
    """
    with translation.override(settings.language):
        preview = preview_arrival(settings, arrival_id, arrival_rule(rule))
        _print_preview(console, preview)
        console.print(
            _("To confirm exactly this: umschlag arrivals confirm %(number)d %(options)s")
            % {"number": arrival_id, "options": f"--rule {rule} --shown {preview.shown}"},
            highlight=False,
            soft_wrap=True,
        )


def confirm_and_print(
    settings: Settings, arrival_id: int, rule: str, *, shown: str, console: Console
) -> None:
    """Confirm what was shown and print it.

    Raises:
        ArrivalUnknown, ArrivalAlreadyDecided, ShownIsOutdated, NobodyWaits: it cannot be.
    """
    with translation.override(settings.language):
        confirmed = confirm_arrival(
            settings, arrival_id, arrival_rule(rule), shown=shown, by=_who()
        )
        _print_preview(console, confirmed)
        console.print(_("Confirmed. The next allocation gives the goods to these preorders first."))


def undo_and_print(settings: Settings, arrival_id: int, console: Console) -> None:
    """Take a confirmed arrival back.

    Raises:
        ArrivalUnknown, ArrivalAlreadyDecided, ArrivalInUse: it cannot be.
    """
    with translation.override(settings.language):
        undo_arrival(settings, arrival_id, by=_who())
        console.print(_("Taken back: stock and preorders are as they were before."))


def _print_preview(console: Console, preview: ArrivalPreview) -> None:
    arrival = preview.arrival
    title = _("Arrival %(number)d: %(units)s × %(asin)s, %(rule)s") % {
        "number": arrival.pk,
        "units": count_text(arrival.arrived_units),
        "asin": arrival.asin.asin,
        "rule": ArrivalRuleChoice(preview.rule.value).label,
    }
    table = new_table(title)
    figures = (
        _("Gets"),
        _("Waits on for"),
        _("Falls due"),
        _("Total, at most"),
        _("Short by"),
    )
    add_columns(table, _("Client"), figures=figures, last=_("Blocked"))
    for line in preview.lines:
        table.add_row(*_cells(line))
    console.print(table)
    free = _("%s units go into free stock.") % count_text(preview.free_units)
    console.print(free, highlight=False)


def _cells(line: ClientLine) -> tuple[str, ...]:
    gets = _("%(units)s of %(waiting)s") % {
        "units": count_text(line.units),
        "waiting": count_text(line.waiting_units),
    }
    return (
        line.client.name,
        gets,
        count_text(line.waits_on_units),
        money_text(line.due),
        money_text(line.total),
        money_text(line.missing),
        line.blocked,
    )


def _who() -> str:
    return f"command line: {getpass.getuser()}"
