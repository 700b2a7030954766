"""The changes cut to a period: they say of its snapshots what the days say."""

from datetime import date, timedelta

import pytest

from builders.lake import a_lake
from builders.lake_history import FIRST, LAST, publish_history, publish_late_data
from umschlag.kernel.errors import BadInput
from umschlag.storage.lake.compaction import compact
from umschlag.storage.lake.questions import Question

pytestmark = pytest.mark.django_db
PERIODS = [
    (FIRST, LAST + timedelta(days=1)),
    (date(2026, 8, 4), date(2026, 9, 3)),
    (date(2026, 8, 9), date(2026, 8, 10)),
    (date(2030, 1, 1), date(2030, 2, 1)),
]
SPANS = Question.parse(
    "select spans.sku, numbers.business_date, spans.on_hand_units from article_spans_of_period"
    " as spans inner join snapshot_numbers as numbers on numbers.day_number >= spans.first_number"
    " and numbers.day_number < spans.first_number + spans.day_count",
    name="spans",
)
DAYS = Question.parse(
    "select sku, business_date, on_hand_units from article_days"
    " where business_date >= :since and business_date < :until",
    name="days",
)


@pytest.fixture
def lake(tmp_path):
    lake = a_lake(tmp_path)
    publish_history(lake)
    return lake


def assert_spans_say_what_days_say(lake):
    for since, until in PERIODS:
        spans, days = (
            sorted(map(repr, lake.ask(question, since=since, until=until).to_pylist()))
            for question in (SPANS, DAYS)
        )
        assert spans == days, (since, until)


def test_every_snapshot_of_the_period_is_held_once_in_every_layout(lake):
    assert_spans_say_what_days_say(lake)

    compact(lake, is_eager=True)
    assert_spans_say_what_days_say(lake)

    publish_late_data(lake)
    assert_spans_say_what_days_say(lake)


def test_without_a_period_nothing_can_be_cut(lake):
    with pytest.raises(BadInput, match="first day and its end"):
        lake.ask(SPANS)
