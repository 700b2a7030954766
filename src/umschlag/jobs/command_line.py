"""The `umschlag` command line. Nothing heavy is imported before a command needs it."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from umschlag.jobs.import_commands import import_app
from umschlag.jobs.lake_commands import backup, compact
from umschlag.jobs.mirror_command import mirror
from umschlag.jobs.readiness import with_django, with_records, with_settings
from umschlag.jobs.record_commands import record_plentymarkets
from umschlag.jobs.stock_command import stock
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

AsOf = Annotated[
    datetime | None,
    typer.Option(
        "--as-of", formats=["%Y-%m-%d"], help="Business date; the newest known where left out."
    ),
]


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
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="Rebuild this past day anew, with what was booked late."
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

    rebuild_day(settings, again.date(), Console(), over_captured=over_captured)


app.command()(compact)
app.command()(mirror)
app.command()(stock)


@app.command()
def classify(as_of: AsOf = None) -> None:
    """Tell Penner (slow movers) from Renner (fast movers).

    Example: `umschlag classify --as-of 2026-11-20`
    """
    settings = with_records()
    from umschlag.jobs.commands import classify_articles

    classify_articles(settings, as_of.date() if as_of else None, Console())


@app.command()
def forecast(as_of: AsOf = None) -> None:
    """Forecast demand and propose what to discount, liquidate and reorder.

    Example: `umschlag forecast --as-of 2026-11-20`
    """
    settings = with_records()
    from umschlag.jobs.commands import forecast_demand

    forecast_demand(settings, as_of.date() if as_of else None, Console())


@app.command()
def allocate() -> None:
    """Plan who gets which units; takes nothing until the plan is confirmed in the back office.

    Example: `umschlag allocate`
    """
    _steps("allocate")


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


@app.command()
def profit(
    since: Annotated[
        datetime | None,
        typer.Option("--since", formats=["%Y-%m-%d"], help="First business date."),
    ] = None,
    through: Annotated[
        datetime | None,
        typer.Option(
            "--through",
            formats=["%Y-%m-%d"],
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
        since=since.date() if since else None,
        through=through.date() if through else None,
        console=Console(),
    )


@app.command()
def report() -> None:
    """Print the manager's report from what is known now.

    Example: `umschlag report`
    """
    from django.utils import translation

    from umschlag.jobs.run import report as print_report

    settings = with_records()
    with translation.override(settings.language):
        print_report(settings, Console())


app.command()(backup)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `umschlag backup` wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it in the place of what is here now.")
    ] = False,
    lost_key: Annotated[
        bool,
        typer.Option(
            "--lost-key", help="Leave stored credentials out, as their encryption key is lost."
        ),
    ] = False,
) -> None:
    """Bring back a backup, whole or not at all.

    Example: `umschlag restore var/backups/umschlag-20261121-034000.zip`
    """
    settings = with_records()
    from umschlag.jobs.commands import bring_back

    bring_back(settings, file, replace=replace, lost_key=lost_key, console=Console())


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


@app.command()
def simulators(
    port: Annotated[
        int | None, typer.Option("--port", help="Port on loopback; the setting's where left out.")
    ] = None,
    small: Annotated[
        bool, typer.Option("--small", help="A small demo world, ready in a moment.")
    ] = False,
) -> None:
    """Serve the demo's outside systems on loopback until Ctrl-C.

    Example: `umschlag simulators --port 8013`
    """
    from umschlag.jobs.demo_world import serve_world

    serve_world(with_settings(), port=port, small=small)


@app.command()
def web() -> None:
    """Serve the back office and the API until Ctrl-C.

    Example: `umschlag web`
    """
    import os

    from umschlag.jobs.run import web_command

    command = web_command(with_settings())
    # The server takes our place, so that signals reach it itself.
    os.execv(command[0], command)  # noqa: S606 - no shell wanted


@app.command()
def worker() -> None:
    """Run the scheduled jobs until Ctrl-C. One worker an installation.

    Example: `umschlag worker`
    """
    settings = with_records()
    from umschlag.jobs.queue import work

    work(settings)


@app.command("setup-records")
def setup_records(
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait until another process has done it.")
    ] = False,
) -> None:
    """Make or update the records' tables and, once, the administrator.

    Example: `umschlag setup-records`
    """
    settings = with_django()
    from umschlag.jobs.commands import set_up_records

    set_up_records(settings, wait=wait, console=Console())


app.command("record-plentymarkets")(record_plentymarkets)


@app.command("admin-password")
def admin_password(
    user: Annotated[str, typer.Option("--user", help="Name in the back office.")] = "admin",
) -> None:
    """Give a user of the back office a fresh random password.

    Example: `umschlag admin-password --user admin`
    """
    from umschlag.jobs.setting_up import renew_password

    with_records()
    Console().print(f"{user}: {renew_password(user)}", markup=False, highlight=False)


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
