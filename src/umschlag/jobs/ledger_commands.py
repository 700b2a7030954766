"""`umschlag statement` and `reconcile`: what happened to a client's money."""

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
