"""`umschlag record-plentymarkets`: the ERP's answers, put into files to work from."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from umschlag.jobs.readiness import with_records


def record_plentymarkets(
    folder: Annotated[Path, typer.Argument(help="A new folder for the recording.")],
) -> None:
    """Record what Plentymarkets answers today, without personal data, to work from later.

    UMSCHLAG_PLENTYMARKETS_RECORDING names the folder that then answers in place of the system.

    Example: `umschlag record-plentymarkets recordings/november`
    """
    settings = with_records()
    from umschlag.jobs.progress import shown_progress
    from umschlag.wiring.recordings import record_plentymarkets as record

    console = Console()
    with shown_progress(console) as progress_for:
        recording = record(settings, folder, progress_for=progress_for)
    console.print(
        f"Recorded {recording.business_date} in {folder}: {recording.call_count:,} answers, "
        f"{recording.byte_count / 1e6:,.1f} MB. It holds no names, addresses or mails, but your "
        "prices and stock: keep it as safe as a backup.",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
