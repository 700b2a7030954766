"""What the clock starts: the night's steps, the syncs of the day, the backup."""

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from django.db import close_old_connections
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from huey import Huey  # type: ignore[import-untyped]  # has no types
from huey.api import Task, TaskWrapper  # type: ignore[import-untyped]  # has no types

from umschlag.jobs.main_job import main_steps
from umschlag.jobs.schedule import DueAt, daily, daily_instant, every
from umschlag.jobs.steps import Step, StepOutcome, chosen, failures_in, run_steps
from umschlag.kernel.errors import UmschlagError
from umschlag.kernel.periods import business_date_of
from umschlag.kernel.progress import untold
from umschlag.settings import Settings
from umschlag.storage.records.models import (
    Backup,
    Notification,
    NotificationKind,
    RunStatus,
    SnapshotOrigin,
    SnapshotRun,
)
from umschlag.wiring.notifying import News, tell

logger = logging.getLogger(__name__)

NIGHT_STEPS = (
    "snapshot",
    "backfill",
    "compact",
    "orders",
    "sellerboard",
    "classify",
    "forecast",
    "propose",
)
SYNC_STEPS = ("orders", "sheet", "panel", "ungating", "gates")
QUIET_FOR = timedelta(hours=24)
"""A job that keeps failing is told once a day, not every half hour."""
RETRIES = 3
RETRY_SECONDS = 600
"""Ten minutes, twenty, forty: outside systems are often back by then."""


class JobFailed(UmschlagError):
    """At least one step of a scheduled job did not work."""


class TaskBook:
    """The scheduled jobs of one installation, registered with its queue."""

    def __init__(
        self,
        settings: Settings,
        queue: Huey,
        *,
        steps: Callable[[], Sequence[Step]] = main_steps,
        back_up: Callable[[Settings], object] | None = None,
    ) -> None:
        """Register the jobs; `steps` and `back_up` are what they do."""
        self._settings = settings
        self.queue = queue
        self._steps = steps
        self._back_up = back_up or _make_backup
        zone = settings.zone
        self.night = self._register("night", daily(settings.snapshot_at, zone), self._do_night)
        # The next sync is never far, so a failed one need not be tried again.
        self.sync = self._register(
            "sync", every(settings.sync_every_minutes), self._do_sync, retries=0
        )
        self.backup = self._register("backup", daily(settings.backup_at, zone), self._do_backup)

    def catch_up(self, now: datetime | None = None) -> None:
        """Queue what was due while no worker ran: tonight's snapshot, today's backup."""
        instant = now or datetime.now(UTC)
        zone = self._settings.zone
        today = business_date_of(instant, zone)
        if instant >= daily_instant(instant, self._settings.snapshot_at, zone):
            taken = SnapshotRun.objects.filter(
                business_date=today, status=RunStatus.COMPLETE, origin=SnapshotOrigin.CAPTURED
            )
            if not taken.exists():
                self.night()
        backup_due_at = daily_instant(instant, self._settings.backup_at, zone)
        if instant >= backup_due_at and not Backup.objects.filter(made_at__gte=backup_due_at):
            self.backup()

    def _register(
        self, name: str, due: DueAt, act: Callable[[], None], *, retries: int = RETRIES
    ) -> TaskWrapper:
        def job(task: Task) -> None:
            # One lock for all, since two jobs that write the same records would wait on each other.
            with self.queue.lock_task("jobs"):
                self._watched(name, act, is_last=not task.retries)

        return self.queue.periodic_task(
            due,
            name=name,
            context=True,
            retries=retries,
            retry_delay=RETRY_SECONDS,
            retry_backoff=2,
        )(job)

    def _watched(self, name: str, act: Callable[[], None], *, is_last: bool) -> None:
        close_old_connections()
        try:
            with translation.override(self._settings.language):
                act()
        except Exception as error:
            if is_last:
                self._tell_failed(name, error)
            raise
        finally:
            close_old_connections()

    def _tell_failed(self, name: str, error: Exception) -> None:
        with translation.override(self._settings.language):
            title = _("The scheduled job “%s” failed") % name
            body = (
                _(
                    "%s\n\n`umschlag doctor` says what is wrong; docs/runbooks/"
                    "when-a-snapshot-fails.md says what to do."
                )
                % error
            )
        told = Notification.objects.filter(
            kind=NotificationKind.JOB_FAILED,
            title=title,
            created_at__gt=timezone.now() - QUIET_FOR,
        )
        if told.exists():
            return
        tell(self._settings, [News(kind=NotificationKind.JOB_FAILED, title=title, body=body)])

    def _do_night(self) -> None:
        self._do_steps(NIGHT_STEPS)

    def _do_sync(self) -> None:
        self._do_steps(SYNC_STEPS)

    def _do_steps(self, names: Sequence[str]) -> None:
        outcomes = run_steps(
            chosen(self._steps(), names),
            self._settings,
            progress_for=lambda _title: untold,
            told=_log,
        )
        failed = failures_in(outcomes)
        if failed:
            raise JobFailed(failed)

    def _do_backup(self) -> None:
        self._back_up(self._settings)


def _make_backup(settings: Settings) -> object:
    from umschlag.wiring.backups import make_backup

    return make_backup(settings)


def _log(outcome: StepOutcome) -> None:
    logger.info("%s %s: %s", outcome.step.name, outcome.state, outcome.said)
