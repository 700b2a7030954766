"""Penner and Renner on the terminal and into a file."""

from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _
from rich.console import Console

from umschlag.jobs.report import add_columns, new_table, short_name, whole_money
from umschlag.settings import Settings
from umschlag.storage.records.models import Verdict
from umschlag.wiring.amounts import count_text, day_text, decimal_text
from umschlag.wiring.list_files import write_list
from umschlag.wiring.movement_list import MovementsWanted, MovementTotals, movement_totals
from umschlag.wiring.movement_rows import money_of, movement_rows
from umschlag.wiring.verdict_changes import (
    ChangesWanted,
    VerdictChanges,
    change_rows,
    verdict_changes,
)

LIST_LENGTH = 20


def print_movements(
    settings: Settings, wanted: MovementsWanted, *, file: Path | None, console: Console
) -> None:
    """Print the first verdicts and what all of them come to, or write the whole list.

    Raises:
        BadInput: the file cannot be written.
    """
    with translation.override(settings.language):
        found = wanted.movements()
        if file:
            write_list(movement_rows(found), file, title="penner-renner")
            console.print(_("Written: %s") % file, highlight=False, soft_wrap=True)
            return
        rows = list(found[:LIST_LENGTH])
        if not rows:
            console.print(_("No article fits. `umschlag classify` judges all of them now."))
            return
        table = new_table(_("Penner and Renner"))
        figures = (_("Stock value"), _("Dead stock"), _("Unsold"))
        add_columns(table, _("SKU"), _("Article"), _("Verdict"), _("Classes"), figures=figures)
        for row in rows:
            classes = (row.abc_class, row.abc_class_by_margin or "–", row.xyz_class or "–")
            table.add_row(
                row.article.sku,
                short_name(row.article.name),
                _short_verdict(row.verdict),
                "·".join(classes),
                whole_money(money_of(row, "stock_value_minor")),
                whole_money(money_of(row, "dead_value_minor")),
                whole_money(money_of(row, "unsold_value_minor")),
            )
        console.print(table)
        console.print(_sums_text(movement_totals(settings, found)), highlight=False, soft_wrap=True)


def _short_verdict(verdict: str) -> str:
    # The terminal has no room for what the words mean.
    return str(Verdict.NORMAL.label) if verdict == Verdict.NORMAL else verdict.capitalize()


def _sums_text(totals: MovementTotals) -> str:
    return _(
        "%(articles)s articles: %(value)s of stock, %(dead)s of it dead; %(unsold)s "
        "(%(units)s units) are expected to be unsold after 90 days, %(missed)s of that in "
        "%(number)s articles that no rule calls a Penner."
    ) % {
        "articles": count_text(totals.count),
        "value": whole_money(totals.stock_value),
        "dead": whole_money(totals.dead),
        "unsold": whole_money(totals.unsold),
        "units": decimal_text(totals.unsold_units, 0),
        "missed": whole_money(totals.missed),
        "number": count_text(totals.missed_count),
    }


def movement_lines(settings: Settings) -> list[str]:
    """Return what the report says beside the verdicts: what will not sell, and what is new.

    Nothing of what nobody knows yet: no forecast, or no verdicts to compare with.
    """
    lines = []
    totals = movement_totals(settings, MovementsWanted().movements())
    if totals.count > totals.not_forecast_count:
        lines.append(
            _(
                "Expected to be unsold after 90 days: %(unsold)s of %(value)s of stock; %(missed)s "
                "of that in %(number)s articles that no rule calls a Penner."
            )
            % {
                "unsold": whole_money(totals.unsold),
                "value": whole_money(totals.stock_value),
                "missed": whole_money(totals.missed),
                "number": count_text(totals.missed_count),
            }
        )
    found = verdict_changes(settings, ChangesWanted())
    if found is not None and found.is_comparable:
        lines.append(_changes_text(found))
    return lines


def _changes_text(found: VerdictChanges) -> str:
    counts = {total.turn.value: count_text(total.count) for total in found.totals}
    return _(
        "Since %(after)s: %(into_penner)s became Penner, %(out_of_penner)s no longer are; "
        "%(new_renner)s became Renner, %(no_longer_renner)s no longer are."
    ) % {"after": day_text(found.after_date), **counts}


def print_changes(
    settings: Settings, wanted: ChangesWanted, *, file: Path | None, console: Console
) -> None:
    """Print what became Penner or Renner and what no longer is, or write the whole list.

    Raises:
        BadInput: the file cannot be written.
    """
    with translation.override(settings.language):
        found = verdict_changes(settings, wanted)
        if found is None:
            console.print(_("Nothing is classified yet: `umschlag classify` does it now."))
            return
        if file:
            write_list(change_rows(found), file, title="verdict-changes")
            console.print(_("Written: %s") % file, highlight=False, soft_wrap=True)
            return
        if found.is_first_day:
            day = day_text(found.until_date)
            console.print(
                _("The verdicts of %s are the first ones: what changes shows from the next day on.")
                % day
            )
            return
        days = {"until": day_text(found.until_date), "after": day_text(found.compared_date)}
        if not found.is_comparable:
            since = {"since": day_text(found.kept_since)}
            console.print(_("Verdicts are kept since %(since)s only.") % since)
        if not found.changes:
            console.print(_("No verdict of %(until)s differs from that of %(after)s.") % days)
            return
        table = new_table(_("Verdicts of %(until)s against those of %(after)s") % days)
        add_columns(
            table,
            _("Day"),
            _("SKU"),
            _("Article"),
            _("Before"),
            _("Now"),
            figures=(_("Dead stock"),),
        )
        for one in found.changes[:LIST_LENGTH]:
            table.add_row(
                day_text(one.changed_date),
                one.sku,
                short_name(one.name),
                _short_verdict(one.from_verdict) if one.from_verdict else "–",
                _short_verdict(one.to_verdict),
                whole_money(one.dead_value),
            )
        console.print(table)
        console.print(_("%s changes.") % count_text(len(found.changes)), highlight=False)
