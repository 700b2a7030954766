"""Runs that take snapshots: who works at which day, and what came of it."""

import os
import socket
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

from django.db import DatabaseError
from django.utils import timezone

from umschlag.intelligence.snapshots.model import Origin, SnapshotOutcome
from umschlag.intelligence.snapshots.rules import SnapshotUnderWay
from umschlag.storage.records.models import RunStatus, SnapshotRun
from umschlag.storage.records.sync_runs import PROBLEMS_KEPT_MAX

RECORDING = "recording"
"""Place of the problem that says that a day was taken from a recording; it comes first."""
STALE_AFTER = timedelta(hours=1)
"""A run that gave no sign of life for so long has died, even if its process lives."""
_SIGN_OF_LIFE_EVERY = timedelta(seconds=60)
_START_FIELD = 19
"""Where Linux tells, behind the process's name, when it was started."""


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
        seen_at=now,
        worker=_own_mark(),
    )
    rivals = SnapshotRun.objects.filter(
        business_date=business_date, status=RunStatus.RUNNING, pk__lt=run.pk
    )
    for rival in rivals:
        if _is_dead(rival):
            _close(rival, f"ended without a word, as when it is killed ({rival.worker})")
            continue
        started = f"{rival.started_at:%H:%M:%S} UTC"
        refusal = (
            f"the snapshot of {business_date} is being taken since {started}, by {rival.worker}"
        )
        _close(run, refusal)
        raise SnapshotUnderWay(refusal)
    return run


def keep_alive(run: SnapshotRun) -> None:
    """Record, at most once a minute, that the run is still at work."""
    now = timezone.now()
    if run.seen_at is not None and now - run.seen_at < _SIGN_OF_LIFE_EVERY:
        return
    run.seen_at = now
    # A sign of life that cannot be written, as while another job writes, is no reason to stop.
    with suppress(DatabaseError):
        run.save(update_fields=["seen_at"])


def complete_run(run: SnapshotRun, outcome: SnapshotOutcome, *, row_count: int) -> None:
    """Record what the run published; belongs into the transaction that makes it visible."""
    run.status = RunStatus.COMPLETE
    run.finished_at = timezone.now()
    run.row_count = row_count
    run.expected_row_count = outcome.expected_count
    run.found_count = outcome.found_count
    run.vanished_count = outcome.vanished_count
    run.deleted_count = outcome.deleted_count
    run.was_resumed = outcome.was_resumed
    run.calls_used = outcome.calls_used
    run.retries = outcome.retries
    run.skipped = [str(problem) for problem in outcome.problems[:PROBLEMS_KEPT_MAX]]
    run.error = ""
    run.save()


def is_of_recording(run: SnapshotRun) -> bool:
    """Tell whether the run read a recording instead of the running system."""
    return any(str(line).startswith(f"{RECORDING}: ") for line in run.skipped[:1])


def fail_run(run: SnapshotRun, error: BaseException, *, calls_used: int, retries: int) -> None:
    """Record why the run published nothing, and what it took."""
    run.refresh_from_db()
    run.calls_used = calls_used
    run.retries = retries
    _close(run, str(error) or type(error).__name__)


def _close(run: SnapshotRun, error: str) -> None:
    run.status = RunStatus.FAILED
    run.error = error
    run.finished_at = timezone.now()
    run.save()


def _own_mark() -> str:
    return f"process {os.getpid()} ({_started(os.getpid())}) on {socket.gethostname()}"


def _is_dead(run: SnapshotRun) -> bool:
    words = run.worker.split()
    # Only a process of this machine can be looked up; another machine's gets the whole hour.
    is_ours = len(words) == 5 and words[4] == socket.gethostname() and words[1].isdigit()
    if is_ours and not _lives(int(words[1]), words[2].strip("()")):
        return True
    # A worker outlives a run whose end it could not record, as on a full disk.
    return timezone.now() - (run.seen_at or run.started_at) > STALE_AFTER


def _lives(process: int, started: str) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    # A restarted container gives the same numbers to other processes; they started later.
    return _started(process) == started


def _started(process: int) -> str:
    """Return when the process was started, as the system counts; "?" where it does not tell."""
    try:
        line = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except OSError:
        return "?"
    return line.rpartition(")")[2].split()[_START_FIELD]
