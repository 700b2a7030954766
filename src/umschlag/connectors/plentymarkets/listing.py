"""One list of the ERP read onto the spool: by pages, by cursor, or by slices of ids.

Pages that are there already cost no call. Nothing here judges whether they fit together: rows move
while they are read, and `proving` decides what to believe.
"""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np

from umschlag.connectors.plentymarkets.paging import (
    PAGES_MAX,
    PARALLEL_READS,
    Entry,
    Page,
    Reader,
    ahead,
    page_of,
)
from umschlag.connectors.plentymarkets.spool import (
    NO_KEY,
    KeptPage,
    Keys,
    Spool,
    load_page,
    save_page,
)
from umschlag.connectors.plentymarkets.values import text_of
from umschlag.kernel.errors import UnexpectedAnswer
from umschlag.kernel.progress import Progress

SLICE_IDS = 250
"""Ids asked for at once of the article index: 500 are allowed, but 250 fit on a page."""
_CURSOR_STARTS_MAX = 3


def as_told(row: Entry) -> Entry:
    """Return the row."""
    return row


@dataclass(slots=True)
class Meter:
    """Reads, and counts over all runs that worked on the spool."""

    reader: Reader
    turn: int = 0
    calls_before: int = 0
    retries_before: int = 0
    _turns: "itertools.count[int]" = field(default_factory=itertools.count)

    @property
    def calls_used(self) -> int:
        """Calls of this run and of those before it that the spool remembers."""
        return self.calls_before + self.reader.calls_used

    @property
    def retries(self) -> int:
        """How many of them were repeated."""
        return self.retries_before + self.reader.retries

    def remember(self, pages: Iterable[KeptPage]) -> None:
        """Go on counting where the runs before this one were when they read the pages."""
        for page in pages:
            self.turn = max(self.turn, page.turn)
            self.calls_before = max(self.calls_before, page.calls_used)
            self.retries_before = max(self.retries_before, page.retries)
        self._turns = itertools.count(self.turn + 1)

    def next_turn(self) -> int:
        """Return the number of the page that is being read; may be asked by several threads."""
        return next(self._turns)


@dataclass(slots=True, kw_only=True)
class SpooledList:
    """One list and the pages of it that are on the spool."""

    name: str
    path: str
    params: Mapping[str, str]
    key: Callable[[Entry], int]
    """The row's key, or `NO_KEY`."""
    meter: Meter
    spool: Spool
    shape: Callable[[Entry], Entry] = as_told
    """How a row is to be told; it is kept like that."""
    check: Callable[[Sequence[Entry]], None] | None = None
    """Refuses the rows of the first page before any of them is kept."""
    subject: str = ""
    """What the person who waits reads: "variations", "stock"."""
    pages: dict[int, KeptPage] = field(default_factory=dict)

    def load(self) -> None:
        """Find the pages that are on the spool; torn ones do not count."""
        for name in self.spool.names():
            head, _, number = name.rpartition("-")
            if head == self.name and number.isdigit():
                page = load_page(self.spool, name)
                if page is not None:
                    self.pages[page.number] = page

    def forget(self) -> None:
        """Drop all pages, to read the list anew."""
        for page in self.pages.values():
            self.spool.remove(page.name)
        self.pages = {}

    def standing(self) -> list[KeptPage]:
        """Return the pages that belong to the list now: it may have grown shorter."""
        if not self.pages:
            return []
        newest = max(self.pages.values(), key=lambda page: page.turn)
        last = max(newest.last_number, newest.number)
        return [page for number, page in sorted(self.pages.items()) if number <= last]

    def newest_total(self) -> int:
        """Return how many rows the list had when a page of it was read last."""
        return max(self.pages.values(), key=lambda page: page.turn).total

    def read_page(self, number: int, more: Mapping[str, str] = MappingProxyType({})) -> KeptPage:
        """Read the page and keep it, also where an earlier reading of it is kept.

        A page that the ERP hands out in place of one beyond the end is returned, not kept.
        """
        return self._read(number, {**self.params, "page": str(number), **more})

    def _read(self, number: int, params: Mapping[str, str], *, is_page: bool = True) -> KeptPage:
        turn = self.meter.next_turn()
        answer = self.meter.reader.read(self.path, params)
        page = page_of(answer, asked=number)
        page = replace(page, entries=tuple(map(self.shape, page.entries)))
        if self.check is not None and number == 1:
            self.check(page.entries)
        # What is no object has its place in the total as well, and is reported like a broken row.
        broken: list[Entry] = [{} for _ in range(page.row_count - len(page.entries))]
        page = replace(page, entries=(*page.entries, *broken))
        cursor = text_of(answer.get("cursor")) if isinstance(answer, dict) else ""
        kept = KeptPage(
            name=f"{self.name}-{number:06d}",
            number=page.number if is_page else number,
            turn=turn,
            total=page.total,
            last_number=page.last_number if is_page else number,
            is_last=page.is_last if is_page else True,
            row_count=page.row_count,
            cursor=cursor,
            keys=np.array([self.key(entry) for entry in page.entries], dtype=np.int64),
            calls_used=self.meter.calls_used,
            retries=self.meter.retries,
        )
        if kept.number == number:
            self._keep(kept, page)
        return kept

    def _keep(self, kept: KeptPage, page: Page) -> None:
        save_page(self.spool, kept, page)
        self.pages[kept.number] = kept

    def read_pages(self, progress: Progress) -> None:
        """Read the pages that are not there; the answers say where the end is, not arithmetic."""
        newest = self.pages.get(1) or self.read_page(1)
        if self.pages:
            newest = max(self.pages.values(), key=lambda page: page.turn)
        last = max(newest.last_number, *self.pages)
        progress(len(self.pages), last, self.subject)
        with ThreadPoolExecutor(PARALLEL_READS) as pool:
            while missing := [n for n in range(2, last + 1) if n not in self.pages]:
                if last > PAGES_MAX:
                    raise UnexpectedAnswer(f"Plentymarkets: {self.path} never ends")
                for asked, page in ahead(pool, self.read_page, missing):
                    # Stop, because beyond the end the ERP may hand out the last page again.
                    if page.number != asked:
                        return
                    progress(len(self.pages), max(last, page.last_number), self.subject)
                    newest = page
                last = self._end_after(newest, last)

    @staticmethod
    def _end_after(newest: KeptPage, last: int) -> int:
        """Return the number of the last page, which may have moved on meanwhile."""
        if newest.is_last or not newest.row_count:
            return last
        return max(newest.last_number, last if newest.number < last else last + 1)

    def read_by_cursor(self, progress: Progress) -> None:
        """Read to the end by cursor, on from the last chunk that is there.

        A cursor may die between two calls; then the list is read from its beginning.

        Raises:
            OutsideSystemFailed: reading by cursor is refused from the start, or always breaks off.
        """
        for start in range(1, _CURSOR_STARTS_MAX + 1):
            try:
                self._follow_cursor(progress)
                break
            except UnexpectedAnswer:
                was_under_way = bool(self.pages)
                self.forget()
                if not was_under_way or start == _CURSOR_STARTS_MAX:
                    raise

    def _follow_cursor(self, progress: Progress) -> None:
        number = len(self.pages)
        # A torn chunk breaks the chain: what comes after it cannot be trusted to join.
        if number and set(self.pages) != set(range(1, number + 1)):
            raise UnexpectedAnswer(f"Plentymarkets: a chunk of {self.path} was not kept")
        cursors = {page.cursor for page in self.pages.values()}
        cursor = self.pages[number].cursor if number else ""
        while cursor or not number:
            number += 1
            if number > PAGES_MAX:
                raise UnexpectedAnswer(f"Plentymarkets: {self.path} never ends")
            more = {"cursor": cursor} if cursor else {}
            chunk = self._read(number, {**self.params, **more}, is_page=False)
            progress(number, None, self.subject)
            cursor = chunk.cursor if chunk.row_count else ""
            if cursor and cursor in cursors:
                raise UnexpectedAnswer(f"Plentymarkets: the cursor of {self.path} does not move")
            cursors.add(cursor)

    def read_by_ids(self, id_max: int, progress: Progress) -> None:
        """Read every id up to that one, a slice at a time: slow where most ids are unused.

        Raises:
            UnexpectedAnswer: rows came back that were not asked for.
        """
        slices = range(1, -(-id_max // SLICE_IDS) + 1)
        missing = [number for number in slices if number not in self.pages]
        progress(len(self.pages), len(slices), self.subject)
        with ThreadPoolExecutor(PARALLEL_READS) as pool:
            for _ in ahead(pool, self._read_slice, missing):
                progress(len(self.pages), len(slices), self.subject)

    def _read_slice(self, number: int) -> KeptPage:
        ids = range((number - 1) * SLICE_IDS + 1, number * SLICE_IDS + 1)
        asked = {"ids": ",".join(map(str, ids)), "itemsPerPage": str(SLICE_IDS)}
        page = self._read(number, {**self.params, **asked}, is_page=False)
        if any(key not in ids for key in page.keys.tolist()):
            self.spool.remove(page.name)
            raise UnexpectedAnswer(f"Plentymarkets: {self.path} does not heed which ids are asked")
        return page


def all_keys(pages: Iterable[KeptPage]) -> Keys:
    """Return every row's key, in the order of the pages."""
    return np.concatenate([np.zeros(0, np.int64), *(page.keys for page in pages)])


def different_keys(pages: Iterable[KeptPage]) -> Keys:
    """Return the keys, each once, sorted; rows without one are left out."""
    keys: Keys = np.unique(all_keys(pages))
    return np.asarray(keys[keys != NO_KEY])


def keyless_count(pages: Iterable[KeptPage]) -> int:
    """Return how many rows have no key."""
    return int((all_keys(pages) == NO_KEY).sum())
