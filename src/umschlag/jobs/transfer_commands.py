"""`umschlag transfers …`: goods for mutual stores, with what each side pays."""

from typing import Annotated, Literal

import typer
from rich.console import Console

from umschlag.jobs.readiness import with_records

transfers_app = typer.Typer(
    help="Transfers into mutual stores: work out, approve for each side, or reject.",
    no_args_is_help=True,
)
Number = Annotated[int, typer.Argument(help="Number of the transfer.")]


@transfers_app.command("list")
def list_() -> None:
    """Print transfers, and who owns what in mutual stores.

    Example: `umschlag transfers list`
    """
    settings = with_records()
    from umschlag.jobs.transfers import print_transfers

    print_transfers(settings, Console())


@transfers_app.command()
def propose(
    store: Annotated[str, typer.Argument(help="Panel id of the client's own store.")],
) -> None:
    """Work out a transfer for a store and print it; takes nothing.

    Example: `umschlag transfers propose 2010`
    """
    settings = with_records()
    from umschlag.jobs.transfers import propose_and_print

    propose_and_print(settings, store, Console())


@transfers_app.command()
def approve(
    number: Number,
    side: Annotated[
        Literal["client", "mutual"], typer.Option("--side", help="For whom it is approved.")
    ],
) -> None:
    """Approve for one side; with the second approval everything is carried out.

    Example: `umschlag transfers approve 3 --side client`
    """
    settings = with_records()
    from umschlag.jobs.transfers import approve_and_print

    approve_and_print(settings, number, side, Console())


@transfers_app.command()
def reject(
    number: Number,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept on record.")],
) -> None:
    """Reject a transfer that waits for approval.

    Example: `umschlag transfers reject 3 --reason "the client pays in"`
    """
    settings = with_records()
    from umschlag.jobs.transfers import reject_and_print

    reject_and_print(settings, number, reason, Console())
