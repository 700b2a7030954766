"""What a run has read of a day so far, on disk: a run that dies goes on from it.

One folder a business date, one file a blob: a checksum, the length and the compressed blob. A file
appears under its name when it is written to the end. It is not forced to the disk, since a file
that a power cut tears is noticed by its checksum and counts as absent: it is read again.
"""

import contextlib
import errno
import os
import shutil
import threading
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa

from umschlag.kernel.errors import Refused

_SUFFIX = ".part"
_HEAD_BYTES = 12
"""CRC-32 of all that follows it, then the length of the blob."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class NoRoomOnDisk(Refused):
    """The disk is full, or our share of it."""


@dataclass(frozen=True, slots=True)
class HalfRead:
    """The folder that holds what was read of a day that is not published yet."""

    folder: Path

    def on(self, business_date: date) -> "HalfReadDay":
        """Return the date's shelf, and drop those of other dates."""
        own = self.folder / business_date.isoformat()
        if self.folder.is_dir():
            for other in self.folder.iterdir():
                if other != own:
                    _remove(other)
        return HalfReadDay(own)

    def drop(self) -> None:
        """Drop all shelves."""
        _remove(self.folder)


@dataclass(frozen=True, slots=True)
class HalfReadDay:
    """The blobs of one business date."""

    folder: Path

    def names(self) -> Collection[str]:
        """Return the names of all blobs."""
        if not self.folder.is_dir():
            return []
        return [path.name.removesuffix(_SUFFIX) for path in self.folder.glob(f"*{_SUFFIX}")]

    def load(self, name: str) -> bytes | None:
        """Return the blob; None where there is none, or none that is intact."""
        try:
            packed = self._path(name).read_bytes()
        except OSError:
            return None
        checksum, length = packed[:4], int.from_bytes(packed[4:_HEAD_BYTES], "big")
        if len(packed) < _HEAD_BYTES or _checksum(packed[4:]) != checksum:
            return None
        blob: bytes = pa.decompress(
            packed[_HEAD_BYTES:], decompressed_size=length, codec="zstd", asbytes=True
        )
        return blob

    def save(self, name: str, content: bytes) -> None:
        """Keep the blob in place of an earlier one.

        Raises:
            NoRoomOnDisk: it does not fit on the disk.
        """
        body = len(content).to_bytes(8, "big") + pa.compress(content, codec="zstd", asbytes=True)
        draft = self.folder / f".{name}-{os.getpid()}-{threading.get_ident()}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(_checksum(body) + body)
            draft.replace(self._path(name))
        except OSError as error:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
            if error.errno not in _FULL:
                raise
            raise NoRoomOnDisk(
                f"there is no room in {self.folder.parent} for what is being read ({error.strerror}"
                "); make room on that disk and try again: what was read so far is kept"
            ) from error

    def remove(self, name: str) -> None:
        """Drop the blob, if there is one."""
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}{_SUFFIX}"


def _checksum(content: bytes) -> bytes:
    return zlib.crc32(content).to_bytes(4, "big")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
