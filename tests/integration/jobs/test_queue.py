import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from huey import SqliteHuey
from huey.exceptions import TaskLockedException

from builders.records import a_snapshot_run
from umschlag.jobs.queue import make_queue, postgres_dsn
from umschlag.jobs.steps import Step
from umschlag.jobs.tasks import NIGHT_STEPS, TaskBook
from umschlag.kernel.errors import Unreachable
from umschlag.storage.records.models import Backup, Notification, NotificationKind

pytestmark = [pytest.mark.django_db(transaction=True)]


class Work:
    """Stands for the steps and the backup; remembers what ran."""

    def __init__(self, failing=()):
        self.done = []
        self.failing = failing
        self.finished = threading.Event()

    def steps(self):
        return tuple(Step(name=name, title=name, act=self.act(name)) for name in NIGHT_STEPS)

    def act(self, name):
        def act(settings, progress_for):
            self.done.append(name)
            if name == NIGHT_STEPS[-1]:
                self.finished.set()
            if name in self.failing:
                raise Unreachable(f"{name} does not answer")
            return "fine"

        return act

    def back_up(self, settings):
        self.done.append("backup")


@pytest.fixture
def book(settings_in):
    queues = []

    def make(work, *, immediate=True, **values):
        settings = settings_in(**values)
        queue = make_queue(settings, immediate=immediate)
        queues.append(queue)
        return TaskBook(settings, queue, steps=work.steps, back_up=work.back_up)

    yield make
    for queue in queues:
        queue.storage.close()


def test_the_night_takes_the_picture_and_draws_the_conclusions(book):
    work = Work()

    book(work).night()

    assert work.done == list(NIGHT_STEPS)
    assert not Notification.objects.exists()


def test_a_job_that_will_be_tried_again_alarms_nobody(book):
    tasks = book(Work(failing=("snapshot",)))

    tasks.night()

    assert tasks.queue.scheduled_count() == 1
    assert not Notification.objects.exists()


class _LastTry:
    retries = 0


def test_the_last_try_tells_people_which_job_failed_and_why(book):
    tasks = book(Work(failing=("snapshot",)))

    with pytest.raises(Exception, match="snapshot does not answer"):
        tasks.night.func(_LastTry())

    told = Notification.objects.get()
    assert told.kind == NotificationKind.JOB_FAILED
    assert "night" in told.title
    assert "snapshot does not answer" in told.body


def test_a_job_that_keeps_failing_is_told_once_a_day(book):
    tasks = book(Work(failing=("orders",)))

    for _ in range(3):
        with pytest.raises(Exception, match="orders"):
            tasks.sync.func(_LastTry())
    assert Notification.objects.count() == 1

    Notification.objects.update(created_at=timezone.now() - timedelta(hours=25))
    with pytest.raises(Exception, match="orders"):
        tasks.sync.func(_LastTry())
    assert Notification.objects.count() == 2


def test_a_sync_is_not_tried_again_as_the_next_one_is_near(book):
    tasks = book(Work(failing=("orders",)))

    tasks.sync()

    assert tasks.queue.scheduled_count() == 0
    assert Notification.objects.count() == 1


def test_jobs_wait_for_each_other(book):
    work = Work()
    tasks = book(work)

    with (
        tasks.queue.lock_task("jobs"),
        pytest.raises(TaskLockedException),
    ):
        tasks.backup.func(_LastTry())

    assert work.done == []


def test_a_lock_is_given_back_after_a_failure(book):
    work = Work(failing=("snapshot",))
    tasks = book(work)
    with pytest.raises(Exception, match="snapshot"):
        tasks.night.func(_LastTry())

    tasks.backup.func(_LastTry())

    assert "backup" in work.done


def at(hour, minute=0):
    # Berlin is two hours ahead of UTC in September.
    return datetime(2026, 9, 2, hour, minute, tzinfo=UTC)


def test_a_worker_that_starts_late_catches_up(book):
    work = Work()

    book(work).catch_up(at(5))

    assert work.done == [*NIGHT_STEPS, "backup"]


def test_nothing_is_caught_up_before_it_was_due(book):
    work = Work()

    book(work).catch_up(at(0, 5))

    assert work.done == []


def test_what_was_done_today_is_not_done_again(book):
    work = Work()
    a_snapshot_run(business_date=at(5).date())
    Backup.objects.create(path="b.zip", made_at=at(2), byte_count=1, sha256="0" * 64)

    book(work).catch_up(at(5))

    assert work.done == []


def test_a_rebuilt_day_does_not_stand_for_todays_picture(book):
    work = Work()
    a_snapshot_run(business_date=at(5).date(), origin="reconstructed")

    book(work).catch_up(at(5))

    assert "snapshot" in work.done


def test_the_clock_knows_when_each_job_is_due(book):
    tasks = book(Work(), snapshot_at="02:10", backup_at="03:40", sync_every_minutes=30)

    def due(instant):
        return {task.name for task in tasks.queue.read_periodic(instant.replace(tzinfo=None))}

    assert due(at(0, 10)) == {"night"}
    assert due(at(1, 40)) == {"backup"}
    assert due(at(1, 30)) == {"sync"}
    assert due(at(1, 31)) == set()


def test_a_real_worker_takes_a_job_from_the_file_and_does_it(book):
    work = Work()
    tasks = book(work, immediate=False)
    tasks.night()
    consumer = tasks.queue.create_consumer(workers=1, periodic=False, initial_delay=0.01)
    for process in (consumer.scheduler, *[thread for _, thread in consumer.worker_threads]):
        process.start()

    assert work.finished.wait(timeout=20)
    consumer.stop(graceful=True)

    assert work.done == list(NIGHT_STEPS)
    assert tasks.queue.pending_count() == 0


def test_the_queue_outlives_the_process_that_filled_it(book):
    book(Work(), immediate=False).night()

    assert book(Work(), immediate=False).queue.pending_count() == 1


def test_the_queue_lies_beside_the_records(settings_in):
    queue = make_queue(settings_in())

    assert isinstance(queue, SqliteHuey)
    queue.storage.close()


def test_postgresql_keeps_the_queue_as_well(settings_in):
    settings = settings_in(DATABASE_URL="postgres://u:p@db:5432/umschlag")

    assert postgres_dsn(settings) == "postgresql://u:p@db:5432/umschlag"


def test_mariadb_leaves_the_queue_to_a_file(settings_in):
    assert postgres_dsn(settings_in(DATABASE_URL="mysql://u:p@db/umschlag")) is None
