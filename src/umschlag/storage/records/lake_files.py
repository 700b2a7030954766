"""The catalogue of the lake's files: what it lists is what a reader sees."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from umschlag.storage.records.models import CURRENT_DAYS, CURRENT_FILES, LakeDay, LakeFile
from umschlag.storage.records.stock_totals import StockTotal, totals_of_days


class DayHeld(NamedTuple):
    """One version of one business date, and the file that holds its rows."""

    business_date: date
    version: int
    row_count: int
    file_id: int
    path: str
    file_day_count: int
    """Business dates that lie in the file, this one included."""
    file_unit: str
    """The day itself, or the month where the day was compacted."""
    published_at: datetime

    @property
    def is_loose(self) -> bool:
        """Tell whether the day lies in a file of its own."""
        return self.file_unit == self.business_date.isoformat()


def current_files(dataset: str) -> list[LakeFile]:
    """Return the data set's current files, oldest unit first."""
    return list(LakeFile.objects.filter(CURRENT_FILES, dataset=dataset).order_by("unit"))


def files_known_at(dataset: str, known_at: datetime) -> list[LakeFile]:
    """Return the files that were current at the instant and are still kept, oldest unit first."""
    return list(LakeFile.objects.filter(_known_at(known_at), dataset=dataset).order_by("unit"))


def all_current_files() -> list[LakeFile]:
    """Return every file that a reader can be handed."""
    return list(LakeFile.objects.filter(CURRENT_FILES).order_by("dataset", "unit"))


def kept_files() -> list[LakeFile]:
    """Return the current files and those that hold a day's former version."""
    return list(LakeFile.objects.filter(is_kept()).order_by("dataset", "unit"))


def is_kept() -> Q:
    """Select the files that must be there: the current ones, and those of a day's versions."""
    return CURRENT_FILES | Q(Exists(LakeDay.objects.filter(file=OuterRef("pk"))))


def days_in(file: LakeFile) -> list[date]:
    """Return the business dates of which the file holds a version, oldest first."""
    days = LakeDay.objects.filter(file=file).order_by("business_date")
    return list(days.values_list("business_date", flat=True).distinct())


def last_compacted_at() -> datetime | None:
    """Return when days were last put into a month's file; None if never."""
    months = LakeFile.objects.filter(day_count__gt=1)
    newest: datetime | None = months.aggregate(newest=Max("published_at"))["newest"]
    return newest


def current_file(dataset: str, unit: str) -> LakeFile | None:
    """Return the unit's current file, or None before its first."""
    return LakeFile.objects.filter(CURRENT_FILES, dataset=dataset, unit=unit).first()


def current_units(dataset: str) -> list[str]:
    """Return the units that have a file, oldest first."""
    units = LakeFile.objects.filter(CURRENT_FILES, dataset=dataset).order_by("unit")
    return list(units.values_list("unit", flat=True))


def days_held(
    dataset: str,
    *,
    since: date | None = None,
    until: date | None = None,
    known_at: datetime | None = None,
) -> list[DayHeld]:
    """Return the business dates and where they are, oldest first; `until` is excluded.

    `known_at` asks for the versions that were the truth at that instant.
    """
    days = _days_chosen(dataset, since=since, until=until, known_at=known_at)
    rows = days.order_by("business_date").values_list(
        "business_date",
        "version",
        "row_count",
        "file_id",
        "file__path",
        "file__day_count",
        "file__unit",
        "published_at",
    )
    return [DayHeld._make(row) for row in rows]


def dates_held(dataset: str, *, known_at: datetime | None = None) -> list[date]:
    """Return the business dates that are there, oldest first."""
    days = _days_chosen(dataset, known_at=known_at).order_by("business_date")
    return list(days.values_list("business_date", flat=True))


def newest_day(
    dataset: str, *, through: date | None = None, known_at: datetime | None = None
) -> date | None:
    """Return the newest business date not after `through`; None where there is none."""
    days = _days_chosen(dataset, known_at=known_at)
    if through is not None:
        days = days.filter(business_date__lte=through)
    newest: date | None = days.aggregate(newest=Max("business_date"))["newest"]
    return newest


def row_count_on(dataset: str, business_date: date) -> int | None:
    """Return how many rows the day has; None where it was never published."""
    return _current_day(dataset, business_date).values_list("row_count", flat=True).first()


def version_on(dataset: str, business_date: date) -> int | None:
    """Return the day's current version; None where it was never published."""
    return _current_day(dataset, business_date).values_list("version", flat=True).first()


def _current_day(dataset: str, business_date: date) -> QuerySet[LakeDay]:
    return LakeDay.objects.filter(CURRENT_DAYS, dataset=dataset, business_date=business_date)


def stock_totals(
    dataset: str,
    *,
    since: date | None = None,
    until: date | None = None,
    known_at: datetime | None = None,
) -> list[StockTotal]:
    """Return what the stock came to on each business date, oldest first; `until` is excluded."""
    days = _days_chosen(dataset, since=since, until=until, known_at=known_at)
    return totals_of_days(days)


def stock_totals_in(file: LakeFile) -> list[StockTotal]:
    """Return what the days of which the file holds a version are on record to come to."""
    return totals_of_days(LakeDay.objects.filter(file=file))


def _days_chosen(
    dataset: str,
    *,
    since: date | None = None,
    until: date | None = None,
    known_at: datetime | None = None,
) -> QuerySet[LakeDay]:
    chosen = CURRENT_DAYS if known_at is None else _known_at(known_at)
    days = LakeDay.objects.filter(chosen, dataset=dataset)
    if since is not None:
        days = days.filter(business_date__gte=since)
    if until is not None:
        days = days.filter(business_date__lt=until)
    return days


def made_from(dataset: str, file_ids: Collection[int]) -> dict[int, LakeFile]:
    """Return the data set's files that were made from the given ones, by what they came from."""
    made = LakeFile.objects.filter(dataset=dataset, made_from__in=file_ids)
    made = made.select_related("joined_into")
    return {file.made_from_id: file for file in made if file.made_from_id is not None}


def listed_paths() -> set[str]:
    """Return the paths of every file on record, superseded ones included."""
    return set(LakeFile.objects.values_list("path", flat=True))


def _known_at(instant: datetime) -> Q:
    still = Q(superseded_at__isnull=True) | Q(superseded_at__gt=instant)
    return Q(published_at__lte=instant) & still
