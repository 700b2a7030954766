"""Keeping the lake in order: days become months, and what nobody needs any more goes."""

import fcntl
import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from umschlag.kernel.errors import Refused
from umschlag.kernel.progress import ProgressFor
from umschlag.settings import Settings
from umschlag.storage.lake.compaction import compact
from umschlag.storage.lake.upkeep import remove_superseded, sweep_orphans
from umschlag.storage.records.idempotency import KEPT_DAYS, forget_answers
from umschlag.wiring.lake import open_lake

logger = logging.getLogger(__name__)

_FOLDER = "compacting"
"""Under `var_dir`: where months are put together. What a crash leaves there the next run drops."""


class UpkeepUnderWay(Refused):
    """Another process is at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """What one run came to."""

    months: int
    days: int
    removed_files: int


def keep_lake_in_order(
    settings: Settings, *, progress_for: ProgressFor, is_eager: bool = False
) -> Upkeep:
    """Compact the days that are due and remove the files that nothing needs any more.

    `is_eager` does not wait for days to gather.

    Raises:
        UpkeepUnderWay: another process is at it.
        CompactionDiffers: a month did not give back what went into it; nothing was changed.
        FilesUnavailable: there is no room, or the place of the files does not answer.
    """
    with _alone(settings.var_dir.absolute()) as scratch:
        lake = open_lake(settings)
        done = compact(
            lake, is_eager=is_eager, scratch=scratch, progress=progress_for("compaction")
        )
        kept = timedelta(days=settings.lake_month_versions_days)
        removed = remove_superseded(lake, month_versions_kept=kept) + sweep_orphans(lake)
    logger.info(
        "lake: %s days into %s months' files, %s files removed",
        done.days,
        done.months,
        len(removed),
    )
    return Upkeep(months=done.months, days=done.days, removed_files=len(removed))


@contextmanager
def _alone(folder: Path) -> Iterator[Path]:
    """Yield an empty folder that no other process works in; the lock dies with its holder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{_FOLDER}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UpkeepUnderWay(
                "another process is compacting the lake; wait until it is done"
            ) from None
        scratch = folder / _FOLDER
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        try:
            yield scratch
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def forget_old_answers() -> int:
    """Forget what the API answered under keys that no one sends again, and return how many."""
    return forget_answers(before=timezone.now() - timedelta(days=KEPT_DAYS))
