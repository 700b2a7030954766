"""What bundles consist of, kept with every day, and how many of them could be sold."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.history_oracle import History
from builders.lake import DAY, a_lake, article_day, rows_of
from builders.snapshots import FixedSource, a_part, a_state
from umschlag.intelligence.snapshots.usecases import replace_day, take_daily_snapshot
from umschlag.storage.lake.compaction import compact
from umschlag.storage.lake.duckdb_engine import DuckDbEngine
from umschlag.storage.lake.engine import Asked
from umschlag.storage.lake.questions import Question
from umschlag.storage.lake.snapshot_store import LakeSnapshotStore
from umschlag.storage.lake.sources import Source, dataset_named
from umschlag.storage.lake.upkeep import verify
from umschlag.storage.records import lake_files
from umschlag.storage.records.models import LakeDay, LakeFile

BUNDLES = Question.load("umschlag.intelligence.snapshots", "bundles")
DATASETS = ("article_days", "bundle_parts", "warehouse_days")


def day(offset):
    return DAY + timedelta(days=offset)


@pytest.fixture
def lake(tmp_path):
    return a_lake(tmp_path)


@pytest.fixture
def store(lake):
    return LakeSnapshotStore(lake)


def take(store, *states, business_date=DAY, parts=()):
    return take_daily_snapshot(
        business_date=business_date,
        source=FixedSource(*states, bundle_parts=parts),
        store=store,
        vanished_percent_max=100.0,
    )


def a_bundle(sku="SET", **values):
    return a_state(sku, master={"is_bundle": True, "variation_id": 9}, on_hand_units=0, **values)


def a_part_state(sku, on_hand_units, reserved_units=0):
    master = {"variation_id": sum(map(ord, sku))}
    return a_state(sku, master=master, on_hand_units=on_hand_units, reserved_units=reserved_units)


def sellable(lake, as_of=DAY, **known):
    rows = lake.ask(BUNDLES, as_of=as_of, **known).to_pylist()
    return {row["sku"]: row["sellable_units"] for row in rows}


# --- the snapshot -----------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.database
def test_a_snapshot_publishes_its_bundles_with_the_day(lake, store):
    parts = [a_part("SET", "LAMP", 2), a_part("SET", "BULB", 3)]

    take(store, a_bundle(), a_part_state("LAMP", 9), a_part_state("BULB", 10, 2), parts=parts)

    rows = lake.ask(BUNDLES, as_of=DAY).to_pylist()
    told = [
        (row["part_sku"], row["units_per_bundle"], row["part_available_units"])
        for row in rows
        if row["sku"] == "SET"
    ]
    assert told == [("BULB", 3, 8), ("LAMP", 2, 9)]
    assert sellable(lake) == {"SET": 2}
    assert {file.dataset for file in LakeFile.objects.all()} == set(DATASETS)
    assert LakeFile.objects.values("published_at").distinct().count() == 1
    assert sorted(store.snapshot_of(DAY).bundle_parts) == sorted(parts)


@pytest.mark.django_db
@pytest.mark.database
def test_a_day_without_bundles_has_an_empty_file(lake, store):
    take(store, a_part_state("LAMP", 9))

    assert lake_files.row_count_on("bundle_parts", DAY) == 0
    assert lake.ask(BUNDLES, as_of=DAY).num_rows == 0
    assert list(store.snapshot_of(DAY).bundle_parts) == []
    assert verify(lake) == []


@pytest.mark.django_db
@pytest.mark.database
def test_a_bundle_that_vanished_can_be_sold_no_more(lake, store):
    lamp = a_part_state("LAMP", 9)
    take(store, a_bundle(), lamp, parts=[a_part("SET", "LAMP")])

    take(store, lamp, business_date=day(1))

    assert sellable(lake, day(0)) == {"SET": 9}
    assert sellable(lake, day(1)) == {}


@pytest.mark.django_db
@pytest.mark.database
def test_a_part_that_vanished_or_never_was_leaves_the_number_unknown(lake, store):
    parts = [a_part("SET", "LAMP"), a_part("PAIR", "BULB"), a_part("PAIR", "#999")]
    states = [a_bundle("SET"), a_bundle("PAIR", unit_cost_minor=7), a_part_state("BULB", 4)]
    take(store, *states, a_part_state("LAMP", 9), parts=parts)

    take(store, *states, business_date=day(1), parts=parts)

    assert sellable(lake, day(0)) == {"SET": 9, "PAIR": None}
    assert sellable(lake, day(1)) == {"SET": None, "PAIR": None}


@pytest.mark.django_db
@pytest.mark.database
def test_a_day_from_before_bundles_were_kept_can_be_replaced(lake, store):
    """As days that an older version published: they have no file of bundles."""
    take(store, a_bundle(), a_part_state("LAMP", 9))
    LakeDay.objects.filter(dataset="bundle_parts").delete()
    LakeFile.objects.filter(dataset="bundle_parts").delete()
    before = sellable(lake)

    replace_day(
        business_date=DAY,
        source=FixedSource(
            a_bundle(), a_part_state("LAMP", 9), bundle_parts=[a_part("SET", "LAMP", 4)]
        ),
        store=store,
        vanished_percent_max=100.0,
    )

    assert before == {"SET": None}
    assert sellable(lake) == {"SET": 2}


# --- layouts ----------------------------------------------------------------------------------


def publish(lake, offset, *parts, units=8):
    rows = [article_day("SET", day(offset), is_bundle=True, on_hand_units=0)]
    rows.append(article_day("LAMP", day(offset), on_hand_units=units))
    lake.publish("article_days", day(offset).isoformat(), rows_of("article_days", *rows))
    publish_parts(lake, offset, *parts)


def publish_parts(lake, offset, *parts):
    rows = [part._asdict() | {"business_date": day(offset)} for part in parts]
    lake.publish("bundle_parts", day(offset).isoformat(), rows_of("bundle_parts", *rows))


@pytest.mark.django_db
@pytest.mark.database
def test_bundles_are_the_same_in_whatever_layout_and_as_known_then(lake):
    for offset in range(-25, 1):
        publish(lake, offset, *([a_part("SET", "LAMP", 1 + offset % 3)] if offset % 4 else []))
    told = {offset: sellable(lake, day(offset)) for offset in range(-25, 1)}

    compact(lake, is_eager=True)
    known_at = timezone.now()
    publish_parts(lake, -20, a_part("SET", "LAMP", 8))

    assert {offset: sellable(lake, day(offset), known_at=known_at) for offset in told} == told
    assert sellable(lake, day(-20)) == {"SET": 1}
    assert told[-20] == {"SET": None}
    assert lake_files.current_file("bundle_parts", "2026-08").row_count > 0
    assert verify(lake) == []


@pytest.mark.django_db
@pytest.mark.database
def test_months_without_any_bundle_are_compacted_too(lake):
    for offset in range(-25, 1):
        publish(lake, offset)

    compact(lake, is_eager=True)

    month = lake_files.current_file("bundle_parts", "2026-08")
    assert (month.row_count, month.day_count) == (0, 23)
    assert sellable(lake, day(-10)) == {"SET": None}
    assert verify(lake) == []


@pytest.mark.django_db
@pytest.mark.database
def test_a_damaged_file_of_bundles_is_found(lake):
    publish(lake, 0, a_part("SET", "LAMP"))
    file = lake_files.current_file("bundle_parts", DAY.isoformat())
    path = lake.files.folder / file.path
    path.write_bytes(path.read_bytes()[:-1] + b"x")

    assert [problem.place for problem in verify(lake)] == [file.path]


# --- the answer, against counting by hand -----------------------------------------------------

_UNITS = st.none() | st.integers(-4, 40)
_ARTICLES = st.fixed_dictionaries(
    {
        sku: st.fixed_dictionaries(
            {"on_hand_units": _UNITS, "reserved_units": _UNITS, "is_bundle": st.booleans()}
        )
        for sku in ("A", "B", "C", "D")
    }
)
_RECIPES = st.dictionaries(
    st.tuples(st.sampled_from("AB"), st.sampled_from(["B", "C", "D", "#9"])), st.integers(1, 7)
)


@settings(max_examples=150, deadline=None)
@given(articles=_ARTICLES, recipes=_RECIPES, gone=st.sampled_from(["", "A", "C"]))
def test_no_bundle_is_promised_that_a_part_does_not_allow(articles, recipes, gone):
    rows = [
        article_day(sku, last_seen_date=day(-(sku == gone)), **values)
        for sku, values in articles.items()
    ]
    parts = [
        {"business_date": DAY, "sku": sku, "part_sku": part, "units_per_bundle": units}
        for (sku, part), units in recipes.items()
    ]

    told = answer(rows, parts)

    by_hand = History({DAY: rows}, [], [], {DAY: parts}).bundles(DAY)
    assert [{key: row[key] for key in by_hand[0]} for row in told] == by_hand
    for row in told:
        if row["sellable_units"] is not None:
            taken = row["sellable_units"] * row["units_per_bundle"]
            assert 0 <= taken <= row["part_available_units"]


def answer(rows, parts):
    """Return DuckDB's answer to rows as they are, without a lake around them."""
    spans = [
        {name: value for name, value in row.items() if name != "business_date"}
        | {
            "from_date": row["business_date"],
            "until_date": day(1),
            "day_count": 1,
            "last_seen_date": row["last_seen_date"] if row["last_seen_date"] < DAY else None,
        }
        for row in rows
    ]
    tables = {
        "article_spans": spans,
        "bundle_parts": parts,
        "snapshot_days": [{"business_date": DAY}],
    }
    sources = {
        name: Source(dataset=dataset_named(name), rows=rows_of(name, *told))
        for name, told in tables.items()
    }
    asked = Asked(question=BUNDLES, parameters={"as_of": DAY}, sources=sources, files=None)
    return DuckDbEngine().run(asked).to_pylist()
