"""Months of changes become years, so that a question about a long history opens few files.

A run of equal days ends with its month in a month's file and goes on in the year's. The months'
files stay: they answer questions about a few months, and they are what is true again when late data
replace one of them. Of the year that is not over, the months that are closed are joined, anew each
month.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import pyarrow.parquet as pq
from django.utils import timezone

from umschlag.kernel.progress import Progress
from umschlag.storage.lake.datasets import ARTICLE_DAYS, ARTICLE_SPANS
from umschlag.storage.lake.files import room_in
from umschlag.storage.lake.lake import Lake
from umschlag.storage.lake.proof import require_equal, sums_of, sums_of_spans
from umschlag.storage.lake.rewriting import write_sorted
from umschlag.storage.lake.sources import Part, Source, day_parts
from umschlag.storage.lake.spans import joined_spans, write_spans
from umschlag.storage.records import lake_files, lake_listing
from umschlag.storage.records.lake_files import DayHeld
from umschlag.storage.records.lake_listing import UnitMovedOn, WrittenFile
from umschlag.storage.records.models import LakeFile

MONTHS_MIN = 2


@dataclass(frozen=True, slots=True)
class _Month:
    """A closed month whose changes are true."""

    spans: LakeFile
    days: Sequence[DayHeld]


def join_years(lake: Lake, *, scratch: Path | None, progress: Progress) -> int:
    """Join the changes of each year's closed months where that is due; return how many years.

    Raises:
        CompactionDiffers: a year did not give back what went into it.
        FilesUnavailable: there is no room, or the place of the files does not answer.
    """
    due = _years_due()
    for number, (year, months) in enumerate(due, start=1):
        progress(number - 1, len(due), year)
        try:
            _join_year(lake, year, months, scratch)
        except UnitMovedOn:
            # Somebody published one of the days meanwhile; the next compaction takes it along.
            continue
    if due:
        progress(len(due), len(due), due[-1][0])
    return len(due)


def _years_due() -> list[tuple[str, list[_Month]]]:
    days = lake_files.days_held(ARTICLE_DAYS.name)
    months: dict[str, list[DayHeld]] = {}
    for day in days:
        months.setdefault(f"{day.business_date:%Y-%m}", []).append(day)
    made = lake_files.made_from(ARTICLE_SPANS.name, {day.file_id for day in days})
    years: dict[str, list[_Month | None]] = {}
    # The newest month still grows.
    for month, own in list(months.items())[:-1]:
        spans = made.get(own[0].file_id) if _is_whole(own) else None
        years.setdefault(month[:4], []).append(_Month(spans, own) if spans else None)
    # A month that waits for its compaction ends the year for now, since runs may not leave it out.
    closed = {
        year: [month for month in takewhile(bool, own) if month] for year, own in years.items()
    }
    return [(year, own) for year, own in closed.items() if _is_due(own)]


def _is_whole(days: Sequence[DayHeld]) -> bool:
    return len({day.file_id for day in days}) == 1 and days[0].file_day_count == len(days)


def _is_due(months: Sequence[_Month]) -> bool:
    if len(months) < MONTHS_MIN:
        return False
    year = months[0].spans.joined_into
    day_count = sum(len(month.days) for month in months)
    return year is None or year.day_count != day_count


def _join_year(lake: Lake, year: str, months: Sequence[_Month], scratch: Path | None) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="umschlag-compaction-", dir=scratch) as folder,
        room_in(Path(folder)),
    ):
        written = _put_together(lake, year, months, Path(folder))
    try:
        at = timezone.now()
        lake_listing.register_joined(written, months=[month.spans for month in months], at=at)
    except BaseException:
        # Nobody was told of the file.
        lake.files.remove(written.path)
        raise


def _put_together(lake: Lake, year: str, months: Sequence[_Month], scratch: Path) -> WrittenFile:
    parts = [Part(path=month.spans.path, units=()) for month in months]
    gathered, target = scratch / "months.parquet", scratch / "year.parquet"
    write_sorted(ARTICLE_SPANS, Source(dataset=ARTICLE_SPANS, parts=parts), lake.files, gathered)
    dates = [day.business_date for month in months for day in month.days]
    spans = joined_spans(pq.ParquetFile(gathered), business_dates=dates)
    row_count = write_spans(spans, target)
    # Month by month, since a year of unfolded rows is much at once.
    for month in months:
        own = {day.business_date for day in month.days}
        days = Source(dataset=ARTICLE_DAYS, parts=day_parts(month.days))
        told = sums_of(ARTICLE_DAYS, days, lake.files)
        what = f"{ARTICLE_SPANS.name} {year}, of {month.spans.unit}"
        require_equal(told, sums_of_spans(target, own), what)
    return lake.put(ARTICLE_SPANS.name, year, target.read_bytes(), row_count=row_count)
