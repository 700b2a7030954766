"""Plentymarkets' answers written to files while they are read.

A recording is a folder: one compressed file an answer, and an index that says what was asked. The
index is written last, so a recording that was broken off has none and is no recording. What is
handed on is what was kept: a recording that lacks a field is noticed while it is made. Logins and
tokens never come by here, they are the client's.
"""

import gzip
import hashlib
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec

from umschlag.connectors.plentymarkets.keeping import kept_of, require_listed
from umschlag.connectors.plentymarkets.paging import Reader
from umschlag.connectors.plentymarkets.refusals import RightMissing, RouteMissing
from umschlag.kernel.errors import (
    LoginRejected,
    Misconfigured,
    OutsideSystemFailed,
    Refused,
    UnexpectedAnswer,
)

INDEX = "index.json"
_FORMAT = 1
_ANSWERS = "answers"
_LEVEL = 6
_REFUSALS: Mapping[str, type[OutsideSystemFailed]] = {
    "right": RightMissing,
    "route": RouteMissing,
    "answer": UnexpectedAnswer,
}
"""What readers can live without, so that it has to be refused again when it is replayed."""


class FolderInUse(Refused):
    """The folder holds something already."""


class CannotRecord(Refused):
    """The folder cannot be written."""


class RecordedCall(msgspec.Struct, frozen=True, omit_defaults=True):
    """One call: what was asked, and where its answer is."""

    path: str
    params: Mapping[str, str]
    file: str = ""
    sha256: str = ""
    refusal: str = ""
    """One of `_REFUSALS` in place of an answer."""


class RecordingIndex(msgspec.Struct, frozen=True):
    """What a recording holds."""

    format: int
    business_date: date
    recorded_at: datetime
    calls: Sequence[RecordedCall]


@dataclass(slots=True, kw_only=True)
class Recorder:
    """Passes reads on, and keeps their answers; safe for several threads."""

    reader: Reader
    folder: Path
    calls_used: int = 0
    retries: int = 0
    byte_count: int = field(default=0, init=False)
    calls: list[RecordedCall] = field(default_factory=list, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __post_init__(self) -> None:
        """Claim the folder.

        Raises:
            FolderInUse: there is something in it.
            CannotRecord: it cannot be made.
        """
        try:
            # Purchase prices are nobody else's business on a machine that several people use.
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            is_empty = not any(self.folder.iterdir())
            if is_empty:
                (self.folder / _ANSWERS).mkdir()
        except OSError as error:
            raise CannotRecord(f"{self.folder} cannot be written: {error.strerror}") from error
        if not is_empty:
            raise FolderInUse(f"{self.folder} is not empty: give a new folder, or remove it first")

    def read(self, path: str, params: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401 - outside data
        """Return what is kept of the answer.

        Raises:
            NoListOfFields: nobody has said what may be kept of this route.
            CannotRecord: the answer does not fit on the disk.
            OutsideSystemFailed: as the reader says.
        """
        require_listed(path)
        asked = dict(params or {})
        try:
            answer = kept_of(path, self.reader.read(path, asked))
        except (LoginRejected, UnexpectedAnswer) as error:
            self._add(RecordedCall(path, asked, refusal=_kind_of(error)))
            raise
        finally:
            self.calls_used, self.retries = self.reader.calls_used, self.reader.retries
        self._keep(path, asked, answer)
        return answer

    def finish(self, *, business_date: date, recorded_at: datetime) -> None:
        """Write the index, which makes it a recording.

        Raises:
            CannotRecord: it does not fit on the disk.
        """
        index = RecordingIndex(_FORMAT, business_date, recorded_at, self.calls)
        draft = self.folder / f".{INDEX}"
        try:
            draft.write_bytes(msgspec.json.format(msgspec.json.encode(index), indent=1))
            draft.replace(self.folder / INDEX)
        except OSError as error:
            raise CannotRecord(f"{self.folder} cannot be written: {error.strerror}") from error

    def _keep(self, path: str, asked: Mapping[str, str], answer: Any) -> None:  # noqa: ANN401 - outside data
        # Not msgspec's: numbers beyond 64 bits and halves of characters come in answers, too.
        packed = gzip.compress(json.dumps(answer).encode(), _LEVEL, mtime=0)
        with self._lock:
            name = f"{len(self.calls) + 1:06d}.json.gz"
            self.calls.append(
                RecordedCall(path, asked, file=name, sha256=hashlib.sha256(packed).hexdigest())
            )
            self.byte_count += len(packed)
        try:
            (self.folder / _ANSWERS / name).write_bytes(packed)
        except OSError as error:
            raise CannotRecord(f"{self.folder} cannot be written: {error.strerror}") from error

    def _add(self, call: RecordedCall) -> None:
        with self._lock:
            self.calls.append(call)


def _kind_of(error: OutsideSystemFailed) -> str:
    """Return what it is called in the index, that is replayed."""
    if isinstance(error, LoginRejected):
        return "right"
    return "route" if isinstance(error, RouteMissing) else "answer"


def index_of(folder: Path) -> RecordingIndex:
    """Return what the finished recording holds.

    Raises:
        Misconfigured: it was broken off, or is none, or files of it are missing.
    """
    try:
        index = msgspec.json.decode((folder / INDEX).read_bytes(), type=RecordingIndex)
    except OSError as error:
        raise Misconfigured(
            f"{folder} holds no finished recording ({INDEX}: {error.strerror}): record once more "
            "with `umschlag record-plentymarkets FOLDER`, or empty UMSCHLAG_PLENTYMARKETS_RECORDING"
        ) from error
    except msgspec.MsgspecError as error:
        raise Misconfigured(f"{folder / INDEX} is damaged: {error}; record once more") from error
    if index.format != _FORMAT:
        raise Misconfigured(f"{folder} is of format {index.format}, not {_FORMAT}: record it anew")
    answers = folder / _ANSWERS
    there = {path.name for path in answers.iterdir()} if answers.is_dir() else set()
    lacking = sorted({call.file for call in index.calls if call.file} - there)
    if lacking:
        raise Misconfigured(
            f"{folder} lacks {len(lacking)} of its answers, first {lacking[0]}: copy it whole, or "
            "record it anew"
        )
    return index


def answer_to(call: RecordedCall, folder: Path) -> Any:  # noqa: ANN401 - outside data
    """Return the recorded answer.

    Raises:
        Misconfigured: its file is not what was written.
        RightMissing: it was refused for lack of rights when it was recorded.
        RouteMissing: the system did not have the route when it was recorded.
        UnexpectedAnswer: no usable answer came when it was recorded.
    """
    if call.refusal:
        # Without the text of then, which may have quoted anything.
        refusal = _REFUSALS.get(call.refusal, UnexpectedAnswer)
        raise refusal(f"Plentymarkets refused {call.path} when this was recorded")
    file = folder / _ANSWERS / call.file
    try:
        packed = file.read_bytes()
    except OSError as error:
        raise Misconfigured(f"{file} cannot be read: {error.strerror}") from error
    if hashlib.sha256(packed).hexdigest() != call.sha256:
        raise Misconfigured(f"{file} is not what was recorded: copy the recording anew")
    return json.loads(gzip.decompress(packed))
