from datetime import date, timedelta

import pytest
from django.utils import timezone

from builders.lake import a_lake, article_day, rows_of
from umschlag.storage.lake import years
from umschlag.storage.lake.compaction import compact
from umschlag.storage.lake.proof import CompactionDiffers
from umschlag.storage.lake.questions import Question
from umschlag.storage.lake.sources import SPANS_OF_MONTHS, Reach, sources_of
from umschlag.storage.lake.upkeep import remove_superseded, verify
from umschlag.storage.records import lake_files

pytestmark = [pytest.mark.django_db, pytest.mark.database]

FIRST = date(2026, 7, 30)
ALL_DAYS = Question.parse(
    "select business_date, sku, on_hand_units from article_days order by 1, 2", name="all"
)
UNFOLDED = Question.parse(
    """
    select d.business_date, s.sku, s.on_hand_units
    from article_spans as s
    inner join snapshot_days as d
        on d.business_date >= s.from_date and d.business_date < s.until_date
    order by 1, 2
    """,
    name="unfolded",
)
SPAN_COUNT = Question.parse("select count(*) as n from article_spans", name="spans")


@pytest.fixture
def lake(tmp_path):
    """Return a hundred days of A, which never changes, and B, which does every tenth day."""
    lake = a_lake(tmp_path)
    for offset in range(100):
        publish(lake, FIRST + timedelta(days=offset), units_of_b=offset // 10)
    return lake


def publish(lake, day, *, units_of_b):
    rows = [article_day("A", day), article_day("B", day, on_hand_units=units_of_b)]
    lake.publish("article_days", day.isoformat(), rows_of("article_days", *rows))


def span_units(lake, since=None, until=None):
    """Return the units of the span files that such a question is handed."""
    sources = sources_of(SPAN_COUNT, Reach(since=since, until=until), {})
    return [unit.name for part in sources[SPANS_OF_MONTHS].parts for unit in part.units]


def assert_layouts_agree(lake, **asked):
    assert lake.ask(UNFOLDED, **asked).equals(lake.ask(ALL_DAYS, **asked))


def test_the_closed_months_of_a_year_become_one_file_that_says_the_same(lake):
    before = lake.ask(ALL_DAYS)

    compact(lake)

    assert span_units(lake) == ["2026"]
    assert lake_files.current_file("article_spans", "2026").day_count == 2 + 31 + 30 + 31
    # A ran through four months, B changed every tenth day; six days of November are loose.
    assert lake.ask(SPAN_COUNT)["n"].to_pylist() == [1 + 10 + 2 * 6]
    assert_layouts_agree(lake)
    assert lake.ask(ALL_DAYS).equals(before)
    assert verify(lake) == []


def test_a_question_about_a_few_months_is_handed_those_alone(lake):
    compact(lake)

    assert span_units(lake, date(2026, 9, 5), date(2026, 10, 2)) == ["2026-09", "2026-10"]


def test_a_second_compaction_joins_nothing_and_a_further_month_is_taken_along(lake):
    compact(lake)
    first = lake_files.current_file("article_spans", "2026")
    compact(lake)
    assert lake_files.current_file("article_spans", "2026") == first

    for offset in range(100, 140):
        publish(lake, FIRST + timedelta(days=offset), units_of_b=1)
    compact(lake)

    assert lake_files.current_file("article_spans", "2026").day_count == first.day_count + 30
    assert span_units(lake)[0] == "2026"
    assert_layouts_agree(lake)


def test_a_year_ends_where_the_next_begins(tmp_path):
    lake = a_lake(tmp_path)
    for offset in range(150):
        publish(lake, date(2026, 10, 1) + timedelta(days=offset), units_of_b=3)

    compact(lake)

    # Of the next year one month is closed, which stands for itself.
    assert span_units(lake)[:2] == ["2026", "2027-01"]
    assert_layouts_agree(lake)


def test_late_data_put_the_year_out_of_use_until_it_is_joined_anew(lake):
    compact(lake)
    known_at = timezone.now()
    before = lake.ask(ALL_DAYS)
    late = date(2026, 9, 17)

    publish(lake, late, units_of_b=77)

    assert "2026" not in span_units(lake)
    assert_layouts_agree(lake)
    compact(lake)
    assert span_units(lake) == ["2026"]
    assert lake.ask(ALL_DAYS)["on_hand_units"].to_pylist().count(77) == 1
    assert_layouts_agree(lake)
    assert lake.ask(ALL_DAYS, known_at=known_at).equals(before)
    assert_layouts_agree(lake, known_at=known_at)


def test_a_day_between_two_months_is_not_claimed_by_the_year(tmp_path):
    lake = a_lake(tmp_path)
    between = date(2026, 8, 31)
    for offset in range(60):
        day = date(2026, 8, 10) + timedelta(days=offset)
        if day != between:
            publish(lake, day, units_of_b=1)
    compact(lake)
    assert span_units(lake)[0] == "2026"

    publish(lake, between, units_of_b=50)

    assert_layouts_agree(lake)
    compact(lake)
    assert span_units(lake)[0] == "2026"
    assert_layouts_agree(lake)


def test_a_former_year_goes_after_the_grace(lake):
    compact(lake)
    former = lake_files.current_file("article_spans", "2026")
    publish(lake, date(2026, 9, 17), units_of_b=77)
    compact(lake)

    gone = remove_superseded(lake, month_versions_kept=timedelta(0), grace=timedelta(0))

    assert former.path in gone
    assert_layouts_agree(lake)


def test_a_year_that_does_not_give_back_its_rows_is_thrown_away(lake, monkeypatch):
    honest = years.joined_spans

    def forgetful(rows, business_dates):
        return (spans.slice(1) for spans in honest(rows, business_dates=business_dates))

    # Patched, since no input makes the real one forget a row.
    monkeypatch.setattr(years, "joined_spans", forgetful)

    with pytest.raises(CompactionDiffers, match="article_spans 2026, of 2026-07"):
        compact(lake)

    assert "2026" not in span_units(lake)
    assert_layouts_agree(lake)
