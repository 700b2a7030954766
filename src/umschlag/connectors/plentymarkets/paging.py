"""Reading lists that come in pages while the data behind them may move."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from umschlag.connectors.plentymarkets.values import flag_of, rows_of, whole_of
from umschlag.intelligence.snapshots.rules import SnapshotIncomplete
from umschlag.kernel.errors import UnexpectedAnswer
from umschlag.kernel.progress import Progress, untold

PARALLEL_READS = 3
"""More at a time broke the limits of real systems (contract sheet, section 9, no. 16)."""
PASSES_MAX = 3
PAGES_MAX = 100_000

Entry = Mapping[str, Any]
Answer = TypeVar("Answer")


class Reader(Protocol):
    """Answers reads; the client, or recorded answers."""

    calls_used: int
    retries: int

    def read(self, path: str, params: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401 - outside data
        """Return the decoded answer to a GET."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page, whatever envelope it came in."""

    number: int
    total: int
    last_number: int
    is_last: bool
    entries: tuple[Entry, ...]
    row_count: int
    """Rows in the answer, including those that are no objects."""


@dataclass(slots=True)
class Pass:
    """What one pass over all pages came to."""

    entries: dict[Hashable, Entry] = field(default_factory=dict)
    keyless: list[Entry] = field(default_factory=list)
    first_total: int = -1
    last_total: int = -1
    duplicates: int = 0

    @property
    def is_consistent(self) -> bool:
        """Whether nothing moved: one total throughout, and as many different rows."""
        count = len(self.entries) + len(self.keyless)
        return self.duplicates == 0 and self.first_total == self.last_total == count

    def take(self, page: Page, key: Callable[[Entry], Hashable | None]) -> None:
        """Add a page's rows."""
        if self.first_total < 0:
            self.first_total = page.total
        self.last_total = page.total
        for entry in page.entries:
            own = key(entry)
            if own is None:
                self.keyless.append(entry)
                continue
            self.duplicates += own in self.entries
            self.entries[own] = entry


def page_of(answer: Any, *, asked: int) -> Page:  # noqa: ANN401 - outside data
    """Return the page in a standard envelope, a Laravel one, or a bare list.

    Raises:
        UnexpectedAnswer: it is none of these.
    """
    if isinstance(answer, list):
        entries = tuple(rows_of(answer))
        count = len(answer)
        return Page(
            number=1, total=count, last_number=1, is_last=True, entries=entries, row_count=count
        )
    if not isinstance(answer, dict):
        raise UnexpectedAnswer(f"Plentymarkets: page {asked} is no list but {answer!r:.80}")
    raw = answer.get("entries", answer.get("data"))
    if not isinstance(raw, list):
        raise UnexpectedAnswer(f"Plentymarkets: page {asked} has no entries")
    number = whole_of(answer.get("page", answer.get("current_page"))) or asked
    last_number = whole_of(answer.get("lastPageNumber", answer.get("last_page"))) or number
    total = whole_of(answer.get("totalsCount", answer.get("total")))
    told_last = answer.get("isLastPage")
    return Page(
        number=number,
        total=len(raw) if total is None else total,
        last_number=last_number,
        is_last=number >= last_number if told_last is None else flag_of(told_last),
        entries=tuple(rows_of(raw)),
        row_count=len(raw),
    )


def pages(
    reader: Reader, path: str, params: Mapping[str, str], *, progress: Progress = untold
) -> Iterator[Page]:
    """Yield the pages in order; the answers, never our own arithmetic, say where the end is."""

    def page(number: int) -> Page:
        return page_of(reader.read(path, {**params, "page": str(number)}), asked=number)

    # What the person who waits reads: "variations", "stock", "orders".
    subject = path.rpartition("/")[2]
    current = page(1)
    progress(1, current.last_number, subject)
    yield current
    with ThreadPoolExecutor(PARALLEL_READS) as pool:
        while not current.is_last and current.row_count:
            numbers = range(current.number + 1, max(current.last_number, current.number + 1) + 1)
            if numbers[-1] > PAGES_MAX:
                raise UnexpectedAnswer(f"Plentymarkets: {path} never ends")
            for asked, answer in ahead(pool, page, numbers):
                # Stop, because beyond the end the ERP may hand out the last page again.
                if answer.number != asked:
                    return
                current = answer
                progress(current.number, current.last_number, subject)
                yield current
                if current.is_last:
                    return


def ahead(
    pool: ThreadPoolExecutor, page: Callable[[int], Answer], numbers: Iterable[int]
) -> Iterator[tuple[int, Answer]]:
    """Yield the pages in order, reading a few ahead of the one that is being used."""
    waiting: list[tuple[int, Future[Answer]]] = []
    for number in numbers:
        waiting.append((number, pool.submit(page, number)))
        if len(waiting) >= PARALLEL_READS:
            asked, future = waiting.pop(0)
            yield asked, future.result()
    for asked, future in waiting:
        yield asked, future.result()


def read_whole(
    reader: Reader,
    path: str,
    params: Mapping[str, str],
    *,
    key: Callable[[Entry], Hashable | None],
    progress: Progress = untold,
) -> list[Entry]:
    """Return every row exactly once, read anew where rows moved under the pages.

    Rows without a key are handed back as well, last, for the caller to report.

    Raises:
        SnapshotIncomplete: rows kept moving, in every pass.
    """
    for _ in range(PASSES_MAX):
        found = Pass()
        for page in pages(reader, path, params, progress=progress):
            found.take(page, key)
        if found.is_consistent:
            return [*found.entries.values(), *found.keyless]
    raise SnapshotIncomplete(
        f"Plentymarkets: {path} had {found.first_total} rows at the start, {found.last_total} at "
        f"the end, and {len(found.entries) + len(found.keyless)} were read; nothing was published"
    )
