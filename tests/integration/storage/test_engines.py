"""Every question, on every engine and in every layout: the answers must agree cell by cell."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.utils import timezone

import umschlag
from builders.lake import a_lake
from builders.lake_history import (
    FIRST,
    GONE,
    LAST,
    LATE,
    PLAIN,
    publish_history,
    publish_late_data,
)
from builders.lake_servers import SHORT_LIVED_JAVA, a_postgresql_schema, a_spark_cluster
from umschlag.storage.lake.compaction import compact
from umschlag.storage.lake.postgresql_engine import PostgresqlEngine
from umschlag.storage.lake.questions import Question
from umschlag.storage.lake.spark_engine import SparkEngine

pytestmark = pytest.mark.django_db

_ALL = {"since": FIRST, "until": LAST + timedelta(days=1)}
_SOME = {"since": date(2026, 8, 4), "until": date(2026, 9, 3)}
_YEAR = {
    "from_365d": LAST - timedelta(days=30),
    "until_365d": LAST + timedelta(days=1),
    **_ALL,
}
_EVERYWHERE = {"marketplace": ""}
_EVERYTHING = {"sku": ""}
ASKED = {
    "forecasting/bought_together": [_ALL | {"orders_min": 1}],
    "forecasting/forecast_days": [{"since": date(2026, 8, 1)}],
    "forecasting/forecasts_made": [{"made_date": date(2026, 8, 15), "horizon_days": 28}],
    "forecasting/forecasts_of_sku": [{"sku": PLAIN, **_ALL}],
    "forecasting/marketplace_forecasts": [
        {"made_date": date(2026, 8, 15), "horizon_days": 28, "sku": "", "marketplace": ""},
        {
            "made_date": date(2026, 8, 15),
            "horizon_days": 7,
            "sku": PLAIN,
            "marketplace": "Amazon.de",
        },
    ],
    "forecasting/on_order_runs": [_ALL, _SOME],
    "forecasting/sold_since": [_SOME | {"currency": "EUR"}],
    "forecasting/stock_left": [{"as_of": LAST}, {"as_of": date(2026, 8, 20)}],
    "forecasting/unit_fees": [_ALL],
    "movement/article_facts": [
        _YEAR,
        {
            "from_365d": date(2026, 8, 4),
            "until_365d": date(2026, 9, 2),
            "since": FIRST,
            "until": date(2026, 9, 3),
        },
    ],
    "movement/cost_runs": [_ALL, _SOME],
    "movement/daily_sales": [
        _SOME | _EVERYWHERE | _EVERYTHING,
        _SOME | {"marketplace": "Amazon.de", "sku": PLAIN},
    ],
    "movement/days_with_snapshot": [_SOME],
    "movement/history_dates": [{}],
    "movement/marketplaces": [{}],
    "movement/marketplaces_of_skus": [{"until": date(2026, 8, 20)}, {"until": date(2026, 9, 3)}],
    "movement/out_changes": [_SOME, _ALL],
    "movement/receipts_of_sku": [{"sku": PLAIN, **_SOME}],
    "movement/receipts_until": [{"as_of": LAST}],
    "movement/sales_before": [
        {"before": date(2026, 8, 20), "until": LAST} | _EVERYWHERE,
        {"before": date(2026, 8, 20), "until": date(2026, 8, 25), "marketplace": "Amazon.de"},
    ],
    "movement/sales_through_bundles": [
        {"from_date": FIRST, "until": LAST + timedelta(days=1)} | _EVERYWHERE | _EVERYTHING,
        {
            "from_date": date(2026, 8, 4),
            "until": date(2026, 9, 3),
            "marketplace": "Amazon.de",
            "sku": PLAIN,
        },
    ],
    "movement/stock_in_warehouses": [{"as_of": LAST}],
    "profitability/erp_units": [_SOME],
    "profitability/profit_by_key": [
        {**_ALL, "from_date": date(2026, 8, 10), "currency": "EUR", "marketplace": ""},
        {**_SOME, "from_date": date(2026, 8, 4), "currency": "GBP", "marketplace": "Amazon.de"},
    ],
    "profitability/profit_of_sku": [{"sku": PLAIN, "currency": "EUR", **_SOME}],
    "profitability/sales_without_stock": [
        {
            **_ALL,
            "sold_since": FIRST,
            "sold_until": LAST,
            "nights_from": date(2026, 8, 4),
            "nights_through": date(2026, 9, 3),
            "currency": "EUR",
            "marketplace": "",
        }
    ],
    "profitability/sellerboard_dates": [{}],
    "profitability/sellerboard_marketplaces": [_SOME],
    "profitability/stock_of_period": [{**_SOME, "currency": "EUR"}, {**_ALL, "currency": "GBP"}],
    "snapshots/as_of": [{"as_of": LATE}, {"as_of": date(2026, 8, 25)}, {"as_of": date(2020, 1, 1)}],
    "snapshots/bundles": [
        {"as_of": LATE},
        {"as_of": date(2026, 8, 2)},
        {"as_of": date(2026, 8, 3)},
        {"as_of": LAST},
    ],
    "snapshots/changes": [
        {
            "since": LATE,
            "through": date(2026, 8, 24),
            "moved_after": LATE,
            "moved_through": date(2026, 8, 23),
        }
    ],
    "snapshots/first_seen": [{}],
    "snapshots/history_of_sku": [{"sku": GONE, **_SOME}, {"sku": PLAIN, **_ALL}],
    "snapshots/latest": [{}],
    "snapshots/sales_warehouses": [{}],
    "snapshots/sold_units": [_SOME],
    "snapshots/stock_out_days": [_SOME],
    "snapshots/stock_totals": [{}],
    "snapshots/stock_value_by_day": [_ALL],
    "snapshots/variation_skus": [{}],
}
EMPTY_ON_PURPOSE = [("snapshots/as_of", {"as_of": date(2020, 1, 1)})]
"""Questions that are answered by no rows here; of all others that would prove nothing."""


@pytest.fixture(scope="module")
def postgresql():
    with a_postgresql_schema() as url:
        yield PostgresqlEngine(url=url)


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    with a_spark_cluster(tmp_path_factory.mktemp("spark")) as master:
        settings = {
            "spark.executor.memory": "512m",
            "spark.executor.extraJavaOptions": SHORT_LIVED_JAVA,
            "spark.driver.host": "127.0.0.1",
            "spark.driver.memory": "512m",
            "spark.driver.extraJavaOptions": SHORT_LIVED_JAVA,
            "spark.sql.shuffle.partitions": "2",
            "spark.cores.max": "2",
        }
        engine = SparkEngine(url=f"{master}?{urlencode(settings)}")
        try:
            yield engine
        finally:
            engine.stop()


@pytest.fixture
def lake(tmp_path):
    return a_lake(tmp_path)


def question_of(name):
    room, _, file = name.partition("/")
    return Question.load(f"umschlag.intelligence.{room}", file)


def assert_engines_agree(lake, engine, *, known_at=None):
    other = replace(lake, engine=engine)
    for name, parameter_sets in ASKED.items():
        for parameters in parameter_sets:
            question = question_of(name)
            expected = lake.ask(question, known_at=known_at, **parameters)
            answer = other.ask(question, known_at=known_at, **parameters)
            assert_same_cells(answer, expected, question)
            assert (name, parameters) in EMPTY_ON_PURPOSE or expected.num_rows, name


def assert_same_cells(answer, expected, question):
    assert answer.schema.equals(expected.schema), question.name
    if "order by" not in question.sql.lower():
        keys = [(name, "ascending") for name in expected.column_names]
        answer, expected = answer.sort_by(keys), expected.sort_by(keys)
    assert answer.to_pylist() == expected.to_pylist(), question.name


def with_late_data(lake):
    """Compact the history, publish late data, and return an instant before they were known."""
    compact(lake, is_eager=True)
    known_at = timezone.now()
    publish_late_data(lake)
    return known_at


def test_no_question_is_left_out():
    folder = Path(umschlag.__file__).parent
    files = folder.glob("*/*/questions/*.sql")

    names = {f"{file.parent.parent.name}/{file.stem}" for file in files}

    assert names == ASKED.keys()


@pytest.mark.database
def test_postgresql_answers_every_question_as_duckdb_does(lake, postgresql):
    publish_history(lake)
    assert_engines_agree(lake, postgresql)
    known_at = with_late_data(lake)
    assert_engines_agree(lake, postgresql)
    assert_engines_agree(lake, postgresql, known_at=known_at)
    compact(lake, is_eager=True)
    assert_engines_agree(lake, postgresql)


def test_a_spark_cluster_answers_every_question_as_duckdb_does(lake, spark):
    publish_history(lake)
    known_at = with_late_data(lake)
    # Months, changes and days lie side by side now, so that every layout is read; what the
    # catalogue hands out in other stages is no matter of the engine, and each costs half a minute.
    assert_engines_agree(lake, spark)
    assert_engines_agree(lake, spark, known_at=known_at)
