"""Listing files in the catalogue of the lake and taking them off; what it lists readers see."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from umschlag.kernel.errors import Refused
from umschlag.storage.records.lake_files import DayHeld
from umschlag.storage.records.models import CURRENT_DAYS, CURRENT_FILES, LakeDay, LakeFile
from umschlag.storage.records.stock_totals import StockTotal, record_totals

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
    listed = _listed(file, version=newest + 1, at=at, day_count=1)
    # A day's first version leaves nothing behind; a back-fill has hundreds of them.
    if newest:
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
    return _listed(file, version=newest + 1, at=at, day_count=day_count, made_from=made_from)


def _listed(
    file: WrittenFile,
    *,
    version: int,
    at: datetime,
    day_count: int,
    made_from: LakeFile | None = None,
) -> LakeFile:
    return LakeFile.objects.create(
        dataset=file.dataset,
        unit=file.unit,
        version=version,
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
