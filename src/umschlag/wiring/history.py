"""The history: the lake, the daily snapshot, the past before it, and the orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
from django.db import transaction

from umschlag.connectors.plentymarkets.lookups import read_warehouses
from umschlag.connectors.plentymarkets.movements import MovementReader
from umschlag.intelligence.snapshots.model import (
    BackfillOutcome,
    SnapshotOutcome,
    StockMovement,
    Warehouse,
)
from umschlag.intelligence.snapshots.reconstruction import Reconstruction
from umschlag.intelligence.snapshots.usecases import replace_day, take_daily_snapshot
from umschlag.kernel.errors import Refused
from umschlag.kernel.identifiers import Sku
from umschlag.kernel.outcomes import SyncOutcome
from umschlag.kernel.periods import last_days
from umschlag.kernel.progress import ProgressFor
from umschlag.settings import Settings
from umschlag.storage.lake.current_state import records_are_behind, repair_current
from umschlag.storage.lake.datasets import RECEIPTS
from umschlag.storage.lake.lake import Lake
from umschlag.storage.lake.questions import Question
from umschlag.storage.lake.snapshot_store import LakeSnapshotStore
from umschlag.storage.lake.snapshot_tables import receipt_table
from umschlag.storage.lake.upkeep import sweep_orphans
from umschlag.storage.records.articles import set_first_seen
from umschlag.storage.records.sync_runs import last_watermark, recorded_sync
from umschlag.wiring.lake import open_lake
from umschlag.wiring.orders import import_orders_into
from umschlag.wiring.own_data import require_no_own_sales
from umschlag.wiring.plentymarkets import (
    business_date_at,
    open_plentymarkets,
    plentymarkets_source,
)

MOVEMENTS_SOURCE = "plentymarkets movements"
ORDERS_SOURCE = "plentymarkets orders"
_MOVEMENTS_REREAD = timedelta(days=3)
"""Bookings of the last days are read again, since some are entered late."""
_ROOM = "umschlag.intelligence.snapshots"


def take_snapshot(
    settings: Settings, *, progress_for: ProgressFor, business_date: date | None = None
) -> SnapshotOutcome:
    """Take today's snapshot; a day that has one stays as it is and costs no call.

    `business_date` files it under another day than the clock's; a recording has its own.

    A run that died is gone on with, as long as the business date is the same.

    Raises:
        SnapshotIncomplete: Plentymarkets did not deliver everything, or too much vanished.
        SnapshotUnderWay: another run is at it.
        NoRoomOnDisk: what is being read does not fit on the disk.
        FilesUnavailable: the lake's folder or bucket cannot be written.
        Misconfigured: the address or the login is missing, or the recording is not whole.
        Refused: the recording shows another day than the one asked for.
        OwnDataInDemo: the demo's articles would be mixed with somebody's own sales.
    """
    require_no_own_sales(settings)
    lake = open_lake(settings)
    lake.files.require_usable()
    sweep_orphans(lake)
    repair_if_behind(settings)
    with open_plentymarkets(settings) as erp:
        return take_daily_snapshot(
            business_date=business_date_at(settings, erp, asked=business_date),
            source=plentymarkets_source(settings, erp),
            store=LakeSnapshotStore(lake),
            vanished_percent_max=settings.snapshot_vanished_percent_max,
            progress=progress_for("snapshot"),
        )


def backfill_history(settings: Settings, *, progress_for: ProgressFor) -> BackfillOutcome:
    """Read the stock movements, keep the receipts, and rebuild every missing day before today.

    The days go through the same use case and store as a day that is captured, oldest first.

    Raises:
        Refused: there is no captured snapshot yet to start from.
    """
    lake = open_lake(settings)
    store = LakeSnapshotStore(lake)
    newest_date = store.newest_captured_date()
    if newest_date is None:
        raise Refused("there is no snapshot yet to rebuild earlier days from: take one first")
    period = last_days(settings.backfill_days, through_date=newest_date)
    published = set(lake.business_dates())
    missing = [day for day in period if day not in published and day < newest_date]
    read = _read_movements(
        settings, lake, newest_date=newest_date, wanted=missing, progress_for=progress_for
    )
    days = _rebuildable(missing, read.movements)
    progress = progress_for("history")
    # The whole snapshot is loaded only where a day is to be rebuilt from it.
    if days:
        source = _rebuilding(store, read, newest_date=newest_date, first_date=days[0])
        for number, day in enumerate(days, start=1):
            take_daily_snapshot(
                business_date=day,
                source=source,
                store=store,
                vanished_percent_max=settings.snapshot_vanished_percent_max,
            )
            progress(number, len(days), day.isoformat())
        _keep_first_seen(lake)
    return _backfill_outcome(days, read)


def rebuild_day(
    settings: Settings, *, business_date: date, progress_for: ProgressFor, over_captured: bool
) -> BackfillOutcome:
    """Rebuild a past day anew, as after bookings that were entered late, in place of what stands.

    The former version stays in the lake: what we knew before can still be asked.

    Raises:
        Refused: there is no captured snapshot after the day to start from, or no movement.
        CapturedDayStands: the day was captured, and `over_captured` does not say to replace it.
    """
    lake = open_lake(settings)
    store = LakeSnapshotStore(lake)
    newest_date = store.newest_captured_date()
    if newest_date is None or newest_date <= business_date:
        raise Refused(f"no snapshot was captured after {business_date} to rebuild it from")
    read = _read_movements(
        settings, lake, newest_date=newest_date, wanted=[business_date], progress_for=progress_for
    )
    if not _rebuildable([business_date], read.movements):
        raise Refused(f"Plentymarkets has no stock movement up to {business_date}")
    replace_day(
        business_date=business_date,
        source=_rebuilding(store, read, newest_date=newest_date, first_date=business_date),
        store=store,
        vanished_percent_max=settings.snapshot_vanished_percent_max,
        over_captured=over_captured,
    )
    return _backfill_outcome([business_date], read)


def repair_articles(settings: Settings) -> int:
    """Bring the articles' records to the lake's newest day; return how many were written."""
    return _repair(open_lake(settings))


def repair_if_behind(settings: Settings) -> int:
    """Do so where records and lake stand at different days; return how many were written.

    So after one of the two alone was restored. Costs two small queries where all is well.
    """
    lake = open_lake(settings)
    return _repair(lake) if records_are_behind(lake) else 0


def _repair(lake: Lake) -> int:
    written = repair_current(lake)
    if lake.newest_business_date() is not None:
        _keep_first_seen(lake)
    return written


def _rebuilding(
    store: LakeSnapshotStore, read: "_MovementsOutcome", *, newest_date: date, first_date: date
) -> Reconstruction:
    return Reconstruction(
        snapshot=store.snapshot_of(newest_date),
        movements=read.movements,
        warehouses=read.warehouses,
        first_date=first_date,
    )


def _backfill_outcome(days: Sequence[date], read: "_MovementsOutcome") -> BackfillOutcome:
    return BackfillOutcome(
        days_made=len(days),
        first_date=days[0] if days else None,
        last_date=days[-1] if days else None,
        movement_count=len(read.movements),
        receipt_count=sum(move.is_receipt for move in read.movements),
        problems=(*read.problems, *read.notes),
        calls_used=read.calls_used,
        retries=read.retries,
    )


def import_orders(settings: Settings, *, progress_for: ProgressFor) -> SyncOutcome:
    """Import every order changed since the last import as sales, returns and credit notes.

    Raises:
        Refused: there is no snapshot yet, so no variation's SKU is known.
    """
    lake = open_lake(settings)
    skus = known_skus(lake)
    if not skus:
        raise Refused("there is no snapshot yet that says which SKU was sold: take one first")

    # A recording holds all orders and answers what was asked for it: it is read whole each time.
    watermark = "" if settings.plentymarkets_recording else last_watermark(ORDERS_SOURCE)

    def sync() -> SyncOutcome:
        with open_plentymarkets(settings) as client:
            return import_orders_into(
                lake,
                reader=client,
                settings=settings,
                skus=skus,
                watermark=watermark,
                progress=progress_for("orders"),
            )

    return recorded_sync(ORDERS_SOURCE, sync)


def known_skus(lake: Lake) -> Mapping[int, Sku]:
    """Return the SKU of every variation that any snapshot knew."""
    answer = lake.ask(Question.load(_ROOM, "variation_skus"))
    return {
        variation_id: Sku(sku)
        for variation_id, sku in zip(
            answer["variation_id"].to_pylist(), answer["sku"].to_pylist(), strict=True
        )
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _MovementsOutcome(SyncOutcome):
    """The movements themselves besides their counts, and what reading them took."""

    movements: Sequence[StockMovement]
    warehouses: Sequence[Warehouse]
    calls_used: int
    retries: int


def _read_movements(
    settings: Settings,
    lake: Lake,
    *,
    newest_date: date,
    wanted: Sequence[date],
    progress_for: ProgressFor,
) -> _MovementsOutcome:
    """Return the movements since the oldest day that needs them; keep their receipts."""
    kept_through = last_watermark(MOVEMENTS_SOURCE)
    starts = list(wanted[:1])
    if kept_through:
        starts.append(date.fromisoformat(kept_through) - _MOVEMENTS_REREAD)
    else:
        period = last_days(settings.backfill_days, through_date=newest_date)
        starts.append(period.start_date)

    def sync() -> _MovementsOutcome:
        with open_plentymarkets(settings) as client:
            warehouses = read_warehouses(client)
            read = MovementReader(
                reader=client, zone=settings.zone, currency=settings.currency, skus=known_skus(lake)
            ).read_since(
                min(starts),
                through_date=newest_date,
                warehouses=warehouses,
                progress=progress_for("movements"),
            )
            receipts = _keep_receipts(lake, read.movements, since=min(starts))
            return _MovementsOutcome(
                source=MOVEMENTS_SOURCE,
                read_count=len(read.movements) + len(read.problems),
                created_count=receipts,
                problems=read.problems,
                notes=read.notes,
                watermark=newest_date.isoformat(),
                movements=read.movements,
                warehouses=warehouses,
                calls_used=client.calls_used,
                retries=client.retries,
            )

    return recorded_sync(MOVEMENTS_SOURCE, sync)


def _keep_receipts(lake: Lake, movements: Sequence[StockMovement], *, since: date) -> int:
    """Publish the receipts, all months or none; the days read anew are replaced whole."""
    table = receipt_table(movements)
    by_month: dict[str, list[int]] = {}
    for row, day in enumerate(table["business_date"].to_pylist()):
        by_month.setdefault(RECEIPTS.unit_of(day), []).append(row)
    with transaction.atomic():
        for month, rows in sorted(by_month.items()):
            first = date.fromisoformat(f"{month}-01")
            read_anew = [
                day for offset in range(31) if (day := first + timedelta(days=offset)) >= since
            ]
            lake.upsert_month(
                RECEIPTS.name,
                month,
                table.take(rows),
                RECEIPTS.unique_by,
                without=pa.table({"business_date": pa.array(read_anew, pa.date32())}),
            )
    return int(table.num_rows)


def _rebuildable(missing: Sequence[date], movements: Sequence[StockMovement]) -> list[date]:
    """Return the missing days from the first movement on; what was before it nobody knows."""
    first_date = min((move.business_date for move in movements), default=date.max)
    return [day for day in missing if day >= first_date]


def _keep_first_seen(lake: Lake) -> None:
    answer = lake.ask(Question.load(_ROOM, "first_seen"))
    set_first_seen(
        dict(zip(answer["sku"].to_pylist(), answer["first_seen_date"].to_pylist(), strict=True))
    )
