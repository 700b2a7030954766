"""The lake's files on S3-compatible object storage, and the copies of them on this machine."""

import contextlib
import hashlib
import os
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from umschlag.storage.lake.files import FilesUnavailable, FoundFile

if TYPE_CHECKING:
    from pyarrow.fs import S3FileSystem

CONNECT_SECONDS_MAX = 5.0
STALL_SECONDS_MAX = 30.0
ATTEMPTS = 3
IN_USE_SECONDS = 3_600.0
"""A copy that was asked for less long ago may be about to be opened, so it stays."""
_WALK_AFTER_SHARE = 0.02
"""The folder is measured again after so much of its room was filled anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Where the objects are and how to get in. Equal ones share a connection pool."""

    name: str
    prefix: str = ""
    endpoint_url: str = ""
    """Empty: Amazon's own for the region."""
    region: str = ""
    key_id: str = ""
    """Empty: as Amazon's tools find it, in the environment, ~/.aws or the machine's role."""
    secret: str = field(default="", repr=False)
    seconds_max: float = STALL_SECONDS_MAX

    def place(self, path: str) -> str:
        """Return the object's place as pyarrow wants it: ``bucket/prefix/path``."""
        return "/".join(part for part in (self.name, self.prefix, path) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectFiles:
    """Files as objects below a bucket's prefix, each read through a copy below a local folder.

    An object appears when its upload is complete and not before, so no rename and no lock is
    needed. Names are never used twice, hence a copy is good for ever.
    """

    bucket: Bucket
    copies: "Copies"

    def put(self, path: str, content: bytes) -> None:
        """Upload the content, and look whether all of it arrived.

        Raises:
            FileExistsError: there is an object of that name.
            FilesUnavailable: the store does not answer, or refuses.
        """
        if self.size(path) is not None:
            raise FileExistsError(f"{self.address(path)} exists; no file is ever overwritten")
        with self._explained(path), self._system().open_output_stream(self._place(path)) as stream:
            stream.write(content)
        arrived = self.size(path)
        if arrived != len(content):
            self.remove(path)
            raise FilesUnavailable(
                f"{self.address(path)}: {arrived} of {len(content)} bytes arrived; try again"
            )
        self.copies.keep(path, content)

    def read(self, path: str) -> bytes:
        """Return the content as the store has it; a copy that differs from it is dropped."""
        content = self._download(path)
        self.copies.drop_unlike(path, content)
        return content

    def local(self, path: str) -> Path:
        """Return the copy, downloaded where there is none yet."""
        copy = self.copies.found(path)
        return copy if copy is not None else self.copies.store(path, self._download(path))

    def address(self, path: str) -> str:
        """Return an ``s3a:`` address, as Hadoop's and Spark's machines read it."""
        return f"s3a://{self._place(path)}"

    def size(self, path: str) -> int | None:
        """Return its bytes, or None where there is no such object."""
        with self._explained(path):
            info = self._system().get_file_info(self._place(path))
        return int(info.size) if info.is_file else None

    def found(self) -> Iterator[FoundFile]:
        """Yield every Parquet object below the prefix."""
        from pyarrow import fs

        below = fs.FileSelector(self._place(""), recursive=True, allow_not_found=True)
        with self._explained(""):
            infos = self._system().get_file_info(below)
        start = len(self._place("")) + 1
        for info in infos:
            if info.is_file and info.path.endswith(".parquet"):
                yield FoundFile(info.path[start:], info.mtime_ns / 1e9)

    def remove(self, path: str) -> None:
        """Remove the object and the copy here; copies on other machines age out."""
        with contextlib.suppress(FileNotFoundError), self._explained(path):
            self._system().delete_file(self._place(path))
        self.copies.drop(path)

    def require_usable(self) -> None:
        """Look whether the bucket is there and lets us in.

        Raises:
            FilesUnavailable: it is not, or does not; the message names the setting.
        """
        from pyarrow import fs

        with self._explained(""):
            info = self._system().get_file_info(self.bucket.name)
        if info.type == fs.FileType.NotFound:
            raise FilesUnavailable(_told("NO_SUCH_BUCKET", self.bucket))

    def _place(self, path: str) -> str:
        return self.bucket.place(path)

    def _system(self) -> "S3FileSystem":
        # A process that was forked must not share the connections of its parent.
        return _system(self.bucket, os.getpid())

    def _download(self, path: str) -> bytes:
        with self._explained(path), self._system().open_input_file(self._place(path)) as stream:
            expected = stream.size()
            content: bytes = stream.read()
        if len(content) != expected:
            raise FilesUnavailable(
                f"{self.address(path)}: {len(content)} of {expected} bytes came; try again"
            )
        return content

    @contextlib.contextmanager
    def _explained(self, path: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise FileNotFoundError(f"there is no {self.address(path)}") from None
        except OSError as error:
            # Not "from error": what the library says may quote the request.
            raise FilesUnavailable(_told(str(error), self.bucket)) from None


@dataclass(slots=True, eq=False)
class Copies:
    """Copies of immutable files below a folder; those longest unused go when room runs short.

    The bound gives way to what was asked for within the last hour: a question is handed all its
    files before it opens the first.
    """

    folder: Path
    bytes_max: int
    in_use_seconds: float = IN_USE_SECONDS
    _arrived: int = field(default=-1, repr=False)
    """Bytes that came since the folder was last measured; -1 before the first time."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def found(self, path: str) -> Path | None:
        """Return the copy and mark it as used; None where there is none."""
        copy = self.folder / path
        try:
            os.utime(copy)
        except OSError:
            return None
        return copy

    def store(self, path: str, content: bytes) -> Path:
        """Keep the content and return where; a reader never meets half of it."""
        copy = self.folder / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        arriving = copy.with_name(f"{copy.name}.{secrets.token_hex(8)}.arriving")
        try:
            with arriving.open("xb") as file:
                file.write(content)
                file.flush()
                # Else a power cut could leave the name with nothing behind it.
                os.fsync(file.fileno())
            arriving.replace(copy)
        except OSError as error:
            arriving.unlink(missing_ok=True)
            raise FilesUnavailable(
                f"no copy of the lake's file could be kept in {self.folder} "
                f"({error.strerror}): make room there, or set UMSCHLAG_LAKE_COPIES_GB lower"
            ) from error
        self._make_room(len(content))
        return copy

    def keep(self, path: str, content: bytes) -> None:
        """Keep the content where there is room; it can be had from the store again."""
        with contextlib.suppress(OSError):
            self.store(path, content)

    def drop(self, path: str) -> None:
        """Remove the copy, if there is one."""
        with contextlib.suppress(OSError):
            (self.folder / path).unlink(missing_ok=True)

    def drop_unlike(self, path: str, content: bytes) -> None:
        """Remove the copy if its content is another."""
        copy = self.folder / path
        try:
            same = _digest(copy.read_bytes()) == _digest(content)
        except FileNotFoundError:
            return
        except OSError:
            same = False
        if not same:
            self.drop(path)

    def _make_room(self, byte_count: int) -> None:
        with self._lock:
            is_first = self._arrived < 0
            self._arrived = max(0, self._arrived) + byte_count
            if not is_first and self._arrived < self.bytes_max * _WALK_AFTER_SHARE:
                return
            self._arrived = 0
            self._remove_longest_unused()

    def _remove_longest_unused(self) -> None:
        copies = []
        for path in self.folder.rglob("*"):
            # Another process may have removed it meanwhile.
            with contextlib.suppress(FileNotFoundError):
                state = path.stat()
                if path.is_file():
                    copies.append((state.st_mtime, state.st_size, path))
        total = sum(size for _, size, _ in copies)
        oldest_in_use = time.time() - self.in_use_seconds
        for used_at, size, path in sorted(copies):
            if total <= self.bytes_max or used_at > oldest_in_use:
                return
            path.unlink(missing_ok=True)
            total -= size


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


@lru_cache(maxsize=8)
def _system(bucket: Bucket, _process_id: int) -> "S3FileSystem":
    """Return pyarrow's client of the store, made once a process."""
    from pyarrow import fs

    scheme, _, host = bucket.endpoint_url.rpartition("://")
    return fs.S3FileSystem(
        access_key=bucket.key_id or None,
        secret_key=bucket.secret or None,
        region=bucket.region or None,
        scheme=scheme or None,
        endpoint_override=host or None,
        connect_timeout=CONNECT_SECONDS_MAX,
        request_timeout=bucket.seconds_max,
        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=ATTEMPTS),
        # One request for a small file, and no thread of its own behind a write.
        allow_delayed_open=True,
        background_writes=False,
    )


_CAUSES = (
    ("NO_SUCH_BUCKET", "there is no such bucket: make it, or correct UMSCHLAG_LAKE_FILES"),
    ("INVALID_ACCESS_KEY_ID", "it does not know the key: check UMSCHLAG_LAKE_S3_KEY_ID"),
    ("SIGNATURE_DOES_NOT_MATCH", "the secret is wrong: check UMSCHLAG_LAKE_S3_SECRET"),
    (
        "ACCESS_DENIED",
        "it refuses us: check UMSCHLAG_LAKE_S3_KEY_ID and UMSCHLAG_LAKE_S3_SECRET, and that this "
        "user may list, read, write and delete below the prefix",
    ),
    (
        "NETWORK_CONNECTION",
        "it cannot be reached: check UMSCHLAG_LAKE_S3_ENDPOINT and UMSCHLAG_LAKE_S3_REGION, and "
        "that the store is up",
    ),
    (
        "PermanentRedirect",
        "the bucket is in another region: correct UMSCHLAG_LAKE_S3_REGION",
    ),
)


def _told(said: str, bucket: Bucket) -> str:
    """Return what is wrong and which setting cures it, in our own words."""
    cause = next((told for mark, told in _CAUSES if mark.casefold() in said.casefold()), None)
    if cause is None:
        # The library's words, without the request's id and whatever stands in a web address.
        words = said.split("(Request ID", 1)[0].strip()
        cause = f"it did not do what was asked: {_without_secrets(words, bucket)}"
    where = bucket.endpoint_url.rpartition("@")[2] or f"Amazon S3 {bucket.region}".strip()
    return f"the lake's files on s3://{bucket.place('')} at {where}: {cause}"


def _without_secrets(words: str, bucket: Bucket) -> str:
    for secret in (bucket.secret, bucket.key_id):
        if secret:
            words = words.replace(secret, "…")
    return words
