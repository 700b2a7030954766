"""The catalogue of the lake's files: what it lists is what a reader sees."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from umschlag.kernel.errors import Refused
from umschlag.storage.records.models import CURRENT_DAYS, CURRENT_FILES, LakeDay, LakeFile
from umschlag.storage.records.stock_totals import StockTotal, record_totals, totals_of_days

_UNTOUCHED = -1


class UnitMovedOn(Refused):
    """Somebody else published the unit in between: what was to replace it is out of date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFile:
    """A file that lies complete in the lake and that no reader knows of yet."""

    dataset: str
    unit: str
    path: str
    row_count: int
    byte_count: int
    sha256: str
    totals: Sequence[StockTotal] = ()
    """What the day's stock comes to, where the file holds article states."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayHeld:
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
    return [
        DayHeld(
            business_date=day,
            version=version,
            row_count=rows_there,
            file_id=file_id,
            path=path,
            file_day_count=day_count,
            file_unit=file_unit,
            published_at=published_at,
        )
        for day, version, rows_there, file_id, path, day_count, file_unit, published_at in rows
    ]


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
    days = LakeDay.objects.filter(CURRENT_DAYS, dataset=dataset, business_date=business_date)
    return days.values_list("row_count", flat=True).first()


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


def register(
    files: Sequence[WrittenFile], *, at: datetime, replacing_version: int = _UNTOUCHED
) -> list[LakeFile]:
    """List the files as their units' current versions, all in one transaction.

    `replacing_version` (0: none) makes it refuse where the unit is at another version by now.

    Raises:
        UnitMovedOn: another publication of the unit came first.
    """
    try:
        with transaction.atomic():
            return [_register(file, at=at, replacing_version=replacing_version) for file in files]
    except IntegrityError as error:
        names = ", ".join(f"{file.dataset} {file.unit}" for file in files)
        raise UnitMovedOn(f"{names}: published by somebody else at the same moment") from error


def register_compacted(
    file: WrittenFile, *, days: Sequence[DayHeld], derived: WrittenFile | None, at: datetime
) -> LakeFile:
    """List a month's file in place of the days' former ones; the days' versions stay the same.

    `derived` is what was made from the month's file and is good only as long as that is.

    Raises:
        UnitMovedOn: a day was published anew while the month was put together.
    """
    try:
        return _register_compacted(file, days=days, derived=derived, at=at)
    except IntegrityError as error:
        raise UnitMovedOn(f"{file.dataset} {file.unit}: compacted twice at once") from error


def _register_compacted(
    file: WrittenFile, *, days: Sequence[DayHeld], derived: WrittenFile | None, at: datetime
) -> LakeFile:
    with transaction.atomic():
        month = _created(file, at=at, day_count=len(days))
        for day in days:
            moved = LakeDay.objects.filter(
                CURRENT_DAYS,
                dataset=file.dataset,
                business_date=day.business_date,
                version=day.version,
                file_id=day.file_id,
            ).update(file=month)
            if moved != 1:
                raise UnitMovedOn(f"{file.dataset} {day.business_date} moved while compacting")
        if derived is not None:
            _created(derived, at=at, day_count=len(days), made_from=month)
        _retire_emptied({day.file_id for day in days}, at=at)
    return month


def register_joined(file: WrittenFile, *, months: Sequence[LakeFile], at: datetime) -> LakeFile:
    """List a year's file beside those of its months, in place of a former one.

    Raises:
        UnitMovedOn: a month was replaced while the year was put together.
    """
    try:
        with transaction.atomic():
            _retire_years(LakeFile.objects.filter(dataset=file.dataset, unit=file.unit), at=at)
            year = _created(file, at=at, day_count=sum(month.day_count for month in months))
            joined = LakeFile.objects.filter(CURRENT_FILES, pk__in=[month.pk for month in months])
            if joined.update(joined_into=year) != len(months):
                raise UnitMovedOn(f"{file.dataset} {file.unit}: a month moved while joining")
            return year
    except IntegrityError as error:
        raise UnitMovedOn(f"{file.dataset} {file.unit}: joined twice at once") from error


def forget_superseded(*, before: datetime, month_datasets: Collection[str]) -> list[str]:
    """Take files off the catalogue that nothing needs any more, and return their paths.

    Of the data sets that are cut by day, those that hold no day's version, former ones included;
    of `month_datasets` those superseded before the instant.
    """
    gone = LakeFile.objects.filter(superseded_at__lt=before)
    is_needed = Exists(LakeDay.objects.filter(file=OuterRef("pk")))
    idle = gone.exclude(is_needed).exclude(dataset__in=month_datasets)
    return _forget(list(idle.values_list("pk", "path")))


def forget_month_versions(*, before: datetime, datasets: Collection[str]) -> list[str]:
    """Take the months' versions off the catalogue that were superseded before the instant."""
    gone = LakeFile.objects.filter(superseded_at__lt=before, dataset__in=datasets)
    return _forget(list(gone.values_list("pk", "path")))


def _forget(files: Sequence[tuple[int, str]]) -> list[str]:
    for start in range(0, len(files), 500):
        keys = [key for key, _ in files[start : start + 500]]
        LakeFile.objects.filter(pk__in=keys).delete()
    return sorted(path for _, path in files)


def _known_at(instant: datetime) -> Q:
    still = Q(superseded_at__isnull=True) | Q(superseded_at__gt=instant)
    return Q(published_at__lte=instant) & still


def _register(file: WrittenFile, *, at: datetime, replacing_version: int) -> LakeFile:
    if len(file.unit) == len("2026-09-02"):
        day = date.fromisoformat(file.unit)
        return _register_day(file, day, at=at, replacing_version=replacing_version)
    versions = LakeFile.objects.filter(dataset=file.dataset, unit=file.unit)
    newest: int = versions.aggregate(newest=Max("version"))["newest"] or 0
    _require_version(file, newest, replacing_version)
    versions.filter(CURRENT_FILES).update(superseded_at=at)
    return _created(file, at=at)


def _register_day(
    file: WrittenFile, day: date, *, at: datetime, replacing_version: int
) -> LakeFile:
    versions = LakeDay.objects.filter(dataset=file.dataset, business_date=day)
    newest: int = versions.aggregate(newest=Max("version"))["newest"] or 0
    _require_version(file, newest, replacing_version)
    listed = _created(file, at=at, day_count=1)
    former = versions.filter(CURRENT_DAYS)
    left = set(former.values_list("file_id", flat=True))
    former.update(superseded_at=at)
    _retire_emptied(left, at=at)
    version = LakeDay.objects.create(
        dataset=file.dataset,
        business_date=day,
        version=newest + 1,
        row_count=file.row_count,
        file=listed,
        published_at=at,
    )
    record_totals(version, file.totals)
    return listed


def _require_version(file: WrittenFile, newest: int, replacing_version: int) -> None:
    # Without any version it is a data set that came up after the day was first published.
    if newest and replacing_version not in (_UNTOUCHED, newest):
        raise UnitMovedOn(f"{file.dataset} {file.unit} is at version {newest} by now; read it anew")


def _created(
    file: WrittenFile, *, at: datetime, day_count: int = 0, made_from: LakeFile | None = None
) -> LakeFile:
    versions = LakeFile.objects.filter(dataset=file.dataset, unit=file.unit)
    newest: int = versions.aggregate(newest=Max("version"))["newest"] or 0
    return LakeFile.objects.create(
        dataset=file.dataset,
        unit=file.unit,
        version=newest + 1,
        path=file.path,
        row_count=file.row_count,
        byte_count=file.byte_count,
        sha256=file.sha256,
        day_count=day_count,
        made_from=made_from,
        published_at=at,
    )


def _retire_emptied(file_ids: Collection[int], *, at: datetime) -> None:
    """Mark files superseded that hold no current day any more, and what was made from them."""
    if not file_ids:
        # A day's first version leaves none; a back-fill has hundreds of them.
        return
    holding = set(
        LakeDay.objects.filter(CURRENT_DAYS, file_id__in=file_ids).values_list("file_id", flat=True)
    )
    empty = set(file_ids) - holding
    files = LakeFile.objects.filter(CURRENT_FILES)
    files.filter(Q(pk__in=empty) | Q(made_from__in=empty)).update(superseded_at=at)
    # Looked up after that, so that a year which is being registered meanwhile is seen.
    _retire_years(LakeFile.objects.filter(joined__made_from__in=empty).distinct(), at=at)


def _retire_years(years: QuerySet[LakeFile], *, at: datetime) -> None:
    """Mark the years' files superseded; their months stand for themselves again."""
    keys = list(years.values_list("pk", flat=True))
    LakeFile.objects.filter(CURRENT_FILES, pk__in=keys).update(superseded_at=at)
    LakeFile.objects.filter(joined_into__in=keys).update(joined_into=None)
