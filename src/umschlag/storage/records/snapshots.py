"""Runs that take snapshots: who works at which day, and what came of it."""

import os
import socket
from datetime import date, timedelta

from django.utils import timezone

from umschlag.intelligence.snapshots.model import Origin, Reading
from umschlag.intelligence.snapshots.rules import SnapshotUnderWay
from umschlag.storage.records.models import RunStatus, SnapshotRun
from umschlag.storage.records.sync_runs import PROBLEMS_KEPT_MAX

STALE_AFTER = timedelta(hours=1)
"""A run that did not end within it has died."""


def begin_run(business_date: date, origin: Origin) -> SnapshotRun:
    """Record that we work at the day's snapshot.

    Raises:
        SnapshotUnderWay: another live run does already.
    """
    now = timezone.now()
    run = SnapshotRun.objects.create(
        business_date=business_date,
        origin=origin.value,
        status=RunStatus.RUNNING,
        started_at=now,
        error=_own_mark(),
    )
    rivals = SnapshotRun.objects.filter(
        business_date=business_date, status=RunStatus.RUNNING, pk__lt=run.pk
    )
    for rival in rivals:
        if _is_dead(rival):
            _close(rival, f"ended without a word ({rival.error})")
            continue
        started = f"{rival.started_at:%H:%M:%S} UTC"
        refusal = f"the snapshot of {business_date} is being taken since {started}, {rival.error}"
        _close(run, refusal)
        raise SnapshotUnderWay(refusal)
    return run


def complete_run(
    run: SnapshotRun, *, reading: Reading, row_count: int, vanished_count: int
) -> None:
    """Record what the run published; belongs into the transaction that makes it visible."""
    run.status = RunStatus.COMPLETE
    run.finished_at = timezone.now()
    run.row_count = row_count
    run.expected_row_count = reading.expected_count
    run.vanished_count = vanished_count
    run.calls_used = reading.calls_used
    run.retries = reading.retries
    run.skipped = [str(problem) for problem in reading.problems[:PROBLEMS_KEPT_MAX]]
    run.error = ""
    run.save()


def fail_run(run: SnapshotRun, error: BaseException) -> None:
    """Record why the run published nothing."""
    _close(run, str(error) or type(error).__name__)


def _close(run: SnapshotRun, error: str) -> None:
    run.status = RunStatus.FAILED
    run.error = error
    run.finished_at = timezone.now()
    run.save()


def _own_mark() -> str:
    return f"by process {os.getpid()} on {socket.gethostname()}"


def _is_dead(run: SnapshotRun) -> bool:
    if timezone.now() - run.started_at > STALE_AFTER:
        return True
    words = run.error.split()
    # Only a process of this machine can be looked up; another machine's gets the whole hour.
    if len(words) != 5 or words[4] != socket.gethostname() or not words[2].isdigit():
        return False
    try:
        os.kill(int(words[2]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
