"""The `umschlag` command line. Nothing heavy is imported before a command needs it."""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from umschlag.jobs.acting_commands import acts, orders
from umschlag.jobs.allocation_commands import allocation_app
from umschlag.jobs.arrival_commands import arrivals_app
from umschlag.jobs.days import day
from umschlag.jobs.history_commands import changes, stock_outs
from umschlag.jobs.import_commands import import_app
from umschlag.jobs.insight_commands import classify, forecast, forecast_quality, profit, report
from umschlag.jobs.lake_commands import backup, compact, restore
from umschlag.jobs.leaving_commands import cancel, ship, undo
from umschlag.jobs.ledger_commands import (
    correct_balance,
    reconcile,
    statement,
    undo_correction,
)
from umschlag.jobs.mirror_command import mirror
from umschlag.jobs.movement_commands import article, penner_renner, verdict_changes
from umschlag.jobs.readiness import with_records, with_settings
from umschlag.jobs.record_commands import record_plentymarkets
from umschlag.jobs.serving_commands import (
    admin_password,
    setup_records,
    simulators,
    web,
    worker,
)
from umschlag.jobs.stock_command import stock
from umschlag.jobs.successor_command import successor
from umschlag.jobs.transfer_commands import transfers_app
from umschlag.jobs.write_commands import write_app
from umschlag.kernel.errors import UmschlagError

app = typer.Typer(
    name="umschlag",
    help="Stock intelligence and product allocation for Plentymarkets merchants and FBA agencies.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
app.add_typer(import_app, name="import")
app.add_typer(write_app, name="write")
app.add_typer(allocation_app, name="allocation")
app.add_typer(arrivals_app, name="arrivals")
app.add_typer(transfers_app, name="transfers")


@app.callback()
def options(
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Show where an error came from, and library logs.")
    ] = False,
) -> None:
    """Stock intelligence and product allocation.

    Example: `umschlag run`
    """
    import logging

    # A read that was tried again and worked is no news; what fails in the end says so itself.
    logging.basicConfig(level=logging.DEBUG if verbose else logging.ERROR)


@app.command()
def run(
    once: Annotated[
        bool, typer.Option("--once", envvar="ONCE", help="Stop after the report; serve nothing.")
    ] = False,
    small: Annotated[
        bool, typer.Option("--small", help="A small demo world, ready in a moment.")
    ] = False,
) -> None:
    """Do the main job, print the report, then serve the back office.

    Example: `umschlag run --once`
    """
    from umschlag.jobs.run import RunOptions
    from umschlag.jobs.run import run as main_job

    main_job(with_settings(), RunOptions(once=once, small=small), Console())


@app.command()
def sync(
    source: Annotated[
        str,
        typer.Argument(
            help="plentymarkets, sellerboard, sheet, panel, ungating, orders or all.",
        ),
    ] = "all",
) -> None:
    """Read outside systems.

    Example: `umschlag sync sheet`
    """
    settings = with_records()
    from umschlag.jobs.commands import sync_source

    sync_source(settings, source, Console())


@app.command()
def snapshot(
    again: Annotated[
        date | None,
        typer.Option(
            parser=day, metavar="DAY", help="Rebuild this past day anew, with what was booked late."
        ),
    ] = None,
    over_captured: Annotated[
        bool, typer.Option(help="With --again: also where the day was captured, not rebuilt.")
    ] = False,
) -> None:
    """Take today's picture of the ERP, complete or not at all.

    Example: `umschlag snapshot`
    """
    if again is None:
        _steps("snapshot", "backfill")
        return
    settings = with_records()
    from umschlag.jobs.commands import rebuild_day

    rebuild_day(settings, again, Console(), over_captured=over_captured)


app.command()(compact)
app.command()(mirror)
app.command()(stock)
app.command()(changes)
app.command("stock-outs")(stock_outs)
app.command()(classify)
app.command("penner-renner")(penner_renner)
app.command("verdict-changes")(verdict_changes)
app.command()(article)
app.command()(forecast)
app.command()(successor)
app.command()(forecast_quality)


@app.command()
def allocate() -> None:
    """Plan who gets which units; takes nothing until the plan is confirmed.

    Example: `umschlag allocate`
    """
    _steps("allocate")


@app.command()
def gates() -> None:
    """Count the brands that stores may not list, and what opening them would be worth.

    Example: `umschlag gates`
    """
    _steps("gates")


@app.command()
def pallets(
    client: Annotated[str | None, typer.Option("--client", help="Panel id of the client.")] = None,
    store: Annotated[str | None, typer.Option("--store", help="Panel id of its store.")] = None,
    list_: Annotated[
        bool, typer.Option("--list", help="List the newest pallets and build none.")
    ] = False,
) -> None:
    """Build the pallets of one store, or list pallets.

    Example: `umschlag pallets --client C-1004 --store S-2010`
    """
    if not list_ and not (client and store):
        raise typer.BadParameter("give both --client and --store, or --list")
    settings = with_records()
    from umschlag.jobs.commands import generate_for_store, list_pallets

    if list_ or client is None or store is None:
        list_pallets(settings, Console())
    else:
        generate_for_store(settings, client, store, Console())


app.command()(ship)
app.command()(cancel)
app.command()(undo)
app.command()(statement)
app.command()(reconcile)
app.command("correct-balance")(correct_balance)
app.command("undo-correction")(undo_correction)
app.command()(profit)
app.command()(orders)
app.command()(acts)
app.command()(report)
app.command()(backup)
app.command()(restore)


@app.command()
def doctor(
    make_secrets: Annotated[
        bool, typer.Option("--make-secrets", help="Print fresh secrets for production and stop.")
    ] = False,
    lake: Annotated[
        bool, typer.Option("--lake", help="Also read every file of the lake and check it.")
    ] = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="First bring articles to the newest snapshot.")
    ] = False,
) -> None:
    """Say what is configured, reachable and missing, with the remedy.

    Example: `umschlag doctor --lake`
    """
    from umschlag.jobs import examination

    if make_secrets:
        examination.print_secrets()
        return
    if repair:
        examination.repair(with_records(), Console())
    examination.examine(with_settings(), Console(), check_lake=lake)


app.command()(simulators)
app.command()(web)
app.command()(worker)
app.command("setup-records")(setup_records)
app.command("record-plentymarkets")(record_plentymarkets)
app.command("admin-password")(admin_password)


@app.command()
def reference(
    folder: Annotated[Path, typer.Option("--folder", help="Where the pages are written.")] = Path(
        "docs/reference"
    ),
) -> None:
    """Write the reference pages of settings and command line from the code.

    Example: `umschlag reference`
    """
    from umschlag.jobs.reference import write_reference

    for file in write_reference(folder, app):
        Console().print(str(file), highlight=False)


def main() -> None:
    """Run the command line: one clear line and status 1 for an error, 2 for bad usage."""
    try:
        app(standalone_mode=True)
    except KeyboardInterrupt:
        _complain("stopped")
        sys.exit(130)
    except UmschlagError as error:
        _fail(error, error.message)
    except Exception as error:
        # A bug of ours: the person still gets one line, and the way to the rest.
        name = type(error).__name__
        _fail(error, f"unexpected {name}: {error} (the same with --verbose shows where)")


def _fail(error: Exception, message: str) -> NoReturn:
    if "--verbose" in sys.argv:
        raise error
    _complain(message)
    sys.exit(1)


def _complain(message: str) -> None:
    Console(stderr=True).print(message, style="red", markup=False, highlight=False, soft_wrap=True)


def _steps(*names: str) -> None:
    settings = with_records()
    from umschlag.jobs.commands import do_steps

    do_steps(settings, names, Console())
