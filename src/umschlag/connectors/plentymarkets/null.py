"""What answers in place of a Plentymarkets system: a recording's files, or rows from memory."""

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Self

from umschlag.connectors.plentymarkets.recording import (
    RecordedCall,
    RecordingIndex,
    answer_to,
    index_of,
)
from umschlag.connectors.plentymarkets.refusals import RouteMissing
from umschlag.kernel.errors import OutsideSystemFailed, Refused

_MOVED_SINCE = "createdAtFrom"
_TIME_FILTERS = frozenset(
    {
        _MOVED_SINCE,
        "updatedAtFrom",
        "updatedBetween",
        "relatedUpdatedAt",
        "updatedAt",
        "relatedUpdatedBetween",
        "createdBetween",
    }
)
"""What asks for rows since an instant: it is another one in each run, so any is as good."""
_Key = tuple[str, frozenset[tuple[str, str]]]


class NotRecorded(OutsideSystemFailed):
    """The recording does not hold the answer to this call.

    No `UnexpectedAnswer`, because readers take that for a list that the ERP refuses.
    """


class RecordingIsReadOnly(Refused):
    """There is no system behind a recording that could be written to."""


@dataclass(slots=True, kw_only=True)
class Replay:
    """Answers reads from a recording; a call that was made several times in its former order."""

    folder: Path
    index: RecordingIndex
    calls_used: int = 0
    """None: the real system is not asked."""
    retries: int = 0
    _calls: dict[_Key, list[RecordedCall]] = field(default_factory=dict, init=False)
    _asked: Counter[_Key] = field(default_factory=Counter, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __post_init__(self) -> None:
        for call in self.index.calls:
            self._calls.setdefault(_key(call.path, call.params), []).append(call)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is to be closed."""

    @property
    def business_date(self) -> date:
        """The day whose picture it is."""
        return self.index.business_date

    @property
    def name(self) -> str:
        """Which recording it is."""
        return f"recording of {self.index.recorded_at.isoformat()} in {self.folder}"

    def read(self, path: str, params: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401 - as the real answers
        """Return the recorded answer; once they are through, the last one again.

        Raises:
            NotRecorded: nobody asked this when it was recorded.
            Misconfigured: the answer's file is damaged.
            RightMissing: it was refused for lack of rights.
            RouteMissing: the system did not have the route.
            UnexpectedAnswer: no usable answer came.
        """
        asked = params or {}
        key = _key(path, asked)
        calls = self._calls.get(key)
        if calls is None:
            raise NotRecorded(
                f"{self.folder} holds no answer to {path} ({_shown(asked)}): record it anew with "
                "`umschlag record-plentymarkets FOLDER`, with the settings that are used now"
            )
        self._require_covered(path, asked, calls)
        with self._lock:
            place = self._asked[key]
            self._asked[key] += 1
        return answer_to(calls[min(place, len(calls) - 1)], self.folder)

    def write(self, method: str, path: str, body: object) -> None:
        """Refuse.

        Raises:
            RecordingIsReadOnly: always.
        """
        del body
        raise RecordingIsReadOnly(
            f"{method} {path}: a recording is read, nothing can be written. Empty "
            "UMSCHLAG_PLENTYMARKETS_RECORDING to reach the real system"
        )

    def _require_covered(
        self, path: str, asked: Mapping[str, str], calls: Sequence[RecordedCall]
    ) -> None:
        """Refuse movements from before the recorded ones: none there would read as no movement."""
        if _MOVED_SINCE not in asked:
            return
        first = min(datetime.fromisoformat(call.params[_MOVED_SINCE]) for call in calls)
        if datetime.fromisoformat(asked[_MOVED_SINCE]) < first:
            raise NotRecorded(
                f"{self.folder} holds {path} since {first.date()} only, and {asked[_MOVED_SINCE]} "
                "is asked for: lower UMSCHLAG_BACKFILL_DAYS, or record anew with it"
            )


def open_recording(folder: Path) -> Replay:
    """Return what answers from the recording.

    Raises:
        Misconfigured: there is no finished, whole recording in the folder.
    """
    return Replay(folder=folder, index=index_of(folder))


def _key(path: str, params: Mapping[str, str]) -> _Key:
    """Return what calls have in common that get the same answers."""
    named = ((name, "*" if name in _TIME_FILTERS else value) for name, value in params.items())
    return path, frozenset(named)


def _shown(params: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={value:.40}" for name, value in sorted(params.items())) or "no filter"


@dataclass(slots=True)
class RecordedAnswers:
    """Answers reads from given rows: a list is paged as the real system pages it.

    `rows` maps a path to its rows; a path that is not in it is answered as unknown.
    """

    rows: Mapping[str, list[Any]]
    page_size_max: int = 250
    calls_used: int = 0
    retries: int = 0
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

    def read(self, path: str, params: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401 - as the real answers
        """Return one page of the path's rows in the standard envelope.

        Raises:
            RouteMissing: nothing is recorded for the path.
        """
        given = params or {}
        self.calls_used += 1
        self.asked.append((path, dict(given)))
        if path not in self.rows:
            raise RouteMissing(f"nothing is recorded for {path}")
        rows = self.rows[path]
        size = min(int(given.get("itemsPerPage", 50)), self.page_size_max)
        last = max(1, -(-len(rows) // size))
        page = min(int(given.get("page", 1)), last)
        return {
            "page": page,
            "totalsCount": len(rows),
            "isLastPage": page == last,
            "lastPageNumber": last,
            "itemsPerPage": size,
            "entries": rows[(page - 1) * size : page * size],
        }
