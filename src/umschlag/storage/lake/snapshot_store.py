"""Snapshots kept in the lake and, for the newest, in the records: both in one step."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction
from django.utils import timezone

from umschlag.intelligence.snapshots.model import (
    FormerSnapshot,
    Origin,
    Reading,
    Snapshot,
)
from umschlag.kernel.identifiers import Sku
from umschlag.storage.lake.datasets import ARTICLE_DAYS, WAREHOUSE_DAYS
from umschlag.storage.lake.lake import Lake
from umschlag.storage.lake.snapshot_tables import (
    ArticleTables,
    positions_in,
    states_in,
    warehouse_table,
)
from umschlag.storage.records import lake_files
from umschlag.storage.records.articles import upsert_current
from umschlag.storage.records.models import SnapshotRun
from umschlag.storage.records.snapshots import begin_run, complete_run, fail_run

_NOTHING_PUBLISHED = 0


@dataclass(slots=True)
class LakeSnapshotStore:
    """Publishes snapshots; remembers the one it published last, so a back-fill need not read it."""

    lake: Lake
    _last: Snapshot | None = field(default=None, init=False)
    _tables: ArticleTables = field(default_factory=ArticleTables, init=False)

    def article_count_on(self, business_date: date) -> int | None:
        """Return how many SKUs the day's snapshot has; None where the day has none."""
        file = lake_files.current_file(ARTICLE_DAYS.name, business_date.isoformat())
        return None if file is None else file.row_count

    def newest_captured(self) -> Snapshot | None:
        """Return the newest snapshot that was read on its day, not rebuilt; None before any."""
        for business_date in reversed(self.lake.business_dates()):
            table = self.lake.read_unit(ARTICLE_DAYS.name, business_date.isoformat())
            if not pc.any(table["is_reconstructed"]).as_py():
                return self._loaded(business_date, table)
        return None

    @contextmanager
    def attempt(self, business_date: date, origin: Origin) -> Iterator["RecordedAttempt"]:
        """Record an attempt; leaving it by an error records the failure and shows nothing.

        Raises:
            SnapshotUnderWay: another attempt at this day is running.
        """
        run = begin_run(business_date, origin)
        try:
            yield RecordedAttempt(self, run)
        except BaseException as error:
            fail_run(run, error)
            raise

    def before(self, business_date: date, *, without: Collection[Sku]) -> FormerSnapshot:
        """Return the newest earlier snapshot, its states without those of the given SKUs."""
        former_date = self.lake.newest_business_date(through=business_date - timedelta(days=1))
        if former_date is None:
            return FormerSnapshot(business_date=None, seen_count=0, others=())
        last = self._last
        if last is not None and last.business_date == former_date:
            states = (*last.articles, *last.tombstones)
            return FormerSnapshot(
                business_date=former_date,
                seen_count=len(last.articles),
                others=[state for state in states if state.sku not in without],
            )
        table = self.lake.read_unit(ARTICLE_DAYS.name, former_date.isoformat())
        seen = pc.sum(pc.equal(table["last_seen_date"], pa.scalar(former_date))).as_py() or 0
        known = pc.is_in(table["sku"], value_set=pa.array(list(without), pa.string()))
        return FormerSnapshot(
            business_date=former_date,
            seen_count=seen,
            others=states_in(table.filter(pc.invert(known))),
        )

    def _loaded(self, business_date: date, articles: pa.Table) -> Snapshot:
        states = states_in(articles)
        unit = business_date.isoformat()
        return Snapshot(
            business_date=business_date,
            origin=Origin.CAPTURED,
            articles=[state for state in states if state.last_seen_date == business_date],
            tombstones=[state for state in states if state.last_seen_date != business_date],
            positions=positions_in(self.lake.read_unit(WAREHOUSE_DAYS.name, unit)),
        )

    def publish(
        self, run: SnapshotRun, snapshot: Snapshot, *, reading: Reading, vanished_count: int
    ) -> None:
        """Write the files, then register them, the current rows and the run in one transaction."""
        unit = snapshot.business_date.isoformat()
        articles = self._tables.of(snapshot)
        written = [
            self.lake.write(ARTICLE_DAYS.name, unit, articles),
            self.lake.write(WAREHOUSE_DAYS.name, unit, warehouse_table(snapshot)),
        ]
        with transaction.atomic():
            newest = lake_files.newest_unit(ARTICLE_DAYS.name)
            lake_files.register(written, at=timezone.now(), replacing_version=_NOTHING_PUBLISHED)
            if newest is None or newest < unit:
                upsert_current(
                    snapshot.articles, snapshot.tombstones, business_date=snapshot.business_date
                )
            complete_run(
                run,
                reading=reading,
                row_count=articles.num_rows,
                vanished_count=vanished_count,
            )
        self._last = snapshot


@dataclass(frozen=True, slots=True)
class RecordedAttempt:
    """One attempt that stands in the records."""

    store: LakeSnapshotStore
    run: SnapshotRun

    def publish(self, snapshot: Snapshot, *, reading: Reading, vanished_count: int) -> None:
        """Make the snapshot visible, files and records in one step."""
        self.store.publish(self.run, snapshot, reading=reading, vanished_count=vanished_count)
