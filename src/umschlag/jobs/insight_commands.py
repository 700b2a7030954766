"""`umschlag classify`, `forecast`, `profit` and `report`: what the history says, in figures."""

from datetime import date
from typing import Annotated

import typer
from rich.console import Console

from umschlag.jobs.days import day
from umschlag.jobs.readiness import with_records

AsOf = Annotated[
    date | None,
    typer.Option(
        "--as-of", parser=day, metavar="DAY", help="Business date; the newest known where left out."
    ),
]


def classify(as_of: AsOf = None) -> None:
    """Tell Penner (slow movers) from Renner (fast movers).

    Example: `umschlag classify --as-of 2026-11-20`
    """
    settings = with_records()
    from umschlag.jobs.commands import classify_articles

    classify_articles(settings, as_of, Console())


def forecast(as_of: AsOf = None) -> None:
    """Forecast demand and propose what to discount, liquidate and reorder.

    Example: `umschlag forecast --as-of 2026-11-20`
    """
    settings = with_records()
    from umschlag.jobs.commands import forecast_demand

    forecast_demand(settings, as_of, Console())


def profit(
    since: Annotated[
        date | None,
        typer.Option("--since", parser=day, metavar="DAY", help="First business date."),
    ] = None,
    through: Annotated[
        date | None,
        typer.Option(
            "--through",
            parser=day,
            metavar="DAY",
            help="Last business date; without both, the newest 30 days that Sellerboard told.",
        ),
    ] = None,
) -> None:
    """Print what earned most and least, and how often ERP and Sellerboard disagree.

    Example: `umschlag profit --since 2026-10-01 --through 2026-10-31`
    """
    settings = with_records()
    from umschlag.jobs.profit import print_profit

    print_profit(
        settings,
        since=since,
        through=through,
        console=Console(),
    )


def report() -> None:
    """Print the manager's report from what is known now.

    Example: `umschlag report`
    """
    from django.utils import translation

    from umschlag.jobs.run import report as print_report

    settings = with_records()
    with translation.override(settings.language):
        print_report(settings, Console())
