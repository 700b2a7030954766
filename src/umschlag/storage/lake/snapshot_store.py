"""Snapshots kept in the lake and, for the newest, in the records: both in one step."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction
from django.utils import timezone

from umschlag.intelligence.snapshots.model import (
    FormerSnapshot,
    Origin,
    ReadingBatch,
    Snapshot,
    SnapshotOutcome,
    StandingDay,
)
from umschlag.intelligence.snapshots.ports import SnapshotSource
from umschlag.storage.lake.current_state import bring_current, day_ref
from umschlag.storage.lake.datasets import ARTICLE_DAYS, BUNDLE_PARTS, WAREHOUSE_DAYS
from umschlag.storage.lake.lake import Lake
from umschlag.storage.lake.snapshot_draft import SnapshotDraft
from umschlag.storage.lake.snapshot_tables import (
    FreshMasters,
    RepeatedMasters,
    bundle_parts_in,
    positions_in,
    states_in,
)
from umschlag.storage.records import lake_listing
from umschlag.storage.records.articles import ArticlesState, DayRef, articles_state
from umschlag.storage.records.lake_listing import UnitMovedOn
from umschlag.storage.records.models import SnapshotRun
from umschlag.storage.records.snapshots import begin_run, complete_run, fail_run, keep_alive

_NOTHING_PUBLISHED = 0


@dataclass(slots=True)
class LakeSnapshotStore:
    """Publishes snapshots; remembers the rebuilt day it published last, for the next one."""

    lake: Lake
    _last: tuple[DayRef, pa.Table] | None = field(default=None, init=False)
    _repeated: RepeatedMasters = field(default_factory=RepeatedMasters, init=False)

    def standing(self, business_date: date) -> StandingDay | None:
        """Return what the day has; None where it has no snapshot."""
        day = day_ref(business_date)
        if day is None:
            return None
        return StandingDay(
            article_count=self.lake.row_count_on(ARTICLE_DAYS.name, business_date) or 0,
            origin=self._origin_of(business_date),
            version=day.version,
        )

    def newest_captured_date(self) -> date | None:
        """Return the newest day that was read, not rebuilt; None before any."""
        days = reversed(self.lake.business_dates())
        return next((day for day in days if self._origin_of(day) is Origin.CAPTURED), None)

    def snapshot_of(self, business_date: date) -> Snapshot:
        """Return what the day's source had."""
        table = self.lake.read_day(ARTICLE_DAYS.name, business_date)
        was_seen = pc.equal(table["last_seen_date"], pa.scalar(business_date))
        return Snapshot(
            business_date=business_date,
            articles=states_in(table.filter(was_seen)),
            positions=positions_in(self.lake.read_day(WAREHOUSE_DAYS.name, business_date)),
            bundle_parts=bundle_parts_in(self.lake.read_day(BUNDLE_PARTS.name, business_date)),
        )

    def _origin_of(self, business_date: date) -> Origin:
        column = "is_reconstructed"
        rows = self.lake.read_day(ARTICLE_DAYS.name, business_date, columns=[column])
        is_rebuilt = pc.any(rows[column]).as_py()
        return Origin.RECONSTRUCTED if is_rebuilt else Origin.CAPTURED

    @contextmanager
    def attempt(
        self, business_date: date, source: SnapshotSource, *, replacing: StandingDay | None = None
    ) -> Iterator["RecordedAttempt"]:
        """Record an attempt; leaving it by an error records the failure and shows nothing.

        Raises:
            SnapshotUnderWay: another attempt at this day is running.
        """
        run = begin_run(business_date, source.origin)
        try:
            yield RecordedAttempt(
                store=self,
                run=run,
                draft=self._draft(business_date, source.origin),
                replaced_version=replacing.version if replacing else _NOTHING_PUBLISHED,
            )
        except BaseException as error:
            fail_run(run, error, calls_used=source.calls_used, retries=source.retries)
            raise

    def _draft(self, business_date: date, origin: Origin) -> SnapshotDraft:
        former = self._day_before(business_date)
        return SnapshotDraft(
            business_date=business_date,
            origin=origin,
            masters=self._repeated if origin is Origin.RECONSTRUCTED else FreshMasters(),
            former_day=former,
            load_former_rows=partial(self._rows_of, former),
        )

    def _rows_of(self, day: DayRef | None) -> pa.Table:
        if day is None:
            return ARTICLE_DAYS.columns.empty_table()
        if self._last is not None and self._last[0] == day:
            return self._last[1]
        return self.lake.read_day(ARTICLE_DAYS.name, day.business_date)

    def _day_before(self, business_date: date) -> DayRef | None:
        day = self.lake.newest_business_date(through=business_date - timedelta(days=1))
        return None if day is None else day_ref(day)

    def publish(self, attempt: "RecordedAttempt", outcome: SnapshotOutcome) -> None:
        """Write the files, then register them, the current rows and the run in one transaction."""
        draft, unit = attempt.draft, outcome.business_date.isoformat()
        articles = draft.take_article_table()
        written = self.lake.write_together(
            unit,
            {
                ARTICLE_DAYS.name: articles,
                WAREHOUSE_DAYS.name: draft.warehouse_table(),
                BUNDLE_PARTS.name: draft.bundle_table(),
            },
        )
        day = DayRef(business_date=outcome.business_date, version=attempt.replaced_version + 1)
        with transaction.atomic():
            state = articles_state(locked=True)
            if self._day_before(outcome.business_date) != draft.former_day:
                raise UnitMovedOn(
                    f"{outcome.business_date}: the day before was published anew meanwhile; "
                    "try again"
                )
            newest = self.lake.newest_business_date()
            is_newest = newest is None or newest <= outcome.business_date
            known = self._rows_of_records(state, draft) if is_newest else None
            lake_listing.register(
                written, at=timezone.now(), replacing_version=attempt.replaced_version
            )
            self.lake.tell_engine(written)
            if is_newest:
                dates = self.lake.business_dates()
                bring_current(day, articles, former=known, business_dates=dates)
            complete_run(attempt.run, outcome, row_count=articles.num_rows)
        is_rebuilt = outcome.origin is Origin.RECONSTRUCTED
        self._last = (day, articles) if is_rebuilt else None

    def _rows_of_records(
        self, state: ArticlesState | None, draft: SnapshotDraft
    ) -> pa.Table | None:
        """Return the rows of the day that the records stand at; None where none tells that."""
        if state is None or state.has_other_changes:
            return None
        if state.day == draft.former_day:
            return draft.former_rows
        if state.day == day_ref(state.day.business_date):
            return self.lake.read_day(ARTICLE_DAYS.name, state.day.business_date)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedAttempt:
    """One attempt that stands in the records."""

    store: LakeSnapshotStore
    run: SnapshotRun
    draft: SnapshotDraft
    replaced_version: int

    def keep_alive(self) -> None:
        """Record that it is still at work; may be called often."""
        keep_alive(self.run)

    def add(self, batch: ReadingBatch) -> None:
        """Put the articles into the draft."""
        self.draft.add(batch)

    @property
    def article_count(self) -> int:
        """How many articles are in the draft."""
        return self.draft.article_count

    def sku_count(self) -> int:
        """Return how many different SKUs are in the draft."""
        return self.draft.sku_count()

    def former(self) -> FormerSnapshot:
        """Return what the newest snapshot before the day had and the draft lacks."""
        return self.draft.former()

    def publish(self, outcome: SnapshotOutcome) -> None:
        """Make the draft visible, files and records in one step."""
        self.store.publish(self, outcome)
