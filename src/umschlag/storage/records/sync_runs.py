"""The record of every import, also of those that failed."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.utils import timezone

from umschlag.kernel.outcomes import SyncOutcome
from umschlag.storage.records.models import RunStatus, SyncRun

OutcomeT = TypeVar("OutcomeT", bound=SyncOutcome)
PROBLEMS_KEPT_MAX = 500
"""A file of nonsense has a problem a row; this many are enough to see why."""


def recorded_sync(source: str, sync: Callable[[], OutcomeT]) -> OutcomeT:
    """Run the import, record when it ran, what it did or why it failed, and return its outcome.

    Raises:
        Exception: whatever the import raised, after it was recorded.
    """
    run = SyncRun.objects.create(source=source, status=RunStatus.RUNNING, started_at=timezone.now())
    try:
        outcome = sync()
    except BaseException as error:
        run.status = RunStatus.FAILED
        run.error = str(error) or type(error).__name__
        run.finished_at = timezone.now()
        run.save()
        raise
    run.status = RunStatus.COMPLETE
    run.finished_at = timezone.now()
    run.read_count = outcome.read_count
    run.created_count = outcome.created_count
    run.updated_count = outcome.updated_count
    run.skipped_count = outcome.skipped_count
    run.problems = [
        str(problem) for problem in (*outcome.problems, *outcome.notes)[:PROBLEMS_KEPT_MAX]
    ]
    run.watermark = outcome.watermark
    run.save()
    return outcome


def last_watermark(source: str) -> str:
    """Return how far the last complete import of the source read; empty before the first."""
    run = SyncRun.objects.filter(source=source, status=RunStatus.COMPLETE).first()
    return run.watermark if run else ""


def last_read_at(*sources: str) -> datetime | None:
    """Return when the newest complete import of any of the sources began; None before the first.

    What happened in its system later is not in it.
    """
    runs = SyncRun.objects.filter(source__in=sources, status=RunStatus.COMPLETE)
    return runs.values_list("started_at", flat=True).first()
