"""`umschlag successor`: tell which article follows which."""

from datetime import date
from typing import Annotated

import typer
from rich.console import Console

from umschlag.jobs.days import day
from umschlag.jobs.readiness import with_records


def successor(
    old: Annotated[str, typer.Argument(help="SKU of the predecessor.")] = "",
    new: Annotated[str, typer.Argument(help="SKU of the article that follows it.")] = "",
    from_: Annotated[
        date | None,
        typer.Option(
            "--from",
            parser=day,
            metavar="DAY",
            help="From this day on NEW is on sale in its place.",
        ),
    ] = None,
    undo: Annotated[
        bool, typer.Option("--undo", help="Forget that OLD is followed by another article.")
    ] = False,
) -> None:
    """Tell that one article follows another, take it back, or list all of them.

    Example: `umschlag successor LAMP-1 LAMP-2 --from 2026-12-01`
    """
    if old and not undo and not (new and from_):
        raise typer.BadParameter("give OLD, NEW and --from, or OLD and --undo, or nothing")
    settings = with_records()
    from umschlag.intelligence.forecasting.succession import Succession
    from umschlag.jobs.successions import forget, print_successions, tell
    from umschlag.kernel.identifiers import Sku

    console = Console()
    if not old:
        print_successions(settings, console)
    elif undo:
        forget(settings, old, console)
    elif from_:
        told = Succession(predecessor=Sku(old), successor=Sku(new), from_date=from_)
        tell(settings, told, console)
