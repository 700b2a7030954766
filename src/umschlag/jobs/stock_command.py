"""`umschlag stock`: what there was on a day, and what it was worth."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from umschlag.jobs.days import day
from umschlag.jobs.readiness import with_records


def stock(
    file: Annotated[
        Path | None,
        typer.Argument(help="A .csv or .xlsx file for the list; without it, the totals alone."),
    ] = None,
    on: Annotated[
        date | None,
        typer.Option(
            parser=day,
            metavar="DAY",
            help="Business date, or the newest before it; else the newest.",
        ),
    ] = None,
    known_on: Annotated[
        date | None,
        typer.Option(
            parser=day, metavar="DAY", help="As it was known at the close of this day; else as now."
        ),
    ] = None,
    vanished: Annotated[
        bool, typer.Option("--vanished", help="Also list articles that vanished from the ERP.")
    ] = False,
) -> None:
    """Tell the stock on a day, or write it as a list for the books.

    Example: `umschlag stock --on 2026-08-31 stock.xlsx`
    """
    settings = with_records()
    from umschlag.jobs.stock_on_a_day import tell_stock
    from umschlag.wiring.looking_back import known_days
    from umschlag.wiring.stock_on_a_day import StockOrder, StockWanted, stock_on_a_day

    found = stock_on_a_day(
        settings,
        on=on,
        known_on=known_on,
        known=known_days(settings, known_on=known_on),
        wanted=StockWanted(order=StockOrder.SKU, with_vanished=vanished),
    )
    tell_stock(settings, found, file=file, console=Console())
