"""What to order and what to do, on the terminal and into a file."""

from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rich.console import Console

from umschlag.jobs.report import add_columns, new_table, short_name, whole_money
from umschlag.settings import Settings
from umschlag.storage.records.models import ProposalKind
from umschlag.wiring.act_list import ActsWanted, act_rows, kind_totals, outcome_rows, outcome_totals
from umschlag.wiring.amounts import count_text, day_text, decimal_text, money_text
from umschlag.wiring.list_files import write_list
from umschlag.wiring.order_list import OrderList, OrdersWanted, order_list, order_rows

LIST_LENGTH = 20


def print_orders(
    settings: Settings, wanted: OrdersWanted, *, file: Path | None, console: Console
) -> None:
    """Print what to order and what it earns, or write the whole list.

    Raises:
        BadInput: the budget is negative, or the file cannot be written.
    """
    with translation.override(settings.language):
        found = order_list(settings, wanted)
        if file:
            write_list(order_rows(found), file, title="orders")
            console.print(_("Written: %s") % file, highlight=False, soft_wrap=True)
            return
        if not found.lines:
            console.print(_nothing_text(wanted))
            return
        table = new_table(_("What to order"))
        figures = (_("Units"), _("Order value"), _("Expected to earn"), _("Order by"))
        add_columns(table, _("SKU"), _("Article"), _("Supplier"), figures=figures)
        for line in found.lines[:LIST_LENGTH]:
            article = line.article
            table.add_row(
                article.sku,
                short_name(article.name),
                short_name(article.supplier),
                count_text(line.units),
                money_text(line.cost),
                money_text(line.money),
                day_text(line.proposal.due_date),
            )
        console.print(table)
        _print_sums(found, wanted, console)


def _print_sums(found: OrderList, wanted: OrdersWanted, console: Console) -> None:
    console.print(
        _("%(lines)s lines: %(cost)s, expected to earn %(money)s; %(urgent)s urgent.")
        % {
            "lines": count_text(len(found.lines)),
            "cost": money_text(found.total.cost),
            "money": money_text(found.total.money),
            "urgent": count_text(found.urgent_count),
        },
        highlight=False,
    )
    if found.total.unknown_count:
        console.print(
            ngettext(
                "%s line of unknown cost is not in the sum.",
                "%s lines of unknown cost are not in the sum.",
                found.total.unknown_count,
            )
            % count_text(found.total.unknown_count),
            highlight=False,
        )
    if found.losing_count:
        console.print(
            _("%s of them are expected to lose money: holding costs more than lost sales.")
            % count_text(found.losing_count),
            highlight=False,
            soft_wrap=True,
        )
    if wanted.budget_minor is not None:
        console.print(
            _("The budget buys nothing of %(beyond)s lines; %(unpriced)s have no price.")
            % {
                "beyond": count_text(found.beyond_budget_count),
                "unpriced": count_text(found.unpriced_count),
            },
            highlight=False,
        )


def _nothing_text(wanted: OrdersWanted) -> str:
    if wanted == OrdersWanted():
        return _("Nothing to order. Orders are proposed by `umschlag forecast`.")
    return _("No proposed order fits what was asked for, or within the budget.")


def print_acts(
    settings: Settings, wanted: ActsWanted, *, file: Path | None, console: Console
) -> None:
    """Print what to do by kind and the largest acts, or write the whole list."""
    with translation.override(settings.language):
        if file:
            write_list(act_rows(wanted.acts()), file, title="acts")
            console.print(_("Written: %s") % file, highlight=False, soft_wrap=True)
            return
        totals = kind_totals(settings)
        if not totals:
            console.print(_("Nothing to do. The list is made by `umschlag forecast`."))
        table = new_table(_("What to do"))
        columns = (_("Articles"), _("Units"), _("Cost of the units"), _("Expected proceeds"))
        add_columns(table, _("Act"), figures=columns)
        for total in totals:
            table.add_row(
                str(total.kind.label),
                count_text(total.count),
                count_text(total.units),
                whole_money(total.value),
                whole_money(total.proceeds),
            )
        if totals:
            console.print(table)
            for total in totals:
                if total.unpriced_count:
                    console.print(f"{total.kind.label}: {total.unpriced_text}", highlight=False)
        _largest(console, wanted)


def _largest(console: Console, wanted: ActsWanted) -> None:
    acts = list(wanted.acts()[:LIST_LENGTH])
    if not acts:
        return
    table = new_table(_("Most money first"))
    add_columns(table, _("SKU"), _("Article"), _("Act"), figures=(_("Units"), _("Unsold")))
    for row in acts:
        table.add_row(
            row.article.sku,
            short_name(row.article.name),
            str(ProposalKind(row.kind).label),
            count_text(row.units_to_order),
            decimal_text(row.expected_unsold_units, 0),
        )
    console.print(table)


def print_outcomes(file: Path | None, *, language: str, console: Console) -> None:
    """Print what became of accepted acts by kind, or write all of them."""
    with translation.override(language):
        if file:
            write_list(outcome_rows(), file, title="outcomes")
            console.print(_("Written: %s") % file, highlight=False, soft_wrap=True)
            return
        totals = outcome_totals()
        if not totals:
            console.print(_("Nothing is measured yet: accepted acts are, 28 and 90 days after."))
            return
        table = new_table(_("What became of it"))
        columns = (_("Days"), _("Articles"), _("Units sold"), _("Expected without"))
        add_columns(table, _("Act"), figures=columns)
        for total in totals:
            table.add_row(
                str(total.kind.label),
                count_text(total.after_days),
                count_text(total.count),
                count_text(total.sold_units),
                decimal_text(total.expected_units, 0),
            )
        console.print(table)
