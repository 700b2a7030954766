"""A disk without room: the system refuses to let any file grow beyond a limit."""

import base64
import resource
import secrets
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from builders.lake import DAY, a_lake, article_day, rows_of
from builders.snapshots import FixedSource, a_state
from umschlag.intelligence.snapshots.usecases import take_daily_snapshot
from umschlag.storage.lake.compaction import compact
from umschlag.storage.lake.files import FilesUnavailable
from umschlag.storage.lake.questions import Question
from umschlag.storage.lake.snapshot_store import LakeSnapshotStore
from umschlag.storage.lake.upkeep import verify
from umschlag.storage.records.models import Article, LakeFile, RunStatus, SnapshotRun

pytestmark = pytest.mark.django_db

COUNT = Question.parse("select count(*) as n from article_days", name="count")
ROWS = 900


@pytest.fixture
def lake(tmp_path):
    return a_lake(tmp_path)


@contextmanager
def room_for(byte_count):
    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (byte_count, former[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, former)


def a_day_of_noise(day, rows=ROWS):
    """Return rows that do not compress, so that their file has a size that is known."""
    return rows_of(
        "article_days",
        *(
            article_day(f"HX-{n}", day, name=base64.b85encode(secrets.token_bytes(160)).decode())
            for n in range(rows)
        ),
    )


def files_in(lake):
    return sorted(file.path for file in lake.files.found())


def test_a_day_that_does_not_fit_is_refused_with_the_remedy_and_leaves_nothing(lake):
    lake.publish("article_days", str(DAY), a_day_of_noise(DAY, rows=5))
    before = files_in(lake)
    later = DAY + timedelta(days=1)

    with room_for(100_000), pytest.raises(FilesUnavailable, match="make room on that disk"):
        lake.publish("article_days", str(later), a_day_of_noise(later))

    assert files_in(lake) == before
    assert lake.ask(COUNT)["n"].to_pylist() == [5]
    lake.publish("article_days", str(later), a_day_of_noise(later))
    assert lake.ask(COUNT)["n"].to_pylist() == [5 + ROWS]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="a server's disk is not ours to fill")
def test_records_that_are_full_show_nothing_of_the_day(lake):
    states = [a_state(f"HX-{n}", master={"name": "x" * 200}) for n in range(ROWS)]

    with records_that_cannot_grow(), pytest.raises(DatabaseError, match="full"):
        take(lake, states)

    assert lake.business_dates() == []
    assert Article.objects.count() == 0
    SnapshotRun.objects.filter(status=RunStatus.RUNNING).update(
        started_at=timezone.now() - timedelta(hours=2), seen_at=None
    )
    assert take(lake, states).article_count == ROWS
    assert lake.ask(COUNT)["n"].to_pylist() == [ROWS]


@contextmanager
def records_that_cannot_grow():
    with connection.cursor() as cursor:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        try:
            yield
        finally:
            cursor.execute("PRAGMA max_page_count = 1073741823")


def take(lake, states):
    return take_daily_snapshot(
        business_date=DAY,
        source=FixedSource(*states),
        store=LakeSnapshotStore(lake),
        vanished_percent_max=5.0,
    )


def test_a_month_that_does_not_fit_is_refused_and_compacted_once_there_is_room(lake, tmp_path):
    for offset in range(20):
        day = DAY - timedelta(days=offset)
        lake.publish("article_days", str(day), a_day_of_noise(day))
    before = files_in(lake)

    with room_for(1_000_000), pytest.raises(FilesUnavailable, match="make room on that disk"):
        compact(lake, is_eager=True, scratch=tmp_path)

    assert files_in(lake) == before
    assert LakeFile.objects.count() == 20
    assert lake.ask(COUNT)["n"].to_pylist() == [20 * ROWS]
    assert compact(lake, is_eager=True, scratch=tmp_path).days == 17
    assert lake.ask(COUNT)["n"].to_pylist() == [20 * ROWS]
    assert verify(lake) == []
