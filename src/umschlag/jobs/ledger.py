"""Statements and open charges on the terminal."""

import getpass
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from rich.console import Console

from umschlag.jobs.report import add_columns, new_table
from umschlag.kernel.money import Money
from umschlag.settings import Settings
from umschlag.wiring.amounts import day_text, money_text
from umschlag.wiring.list_files import write_file, write_list
from umschlag.wiring.statement_paper import statement_pdf
from umschlag.wiring.statement_words import kind_text, note_text
from umschlag.wiring.statements import (
    client_statement,
    open_charges,
    settle_charges,
)


def write_statement(
    settings: Settings, client_id: str, file: Path, *, since: date | None, through: date | None
) -> None:
    """Write the client's statement to a file.

    Raises:
        NoSuchClient, DaysReversed, BadInput: nothing was written.
    """
    with translation.override(settings.language):
        found = client_statement(settings, client_id, since=since, through=through)
        if file.suffix.lower() == ".pdf":
            name = settings.agency_name
            write_file([statement_pdf(found, agency_name=name, printed_at=timezone.now())], file)
        else:
            write_list(found.rows(), file, title="statement")


def print_statement(
    settings: Settings,
    client_id: str,
    *,
    since: date | None,
    through: date | None,
    console: Console,
) -> None:
    """Print the client's statement.

    Raises:
        NoSuchClient, DaysReversed: nothing was printed.
    """
    with translation.override(settings.language):
        found = client_statement(settings, client_id, since=since, through=through)
        table = new_table(_("Statement of %s") % found.client.name)
        figures = (_("Change"), _("Balance"))
        add_columns(table, _("Entry"), _("Day"), _("What"), figures=figures, last=_("Note"))
        currency = found.client.currency
        opening = money_text(Money(found.statement.opening_minor, currency))
        table.add_row("", "", _("Opening balance"), "", opening, "")
        for line in found.statement.lines:
            table.add_row(
                str(line.number),
                day_text(timezone.localtime(line.booked_at).date()),
                kind_text(line),
                money_text(Money(line.change_minor, currency)),
                money_text(Money(line.balance_minor, currency)),
                note_text(line),
            )
        closing = money_text(Money(found.statement.closing_minor, currency))
        table.add_row("", "", _("Closing balance"), "", closing, "")
        console.print(table)


def reconcile_and_tell(settings: Settings, numbers: Sequence[int], *, console: Console) -> None:
    """Settle the charges, then list those that are left.

    Raises:
        ChargeUnknown, SettledTwice, NotDeducted: nothing was changed.
    """
    with translation.override(settings.language):
        if numbers:
            settle_charges(numbers, by=getpass.getuser())
        charges = open_charges()
        if not charges:
            console.print(_("Every charge was found in a deduction of the panel's."))
            return
        table = new_table(_("Shipped, and not yet found in the panel's deductions"))
        add_columns(table, _("Entry"), _("Client"), _("Pallet"), _("Day"), figures=(_("Charge"),))
        for charge in charges:
            table.add_row(
                str(charge.number),
                charge.client.name,
                charge.pallet_code,
                day_text(timezone.localtime(charge.booked_at).date()),
                money_text(Money(charge.charge_minor, charge.client.currency)),
            )
        console.print(table)
