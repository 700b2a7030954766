"""Recording the Plentymarkets system, to work from files where the system is not at hand."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils import timezone

from umschlag.connectors.plentymarkets.movements import MovementReader
from umschlag.connectors.plentymarkets.orders import read_orders
from umschlag.connectors.plentymarkets.reading import PlentymarketsSource
from umschlag.connectors.plentymarkets.recording import Recorder
from umschlag.kernel.errors import Misconfigured
from umschlag.kernel.periods import business_date_of, last_days
from umschlag.kernel.progress import ProgressFor
from umschlag.settings import Settings
from umschlag.storage.half_read import HalfRead
from umschlag.wiring.plentymarkets import open_system

_SPOOL_FOLDER = "half-recorded"
"""Under `var_dir`: the rows while they are proven whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What was recorded."""

    business_date: date
    call_count: int
    byte_count: int


def record_plentymarkets(
    settings: Settings,
    folder: Path,
    *,
    progress_for: ProgressFor,
    business_date: date | None = None,
) -> Recording:
    """Read what a fresh installation reads, and keep the answers in the folder.

    A reading that is not proven whole leaves a folder without an index, which nobody reads.

    Raises:
        SnapshotIncomplete: rows kept moving while they were read.
        OutsideSystemFailed: Plentymarkets did not answer, or not as its contract says.
        Misconfigured: the address or the login is missing, or a recording is set itself.
        FolderInUse: there is something in the folder.
        CannotRecord: it cannot be written.
    """
    if settings.plentymarkets_recording:
        raise Misconfigured(
            "UMSCHLAG_PLENTYMARKETS_RECORDING is set, so there is no system to record: empty it"
        )
    day = business_date or business_date_of(timezone.now(), settings.zone)
    spools = HalfRead(settings.var_dir.absolute() / _SPOOL_FOLDER)
    spools.drop()
    try:
        with open_system(settings) as client:
            recorder = Recorder(reader=client, folder=folder.absolute())
            _read_all(settings, recorder, spools, day=day, progress_for=progress_for)
            recorder.finish(business_date=day, recorded_at=timezone.now())
    finally:
        spools.drop()
    return Recording(
        business_date=day, call_count=len(recorder.calls), byte_count=recorder.byte_count
    )


def _read_all(
    settings: Settings,
    recorder: Recorder,
    spools: HalfRead,
    *,
    day: date,
    progress_for: ProgressFor,
) -> None:
    """Make the calls of a first snapshot, a first back-fill and a first import of orders."""
    source = PlentymarketsSource(
        reader=recorder,
        zone=settings.zone,
        currency=settings.currency,
        spools=spools,
        now=timezone.now,
    )
    source.read(day, progress_for("snapshot"))
    # Without SKUs no movement is used; it is the answers that are wanted.
    MovementReader(
        reader=recorder, zone=settings.zone, currency=settings.currency, skus={}
    ).read_since(
        last_days(settings.backfill_days, through_date=day).start_date,
        through_date=day,
        warehouses=source.warehouses,
        progress=progress_for("movements"),
    )
    read_orders(
        recorder,
        since=None,
        started_at=timezone.now(),
        zone=settings.zone,
        currency=settings.currency,
        progress=progress_for("orders"),
    )
