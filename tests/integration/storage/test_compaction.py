from datetime import date, timedelta

import pyarrow as pa
import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders.lake import a_lake, article_day, rows_of
from umschlag.storage.lake import compaction
from umschlag.storage.lake.compaction import compact
from umschlag.storage.lake.proof import CompactionDiffers
from umschlag.storage.lake.questions import Question
from umschlag.storage.lake.upkeep import remove_superseded, verify
from umschlag.storage.records import lake_files
from umschlag.storage.records.models import LakeDay, LakeFile

pytestmark = [pytest.mark.django_db, pytest.mark.database]

FIRST = date(2026, 8, 20)
ALL_DAYS = Question.parse("select * from article_days order by sku, business_date", name="all")
UNFOLDED = Question.parse(
    """
    select d.business_date, s.sku, s.on_hand_units, s.unit_cost_minor,
        coalesce(s.last_seen_date, d.business_date) as last_seen_date
    from article_spans as s
    inner join snapshot_days as d
        on d.business_date >= s.from_date and d.business_date < s.until_date
    order by 2, 1
    """,
    name="unfolded",
)
BY_SPANS = ["business_date", "sku", "on_hand_units", "unit_cost_minor", "last_seen_date"]
SPAN_COUNT = Question.parse("select count(*) as n from article_spans", name="spans")


@pytest.fixture
def lake(tmp_path):
    return a_lake(tmp_path)


def publish(lake, day, *rows):
    table = rows_of("article_days", *(article_day(business_date=day, **row) for row in rows))
    lake.publish("article_days", day.isoformat(), table)


def fill(lake, day_count, units=lambda offset: 5):
    for offset in range(day_count):
        day = FIRST + timedelta(days=offset)
        publish(lake, day, {"sku": "A", "on_hand_units": units(offset)}, {"sku": "B"})


def listed_units():
    return sorted(file.unit for file in lake_files.current_files("article_days"))


def assert_layouts_agree(lake):
    assert lake.ask(UNFOLDED).equals(lake.ask(ALL_DAYS).select(BY_SPANS))


def test_older_days_move_into_their_months_file_and_say_the_same(lake):
    fill(lake, 20, units=lambda offset: offset // 5)
    before = lake.ask(ALL_DAYS)

    done = compact(lake)

    assert (done.months, done.days) == (1, 12)
    assert lake.ask(ALL_DAYS).equals(before)
    assert listed_units() == ["2026-08", *(f"2026-09-0{day}" for day in range(1, 9))]
    assert_layouts_agree(lake)


def test_equal_days_become_one_span(lake):
    fill(lake, 20, units=lambda offset: offset // 5)

    compact(lake)

    # In August A has 12 days in 3 runs and B one run; in September every day is one of its own.
    assert lake.ask(SPAN_COUNT)["n"].to_pylist() == [3 + 1 + 2 * 8]


def test_the_open_month_waits_for_enough_days_unless_told_not_to(lake):
    fill(lake, 20)

    compact(lake, is_eager=True)

    assert listed_units() == ["2026-08", "2026-09", "2026-09-06", "2026-09-07", "2026-09-08"]
    assert_layouts_agree(lake)


def test_a_second_compaction_finds_nothing_to_do(lake):
    fill(lake, 20)
    compact(lake, is_eager=True)

    again = compact(lake, is_eager=True)

    assert again.days == 0


def test_a_month_of_one_day_is_compacted_once(lake):
    publish(lake, FIRST, {"sku": "A"})
    for offset in range(20, 24):
        publish(lake, FIRST + timedelta(days=offset), {"sku": "A"})

    first, second = (compact(lake) for _ in range(2))

    assert (first.days, second.days) == (1, 0)
    assert_layouts_agree(lake)


def test_late_data_for_a_compacted_day_count_at_once_and_after_the_next_compaction(lake):
    fill(lake, 20)
    compact(lake)
    late = FIRST + timedelta(days=3)

    publish(lake, late, {"sku": "A", "on_hand_units": 77}, {"sku": "B"})

    at_once = lake.ask(ALL_DAYS)
    assert [row["on_hand_units"] for row in at_once.to_pylist()].count(77) == 1
    assert at_once.num_rows == 40
    assert_layouts_agree(lake)
    assert compact(lake).months == 1
    assert lake.ask(ALL_DAYS).equals(at_once)
    assert_layouts_agree(lake)


def test_a_day_that_comes_between_compacted_days_is_not_claimed_by_their_spans(lake):
    for offset in (0, 1, 3, 4, 5, 6, 7, 8):
        publish(lake, FIRST + timedelta(days=offset), {"sku": "A"})
    compact(lake, is_eager=True)
    between = FIRST + timedelta(days=2)

    publish(lake, between, {"sku": "B"})

    assert lake.ask(ALL_DAYS)["sku"].to_pylist().count("B") == 1
    assert_layouts_agree(lake)
    compact(lake, is_eager=True)
    assert_layouts_agree(lake)


def test_what_we_knew_stays_answerable_through_late_data_and_compaction(lake):
    fill(lake, 20)
    compact(lake)
    known_at = timezone.now()
    before = lake.ask(ALL_DAYS)
    publish(lake, FIRST + timedelta(days=3), {"sku": "A", "on_hand_units": 77}, {"sku": "B"})
    publish(lake, FIRST + timedelta(days=20), {"sku": "A"})
    compact(lake, is_eager=True)
    remove_superseded(lake, month_versions_kept=timedelta(0), grace=timedelta(0))

    then = lake.ask(ALL_DAYS, known_at=known_at)

    assert then.equals(before)
    assert lake.ask(UNFOLDED, known_at=known_at).equals(before.select(BY_SPANS))
    assert lake.ask(ALL_DAYS).num_rows == before.num_rows + 1


def test_day_files_go_after_the_grace_and_not_before(lake):
    fill(lake, 20)
    compact(lake)
    answer = lake.ask(ALL_DAYS)

    assert remove_superseded(lake, month_versions_kept=timedelta(0)) == []
    gone = remove_superseded(lake, month_versions_kept=timedelta(0), grace=timedelta(0))

    assert len(gone) == 12
    assert len(list(lake.files.found())) == LakeFile.objects.count() == 8 + 2
    assert lake.ask(ALL_DAYS).equals(answer)
    assert verify(lake) == []


def test_a_month_that_does_not_give_back_its_rows_is_thrown_away(lake, monkeypatch):
    fill(lake, 20)
    before = lake.ask(ALL_DAYS)
    honest = compaction.spans_of

    def forgetful(rows, business_dates):
        return (spans.slice(1) for spans in honest(rows, business_dates=business_dates))

    # Patched, since no input makes the real one forget a row.
    monkeypatch.setattr(compaction, "spans_of", forgetful)

    with pytest.raises(CompactionDiffers, match="article_spans 2026-08"):
        compact(lake)

    assert LakeFile.objects.count() == LakeDay.objects.count() == 20
    assert lake.ask(ALL_DAYS).equals(before)


def test_warehouse_days_are_compacted_too(lake):
    for offset in range(20):
        day = FIRST + timedelta(days=offset)
        rows = [
            {"business_date": day, "sku": "A", "warehouse_id": number, "on_hand_units": offset}
            for number in (1, 2)
        ]
        lake.publish("warehouse_days", day.isoformat(), rows_of("warehouse_days", *rows))
    question = Question.parse(
        "select * from warehouse_days order by sku, warehouse_id, business_date", name="all"
    )
    before = lake.ask(question)

    compact(lake)

    assert lake.ask(question).equals(before)
    assert lake_files.current_file("warehouse_days", "2026-08").row_count == 24


def test_a_compacted_day_is_read_back_as_it_was_published(lake):
    fill(lake, 20, units=lambda offset: offset)
    day = FIRST + timedelta(days=4)
    before = lake.read_day("article_days", day)

    compact(lake)

    assert lake.read_day("article_days", day).equals(before)
    assert lake.row_count_on("article_days", day) == 2
    assert lake.business_dates()[0] == FIRST


_STATES = st.sampled_from([None, (1, 100), (2, 100), (2, None), (1, 100), "gone"])


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    days=st.lists(st.tuples(_STATES, _STATES, _STATES), min_size=5, max_size=14),
    missing=st.sets(st.integers(0, 13)),
    late=st.lists(st.tuples(st.integers(0, 13), st.tuples(_STATES, _STATES, _STATES)), max_size=3),
    is_eager=st.booleans(),
    # Days far apart make several months, which are joined to a year.
    step=st.sampled_from([1, 9]),
)
def test_every_layout_says_the_same_whatever_happens(
    tmp_path_factory, days, missing, late, is_eager, step
):
    LakeDay.objects.all().delete()
    LakeFile.objects.all().delete()
    lake = a_lake(tmp_path_factory.mktemp("lake"))
    truth = {}

    def tell(offset, states):
        day = FIRST + timedelta(days=offset * step)
        truth[day] = [row for place, state in enumerate(states) for row in _row(place, state, day)]
        lake.publish("article_days", day.isoformat(), rows_of("article_days", *truth[day]))

    for offset, states in enumerate(days):
        if offset not in missing:
            tell(offset, states)
    compact(lake, is_eager=is_eager)
    for offset, states in late:
        tell(offset, states)
    expected = _sorted([row for rows in truth.values() for row in rows])

    for _ in range(2):
        assert lake.ask(ALL_DAYS).equals(expected)
        assert_layouts_agree(lake)
        compact(lake, is_eager=is_eager)
        remove_superseded(lake, month_versions_kept=timedelta(0), grace=timedelta(0))


def _row(place, state, day):
    if state is None:
        return []
    if state == "gone":
        return [article_day(f"S{place}", day, last_seen_date=date(2026, 1, 1))]
    return [article_day(f"S{place}", day, on_hand_units=state[0], unit_cost_minor=state[1])]


def _sorted(rows):
    table = rows_of("article_days", *rows)
    return pa.table(table.sort_by([("sku", "ascending"), ("business_date", "ascending")]))
