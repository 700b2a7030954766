"""`umschlag changes` and `umschlag stock-outs`: what changed and why, and what ran out."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from umschlag.jobs.days import day
from umschlag.jobs.readiness import with_records

File = Annotated[
    Path | None,
    typer.Argument(help="A .csv or .xlsx file for the whole list; without it, its top alone."),
]
KnownOn = Annotated[
    date | None,
    typer.Option(
        parser=day, metavar="DAY", help="As it was known at the close of this day; else as now."
    ),
]


def changes(
    file: File = None,
    since: Annotated[
        date | None,
        typer.Option(parser=day, metavar="DAY", help="The earlier day; else a week before."),
    ] = None,
    through: Annotated[
        date | None,
        typer.Option(parser=day, metavar="DAY", help="The later day; else the newest."),
    ] = None,
    known_on: KnownOn = None,
) -> None:
    """Tell what changed between two days, and what moved the stock, or write it as a list.

    Example: `umschlag changes --since 2026-10-01 --through 2026-10-31 changes.xlsx`
    """
    settings = with_records()
    from umschlag.jobs.looking_back import Wanted, tell_changes

    wanted = Wanted(since=since, through=through, known_on=known_on, file=file)
    tell_changes(settings, wanted, Console())


def stock_outs(
    file: File = None,
    since: Annotated[
        date | None,
        typer.Option(parser=day, metavar="DAY", help="The first day counted; else 90 in all."),
    ] = None,
    through: Annotated[
        date | None,
        typer.Option(
            parser=day, metavar="DAY", help="The last day counted; else the newest that is over."
        ),
    ] = None,
    known_on: KnownOn = None,
) -> None:
    """Tell what had nothing to sell on how many days, or write it as a list.

    Example: `umschlag stock-outs --since 2026-10-01 --through 2026-10-31 out.xlsx`
    """
    settings = with_records()
    from umschlag.jobs.looking_back import Wanted, tell_stock_outs

    wanted = Wanted(since=since, through=through, known_on=known_on, file=file)
    tell_stock_outs(settings, wanted, Console())
