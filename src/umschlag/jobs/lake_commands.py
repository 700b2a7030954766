"""`umschlag compact`, `backup` and `restore`: what keeps the history small and safe."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from umschlag.jobs.readiness import with_records


def compact(
    eager: Annotated[
        bool, typer.Option("--eager", help="Do not wait until more days have gathered.")
    ] = False,
) -> None:
    """Put older days into their months' files: smaller, and faster to ask. Readers go on.

    Example: `umschlag compact`
    """
    settings = with_records()
    from umschlag.jobs.commands import compact_lake

    compact_lake(settings, Console(), is_eager=eager)


def backup() -> None:
    """Write one file with records and lake, read it back, and drop the oldest.

    Example: `umschlag backup`
    """
    settings = with_records()
    from umschlag.jobs.commands import back_up

    back_up(settings, Console())


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
