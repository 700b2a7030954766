"""What serves the product, and what it needs to be served: tables and a login."""

from typing import Annotated

import typer
from rich.console import Console

from umschlag.jobs.readiness import with_django, with_records, with_settings


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


def web() -> None:
    """Serve the back office and the API until Ctrl-C.

    Example: `umschlag web`
    """
    import os

    from umschlag.jobs.run import web_command

    command = web_command(with_settings())
    # The server takes our place, so that signals reach it itself.
    os.execv(command[0], command)  # noqa: S606 - no shell wanted


def worker() -> None:
    """Run the scheduled jobs until Ctrl-C. One worker an installation.

    Example: `umschlag worker`
    """
    settings = with_records()
    from umschlag.jobs.queue import work

    work(settings)


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


def admin_password(
    user: Annotated[str, typer.Option("--user", help="Name in the back office.")] = "admin",
) -> None:
    """Give a user of the back office a fresh random password.

    Example: `umschlag admin-password --user admin`
    """
    from umschlag.jobs.setting_up import renew_password

    with_records()
    Console().print(f"{user}: {renew_password(user)}", markup=False, highlight=False)
