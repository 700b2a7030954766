from datetime import timedelta

import pytest

from builders.snapshots import (
    DAY,
    FixedSource,
    InMemorySnapshotStore,
    SourceThatBreaksHalfway,
    a_state,
)
from umschlag.intelligence.snapshots.rules import SnapshotIncomplete, TooManyVanished
from umschlag.intelligence.snapshots.usecases import take_daily_snapshot
from umschlag.kernel.errors import Unreachable

NEXT_DAY = DAY + timedelta(days=1)
MANY = [a_state(f"HX-{number}", master={"variation_id": number}) for number in range(40)]


@pytest.fixture
def store():
    return InMemorySnapshotStore()


def take(store, source, business_date=DAY, percent_max=5.0):
    return take_daily_snapshot(
        business_date=business_date, source=source, store=store, vanished_percent_max=percent_max
    )


def test_a_whole_day_is_published(store):
    outcome = take(store, FixedSource(a_state("A"), a_state("B")))

    assert [state.sku for state in store.days[DAY]] == ["A", "B"]
    assert (outcome.article_count, outcome.vanished_count) == (2, 0)
    assert not outcome.was_there_already


def test_a_day_that_is_there_is_left_as_it_is(store):
    take(store, FixedSource(a_state("A")))

    outcome = take(store, SourceThatBreaksHalfway())

    assert outcome.was_there_already
    assert outcome.article_count == 1


def test_a_source_that_fails_halfway_leaves_nothing_behind(store):
    with pytest.raises(Unreachable):
        take(store, SourceThatBreaksHalfway())

    assert store.standing(DAY) is None
    assert isinstance(store.failures[0], Unreachable)


@pytest.mark.parametrize("expected_count", [1, 3])
def test_fewer_or_more_articles_than_there_are_make_no_snapshot(store, expected_count):
    source = FixedSource(a_state("A"), a_state("B"), expected_count=expected_count)

    with pytest.raises(SnapshotIncomplete, match="2 articles were read"):
        take(store, source)

    assert store.days == {}


def test_an_empty_source_makes_no_snapshot(store):
    with pytest.raises(SnapshotIncomplete, match="no articles at all"):
        take(store, FixedSource())


def test_two_articles_of_one_sku_make_no_snapshot(store):
    with pytest.raises(SnapshotIncomplete, match="same SKU"):
        take(store, FixedSource(a_state("A"), a_state("A")))


def test_unusable_articles_count_as_delivered(store):
    outcome = take(store, FixedSource(a_state("A"), unusable_count=1))

    assert outcome.article_count == 1


def test_a_vanished_article_is_carried_on_as_a_tombstone(store):
    take(store, FixedSource(*MANY))
    for offset in (1, 2):
        outcome = take(store, FixedSource(*MANY[1:]), DAY + timedelta(days=offset))

    (tombstone,) = store.tombstones(DAY + timedelta(days=2))
    assert tombstone.sku == "HX-0"
    assert tombstone.last_seen_date == DAY
    assert outcome.vanished_count == 0, "it vanished the day before"


def test_an_article_that_comes_back_is_no_tombstone_any_more(store):
    take(store, FixedSource(*MANY))
    take(store, FixedSource(*MANY[1:]), NEXT_DAY)
    take(store, FixedSource(*MANY), DAY + timedelta(days=2))

    assert store.tombstones(DAY + timedelta(days=2)) == []


def test_a_snapshot_in_which_too_many_vanished_is_refused(store):
    take(store, FixedSource(*MANY))

    with pytest.raises(TooManyVanished, match="3 of 40 articles vanished"):
        take(store, FixedSource(*MANY[3:]), NEXT_DAY)

    assert NEXT_DAY not in store.days


def test_the_share_that_may_vanish_is_a_setting(store):
    take(store, FixedSource(*MANY))

    outcome = take(store, FixedSource(*MANY[2:]), NEXT_DAY, percent_max=5.0)

    assert outcome.vanished_count == 2
