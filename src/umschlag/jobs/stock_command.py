"""`umschlag stock`: what there was at the close of a day, and what it was worth."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from umschlag.jobs.readiness import with_records


def stock(
    file: Annotated[
        Path | None,
        typer.Argument(help="A .csv or .xlsx file for the list; without it, the totals alone."),
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="Business date, or the newest before it; else the newest."
        ),
    ] = None,
    known_on: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="As it was known at the close of this day; else as now."
        ),
    ] = None,
    vanished: Annotated[
        bool, typer.Option("--vanished", help="Also list articles that vanished from the ERP.")
    ] = False,
) -> None:
    """Tell the stock at the close of a day, or write it as a list for the books.

    Example: `umschlag stock --on 2026-08-31 stock.xlsx`
    """
    settings = with_records()
    from umschlag.jobs.stock_on_a_day import tell_stock
    from umschlag.wiring.looking_back import known_days
    from umschlag.wiring.stock_on_a_day import StockOrder, StockWanted, stock_on_a_day

    known_date = known_on.date() if known_on else None
    found = stock_on_a_day(
        settings,
        on=on.date() if on else None,
        known_on=known_date,
        known=known_days(settings, known_on=known_date),
        wanted=StockWanted(order=StockOrder.SKU, with_vanished=vanished),
    )
    tell_stock(settings, found, file=file, console=Console())
