"""What the commands do once Django is loaded: one use case each, and its answer in print."""

import math
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table

from umschlag.jobs.main_job import main_steps, upkeep_text
from umschlag.jobs.progress import shown_progress
from umschlag.jobs.run import MainJobFailed, line_printer
from umschlag.jobs.setting_up import (
    ensure_administrator,
    migrate_records,
    pending_migrations,
)
from umschlag.jobs.steps import chosen, failures_in, run_steps
from umschlag.kernel.errors import BadInput, Misconfigured
from umschlag.kernel.money import Money
from umschlag.settings import Settings
from umschlag.storage.records.models import Pallet
from umschlag.wiring.amounts import count_text, day_text, money_text
from umschlag.wiring.own_data import require_no_own_sales

SYNC_SOURCES = {
    "plentymarkets": ("snapshot", "backfill", "compact", "orders"),
    "sellerboard": ("sellerboard",),
    "sheet": ("sheet",),
    "panel": ("panel",),
    "ungating": ("ungating",),
    "orders": ("orders",),
    "all": (
        "snapshot",
        "backfill",
        "compact",
        "orders",
        "sellerboard",
        "sheet",
        "panel",
        "ungating",
    ),
}
PALLETS_LISTED_MAX = 50
WAIT_SECONDS_MAX = 120.0


def sync_source(settings: Settings, source: str, console: Console) -> None:
    """Read the named outside system, or all.

    Raises:
        BadInput: there is no such source.
        OwnDataInDemo: the demo's systems would be mixed with somebody's own sales.
    """
    if source not in SYNC_SOURCES:
        known = ", ".join(SYNC_SOURCES)
        raise BadInput(f"there is no source {source!r}; known: {known}", field="source")
    require_no_own_sales(settings)
    do_steps(settings, SYNC_SOURCES[source], console)


def do_steps(settings: Settings, names: Sequence[str], console: Console) -> None:
    """Run the named steps of the main job.

    Raises:
        MainJobFailed: one did not work; all of them are named with the reason.
    """
    with translation.override(settings.language), shown_progress(console) as progress_for:
        outcomes = run_steps(
            chosen(main_steps(), names),
            settings,
            progress_for=progress_for,
            told=line_printer(console),
        )
    failed = failures_in(outcomes)
    if failed:
        raise MainJobFailed(failed)


def rebuild_day(
    settings: Settings, business_date: date, console: Console, *, over_captured: bool
) -> None:
    """Rebuild a past day in place of the version that stands.

    Raises:
        Refused: the day cannot be rebuilt, or was captured.
    """
    from umschlag.wiring import history

    with translation.override(settings.language), shown_progress(console) as progress_for:
        made = history.rebuild_day(
            settings,
            business_date=business_date,
            progress_for=progress_for,
            over_captured=over_captured,
        )
        text = _("%(day)s rebuilt from %(movements)s stock movements") % {
            "day": day_text(business_date),
            "movements": count_text(made.movement_count),
        }
        console.print(text, highlight=False)


def compact_lake(settings: Settings, console: Console, *, is_eager: bool) -> None:
    """Put older days into their months' files, and say what that came to.

    Raises:
        UpkeepUnderWay: another process is at it.
    """
    from umschlag.wiring.upkeep import keep_lake_in_order

    with translation.override(settings.language), shown_progress(console) as progress_for:
        done = keep_lake_in_order(settings, progress_for=progress_for, is_eager=is_eager)
        console.print(upkeep_text(done), highlight=False)


def classify_articles(settings: Settings, as_of: date | None, console: Console) -> None:
    """Tell Penner from Renner as of the day."""
    from umschlag.wiring.classifying import classify

    with translation.override(settings.language), shown_progress(console) as progress_for:
        found = classify(settings, as_of=as_of, progress_for=progress_for)
        console.print(str(found), highlight=False)


def forecast_demand(settings: Settings, as_of: date | None, console: Console) -> None:
    """Forecast demand as of the day and renew the proposals."""
    from umschlag.wiring.forecast_quality import forecast_quality, quality_line
    from umschlag.wiring.forecasting import forecast
    from umschlag.wiring.proposing import propose

    with translation.override(settings.language), shown_progress(console) as progress_for:
        made = forecast(settings, as_of=as_of, progress_for=progress_for)
        console.print(str(made), highlight=False)
        line = quality_line(forecast_quality(until=made.as_of_date))
        if line:
            console.print(line, highlight=False, soft_wrap=True)
        proposals = propose(settings, as_of=as_of)
        console.print(_("%s proposals open") % count_text(len(proposals)), highlight=False)


def generate_for_store(settings: Settings, client: str, store: str, console: Console) -> None:
    """Plan and confirm one store's cart and build its pallets.

    Raises:
        NotFound: there is no such client.
        Refused: a rule says no; nothing was changed.
    """
    from umschlag.kernel.errors import NotFound
    from umschlag.storage.records.models import Client
    from umschlag.wiring.generating_pallets import PalletRequest, generate_pallets

    record = Client.objects.filter(external_id=client).first()
    if record is None:
        raise NotFound(f"there is no client {client!r}; `umschlag sync panel` reads them anew")
    with translation.override(settings.language):
        generate_pallets(
            settings,
            PalletRequest(client_name=record.name, client_id=client, store_id=store),
        )
        _print_pallets(console, list(Pallet.objects.filter(store__external_id=store)[:10]))


def list_pallets(settings: Settings, console: Console) -> None:
    """Print the newest pallets."""
    with translation.override(settings.language):
        found = list(Pallet.objects.select_related("client", "store")[:PALLETS_LISTED_MAX])
        if not found:
            console.print(_("No pallet has been built yet."))
            return
        _print_pallets(console, found)


def _print_pallets(console: Console, found: Sequence[Pallet]) -> None:
    table = Table()
    table.add_column(_("Pallet"), no_wrap=True)
    for name in (_("Store"), _("State")):
        table.add_column(name)
    for name in (_("Cartons"), _("Units"), "kg", "mm", _("Freight")):
        table.add_column(name, justify="right", no_wrap=True)
    for pallet in found:
        table.add_row(
            pallet.code,
            pallet.store.name,
            pallet.get_status_display(),
            count_text(pallet.carton_count),
            count_text(pallet.units),
            count_text(round(pallet.gross_weight_g / 1000)),
            count_text(pallet.load_height_mm),
            money_text(Money(pallet.freight_minor, pallet.currency), whole=True),
        )
    console.print(table)


def size_text(byte_count: int) -> str:
    """Return the size of a file in kB, or in MB from one on."""
    if byte_count < 1_000_000:
        return f"{count_text(math.ceil(byte_count / 1_000))} kB"
    return f"{count_text(round(byte_count / 1_000_000))} MB"


def back_up(settings: Settings, console: Console) -> None:
    """Write a backup and say where it is."""
    from umschlag.wiring.backups import make_backup

    with translation.override(settings.language):
        made = make_backup(settings)
        console.print(
            _("%(file)s: %(rows)s rows and %(files)s lake files, %(size)s, read back and right")
            % {
                "file": made.path,
                "rows": count_text(made.row_count),
                "files": count_text(made.lake_file_count),
                "size": size_text(made.byte_count),
            },
            highlight=False,
            soft_wrap=True,
        )
        if settings.mode == "production":
            console.print(
                _("It does not hold UMSCHLAG_ENCRYPTION_KEY: keep that in another safe place.")
            )


def bring_back(
    settings: Settings, file: Path, *, replace: bool, lost_key: bool, console: Console
) -> None:
    """Restore the backup and say what came back."""
    from umschlag.wiring.backups import restore_backup

    with translation.override(settings.language):
        restored = restore_backup(settings, file, replace=replace, lost_key=lost_key)
        console.print(
            _("Brought back %(rows)s rows and %(files)s lake files of %(day)s; all checksums agree")
            % {
                "rows": count_text(restored.row_count),
                "files": count_text(restored.lake_file_count),
                "day": day_text(restored.made_at.date()),
            },
            highlight=False,
        )


def set_up_records(settings: Settings, *, wait: bool, console: Console) -> None:
    """Update the records' tables and make the administrator, or wait until that is done.

    Raises:
        Misconfigured: waiting took too long, or the database does not answer.
    """
    if wait:
        _wait_for_records()
        return
    migrate_records()
    administrator = ensure_administrator()
    if administrator.password is not None:
        with translation.override(settings.language):
            text = _("Administrator: %(name)s, password: %(password)s (shown only now)")
        console.print(
            text % {"name": administrator.name, "password": administrator.password},
            markup=False,
            highlight=False,
            soft_wrap=True,
        )


def _wait_for_records() -> None:
    deadline = time.monotonic() + WAIT_SECONDS_MAX
    while True:
        try:
            if not pending_migrations():
                return
            reason = "`umschlag setup-records` has not finished elsewhere"
        except Misconfigured as error:
            reason = error.message
        if time.monotonic() >= deadline:
            raise Misconfigured(f"waited {WAIT_SECONDS_MAX:.0f} s for the records: {reason}")
        time.sleep(1.0)
