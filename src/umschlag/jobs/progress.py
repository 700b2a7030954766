"""How far work is, on the terminal: bars where a person looks on, plain lines where not."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.progress import Progress as RichProgress

from umschlag.kernel.progress import Progress, ProgressFor

PLAIN_SECONDS_BETWEEN = 10.0
"""Plain lines land in logs: one a quarter of the work, and none within ten seconds of another."""


@contextmanager
def shown_progress(
    console: Console, *, clock: Callable[[], float] = time.monotonic
) -> Iterator[ProgressFor]:
    """Yield a `ProgressFor` that draws bars on a terminal and prints plain lines elsewhere."""
    if not console.is_terminal:
        yield lambda title: _plain(console, title, clock)
        return
    with RichProgress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[what]}"),
        console=console,
        # Finished bars make room for the one line that says what came of the step.
        transient=True,
    ) as bars:
        yield lambda title: _bar(bars, bars.add_task(title, total=None, what=""))


def _bar(bars: RichProgress, task: TaskID) -> Progress:
    def tell(done: int, total: int | None, what: str) -> None:
        bars.update(task, completed=done, total=total, what=what)

    return tell


def _plain(console: Console, title: str, clock: Callable[[], float]) -> Progress:
    last_at = clock()
    quarter = 0

    def tell(done: int, total: int | None, what: str) -> None:
        nonlocal last_at, quarter
        before, quarter = quarter, done * 4 // total if total else quarter
        # A line from amid a quarter would read as if the work had ended there.
        is_due = not total or quarter > before
        if clock() - last_at < PLAIN_SECONDS_BETWEEN or not is_due:
            return
        last_at = clock()
        of_total = f" of {total:,}" if total is not None else ""
        console.print(
            f"  {title}: {done:,}{of_total} {what}".rstrip(), markup=False, soft_wrap=True
        )

    return tell
