"""The history: the lake, the daily snapshot, the past before it, and the orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
from django.utils import timezone

from umschlag.connectors.plentymarkets.movements import MovementReader
from umschlag.connectors.plentymarkets.reading import PlentymarketsSource, read_warehouses
from umschlag.intelligence.snapshots.model import (
    BackfillOutcome,
    Snapshot,
    SnapshotOutcome,
    StockMovement,
    Warehouse,
)
from umschlag.intelligence.snapshots.reconstruction import Reconstruction
from umschlag.intelligence.snapshots.usecases import take_daily_snapshot
from umschlag.kernel.errors import Refused
from umschlag.kernel.identifiers import Sku
from umschlag.kernel.outcomes import SyncOutcome
from umschlag.kernel.periods import business_date_of, last_days
from umschlag.kernel.progress import ProgressFor
from umschlag.settings import Settings
from umschlag.storage.lake.datasets import RECEIPTS
from umschlag.storage.lake.lake import Lake
from umschlag.storage.lake.questions import Question
from umschlag.storage.lake.snapshot_store import LakeSnapshotStore
from umschlag.storage.lake.snapshot_tables import receipt_table
from umschlag.storage.records.articles import set_first_seen
from umschlag.storage.records.sync_runs import last_watermark, recorded_sync
from umschlag.wiring.orders import import_orders_into
from umschlag.wiring.own_data import require_no_own_sales
from umschlag.wiring.plentymarkets import open_plentymarkets

MOVEMENTS_SOURCE = "plentymarkets movements"
ORDERS_SOURCE = "plentymarkets orders"
_MOVEMENTS_REREAD = timedelta(days=3)
"""Bookings of the last days are read again, since some are entered late."""
_ROOM = "umschlag.intelligence.snapshots"


def open_lake(settings: Settings) -> Lake:
    """Return the lake under `var_dir`."""
    return Lake(folder=settings.lake_dir)


def take_snapshot(
    settings: Settings, *, progress_for: ProgressFor, business_date: date | None = None
) -> SnapshotOutcome:
    """Take today's snapshot; a day that has one stays as it is and costs no call.

    `business_date` files it under another day than the clock's.

    Raises:
        SnapshotIncomplete: Plentymarkets did not deliver everything, or too much vanished.
        SnapshotUnderWay: another run is at it.
        Misconfigured: the address or the login is missing.
        OwnDataInDemo: the demo's articles would be mixed with somebody's own sales.
    """
    require_no_own_sales(settings)
    lake = open_lake(settings)
    lake.sweep_orphans()
    with open_plentymarkets(settings) as client:
        return take_daily_snapshot(
            business_date=business_date or business_date_of(timezone.now(), settings.zone),
            source=PlentymarketsSource(
                reader=client, zone=settings.zone, currency=settings.currency
            ),
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
    newest = store.newest_captured()
    if newest is None:
        raise Refused("there is no snapshot yet to rebuild earlier days from: take one first")
    period = last_days(settings.backfill_days, through_date=newest.business_date)
    published = set(lake.business_dates())
    missing = [day for day in period if day not in published and day < newest.business_date]
    read = _read_movements(
        settings, lake, newest=newest, missing=missing, progress_for=progress_for
    )
    days = _rebuildable(missing, read.movements)
    source = Reconstruction(
        snapshot=newest,
        movements=read.movements,
        warehouses=read.warehouses,
        first_date=days[0] if days else newest.business_date,
    )
    progress = progress_for("history")
    for number, day in enumerate(days, start=1):
        take_daily_snapshot(
            business_date=day,
            source=source,
            store=store,
            vanished_percent_max=settings.snapshot_vanished_percent_max,
        )
        progress(number, len(days), day.isoformat())
    if days:
        _keep_first_seen(lake)
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

    def sync() -> SyncOutcome:
        with open_plentymarkets(settings) as client:
            return import_orders_into(
                lake,
                reader=client,
                settings=settings,
                skus=skus,
                watermark=last_watermark(ORDERS_SOURCE),
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
    newest: Snapshot,
    missing: Sequence[date],
    progress_for: ProgressFor,
) -> _MovementsOutcome:
    """Return the movements since the oldest day that needs them; keep their receipts."""
    kept_through = last_watermark(MOVEMENTS_SOURCE)
    starts = list(missing[:1])
    if kept_through:
        starts.append(date.fromisoformat(kept_through) - _MOVEMENTS_REREAD)
    else:
        period = last_days(settings.backfill_days, through_date=newest.business_date)
        starts.append(period.start_date)

    def sync() -> _MovementsOutcome:
        with open_plentymarkets(settings) as client:
            warehouses = read_warehouses(client)
            read = MovementReader(
                reader=client, zone=settings.zone, currency=settings.currency, skus=known_skus(lake)
            ).read_since(
                min(starts),
                through_date=newest.business_date,
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
                watermark=newest.business_date.isoformat(),
                movements=read.movements,
                warehouses=warehouses,
                calls_used=client.calls_used,
                retries=client.retries,
            )

    return recorded_sync(MOVEMENTS_SOURCE, sync)


def _keep_receipts(lake: Lake, movements: Sequence[StockMovement], *, since: date) -> int:
    """Publish the receipts by month; the days read anew are replaced whole."""
    table = receipt_table(movements)
    by_month: dict[str, list[int]] = {}
    for row, day in enumerate(table["business_date"].to_pylist()):
        by_month.setdefault(RECEIPTS.unit_of(day), []).append(row)
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
