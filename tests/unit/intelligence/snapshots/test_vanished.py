"""What becomes of articles that a source no longer delivers, and of days that are taken again."""

from datetime import timedelta

import pytest

from builders.snapshots import DAY, FixedSource, InMemorySnapshotStore, RebuiltSource, a_state
from umschlag.intelligence.snapshots.model import Origin
from umschlag.intelligence.snapshots.rules import (
    CapturedDayStands,
    SnapshotIncomplete,
    TooManyVanished,
)
from umschlag.intelligence.snapshots.usecases import (
    UNEXPLAINED_TOLD_MAX,
    replace_day,
    take_daily_snapshot,
)

NEXT_DAY = DAY + timedelta(days=1)


def article(number, sku=None, **values):
    return a_state(sku or f"HX-{number}", master={"variation_id": number}, **values)


MANY = [article(number) for number in range(1, 41)]


@pytest.fixture
def store():
    store = InMemorySnapshotStore()
    take(store, FixedSource(*MANY), DAY)
    return store


def take(store, source, business_date=NEXT_DAY, percent_max=10.0):
    return take_daily_snapshot(
        business_date=business_date, source=source, store=store, vanished_percent_max=percent_max
    )


def test_the_source_is_asked_for_what_it_did_not_deliver(store):
    source = FixedSource(*MANY[2:])

    take(store, source)

    assert source.asked_for == [({1, 2}, DAY)]


def test_a_source_that_delivers_all_is_not_asked(store):
    source = FixedSource(*MANY)

    take(store, source)

    assert source.asked_for == []


def test_what_is_found_when_asked_for_is_in_the_snapshot(store):
    outcome = take(store, FixedSource(*MANY[2:], hidden=MANY[:1]))

    seen = {s.sku for s in store.days[NEXT_DAY] if s.last_seen_date == NEXT_DAY}
    assert "HX-1" in seen
    assert [s.sku for s in store.tombstones(NEXT_DAY)] == ["HX-2"]
    assert (outcome.article_count, outcome.found_count, outcome.vanished_count) == (39, 1, 1)


def test_what_the_delete_log_confirms_needs_no_explanation(store):
    outcome = take(store, FixedSource(*MANY[2:], deleted=[1, 2]))

    assert (outcome.vanished_count, outcome.deleted_count, outcome.unexplained_count) == (2, 2, 0)
    assert outcome.problems == ()


def test_what_nothing_explains_is_kept_and_reported(store):
    outcome = take(store, FixedSource(*MANY[2:], deleted=[1]))

    assert [s.sku for s in store.tombstones(NEXT_DAY)] == ["HX-1", "HX-2"]
    assert outcome.unexplained_count == 1
    (problem,) = outcome.problems
    assert problem.place == "SKU HX-2"


def test_of_very_many_unexplained_the_rest_are_counted():
    store = InMemorySnapshotStore()
    many = [article(number) for number in range(1, UNEXPLAINED_TOLD_MAX + 52)]
    take(store, FixedSource(*many), DAY)

    outcome = take(store, FixedSource(*many[-50:]), percent_max=100.0)

    assert len(outcome.problems) == UNEXPLAINED_TOLD_MAX + 1
    assert outcome.problems[-1].message.startswith("1 more")


def test_a_re_created_article_has_not_vanished(store):
    source = FixedSource(*MANY[1:], article(900, sku="HX-1"))

    outcome = take(store, source)

    assert outcome.vanished_count == 0
    assert source.asked_for == []


def test_an_article_with_a_new_sku_is_not_asked_for_but_its_old_sku_is_kept(store):
    source = FixedSource(*MANY[1:], article(1, sku="NEW"))

    outcome = take(store, source)

    assert source.asked_for == []
    assert [s.sku for s in store.tombstones(NEXT_DAY)] == ["HX-1"]
    assert (outcome.vanished_count, outcome.unexplained_count) == (1, 0)


def test_the_refusal_tells_how_many_the_delete_log_confirms(store):
    source = FixedSource(*MANY[5:], deleted=[1, 2, 3])

    with pytest.raises(TooManyVanished, match=r"5 of 40 .* confirms 3 of them"):
        take(store, source)

    assert NEXT_DAY not in store.days
    assert source.published_dates == []


def test_what_is_found_does_not_count_as_vanished(store):
    outcome = take(store, FixedSource(*MANY[5:], hidden=MANY[:5]))

    assert outcome.vanished_count == 0


def test_a_found_article_whose_sku_another_has_makes_no_snapshot(store):
    source = FixedSource(*MANY[1:], hidden=[article(1, sku="HX-2")])

    with pytest.raises(SnapshotIncomplete, match="same SKU"):
        take(store, source)


def test_the_source_hears_that_its_day_is_visible(store):
    source = FixedSource(*MANY)

    take(store, source)

    assert source.published_dates == [NEXT_DAY]


def test_a_day_is_replaced_only_when_that_is_asked_for(store):
    changed = [article(1, on_hand_units=77), *MANY[1:]]

    take(store, FixedSource(*changed), DAY)
    assert store.versions[DAY] == 1
    replace_day(
        business_date=DAY, source=FixedSource(*changed), store=store, vanished_percent_max=5.0
    )

    assert store.versions[DAY] == 2
    assert store.days[DAY][0].on_hand_units == 77


@pytest.mark.parametrize("over_captured", [False, True])
def test_a_captured_day_is_rebuilt_only_when_told_so(store, over_captured):
    def replace():
        replace_day(
            business_date=DAY,
            source=RebuiltSource(*MANY),
            store=store,
            vanished_percent_max=5.0,
            over_captured=over_captured,
        )

    if over_captured:
        replace()
    else:
        with pytest.raises(CapturedDayStands):
            replace()

    assert store.origins[DAY] is (Origin.RECONSTRUCTED if over_captured else Origin.CAPTURED)
