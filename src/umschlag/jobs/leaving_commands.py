"""`umschlag ship`, `cancel` and `undo`: what leaves, and what is given back."""

from datetime import date
from typing import Annotated

import typer
from rich.console import Console

from umschlag.jobs.days import day
from umschlag.jobs.readiness import with_records

Codes = Annotated[list[str], typer.Argument(metavar="PALLET...", help="As in P000012-01.")]


def ship(
    pallets: Codes,
    on: Annotated[
        date | None,
        typer.Option("--on", parser=day, metavar="DAY", help="The day; today where left out."),
    ] = None,
) -> None:
    """Say that pallets have left: what was held for each is charged.

    Example: `umschlag ship P000012-01 P000012-02 --on 2026-11-20`
    """
    settings = with_records()
    from umschlag.jobs.leaving import ship_and_tell

    ship_and_tell(settings, pallets, shipped_date=on, console=Console())


def cancel(pallets: Codes) -> None:
    """Cancel pallets that have not left: holds, stock and preorders are given back.

    Example: `umschlag cancel P000012-02`
    """
    settings = with_records()
    from umschlag.jobs.leaving import cancel_and_tell

    cancel_and_tell(settings, pallets, console=Console())


def undo(
    run: Annotated[int, typer.Argument(help="Number of the allocation run.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with the run.")] = "",
) -> None:
    """Undo a confirmed allocation run as a whole, until something of it has left.

    Example: `umschlag undo 12 --reason "wrong prices"`
    """
    settings = with_records()
    from umschlag.jobs.leaving import undo_and_tell

    undo_and_tell(settings, run, reason=reason, console=Console())
