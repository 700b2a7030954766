"""What changed and what ran out, on the terminal and as files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rich.console import Console

from umschlag.jobs.report import add_columns, new_table, short_name
from umschlag.jobs.stock_on_a_day import tell_written
from umschlag.settings import Settings
from umschlag.wiring.amounts import change_text, count_text, day_text, decimal_text
from umschlag.wiring.day_pictures import picture_of, pictures_of
from umschlag.wiring.history_lists import (
    NamedStockOut,
    change_rows,
    named_stock_outs,
    sorted_changes,
    stock_out_rows,
)
from umschlag.wiring.list_files import write_list
from umschlag.wiring.looking_back import (
    PACE_DAYS_MIN,
    Change,
    KnownDays,
    articles_out_on,
    changes_between,
    known_days,
    sales_known_through,
    stock_outs,
)
from umschlag.wiring.newest_days import asked_period, newest_compared, newest_counted

LIST_LENGTH = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which days are asked for, as known when, and where the whole list goes."""

    since: date | None
    through: date | None
    known_on: date | None
    file: Path | None


def tell_changes(settings: Settings, wanted: Wanted, console: Console) -> None:
    """Print the largest changes of stock and their sums; with a file, write all of them.

    Raises:
        NotFound: nothing is known, or one of the days has no snapshot.
        BadInput: the days are the wrong way round, or the file cannot be written.
    """
    known = known_days(settings, known_on=wanted.known_on)
    since, through = asked_period(
        settings, known, newest_compared(known), since=wanted.since, through=wanted.through
    )
    found = sorted_changes(
        changes_between(settings, since=since, through=through, known_at=known.known_at), "stock"
    )
    period = {"since": since, "through": through, "known_on": wanted.known_on}
    with translation.override(settings.language):
        if wanted.file is not None:
            write_list(change_rows(found, period), wanted.file, title="changes")
        pictures = pictures_of(settings, [since, through], known_at=known.known_at)
        moments = {
            "since": pictures[since].moment_in_print,
            "through": pictures[through].moment_in_print,
        }
        _say(console, _("From: %(since)s – to: %(through)s") % moments, style="bold")
        _print_changes(found, console)
        _say(console, pictures[through].caution)
        _unsold(settings, through, console)
        _end(wanted, len(found), console)


def tell_stock_outs(settings: Settings, wanted: Wanted, console: Console) -> None:
    """Print what was out longest by what that may have cost; with a file, write all of it.

    Raises:
        NotFound: nothing is known.
        BadInput: the days are the wrong way round, or the file cannot be written.
    """
    known = known_days(settings, known_on=wanted.known_on)
    since, through = asked_period(
        settings, known, newest_counted(settings, known), since=wanted.since, through=wanted.through
    )
    found = named_stock_outs(
        stock_outs(settings, since=since, through=through, known_at=known.known_at)
    )
    period = {"since": since, "through": through, "known_on": wanted.known_on}
    with translation.override(settings.language):
        if wanted.file is not None:
            write_list(stock_out_rows(found, period), wanted.file, title="stock-outs")
        _say(
            console,
            _("Out of stock from %(since)s through %(through)s")
            % {"since": day_text(since), "through": day_text(through)},
            style="bold",
        )
        _print_stock_outs(found, console)
        if any(line.out_since_date == since for line, _key, _name in found[:LIST_LENGTH]):
            text = _("Out since %s means since that day or before: the period begins there.")
            _say(console, text % day_text(since))
        _missing(known, since, through, console)
        _out_now(settings, known, console)
        _end(wanted, len(found), console)


def _print_changes(found: Sequence[Change], console: Console) -> None:
    table = new_table()
    # Two lines a row, which leave room for the name at 80 columns.
    titles = (
        (_("Before"), _("After")),
        (_("Change"),),
        (_("Sold"), _("Returned")),
        (_("Received"), _("Corrected")),
    )
    add_columns(table, _("Article"), figures=["\n".join(title) for title in titles])
    for line in found[:LIST_LENGTH]:
        table.add_row(
            f"{line.sku}\n{short_name(line.name)}",
            f"{count_text(line.units_before)}\n{count_text(line.units_after)}",
            *_moves([line]),
        )
    table.add_section()
    count = len(found)
    changed = ngettext("%s article changed", "%s articles changed", count) % count_text(count)
    table.add_row(changed, "", *_moves(found))
    console.print(table)
    _say(console, _("In units; corrected: corrected, moved, or not told to us."))


def _moves(lines: Sequence[Change]) -> tuple[str, str, str]:
    """Return by how much the stock changed, and by what, two lines a cell."""
    sold = sum(line.units_sold_before_returns for line in lines)
    returned = sum(line.units_returned for line in lines)
    received = sum(line.units_received for line in lines)
    corrected = sum(line.units_corrected for line in lines)
    return (
        change_text(sum(line.units_changed for line in lines)),
        f"{count_text(sold)}\n{count_text(returned)}",
        f"{count_text(received)}\n{change_text(corrected)}",
    )


def _print_stock_outs(found: Sequence[NamedStockOut], console: Console) -> None:
    table = new_table()
    titles = (
        (_("Days out"), _("Of days")),
        (_("Out since"), _("Longest run")),
        (_("Sold"), _("Missed, estimate")),
    )
    add_columns(table, _("Article"), figures=["\n".join(title) for title in titles])
    for line, _key, name in found[:LIST_LENGTH]:
        table.add_row(
            f"{line.sku}\n{short_name(name)}",
            f"{count_text(line.days_out)}\n{count_text(line.days_observed)}",
            f"{day_text(line.out_since_date)}\n{count_text(line.longest_run_days)}",
            f"{count_text(line.units_sold)}\n{decimal_text(line.missed_units)}",
        )
    console.print(table)
    count = len(found)
    had_nothing = ngettext(
        "%s article had nothing to sell on some day.",
        "%s articles had nothing to sell on some day.",
        count,
    )
    _say(console, had_nothing % count_text(count))
    missed = _(
        "Sold is net of returns; missed = days out × sold ÷ days with stock, which count as %s at "
        "least, or as all of a shorter period."
    )
    _say(console, missed % PACE_DAYS_MIN)


def _unsold(settings: Settings, through: date, console: Console) -> None:
    sales = sales_known_through(settings)
    if sales is not None and sales < through:
        text = _("Sales are known up to %(day)s only: what was sold later stands under corrected.")
        _say(console, text % {"day": day_text(sales)})


def _missing(known: KnownDays, since: date, through: date, console: Console) -> None:
    days = known.missing_between(since, through)
    if days:
        text = ngettext(
            "%s day of this period has no snapshot and is not counted.",
            "%s days of this period have no snapshot and are not counted.",
            days,
        )
        _say(console, text % count_text(days))


def _out_now(settings: Settings, known: KnownDays, console: Console) -> None:
    newest = known.days[-1]
    texts = {
        "count": count_text(articles_out_on(settings, newest, known_at=known.known_at)),
        "moment": picture_of(settings, newest, known_at=known.known_at).moment_in_print,
    }
    _say(console, _("Out of stock now: %(count)s – %(moment)s") % texts)


def _end(wanted: Wanted, row_count: int, console: Console) -> None:
    if wanted.known_on is not None:
        text = _("Shown as known at the close of %s: what came in later is left out.")
        _say(console, text % day_text(wanted.known_on))
    if wanted.file is not None:
        tell_written(row_count, wanted.file, console)
    elif row_count > LIST_LENGTH:
        _say(
            console,
            _("Shown are the first %(shown)s; give a file for all: umschlag … list.xlsx")
            % {"shown": LIST_LENGTH},
        )


def _say(console: Console, text: str, *, style: str = "") -> None:
    if text:
        console.print(text, style=style, highlight=False, markup=False, soft_wrap=True)
