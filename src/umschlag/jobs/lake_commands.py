"""`umschlag compact` and `umschlag backup`: what keeps the history small and safe."""

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
