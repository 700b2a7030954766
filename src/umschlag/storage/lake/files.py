"""Where the lake's files lie. They are written once under a unique name and never changed."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from umschlag.kernel.errors import Misconfigured

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class FilesUnavailable(Misconfigured, OSError):
    """The place of the files refuses, does not answer or is full; the message gives the cure."""


class FoundFile(NamedTuple):
    """A file that lies there, whether the catalogue lists it or not."""

    path: str
    modified_at: float
    """Seconds since 1970."""


class Files(Protocol):
    """A place for immutable files, named by paths like ``article_days/2026/2026-09-02-….parquet``.

    No operation needs a rename or a lock, so a disk and object storage serve alike.
    """

    def put(self, path: str, content: bytes) -> None:
        """Lay the file down; when this returns it is whole and survives a power cut.

        Raises:
            FileExistsError: there is a file of that name.
            FilesUnavailable: there is no room, or the place cannot be reached.
            OSError: there is no right to write.
        """

    def read(self, path: str) -> bytes:
        """Return the whole content.

        Raises:
            OSError: it cannot be read.
        """

    def local(self, path: str) -> Path:
        """Return where on this machine the file can be opened.

        Raises:
            OSError: it cannot be had.
        """

    def address(self, path: str) -> str:
        """Return the address under which the machines of a cluster find the file."""

    def size(self, path: str) -> int | None:
        """Return its bytes, or None where there is no such file."""

    def found(self) -> Iterator[FoundFile]:
        """Yield every file that lies there."""

    def remove(self, path: str) -> None:
        """Remove the file; one that is gone already is no fault."""

    def require_usable(self) -> None:
        """Look whether files can be laid down, before hours of reading end in a refusal.

        Raises:
            FilesUnavailable: they cannot; the message gives the cure.
        """


@dataclass(frozen=True, slots=True)
class LocalFiles:
    """Files below a folder of this machine, or of a disk that several machines share."""

    folder: Path

    def put(self, path: str, content: bytes) -> None:
        """Lay the file down, synced to the disk with its folder."""
        target = self.folder / path
        new = [folder for folder in target.parents if not folder.is_dir()]
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            # "x" refuses to open a file that exists: no version is ever overwritten.
            with target.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except FileExistsError:
            raise
        except OSError as error:
            # A torn file is of no use; nobody lists it, so taking it away harms no reader.
            target.unlink(missing_ok=True)
            if is_full(error):
                raise no_room(self.folder, error) from error
            raise
        for folder in (target.parent, *(folder.parent for folder in new)):
            _sync_folder(folder)

    def read(self, path: str) -> bytes:
        """Return the whole content."""
        return (self.folder / path).read_bytes()

    def local(self, path: str) -> Path:
        """Return the file itself."""
        return self.folder / path

    def address(self, path: str) -> str:
        """Return a ``file:`` address; every machine of a cluster must see the same folder."""
        return (self.folder / path).absolute().as_uri()

    def size(self, path: str) -> int | None:
        """Return its bytes, or None where there is no such file."""
        target = self.folder / path
        return target.stat().st_size if target.is_file() else None

    def found(self) -> Iterator[FoundFile]:
        """Yield every Parquet file below the folder."""
        if not self.folder.is_dir():
            return
        for path in self.folder.rglob("*.parquet"):
            if path.is_file():
                relative = path.relative_to(self.folder).as_posix()
                yield FoundFile(relative, path.stat().st_mtime)

    def remove(self, path: str) -> None:
        """Remove the file."""
        (self.folder / path).unlink(missing_ok=True)

    def require_usable(self) -> None:
        """Look whether the folder can be written; one that is not there yet is made on demand."""
        if self.folder.is_dir() and not os.access(self.folder, os.W_OK | os.X_OK):
            raise FilesUnavailable(
                f"{self.folder} cannot be written: give this process the right to, or set "
                "UMSCHLAG_VAR_DIR to a folder of its own"
            )


def is_full(error: OSError) -> bool:
    """Tell whether the disk is full; DuckDB says so in words alone."""
    return error.errno in _FULL or any(os.strerror(number) in str(error) for number in _FULL)


def no_room(folder: Path, error: OSError) -> FilesUnavailable:
    """Return the refusal of what does not fit on the folder's disk."""
    told = error.strerror or os.strerror(errno.ENOSPC)
    return FilesUnavailable(
        f"there is no room in {folder} ({told}); nothing was published and nothing is lost: make "
        "room on that disk and try again"
    )


@contextmanager
def room_in(folder: Path) -> Iterator[None]:
    """Tell a full disk as what it is.

    Raises:
        FilesUnavailable: there is no room in the folder.
    """
    try:
        yield
    except OSError as error:
        if is_full(error) and not isinstance(error, FilesUnavailable):
            raise no_room(folder, error) from error
        raise


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a power cut; the content alone would not be found again."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
