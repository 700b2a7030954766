"""`umschlag allocation …`: runs planned, looked at, worked on, confirmed and undone."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from umschlag.jobs.leaving_commands import undo
from umschlag.jobs.readiness import with_records

allocation_app = typer.Typer(
    help="Allocation runs: plan, look, set lines, compare, confirm, undo. Nothing is taken before "
    "“confirm … --yes”.",
    no_args_is_help=True,
)
Number = Annotated[int, typer.Argument(metavar="RUN", help="Number of the run.")]
StoreId = Annotated[str, typer.Argument(metavar="STORE", help="Panel id of the store.")]
AsinText = Annotated[str, typer.Argument(metavar="ASIN")]
Policy = Annotated[
    Literal["priority", "proportional", "max_min"] | None,
    typer.Option("--policy", help="Who gets what is scarce; docs/allocation.md."),
]
ListFile = Annotated[
    Path | None,
    typer.Argument(help="Write the whole list there, as .csv or .xlsx, and print nothing."),
]


@allocation_app.command("list")
def list_(
    state: Annotated[
        Literal["proposed", "confirmed", "discarded", "undone"] | None,
        typer.Option("--state", help="These alone."),
    ] = None,
) -> None:
    """Print the newest runs.

    Example: `umschlag allocation list --state proposed`
    """
    settings = with_records()
    from umschlag.jobs.allocation_runs import print_runs

    print_runs(settings, state=state, console=Console())


@allocation_app.command()
def plan(
    store: Annotated[
        str, typer.Option("--store", help="Panel id of one store; all own stores without it.")
    ] = "",
    policy: Policy = None,
) -> None:
    """Plan who gets which units and print it; takes nothing.

    Example: `umschlag allocation plan --policy max_min`
    """
    settings = with_records()
    from umschlag.jobs.allocation_runs import plan_and_print

    plan_and_print(settings, store, policy=policy, console=Console())


@allocation_app.command()
def show(
    run: Number,
    file: ListFile = None,
    store: Annotated[
        str, typer.Option("--store", help="Panel id: this store's lines, with their reasons.")
    ] = "",
    refused: Annotated[
        bool, typer.Option("--refused", help="What was not given and why, instead of what was.")
    ] = False,
) -> None:
    """Print how good a run is and what each store gets; every line with a store, or in a file.

    Example: `umschlag allocation show 12 --store S-2010`
    """
    settings = with_records()
    from umschlag.jobs.allocation_runs import print_refusals, print_run

    if refused:
        print_refusals(settings, run, store, file=file, console=Console())
    else:
        print_run(settings, run, store, file=file, console=Console())


@allocation_app.command("set")
def set_(
    run: Number,
    store: StoreId,
    asin: AsinText,
    units: Annotated[int, typer.Argument(min=0, max=1_000_000_000, help="Whole case packs.")],
) -> None:
    """Set the units of one line of a proposal; the rules are checked at once.

    Example: `umschlag allocation set 12 S-2010 B0ABCDEFGH 24`
    """
    settings = with_records()
    from umschlag.jobs.allocation_runs import LineAsked, set_and_tell

    line = LineAsked(run_id=run, store_id=store, asin=asin, units=units)
    set_and_tell(settings, line, console=Console())


@allocation_app.command("leave-out")
def leave_out(run: Number, store: StoreId, asin: AsinText) -> None:
    """Take a line out of a proposal: planned again, the store is not given the ASIN either.

    Example: `umschlag allocation leave-out 12 S-2010 B0ABCDEFGH`
    """
    settings = with_records()
    from umschlag.jobs.allocation_runs import LineAsked, set_and_tell

    line = LineAsked(run_id=run, store_id=store, asin=asin, units=0)
    set_and_tell(settings, line, console=Console())


@allocation_app.command()
def release(run: Number, store: StoreId, asin: AsinText) -> None:
    """Leave a line that was set by hand to the planner; “again” may change it.

    Example: `umschlag allocation release 12 S-2010 B0ABCDEFGH`
    """
    settings = with_records()
    from umschlag.jobs.allocation_runs import release_and_tell

    release_and_tell(settings, run, store, asin, console=Console())


@allocation_app.command()
def again(run: Number, policy: Policy = None) -> None:
    """Plan the rest again around the lines set by hand; the former proposal is put aside.

    Example: `umschlag allocation again 12`
    """
    settings = with_records()
    from umschlag.jobs.allocation_runs import plan_again_and_print

    plan_again_and_print(settings, run, policy=policy, console=Console())


@allocation_app.command()
def compare(
    before: Annotated[int, typer.Argument(metavar="BEFORE", help="Number of one run.")],
    after: Annotated[int, typer.Argument(metavar="AFTER", help="Number of another.")],
    file: ListFile = None,
) -> None:
    """Print what the second run gives otherwise than the first.

    Example: `umschlag allocation compare 12 13 differences.xlsx`
    """
    settings = with_records()
    from umschlag.jobs.allocation_runs import print_comparison

    print_comparison(settings, before, after, file=file, console=Console())


@allocation_app.command()
def confirm(
    run: Number,
    yes: Annotated[bool, typer.Option("--yes", help="Take it; without, it is only shown.")] = False,
) -> None:
    """Print what confirming takes; with --yes take goods and balances and build the pallets.

    Example: `umschlag allocation confirm 12 --yes`
    """
    settings = with_records()
    from umschlag.jobs.allocation_runs import confirm_and_print

    confirm_and_print(settings, run, is_meant=yes, console=Console())


@allocation_app.command()
def discard(run: Number) -> None:
    """Put a proposal aside; nothing was taken for it.

    Example: `umschlag allocation discard 12`
    """
    settings = with_records()
    from umschlag.jobs.allocation_runs import discard_and_tell

    discard_and_tell(settings, run, console=Console())


# The same as `umschlag undo`, found where the other commands for runs are.
allocation_app.command()(undo)
