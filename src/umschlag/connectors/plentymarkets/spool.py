"""What was read so far, kept so that a run which dies is not read again from its beginning.

A spool is a shelf of named blobs; the connector knows what is in them, the spool only that what
comes out is what went in. A blob that was torn by a crash or the disk is as good as absent.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from umschlag.connectors.plentymarkets.paging import Page

NO_KEY = -1
"""Key of a row that has none: it is reported, never merged with another."""
_LENGTH_BYTES = 4

Keys = NDArray[np.int64]


class Spool(Protocol):
    """The shelf of one business date."""

    def names(self) -> Collection[str]:
        """Return the names of all blobs."""

    def load(self, name: str) -> bytes | None:
        """Return the blob; None where there is none, or none that is intact."""

    def save(self, name: str, content: bytes) -> None:
        """Keep the blob in place of an earlier one; safe for several threads."""

    def remove(self, name: str) -> None:
        """Drop the blob, if there is one."""


class Spools(Protocol):
    """The shelves by business date."""

    def on(self, business_date: date) -> Spool:
        """Return the date's shelf, and drop those of other dates."""

    def drop(self) -> None:
        """Drop all shelves."""


@dataclass(slots=True)
class SpoolInMemory:
    """Keeps the blobs while the program runs."""

    blobs: dict[str, bytes] = field(default_factory=dict)

    def names(self) -> Collection[str]:
        """Return the names of all blobs."""
        return list(self.blobs)

    def load(self, name: str) -> bytes | None:
        """Return the blob."""
        return self.blobs.get(name)

    def save(self, name: str, content: bytes) -> None:
        """Keep the blob."""
        self.blobs[name] = content

    def remove(self, name: str) -> None:
        """Drop the blob."""
        self.blobs.pop(name, None)


@dataclass(slots=True)
class SpoolsInMemory:
    """Keeps the newest business date's blobs while the program runs."""

    kept: dict[date, SpoolInMemory] = field(default_factory=dict)

    def on(self, business_date: date) -> SpoolInMemory:
        """Return the date's shelf, and drop those of other dates."""
        self.kept = {business_date: self.kept.get(business_date, SpoolInMemory())}
        return self.kept[business_date]

    def drop(self) -> None:
        """Drop all shelves."""
        self.kept = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPage:
    """What is remembered of a page; its rows stay on the shelf."""

    name: str
    number: int
    turn: int
    """Counts the pages in the order they were read, over all lists and runs."""
    total: int
    """Rows of the whole list, as the page told."""
    last_number: int
    is_last: bool
    row_count: int
    cursor: str
    """Leads to the next page of a list that is read by cursor."""
    keys: Keys
    """One a row."""
    calls_used: int
    retries: int


class _Header(msgspec.Struct, array_like=True):
    """What stands before a page's rows in its blob."""

    number: int
    turn: int
    total: int
    last_number: int
    is_last: bool
    row_count: int
    cursor: str
    calls_used: int
    retries: int
    keys: list[int]


_header = msgspec.json.Decoder(_Header)


def save_page(spool: Spool, kept: KeptPage, page: Page) -> None:
    """Keep the page with its rows."""
    header = msgspec.json.encode(
        _Header(
            kept.number,
            kept.turn,
            kept.total,
            kept.last_number,
            kept.is_last,
            kept.row_count,
            kept.cursor,
            kept.calls_used,
            kept.retries,
            kept.keys.tolist(),
        )
    )
    rows = msgspec.json.encode(page.entries)
    spool.save(kept.name, len(header).to_bytes(_LENGTH_BYTES, "big") + header + rows)


def load_page(spool: Spool, name: str) -> KeptPage | None:
    """Return what is remembered of the page; None where it is not intact."""
    blob = spool.load(name)
    if blob is None:
        return None
    try:
        header = _header.decode(blob[_LENGTH_BYTES : _rows_start(blob)])
    except msgspec.DecodeError:
        return None
    return KeptPage(
        name=name,
        number=header.number,
        turn=header.turn,
        total=header.total,
        last_number=header.last_number,
        is_last=header.is_last,
        row_count=header.row_count,
        cursor=header.cursor,
        keys=np.array(header.keys, dtype=np.int64),
        calls_used=header.calls_used,
        retries=header.retries,
    )


def encoded_rows(spool: Spool, name: str) -> bytes | None:
    """Return the page's rows as JSON; None where the page is not intact any more."""
    blob = spool.load(name)
    return None if blob is None else blob[_rows_start(blob) :]


def _rows_start(blob: bytes) -> int:
    return _LENGTH_BYTES + int.from_bytes(blob[:_LENGTH_BYTES], "big")
