"""`umschlag statement`, `reconcile`, `correct-balance`: what happened to a client's money."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from umschlag.jobs.days import day
from umschlag.jobs.readiness import with_records


def statement(
    client: Annotated[str, typer.Argument(help="Panel id of the client.")],
    file: Annotated[
        Path | None, typer.Argument(help="Write it there, as .pdf, .csv or .xlsx.")
    ] = None,
    since: Annotated[
        date | None, typer.Option("--since", parser=day, metavar="DAY", help="First day.")
    ] = None,
    through: Annotated[
        date | None, typer.Option("--through", parser=day, metavar="DAY", help="Last day.")
    ] = None,
) -> None:
    """Print what happened to what a client can spend; the lines add up to the closing balance.

    Example: `umschlag statement C-1004 statement.csv --since 2026-11-01`
    """
    settings = with_records()
    from umschlag.jobs.ledger import print_statement, write_statement

    if file is not None:
        write_statement(settings, client, file, since=since, through=through)
    else:
        print_statement(settings, client, since=since, through=through, console=Console())


def reconcile(
    settle: Annotated[
        list[int] | None,
        typer.Option("--settle", metavar="ENTRY", help="A charge that the panel has deducted."),
    ] = None,
) -> None:
    """List what was shipped and is not yet found in the panel's deductions, or settle some of it.

    Example: `umschlag reconcile --settle 12 --settle 14`
    """
    settings = with_records()
    from umschlag.jobs.ledger import reconcile_and_tell

    reconcile_and_tell(settings, settle or [], console=Console())


Reason = Annotated[str, typer.Option("--reason", help="Why; kept in the ledger and statements.")]
Yes = Annotated[bool, typer.Option("--yes", help="Book it; without, it is only shown.")]
BelowFloor = Annotated[
    bool, typer.Option("--below-floor", help="It is meant that less than the floor is left.")
]


def correct_balance(  # noqa: PLR0917 - one argument an option
    client: Annotated[str, typer.Argument(help="Panel id of the client.")],
    amount: Annotated[
        str, typer.Option("--amount", help="By how much it is wrong: 12.50, or -12.50.")
    ],
    reason: Reason,
    yes: Yes = False,
    below_floor: BelowFloor = False,
) -> None:
    """Show what a correction by hand does to a balance; with --yes book it.

    Example: `umschlag correct-balance C-1004 --amount -12.50 --reason "deposit told twice" --yes`
    """
    settings = with_records()
    from umschlag.jobs.balance_correction import TypedCorrection, correct_and_tell

    typed = TypedCorrection(reason=reason, is_meant=yes, may_go_below=below_floor)
    correct_and_tell(settings, client, amount, typed, console=Console())


def undo_correction(
    entry: Annotated[int, typer.Argument(metavar="ENTRY", help="Number of the correction.")],
    reason: Reason,
    yes: Yes = False,
    below_floor: BelowFloor = False,
) -> None:
    """Show what making a correction good does; with --yes book it, by a further entry.

    Example: `umschlag undo-correction 41 --reason "it was right after all" --yes`
    """
    settings = with_records()
    from umschlag.jobs.balance_correction import TypedCorrection, undo_and_tell

    typed = TypedCorrection(reason=reason, is_meant=yes, may_go_below=below_floor)
    undo_and_tell(settings, entry, typed, console=Console())
