"""`umschlag arrivals …`: goods that came in for preorders."""

from typing import Annotated, Literal

import typer
from rich.console import Console

from umschlag.jobs.readiness import with_records

arrivals_app = typer.Typer(
    help="Goods that came in for preorders: report, see the effect on everyone, confirm.",
    no_args_is_help=True,
)
Number = Annotated[int, typer.Argument(help="Number of the arrival.")]
Rule = Annotated[
    Literal["oldest_first", "same_share", "by_priority"],
    typer.Option("--rule", help="Who gets how much where it does not reach for all."),
]


@arrivals_app.command("list")
def list_() -> None:
    """Print arrivals, and what preorders wait for.

    Example: `umschlag arrivals list`
    """
    settings = with_records()
    from umschlag.jobs.arrivals import print_arrivals

    print_arrivals(settings, Console())


@arrivals_app.command()
def report(
    asin: Annotated[str, typer.Argument(help="ASIN that came in.")],
    units: Annotated[int, typer.Argument(help="Units that came in.")],
    note: Annotated[str, typer.Option("--note", help="Such as the delivery note.")] = "",
) -> None:
    """Report goods that came in and print what they mean for everyone; moves nothing.

    Example: `umschlag arrivals report B0ABCDEFGH 120 --note "LS 4711"`
    """
    settings = with_records()
    from umschlag.jobs.arrivals import report_and_print

    report_and_print(settings, asin, units, note=note, console=Console())


@arrivals_app.command()
def effect(number: Number, rule: Rule = "oldest_first") -> None:
    """Print what confirming would mean for every client that waits; changes nothing.

    Example: `umschlag arrivals effect 3 --rule same_share`
    """
    settings = with_records()
    from umschlag.jobs.arrivals import print_effect

    print_effect(settings, number, rule, Console())


@arrivals_app.command()
def confirm(
    number: Number,
    rule: Rule,
    shown: Annotated[
        str, typer.Option("--shown", help="What “effect” printed last: confirms just that.")
    ],
) -> None:
    """Move the units into stock and mark the preorders, exactly as “effect” printed it.

    Example: `umschlag arrivals confirm 3 --rule same_share --shown 0f3c5a7e91b2d4f6`
    """
    settings = with_records()
    from umschlag.jobs.arrivals import confirm_and_print

    confirm_and_print(settings, number, rule, shown=shown, console=Console())


@arrivals_app.command()
def undo(number: Number) -> None:
    """Take a confirmed arrival back, as long as no allocation has used it.

    Example: `umschlag arrivals undo 3`
    """
    settings = with_records()
    from umschlag.jobs.arrivals import undo_and_print

    undo_and_print(settings, number, Console())
