"""Days become months: one file a month sorted by SKU, and beside it the same history by changes.

The changes of closed months are then joined to years (`years`), so that a long history is few
files.

Measured on 100,000 SKUs × 365 days (benchmarks/README.md): day files are many times larger, and a
question about one SKU must open every one of them. Compaction changes how rows lie, never what they
say: before a month is registered, every day in it is compared with what it was made from, and a
month that does not give back each row is thrown away.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pyarrow.parquet as pq
from django.utils import timezone

from umschlag.kernel.progress import Progress, untold
from umschlag.storage.lake.datasets import (
    ARTICLE_DAYS,
    ARTICLE_SPANS,
    OF_SNAPSHOTS,
    Dataset,
)
from umschlag.storage.lake.files import LocalFiles, room_in
from umschlag.storage.lake.lake import Lake
from umschlag.storage.lake.proof import DaySum, require_equal, sums_of, sums_of_spans
from umschlag.storage.lake.rewriting import write_sorted
from umschlag.storage.lake.sources import Part, Source, day_parts
from umschlag.storage.lake.spans import spans_of, write_spans
from umschlag.storage.lake.years import join_years
from umschlag.storage.records import lake_files, lake_listing
from umschlag.storage.records.lake_files import DayHeld
from umschlag.storage.records.lake_listing import UnitMovedOn, WrittenFile

DAYS_LOOSE_MIN = 3
"""The newest days keep their own files, since most questions are about them."""
DAYS_LOOSE_MAX = 10
"""With more of them the older ones are compacted; less often would leave more files to open."""
_MONTH_FILE = "month.parquet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compacted:
    """What one compaction came to."""

    months: int
    days: int
    """Days that moved out of files of their own, or into a new file of their month."""


def compact(
    lake: Lake,
    *,
    is_eager: bool = False,
    scratch: Path | None = None,
    progress: Progress = untold,
) -> Compacted:
    """Put the older days into their months' files; readers notice nothing.

    A month is written anew when more than `DAYS_LOOSE_MAX` days lie in files of their own, when it
    is over, or when a day in it was published anew. `is_eager` does not wait for that many. Months
    are put together in `scratch`, by default where the system keeps temporary files.

    Raises:
        CompactionDiffers: a month did not give back what went into it.
        FilesUnavailable: there is no room, or the place of the files does not answer; the months
            that were done stay, the others are as they were.
    """
    work = [
        (dataset, month, days)
        for dataset in OF_SNAPSHOTS
        for month, days in _months_due(dataset, is_eager=is_eager)
    ]
    moved: set[date] = set()
    for number, (dataset, month, days) in enumerate(work, start=1):
        progress(number - 1, len(work), month)
        try:
            _compact_month(lake, _Work(dataset, month, days), scratch)
        except UnitMovedOn:
            # Somebody published one of the days meanwhile; the next compaction takes it along.
            continue
        moved |= {day.business_date for day in days}
    if work:
        progress(len(work), len(work), work[-1][1])
    join_years(lake, scratch=scratch, progress=progress)
    return Compacted(months=len({month for _, month, _ in work}), days=len(moved))


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How the days lie now."""

    packed_days: int
    loose_days: int
    """In a file of their own, as the newest always are."""
    overdue_months: int
    compacted_at: datetime | None


def state() -> Layout:
    """Return how the days of article states lie, told by the catalogue alone."""
    days = lake_files.days_held(ARTICLE_DAYS.name)
    loose = sum(day.is_loose for day in days)
    return Layout(
        packed_days=len(days) - loose,
        loose_days=loose,
        overdue_months=len(_months_due(ARTICLE_DAYS, is_eager=False)),
        compacted_at=lake_files.last_compacted_at(),
    )


def _months_due(dataset: Dataset, *, is_eager: bool) -> list[tuple[str, list[DayHeld]]]:
    days = lake_files.days_held(dataset.name)
    settled = days[: max(0, len(days) - DAYS_LOOSE_MIN)]
    months: dict[str, list[DayHeld]] = {}
    for day in settled:
        months.setdefault(f"{day.business_date:%Y-%m}", []).append(day)
    newest_month = f"{days[-1].business_date:%Y-%m}" if days else ""
    return [
        (month, own)
        for month, own in months.items()
        if _is_due(own, is_open=month == newest_month and not is_eager)
    ]


def _is_due(days: Sequence[DayHeld], *, is_open: bool) -> bool:
    files = {day.file_id for day in days}
    if len(files) == 1 and len(days) == days[0].file_day_count and not days[0].is_loose:
        # One month's file holds just these days.
        return False
    loose = sum(day.is_loose for day in days)
    is_torn = any(
        not day.is_loose
        and day.file_day_count != sum(other.file_id == day.file_id for other in days)
        for day in days
    )
    return not is_open or is_torn or loose > DAYS_LOOSE_MAX - DAYS_LOOSE_MIN


@dataclass(frozen=True, slots=True)
class _Work:
    """One month of one data set, and the days that go into its file."""

    dataset: Dataset
    month: str
    days: Sequence[DayHeld]


def _compact_month(lake: Lake, work: _Work, scratch: Path | None) -> None:
    laid: list[WrittenFile] = []
    try:
        with tempfile.TemporaryDirectory(prefix="umschlag-compaction-", dir=scratch) as folder:
            laid += _put_together(lake, work, Path(folder))
        written, *derived = laid
        lake_listing.register_compacted(
            written, days=work.days, derived=derived[0] if derived else None, at=timezone.now()
        )
    except BaseException:
        # Nobody was told of the files; where the disk is full, their room is needed at once.
        for file in laid:
            lake.files.remove(file.path)
        raise


def _put_together(lake: Lake, work: _Work, scratch: Path) -> list[WrittenFile]:
    """Lay down the month's file and, for articles, its history by changes."""
    dataset, month, days = work.dataset, work.month, work.days
    with room_in(scratch):
        target = scratch / _MONTH_FILE
        former = Source(dataset=dataset, parts=day_parts(days))
        write_sorted(dataset, former, lake.files, target)
        new = Source(dataset=dataset, parts=[Part(path=target.name, units=())])
        told = sums_of(dataset, former, lake.files)
        found = sums_of(dataset, new, LocalFiles(scratch))
        require_equal(told, found, f"{dataset.name} {month}")
        spans = _spans_file(month, told, scratch) if dataset is ARTICLE_DAYS else None
    row_count = sum(day.row_count for day in days)
    laid = [lake.put(dataset.name, month, target.read_bytes(), row_count=row_count)]
    if spans is not None:
        try:
            laid.append(
                lake.put(ARTICLE_SPANS.name, month, spans.path.read_bytes(), row_count=spans.count)
            )
        except OSError:
            lake.files.remove(laid[0].path)
            raise
    return laid


@dataclass(frozen=True, slots=True)
class _SpansFile:
    """A month by changes, as it lies in the scratch folder."""

    path: Path
    count: int


def _spans_file(month: str, told: Mapping[date, DaySum], scratch: Path) -> _SpansFile:
    """Write the month by changes, and prove that it unfolds into the month again."""
    target = scratch / "spans.parquet"
    rows = pq.ParquetFile(scratch / _MONTH_FILE)
    row_count = write_spans(spans_of(rows, business_dates=sorted(told)), target)
    require_equal(told, sums_of_spans(target, told.keys()), f"article_spans {month}")
    return _SpansFile(target, row_count)
