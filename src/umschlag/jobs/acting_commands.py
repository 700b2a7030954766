"""`umschlag orders` and `acts`: what to buy, and what to do with the rest."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from umschlag.jobs.readiness import with_records
from umschlag.kernel.errors import BadInput

ListFile = Annotated[
    Path | None,
    typer.Argument(help="Write the whole list there, as .csv or .xlsx, and print nothing."),
]


def orders(  # noqa: PLR0913, PLR0917 - one argument an option
    file: ListFile = None,
    budget: Annotated[
        str, typer.Option("--budget", help="Money to spend, in the merchant's currency: 5000.50.")
    ] = "",
    supplier: Annotated[str, typer.Option("--supplier", help="One supplier alone.")] = "",
    category: Annotated[str, typer.Option("--category", help="One category alone.")] = "",
    search: Annotated[str, typer.Option("--search", help="Part of SKU or name.")] = "",
    urgent: Annotated[
        bool, typer.Option("--urgent", help="What runs out before it comes.")
    ] = False,
    sort: Annotated[
        Literal["money", "return", "due", "cost"], typer.Option("--sort", help="Order of the list.")
    ] = "money",
) -> None:
    """Print what to order and what that earns; with a budget, what earns most for it.

    Example: `umschlag orders --budget 5000 --supplier "Lumo GmbH" orders.xlsx`
    """
    settings = with_records()
    from umschlag.jobs.acting import print_orders
    from umschlag.wiring.order_list import OrdersWanted

    wanted = OrdersWanted(
        supplier=supplier,
        category=category,
        q=search,
        urgent=urgent,
        budget_minor=_minor(budget, settings.currency),
        sort=sort,
    )
    print_orders(settings, wanted, file=file, console=Console())


def acts(
    file: ListFile = None,
    kind: Annotated[
        Literal["discount", "liquidate", "move", "bundle", "stop_reordering", "reorder"] | None,
        typer.Option("--kind", help="These alone."),
    ] = None,
    state: Annotated[
        Literal["open", "accepted", "dismissed"], typer.Option("--state", help="What is decided.")
    ] = "open",
    outcomes: Annotated[
        bool, typer.Option("--outcomes", help="What became of accepted acts, instead.")
    ] = False,
) -> None:
    """Print what to do with stock that will not sell, or what became of what was done.

    Example: `umschlag acts --kind discount acts.xlsx`
    """
    settings = with_records()
    from umschlag.jobs.acting import print_acts, print_outcomes
    from umschlag.wiring.act_list import ActsWanted

    if outcomes:
        print_outcomes(file, language=settings.language, console=Console())
        return
    wanted = ActsWanted(kind=kind or "", state=state)
    print_acts(settings, wanted, file=file, console=Console())


def _minor(typed: str, currency: str) -> int | None:
    from umschlag.wiring.amounts import typed_amount

    if not typed:
        return None
    amount = typed_amount(typed, currency)
    if amount is None:
        raise BadInput(f"{typed!r} is no amount; write 5000.50 or 5.000,50", field="budget")
    return amount.minor
