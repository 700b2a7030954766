"""Snapshots in lake and records: whole or not at all, and the two always agree."""

import socket
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from builders.lake import a_lake, article_day, rows_of
from builders.snapshots import (
    DAY,
    REPAIR,
    FixedSource,
    RebuiltSource,
    SourceThatBreaksHalfway,
    a_position,
    a_state,
)
from umschlag.intelligence.snapshots.model import Origin
from umschlag.intelligence.snapshots.rules import SnapshotUnderWay, TooManyVanished
from umschlag.intelligence.snapshots.usecases import take_daily_snapshot
from umschlag.kernel.errors import Unreachable
from umschlag.kernel.outcomes import Problem
from umschlag.storage.lake.questions import Question
from umschlag.storage.lake.snapshot_store import LakeSnapshotStore
from umschlag.storage.lake.upkeep import sweep_orphans
from umschlag.storage.records.lake_listing import UnitMovedOn
from umschlag.storage.records.models import Article, ArticlesAsOf, LakeFile, RunStatus, SnapshotRun
from umschlag.storage.records.snapshots import begin_run

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NEXT_DAY = DAY + timedelta(days=1)
LATEST = Question.load("umschlag.intelligence.snapshots", "latest")


@pytest.fixture
def lake(tmp_path):
    return a_lake(tmp_path)


@pytest.fixture
def store(lake):
    return LakeSnapshotStore(lake)


def take(store, *states, business_date=DAY, source=None, percent_max=60.0, **values):
    return take_daily_snapshot(
        business_date=business_date,
        source=source or FixedSource(*states, **values),
        store=store,
        vanished_percent_max=percent_max,
    )


def latest(lake):
    return {row["sku"]: row for row in lake.ask(LATEST).to_pylist()}


def test_a_snapshot_stands_in_lake_records_and_run(lake, store):
    problem = Problem(place="variation 5", message="broken")
    state = a_state("A", master={"asin": "B0ABCDEFGH", "weight_g": 900})
    before = timezone.now()

    take(store, state, problems=(problem,), calls_used=7, retries=2)

    row = latest(lake)["A"]
    article = Article.objects.get()
    assert (row["on_hand_units"], row["asin"], row["is_vanished"]) == (5, "B0ABCDEFGH", False)
    assert (article.sku, article.on_hand_units, article.weight_g) == ("A", 5, 900)
    assert article.changed_date == article.first_seen_date == DAY
    assert ArticlesAsOf.objects.get().business_date == DAY
    run = SnapshotRun.objects.get()
    assert (run.status, run.row_count, run.calls_used, run.retries) == ("complete", 1, 7, 2)
    assert run.skipped == ["variation 5: broken"]
    assert run.error == ""
    assert before <= run.started_at <= run.finished_at <= timezone.now()


def test_a_source_that_fails_halfway_leaves_nothing_visible(lake, store):
    with pytest.raises(Unreachable):
        take(store, source=SourceThatBreaksHalfway())

    assert LakeFile.objects.count() == Article.objects.count() == 0
    assert lake.ask(LATEST).num_rows == 0
    run = SnapshotRun.objects.get()
    assert (run.status, run.error) == ("failed", "Plentymarkets does not answer")
    assert run.started_at <= run.finished_at


def test_a_day_is_taken_after_an_attempt_that_failed(store):
    with pytest.raises(Unreachable):
        take(store, source=SourceThatBreaksHalfway())

    outcome = take(store, a_state("A"))

    assert outcome.article_count == 1


def test_a_crash_between_files_and_records_leaves_only_orphans(lake, store):
    class Killed(BaseException):
        """As a kill arriving between the two."""

    class FailingStore(LakeSnapshotStore):
        def publish(self, attempt, outcome):
            self.lake.write("article_days", DAY.isoformat(), attempt.draft.take_article_table())
            raise Killed

    with pytest.raises(Killed):
        take(FailingStore(lake), a_state("A"))

    assert lake.ask(LATEST).num_rows == 0
    assert len(sweep_orphans(lake, age_seconds_min=0)) == 1
    assert take(store, a_state("A")).article_count == 1


def test_what_fails_in_the_records_takes_the_files_back(lake, store):
    without_currency = a_state("A", master={"currency": None})

    with pytest.raises(IntegrityError):
        take(store, without_currency)

    assert LakeFile.objects.count() == Article.objects.count() == 0
    assert SnapshotRun.objects.get().status == RunStatus.FAILED


def test_only_the_newest_day_changes_the_current_state(lake, store):
    take(store, a_state("A", on_hand_units=9), business_date=NEXT_DAY)

    take(store, a_state("A", on_hand_units=1))

    assert Article.objects.get().on_hand_units == 9
    assert latest(lake)["A"]["on_hand_units"] == 9


def test_changes_new_articles_and_vanished_ones_reach_the_records(lake, store):
    take(store, a_state("A"), a_state("B"), a_state("C"))

    take(store, a_state("A", on_hand_units=2), a_state("B"), a_state("D"), business_date=NEXT_DAY)

    records = {article.sku: article for article in Article.objects.all()}
    assert records["A"].on_hand_units == 2
    assert records["D"].first_seen_date == NEXT_DAY
    assert records["A"].first_seen_date == DAY
    assert (records["C"].vanished_date, records["C"].last_seen_date) == (NEXT_DAY, DAY)
    assert ArticlesAsOf.objects.get().business_date == NEXT_DAY
    assert records["B"].changed_date == DAY
    assert [sku for sku, row in latest(lake).items() if row["is_vanished"]] == ["C"]


def test_a_vanished_article_that_comes_back_is_there_again(lake, store):
    for offset, states in enumerate([("A", "B"), ("A",), ("A", "B")]):
        take(store, *map(a_state, states), business_date=DAY + timedelta(days=offset))

    article = Article.objects.get(sku="B")

    assert article.vanished_date is None
    assert article.first_seen_date == DAY
    assert not latest(lake)["B"]["is_vanished"]


def test_records_and_lake_agree_on_every_figure(lake, store):
    take(store, a_state("A"), a_state("B", unit_cost_minor=None, sales_price_minor=None))
    take(store, a_state("A", reserved_units=4), a_state("C"), business_date=NEXT_DAY)

    fields = (
        "sku",
        "on_hand_units",
        "reserved_units",
        "unit_cost_minor",
        "sales_price_minor",
        "variation_id",
    )
    in_records = {row[0]: row for row in Article.objects.values_list(*fields)}
    in_lake = {sku: tuple(row[name] for name in fields) for sku, row in latest(lake).items()}

    assert in_records == in_lake


def test_an_unchanged_article_is_not_written_again(store):
    states = [a_state(f"HX-{number}") for number in range(60)]
    take(store, *states)

    with CaptureQueriesContext(connection) as captured:
        take(store, *states, business_date=NEXT_DAY)

    touched = [q["sql"] for q in captured if "records_article" in q["sql"]]
    assert touched, "the state of the articles is kept"
    assert all("records_articlesasof" in sql for sql in touched)


def test_articles_of_a_sales_import_stay_as_they_are(store):
    Article.objects.create(sku="IMPORTED", currency="EUR")

    take(store, a_state("A"))

    imported = Article.objects.get(sku="IMPORTED")
    assert (imported.vanished_date, imported.changed_date, imported.on_hand_units) == (None,) * 3


def test_an_imported_article_gets_its_stock_from_the_snapshot(store):
    Article.objects.create(sku="A", currency="EUR", name="From the file")

    take(store, a_state("A"))

    assert Article.objects.get().on_hand_units == 5


def test_the_second_of_two_runs_at_once_refuses(store):
    with store.attempt(DAY, FixedSource()), pytest.raises(SnapshotUnderWay, match="is being"):
        take(store, a_state("A"))

    assert LakeFile.objects.count() == 0


def test_a_run_of_another_day_is_no_rival(store):
    with store.attempt(NEXT_DAY, FixedSource()):
        assert take(store, a_state("A")).article_count == 1


@pytest.mark.parametrize(
    ("age_hours", "mark"),
    [
        (2, "process 1 (5) on elsewhere"),
        (0, "process 999999999 (5) on {host}"),
        (0, "process 1 (long-gone) on {host}"),
    ],
)
def test_a_run_that_died_is_closed_and_does_not_block(store, age_hours, mark):
    SnapshotRun.objects.create(
        business_date=DAY,
        origin="captured",
        status=RunStatus.RUNNING,
        started_at=timezone.now() - timedelta(hours=age_hours),
        worker=mark.format(host=socket.gethostname()),
    )

    assert take(store, a_state("A")).article_count == 1
    assert list(SnapshotRun.objects.values_list("status", flat=True).order_by("pk")) == [
        "failed",
        "complete",
    ]


def test_a_worker_that_could_not_record_the_end_of_its_run_is_not_blocked_for_ever(store):
    run = begin_run(DAY, Origin.CAPTURED)
    with pytest.raises(SnapshotUnderWay):
        take(store, a_state("A"))

    SnapshotRun.objects.filter(pk=run.pk).update(seen_at=timezone.now() - timedelta(hours=2))

    assert take(store, a_state("A")).article_count == 1


def test_a_day_published_by_somebody_else_meanwhile_is_not_replaced(lake, store):
    class OvertakenSource(FixedSource):
        def read(self, business_date, progress):
            others = rows_of("article_days", article_day("A", business_date))
            lake.publish("article_days", business_date.isoformat(), others)
            return super().read(business_date, progress)

    with pytest.raises(UnitMovedOn):
        take(store, source=OvertakenSource(a_state("A")))

    assert LakeFile.objects.count() == 1
    assert Article.objects.count() == 0


def test_too_many_vanished_publish_nothing(lake, store):
    take(store, a_state("A"), a_state("B"))

    with pytest.raises(TooManyVanished):
        take(store, a_state("A"), business_date=NEXT_DAY, percent_max=5.0)

    assert lake.newest_business_date() == DAY


@pytest.mark.parametrize("fresh_store", [True, False])
def test_tombstones_are_carried_whether_the_store_remembers_or_reads(lake, store, fresh_store):
    take(store, a_state("A"), a_state("B", master={"asin": "B0ABCDEFGH"}, on_hand_units=3))
    store = LakeSnapshotStore(lake) if fresh_store else store

    outcome = take(store, a_state("A"), business_date=NEXT_DAY)

    assert outcome.vanished_count == 1
    tombstone = latest(lake)["B"]
    assert (tombstone["asin"], tombstone["on_hand_units"]) == ("B0ABCDEFGH", 3)
    assert tombstone["last_seen_date"] == DAY


def test_the_newest_captured_snapshot_comes_back_as_it_was(store):
    state = a_state("A", master={"created_date": DAY - timedelta(days=9), "item_id": 7})
    positions = [a_position("A"), a_position("A", REPAIR, 2, 1)]
    take(store, state, positions=positions)
    take(store, source=RebuiltSource(state), business_date=NEXT_DAY)

    captured = store.snapshot_of(store.newest_captured_date())

    assert captured.business_date == DAY
    assert captured.articles == [state]
    assert list(captured.positions) == positions
