"""What `UMSCHLAG_LAKE_URL` names is what answers."""

from datetime import timedelta

import psycopg
import pytest

from builders.lake import DAY, article_day, rows_of
from builders.lake_servers import a_postgresql_schema
from umschlag.kernel.errors import Misconfigured
from umschlag.storage.lake.duckdb_engine import DuckDbEngine
from umschlag.storage.lake.postgresql_engine import PostgresqlEngine
from umschlag.storage.lake.questions import Question
from umschlag.storage.lake.spark_engine import SparkEngine
from umschlag.wiring.doctoring import Health, records_findings
from umschlag.wiring.lake import open_lake
from umschlag.wiring.mirroring import mirror_lake

pytestmark = [pytest.mark.database, pytest.mark.django_db]

LATEST = Question.load("umschlag.intelligence.snapshots", "latest")


@pytest.fixture(scope="module")
def url():
    with a_postgresql_schema() as url:
        yield url


def publish(settings, day, units):
    rows = rows_of("article_days", article_day(business_date=day, on_hand_units=units))
    open_lake(settings).publish("article_days", day.isoformat(), rows)


def mirror_of(settings):
    (found,) = [one for one in records_findings(settings) if one.what == "Mirror of the lake"]
    return found


@pytest.mark.parametrize(
    ("url", "engine"),
    [
        ("", DuckDbEngine),
        ("postgresql://lake@127.0.0.1:1/lake", PostgresqlEngine),
        ("postgres://lake@127.0.0.1:1/lake", PostgresqlEngine),
        ("spark://127.0.0.1:7077", SparkEngine),
        ("spark://local[2]", SparkEngine),
    ],
)
def test_the_address_names_the_engine(url, engine, settings_in):
    assert type(open_lake(settings_in(lake_url=url)).engine) is engine


@pytest.mark.parametrize("url", ["mysql://u:hush@host/lake", "spark://u:hush@nowhere", "hush"])
def test_an_address_of_nothing_we_know_is_refused_and_not_repeated(url, settings_in):
    with pytest.raises(Misconfigured, match="UMSCHLAG_LAKE_URL") as refusal:
        open_lake(settings_in(lake_url=url))

    assert "hush" not in str(refusal.value)


def test_postgresql_answers_from_plenty_articles_once_the_setting_names_it(url, settings_in):
    publish(settings_in(), DAY, 5)
    settings = settings_in(lake_url=url)
    publish(settings, DAY + timedelta(days=1), 7)

    before = mirror_of(settings)
    copied = mirror_lake(settings)
    after = mirror_of(settings)

    assert (before.health, "lacks 2 days" in before.said) == (Health.BROKEN, True)
    assert "umschlag mirror" in before.remedy
    assert copied == 2
    assert after.health is Health.GOOD
    with psycopg.connect(url) as connection:
        query = "select business_date, on_hand_units from plenty_articles order by 1"
        assert connection.execute(query).fetchall() == [(DAY, 5), (DAY + timedelta(days=1), 7)]
        # What stands in the table is what is answered: nobody but PostgreSQL is asked.
        connection.execute("update plenty_articles set on_hand_units = 70 where on_hand_units = 7")
    (latest,) = open_lake(settings).ask(LATEST).to_pylist()
    assert latest["on_hand_units"] == 70
    (from_files,) = open_lake(settings_in()).ask(LATEST).to_pylist()
    assert from_files["on_hand_units"] == 7
