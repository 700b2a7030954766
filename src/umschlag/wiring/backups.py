"""Backups: all records and the lake in one file that restores on any of the three databases.

The file is a ZIP: ``manifest.json``, ``records/<table>.jsonl``, ``lake/<path>``; the demo's own
encryption key besides, as ``secrets/encryption_key``. Production's key never goes in.
"""

import hashlib
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from django.apps import apps
from django.conf import settings as django_settings
from django.db import DatabaseError, transaction
from django.db.models import Model
from django.utils import timezone

from umschlag.kernel.errors import Misconfigured, Refused
from umschlag.settings import Settings
from umschlag.storage.lake.files import Files
from umschlag.storage.records import dump, lake_files
from umschlag.storage.records.dump import TableSum
from umschlag.storage.records.models import Backup
from umschlag.wiring.backup_file import (
    MANIFEST_NAME,
    BackupDamaged,
    Manifest,
    manifest_text,
    sum_of_file,
    table_member,
    verified_manifest,
)
from umschlag.wiring.lake import open_lake

__all__ = [
    "BackupDamaged",
    "BackupDoesNotFit",
    "BackupMade",
    "BackupRestored",
    "backups_dir",
    "make_backup",
    "restore_backup",
]

_DEMO_KEY = "secrets/encryption_key"


class BackupDoesNotFit(Refused):
    """The backup cannot be brought back here as things are; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupMade:
    """One backup that was written and read back."""

    path: Path
    row_count: int
    lake_file_count: int
    byte_count: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupRestored:
    """What came back, after counting and checking all of it again."""

    row_count: int
    lake_file_count: int
    made_at: datetime


def backups_dir(settings: Settings) -> Path:
    """Return the folder that backups are kept in."""
    return settings.var_dir.absolute() / "backups"


def make_backup(settings: Settings) -> BackupMade:
    """Write a backup, read it back, record it, and remove those beyond `settings.backups_kept`.

    Raises:
        BackupDamaged: what was written does not read back as it was meant.
        Misconfigured: there is no room, or a file of the lake is missing.
    """
    folder = backups_dir(settings)
    folder.mkdir(parents=True, exist_ok=True)
    now = timezone.now()
    file = folder / f"umschlag-{now:%Y%m%d-%H%M%S-%f}.zip"
    unfinished = file.with_suffix(".unfinished")
    try:
        manifest = _write(settings, unfinished, now)
        verified_manifest(unfinished)
        sha256 = sum_of_file(unfinished)
        unfinished.rename(file)
    except OSError as error:
        raise Misconfigured(
            f"the backup could not be written: {error}; `umschlag doctor --lake` says whether "
            "a file of the lake is missing"
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
    Backup.objects.create(
        path=str(file),
        made_at=now,
        byte_count=file.stat().st_size,
        sha256=sha256,
        verified_at=timezone.now(),
    )
    _prune(settings)
    return BackupMade(
        path=file,
        row_count=manifest.row_count,
        lake_file_count=len(manifest.lake_files),
        byte_count=file.stat().st_size,
        sha256=sha256,
    )


def _write(settings: Settings, file: Path, now: datetime) -> Manifest:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as sink:
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            with dump.one_instant():
                tables = {
                    model._meta.label: _write_table(archive, model._meta.label, model)
                    for model in dump.dumped_models()
                }
                migrations = dump.migrations_applied()
                lake = {file.path: file.sha256 for file in lake_files.kept_files()}
            files = open_lake(settings).files
            for path in lake:
                # Stored as they are, since Parquet is packed already.
                archive.writestr(f"lake/{path}", files.read(path), zipfile.ZIP_STORED)
            kept_key = _demo_key_file(settings)
            if kept_key is not None:
                archive.write(kept_key, _DEMO_KEY)
            manifest = Manifest(
                made_at=now,
                migrations=migrations,
                key_fingerprint=_fingerprint(),
                tables=tables,
                lake_files=lake,
            )
            archive.writestr(MANIFEST_NAME, manifest_text(manifest))
        sink.flush()
        os.fsync(sink.fileno())
    return manifest


def _write_table(archive: zipfile.ZipFile, label: str, model: type[Model]) -> TableSum:
    with archive.open(table_member(label), "w", force_zip64=True) as sink:
        return dump.sum_of(_through(dump.lines_of(model), sink))


def _through(lines: Iterator[bytes], sink: IO[bytes]) -> Iterator[bytes]:
    for line in lines:
        sink.write(line)
        yield line


def _demo_key_file(settings: Settings) -> Path | None:
    kept = settings.var_dir / "encryption_key"
    own = not settings.encryption_key.get_secret_value()
    return kept if settings.mode == "demo" and own and kept.is_file() else None


def _fingerprint() -> str:
    """Return a mark of the encryption key; the key, 32 random bytes, cannot be found from it."""
    key: str = django_settings.UMSCHLAG_ENCRYPTION_KEY
    return hashlib.sha256(b"umschlag backup " + key.encode()).hexdigest()[:16]


def _prune(settings: Settings) -> None:
    for old in Backup.objects.order_by("-made_at", "-pk")[settings.backups_kept :]:
        Path(old.path).unlink(missing_ok=True)
        old.delete()


def restore_backup(
    settings: Settings, file: Path, *, replace: bool = False, lost_key: bool = False
) -> BackupRestored:
    """Bring the backup back, whole or not at all, and check every table and file afterwards.

    The caller has migrated the records. `lost_key` leaves the stored credentials empty.

    Raises:
        BackupDamaged: the file is not whole.
        BackupDoesNotFit: there are records here already and `replace` was not said; or the tables
            are of another version; or the credentials were encrypted with another key.
        Misconfigured: there is no room for the lake.
    """
    manifest = verified_manifest(file)
    _require_fit(manifest, replace=replace)
    demo_key = _demo_key_of(settings, file)
    if not (lost_key or demo_key or manifest.key_fingerprint == _fingerprint()):
        raise BackupDoesNotFit(
            "its credentials were encrypted with another UMSCHLAG_ENCRYPTION_KEY: set that key "
            "again, or say --lost-key and enter the credentials anew"
        )
    try:
        _bring_in(settings, file, manifest, demo_key=demo_key, lost_key=lost_key)
    except DatabaseError as error:
        raise BackupDamaged(
            f"{file.name}: its rows do not fit together ({error}); nothing was changed"
        ) from error
    except OSError as error:
        raise Misconfigured(
            f"the lake's files could not be put in their place ({error}); nothing was changed: "
            f"make room and see that {settings.lake_files or settings.lake_dir} can be written"
        ) from error
    return BackupRestored(
        row_count=manifest.row_count,
        lake_file_count=len(manifest.lake_files),
        made_at=manifest.made_at,
    )


def _bring_in(
    settings: Settings, file: Path, manifest: Manifest, *, demo_key: str, lost_key: bool
) -> None:
    with zipfile.ZipFile(file) as archive:
        # No reader knows of a file before the catalogue that lists it is there, so a restore that
        # stops anywhere has changed nothing: what it laid down the sweeper removes.
        _bring_files(archive, manifest, open_lake(settings).files)
        with transaction.atomic():
            _load_tables(archive, manifest, lost_key=lost_key)
            transaction.on_commit(lambda: _keep_demo_key(settings, demo_key))


def _require_fit(manifest: Manifest, *, replace: bool) -> None:
    if manifest.migrations != dump.migrations_applied():
        raise BackupDoesNotFit(
            "the backup's tables are of another version of Umschlag: install the version it was "
            "made with, restore it there, then upgrade"
        )
    if dump.is_in_use() and not replace:
        raise BackupDoesNotFit(
            "there are records here already: say --replace to put the backup in their place "
            "(make a backup of them first), or restore into an empty installation"
        )


def _demo_key_of(settings: Settings, file: Path) -> str:
    if settings.mode != "demo" or settings.encryption_key.get_secret_value():
        return ""
    with zipfile.ZipFile(file) as archive:
        return archive.read(_DEMO_KEY).decode() if _DEMO_KEY in archive.namelist() else ""


def _keep_demo_key(settings: Settings, key: str) -> None:
    if not key:
        return
    kept = settings.var_dir / "encryption_key"
    arriving = kept.with_suffix(".arriving")
    descriptor = os.open(arriving, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as sink:
        sink.write(key)
    arriving.replace(kept)
    django_settings.UMSCHLAG_ENCRYPTION_KEY = key


def _bring_files(archive: zipfile.ZipFile, manifest: Manifest, files: Files) -> None:
    """Lay down the files that are missing or damaged; the others are the very same."""
    for path, sha256 in manifest.lake_files.items():
        if files.size(path) is not None:
            if hashlib.sha256(files.read(path)).hexdigest() == sha256:
                continue
            files.remove(path)
        files.put(path, archive.read(f"lake/{path}"))


def _load_tables(archive: zipfile.ZipFile, manifest: Manifest, *, lost_key: bool) -> None:
    models = dump.dumped_models()
    with dump.in_any_order():
        dump.empty_tables()
        for model in models:
            if model._meta.label in manifest.tables:
                with archive.open(table_member(model._meta.label)) as lines:
                    dump.load_lines(model, lines, lost_key=lost_key)
    dump.reset_sequences(models)
    for label, expected in manifest.tables.items():
        found = dump.sum_of(dump.lines_of(apps.get_model(label)))
        same = found.row_count == expected.row_count if lost_key else found == expected
        if not same:
            raise BackupDamaged(
                f"{label} did not come back as it was ({found.row_count} rows of "
                f"{expected.row_count}); nothing was changed"
            )
