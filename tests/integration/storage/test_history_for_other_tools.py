"""What the runbook tells others to run gives each day once, however often it lies on the disk."""

from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from builders.lake import a_lake, article_day, rows_of
from umschlag.storage.lake.compaction import compact
from umschlag.storage.lake.questions import Question

pytestmark = [pytest.mark.django_db]
FIRST = date(2026, 8, 1)
RUNBOOK = Path(__file__).parents[3] / "docs/runbooks/reading-the-history-with-other-tools.md"


def test_the_catalogue_gives_each_day_once_where_the_files_hold_it_twice(tmp_path):
    lake = a_lake(tmp_path)
    for offset in range(40):
        day = FIRST + timedelta(days=offset)
        rows = rows_of("article_days", article_day(business_date=day))
        lake.publish("article_days", day.isoformat(), rows)
    compact(lake)
    question = Question.parse(RUNBOOK.read_text(encoding="utf-8").split('"""')[1], name="runbook")

    asked = lake.ask(question, since=FIRST, until=FIRST + timedelta(days=40)).num_rows

    files = (tmp_path).rglob("article_days/**/*.parquet")
    assert asked == 40
    assert sum(pq.read_metadata(file).num_rows for file in files) > 40
