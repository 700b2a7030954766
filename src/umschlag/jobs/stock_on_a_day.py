"""The stock on a day, on the terminal and as a file."""

from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rich.console import Console

from umschlag.jobs.report import add_columns, new_table
from umschlag.settings import Settings
from umschlag.wiring.amounts import count_text, day_text, money_text
from umschlag.wiring.stock_lists import write_stock_list
from umschlag.wiring.stock_on_a_day import StockOnADay
from umschlag.wiring.stock_sums import VANISHED


def tell_stock(
    settings: Settings, stock: StockOnADay, *, file: Path | None, console: Console
) -> None:
    """Print what the stock comes to; with a file, write the list as well.

    Raises:
        BadInput: the file cannot be written, or is neither ``.csv`` nor ``.xlsx``.
    """
    with translation.override(settings.language):
        if file is not None:
            write_stock_list(stock, file)
        _print_totals(stock, console)
        for line in _notes(stock):
            console.print(line, highlight=False, markup=False)
        if file is not None:
            tell_written(len(stock), file, console)


def tell_written(row_count: int, file: Path, console: Console) -> None:
    """Say how many articles a file has."""
    written = ngettext(
        "%(count)s article written to %(file)s", "%(count)s articles written to %(file)s", row_count
    )
    console.print(
        written % {"count": count_text(row_count), "file": file},
        highlight=False,
        markup=False,
        soft_wrap=True,
    )


def _print_totals(stock: StockOnADay, console: Console) -> None:
    totals = stock.totals
    # Longer than the table may be, which would break it.
    console.print(stock.picture.title_in_print, style="bold", highlight=False, soft_wrap=True)
    table = new_table()
    add_columns(table, "", figures=(_("Articles"), _("Units"), _("Stock value")))
    for part in totals.sums:
        table.add_row(
            part.title, count_text(part.articles), count_text(part.units), money_text(part.value)
        )
    console.print(table)


def _notes(stock: StockOnADay) -> list[str]:
    notes = [stock.picture.caution] if stock.picture.caution else []
    if stock.asked_date != stock.business_date:
        notes.append(
            _("There is no snapshot of %(asked)s; the newest before it is that of %(shown)s.")
            % {"asked": day_text(stock.asked_date), "shown": day_text(stock.business_date)}
        )
    if stock.known_on:
        notes.append(
            _("Shown as known at the close of %s: what came in later is left out.")
            % day_text(stock.known_on)
        )
    if stock.is_rebuilt:
        notes.append(
            _(
                "This day was rebuilt from stock movements, which know no prices, reservations or "
                "orders under way; costs are those of the newest receipt up to it."
            )
        )
    vanished = stock.totals.articles_vanished
    if vanished and not any(one.part == VANISHED for one in stock.totals.sums):
        left_out = ngettext(
            "%s article vanished from the ERP; --vanished lists it too.",
            "%s articles vanished from the ERP; --vanished lists them too.",
            vanished,
        )
        notes.append(left_out % count_text(vanished))
    if stock.totals.articles_without_cost:
        notes.append(_("Articles without a known cost are left out of the value."))
    return notes
