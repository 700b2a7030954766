"""The backup file itself: its members, its manifest, and whether all of it is there."""

import hashlib
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from umschlag.kernel.errors import BadInput
from umschlag.storage.records import dump
from umschlag.storage.records.dump import TableSum

FORMAT = 1
BLOCK_BYTES = 1 << 20
MANIFEST_NAME = "manifest.json"


class BackupDamaged(BadInput):
    """The file is no backup of ours, or not all of it is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup says about itself: the sums of its tables and files."""

    made_at: datetime
    migrations: list[str]
    key_fingerprint: str
    tables: dict[str, TableSum]
    lake_files: dict[str, str]

    @property
    def row_count(self) -> int:
        """Rows of all tables."""
        return sum(table.row_count for table in self.tables.values())


def table_member(label: str) -> str:
    """Return the name of the member that holds the table's lines."""
    return f"records/{label}.jsonl"


def manifest_text(manifest: Manifest) -> str:
    """Return the manifest as it is written."""
    tables = {
        label: {"row_count": table.row_count, "sha256": table.sha256}
        for label, table in manifest.tables.items()
    }
    return json.dumps(
        {
            "format": FORMAT,
            "made_at": manifest.made_at.isoformat(),
            "migrations": manifest.migrations,
            "key_fingerprint": manifest.key_fingerprint,
            "tables": tables,
            "lake_files": manifest.lake_files,
        },
        indent=1,
    )


def _read_manifest(archive: zipfile.ZipFile, name: str) -> Manifest:
    try:
        told: Mapping[str, Any] = json.loads(archive.read(MANIFEST_NAME))
        if told["format"] != FORMAT:
            raise BackupDamaged(
                f"{name}: written by another version of Umschlag (format {told['format']}); "
                "restore it with that version"
            )
        return Manifest(
            made_at=datetime.fromisoformat(told["made_at"]),
            migrations=list(told["migrations"]),
            key_fingerprint=told["key_fingerprint"],
            tables={label: TableSum(**table) for label, table in told["tables"].items()},
            lake_files=dict(told["lake_files"]),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise BackupDamaged(f"{name}: its manifest is missing or broken ({error!r})") from error


def verified_manifest(file: Path) -> Manifest:
    """Read the whole file and return its manifest.

    Raises:
        BackupDamaged: a member is missing, cut off or changed.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = _read_manifest(archive, file.name)
            for label, expected in manifest.tables.items():
                with archive.open(table_member(label)) as lines:
                    if dump.sum_of(lines) != expected:
                        raise BackupDamaged(f"{file.name}: the rows of {label} were changed")
            for path, sha256 in manifest.lake_files.items():
                _require_inside(path, file.name)
                with archive.open(f"lake/{path}") as source:
                    if _sum_of(source) != sha256:
                        raise BackupDamaged(f"{file.name}: the lake file {path} was changed")
    except (OSError, zipfile.BadZipFile, KeyError, EOFError, ValueError) as error:
        raise BackupDamaged(f"{file}: no complete backup ({error}); nothing was changed") from error
    return manifest


def _require_inside(path: str, name: str) -> None:
    parts = Path(path).parts
    if Path(path).is_absolute() or ".." in parts or not parts:
        raise BackupDamaged(f"{name}: the path {path!r} leads out of the lake")


def _sum_of(source: IO[bytes]) -> str:
    digest = hashlib.sha256()
    for block in iter(lambda: source.read(BLOCK_BYTES), b""):
        digest.update(block)
    return digest.hexdigest()


def sum_of_file(file: Path) -> str:
    """Return the file's checksum."""
    with file.open("rb") as source:
        return _sum_of(source)
