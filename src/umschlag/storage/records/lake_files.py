"""The catalogue of the lake's files: what it lists is what a reader sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from umschlag.kernel.errors import Refused
from umschlag.storage.records.models import CURRENT_FILES, LakeFile

_UNTOUCHED = -1


class UnitMovedOn(Refused):
    """Somebody else published the unit in between: what was to replace it is out of date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFile:
    """A file that lies complete on disk and that no reader knows of yet."""

    dataset: str
    unit: str
    path: str
    row_count: int
    byte_count: int
    sha256: str


def current_files(dataset: str) -> list[LakeFile]:
    """Return the data set's current files, oldest unit first."""
    return list(LakeFile.objects.filter(CURRENT_FILES, dataset=dataset).order_by("unit"))


def all_current_files() -> list[LakeFile]:
    """Return every file that a reader can be handed."""
    return list(LakeFile.objects.filter(CURRENT_FILES).order_by("dataset", "unit"))


def current_file(dataset: str, unit: str) -> LakeFile | None:
    """Return the unit's current file, or None before its first."""
    return LakeFile.objects.filter(CURRENT_FILES, dataset=dataset, unit=unit).first()


def current_units(dataset: str) -> list[str]:
    """Return the units that have a file, oldest first."""
    units = LakeFile.objects.filter(CURRENT_FILES, dataset=dataset).order_by("unit")
    return list(units.values_list("unit", flat=True))


def newest_unit(dataset: str, *, through: str = "9999") -> str | None:
    """Return the newest unit not after the given one, or None where there is none."""
    units = LakeFile.objects.filter(CURRENT_FILES, dataset=dataset, unit__lte=through)
    return units.order_by("-unit").values_list("unit", flat=True).first()


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


def _register(file: WrittenFile, *, at: datetime, replacing_version: int) -> LakeFile:
    versions = LakeFile.objects.filter(dataset=file.dataset, unit=file.unit)
    newest: int = versions.aggregate(newest=Max("version"))["newest"] or 0
    if replacing_version not in (_UNTOUCHED, newest):
        raise UnitMovedOn(f"{file.dataset} {file.unit} is at version {newest} by now; read it anew")
    if newest:
        versions.filter(CURRENT_FILES).update(superseded_at=at)
    return LakeFile.objects.create(
        dataset=file.dataset,
        unit=file.unit,
        version=newest + 1,
        path=file.path,
        row_count=file.row_count,
        byte_count=file.byte_count,
        sha256=file.sha256,
        published_at=at,
    )
