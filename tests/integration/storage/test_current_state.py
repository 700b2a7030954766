"""The records' articles against the newest day in the lake, on every database."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders.lake import a_lake
from builders.snapshots import DAY, FixedSource, RebuiltSource, a_state
from umschlag.intelligence.snapshots.usecases import replace_day, take_daily_snapshot
from umschlag.storage.lake.current_state import (
    Difference,
    compare_current,
    records_are_behind,
    repair_current,
)
from umschlag.storage.lake.snapshot_store import LakeSnapshotStore
from umschlag.storage.records.models import (
    Article,
    ArticlesAsOf,
    LakeDay,
    LakeFile,
    SnapshotRun,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NEXT_DAY = DAY + timedelta(days=1)
TRICKY = 'Lampe "weiß", 5\\6;\n\tNr. \\N'


@pytest.fixture
def lake(tmp_path):
    return a_lake(tmp_path)


def take(lake, *states, business_date=DAY):
    return take_daily_snapshot(
        business_date=business_date,
        source=FixedSource(*states),
        store=LakeSnapshotStore(lake),
        vanished_percent_max=100.0,
    )


def replace(lake, *states, business_date=DAY, source=FixedSource):
    return replace_day(
        business_date=business_date,
        source=source(*states),
        store=LakeSnapshotStore(lake),
        vanished_percent_max=100.0,
        over_captured=True,
    )


def test_nothing_differs_before_the_first_snapshot(lake):
    assert compare_current(lake).agrees
    assert not records_are_behind(lake)


def test_texts_nothings_and_letter_case_reach_the_records_as_they_are(lake):
    tricky = a_state("a", master={"name": TRICKY, "weight_g": None}, unit_cost_minor=None)
    long = a_state("A", master={"name": "ä" * 300, "is_active": False}, on_hand_units=-3)

    take(lake, tricky, long)

    records = {article.sku: article for article in Article.objects.all()}
    assert records["a"].name == TRICKY
    assert (records["a"].weight_g, records["a"].unit_cost_minor) == (None, None)
    assert (records["A"].name, records["A"].is_active) == ("ä" * 250, False)
    assert records["A"].on_hand_units == -3
    assert compare_current(lake).agrees


def test_the_comparison_names_what_is_missing_too_many_and_different(lake):
    take(lake, a_state("A"), a_state("B"), a_state("C"))
    Article.objects.filter(sku="A").delete()
    Article.objects.filter(sku="B").update(on_hand_units=99, asin="B0ABCDEFGH")
    Article.objects.create(sku="D", currency="EUR", changed_date=DAY)

    found = compare_current(lake)

    assert (found.missing, found.extra) == (["A"], ["D"])
    assert found.different == [Difference(sku="B", fields=("asin", "on_hand_units"))]
    assert not found.agrees


def test_a_repair_brings_the_records_to_the_newest_day(lake):
    take(lake, a_state("A"), a_state("B"), a_state("C"))
    take(lake, a_state("A"), a_state("B", on_hand_units=7), business_date=NEXT_DAY)
    Article.objects.filter(sku="A").delete()
    Article.objects.filter(sku__in="BC").update(on_hand_units=99, vanished_date=None)
    Article.objects.create(sku="D", currency="EUR", changed_date=DAY, on_hand_units=4)

    repair_current(lake)

    assert compare_current(lake).agrees
    records = {article.sku: article for article in Article.objects.all()}
    assert records["B"].on_hand_units == 7
    assert (records["C"].vanished_date, records["C"].last_seen_date) == (NEXT_DAY, DAY)
    assert (records["D"].on_hand_units, records["D"].changed_date) == (None, None)


def test_records_of_another_day_are_seen_at_the_cost_of_two_queries(
    lake, django_assert_max_num_queries
):
    take(lake, a_state("A"))
    ArticlesAsOf.objects.update(business_date=DAY - timedelta(days=1))

    with django_assert_max_num_queries(3):
        assert records_are_behind(lake)

    repair_current(lake)
    assert not records_are_behind(lake)


def test_what_a_person_changed_is_put_right_by_the_next_snapshot(lake):
    take(lake, a_state("A"))
    article = Article.objects.get()
    article.on_hand_units = 99
    article.save()

    take(lake, a_state("A"), business_date=NEXT_DAY)

    assert Article.objects.get().on_hand_units == 5


def test_a_new_version_of_the_newest_day_changes_the_current_state(lake):
    take(lake, a_state("A"), a_state("GONE"))

    replace(lake, a_state("A", on_hand_units=8))

    records = {article.sku: article for article in Article.objects.all()}
    assert records["A"].on_hand_units == 8
    assert records["GONE"].changed_date is None, "no snapshot knows it any more"
    assert compare_current(lake).agrees
    assert not records_are_behind(lake)


def test_a_new_version_of_a_past_day_leaves_the_current_state_alone(lake):
    take(lake, a_state("A", on_hand_units=1))
    take(lake, a_state("A", on_hand_units=2), business_date=NEXT_DAY)

    replace(lake, a_state("A", on_hand_units=8), source=RebuiltSource)

    assert Article.objects.get().on_hand_units == 2
    assert lake.read_day("article_days", DAY)["on_hand_units"].to_pylist() == [8]
    assert compare_current(lake).agrees


SHELVES = st.lists(
    st.dictionaries(
        st.sampled_from(["A", "a", "B", "C", "D"]),
        st.tuples(st.integers(1, 9), st.integers(-5, 5), st.none() | st.integers(0, 900)),
        min_size=1,
    ),
    min_size=1,
    max_size=4,
)


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(SHELVES)
def test_any_days_leave_records_like_the_newest_day_and_right_tombstones(tmp_path_factory, days):
    lake = a_lake(tmp_path_factory.mktemp("lake"))
    last_seen, last_units = {}, {}
    for number, shelf in enumerate(days):
        day = DAY + timedelta(days=number)
        states = [
            a_state(
                sku,
                # Another variation under the same SKU is a re-created article.
                master={"variation_id": ord(sku) * 10 + variation},
                on_hand_units=units,
                unit_cost_minor=cost,
            )
            for sku, (variation, units, cost) in shelf.items()
        ]
        take(lake, *states, business_date=day)
        last_seen |= dict.fromkeys(shelf, day)
        last_units |= {sku: units for sku, (_, units, _) in shelf.items()}

        rows = lake.read_day("article_days", day).to_pylist()
        assert {row["sku"]: row["last_seen_date"] for row in rows} == last_seen
        assert {row["sku"]: row["on_hand_units"] for row in rows} == last_units
        assert compare_current(lake).agrees

    vanished = {sku for sku, day in last_seen.items() if day != DAY + timedelta(days=len(days) - 1)}
    marked = Article.objects.filter(vanished_date__isnull=False)
    assert set(marked.values_list("sku", flat=True)) == vanished
    for model in (LakeDay, LakeFile, SnapshotRun, Article, ArticlesAsOf):
        # One test is one transaction, and the next example starts from nothing.
        model.objects.all().delete()
