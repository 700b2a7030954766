import threading
from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest
from django.db import transaction
from django.utils import timezone

from builders.lake import a_lake, a_sale, article_day, rows_of
from builders.lake_servers import a_postgresql_schema
from umschlag.kernel.errors import BadInput
from umschlag.storage.lake.compaction import compact
from umschlag.storage.lake.engine import EngineUnavailable
from umschlag.storage.lake.postgresql_engine import PostgresqlEngine
from umschlag.storage.lake.questions import Question
from umschlag.storage.records.models import LakeDay, LakeFile

pytestmark = [pytest.mark.django_db, pytest.mark.database]

FIRST = date(2026, 8, 20)
UNITS = Question.parse(
    "select business_date, sku, on_hand_units from article_days order by business_date, sku",
    name="units",
)
NEWEST = Question.parse(
    "-- Units: newest\nselect sku, on_hand_units from article_days order by sku", name="newest"
)


@pytest.fixture(scope="module")
def url():
    with a_postgresql_schema() as url:
        yield url


@pytest.fixture
def lake(tmp_path, url):
    with psycopg.connect(url, autocommit=True) as connection:
        for table in (
            "articles",
            "warehouse_days",
            "bundle_parts",
            "receipts",
            "sales",
            "sellerboard_days",
        ):
            connection.execute(f"drop table if exists plenty_{table}")
        connection.execute("drop table if exists plenty_lake_units")
    return replace(a_lake(tmp_path), engine=PostgresqlEngine(url=url))


def publish(lake, offset, *units):
    day = FIRST + timedelta(days=offset)
    rows = [article_day(f"S{number}", day, on_hand_units=n) for number, n in enumerate(units)]
    lake.publish("article_days", day.isoformat(), rows_of("article_days", *rows))


def asked_by_others(url, query):
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def mirrored(url):
    return asked_by_others(
        url, "select business_date, sku, on_hand_units from plenty_articles order by 1, 2"
    )


def units_held(url):
    return asked_by_others(url, "select unit, version from plenty_lake_units order by unit")


def cells(table):
    return [tuple(row.values()) for row in table.to_pylist()]


def test_the_mirror_follows_a_publication_once_it_is_through(
    lake, url, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        publish(lake, 0, 5, 6)
        assert lake.engine.behind() == {"article_days": ["2026-08-20"]}

    assert mirrored(url) == [(FIRST, "S0", 5), (FIRST, "S1", 6)]
    assert lake.engine.behind() == {}


def test_a_question_takes_over_what_it_needs_and_no_more(lake, url):
    for offset in range(3):
        publish(lake, offset, 5, offset)

    answer = lake.ask(NEWEST)

    assert cells(answer) == [("S0", 5), ("S1", 2)]
    assert units_held(url) == [("2026-08-22", 1)]


def test_late_data_replace_their_day_and_nothing_else(lake, url):
    for offset in range(3):
        publish(lake, offset, 5)
    lake.engine.follow(lake.files)

    publish(lake, 1, 77, 78)

    assert lake.engine.behind() == {"article_days": ["2026-08-21"]}
    assert lake.engine.follow(lake.files) == 1
    assert [units for _, _, units in mirrored(url)] == [5, 77, 78, 5]
    assert units_held(url) == [("2026-08-20", 1), ("2026-08-21", 2), ("2026-08-22", 1)]


def test_compaction_makes_the_mirror_load_nothing_again(lake, url):
    for offset in range(8):
        publish(lake, offset, offset, 9)
    lake.engine.follow(lake.files)
    before = mirrored(url)

    compact(lake, is_eager=True)

    assert lake.engine.follow(lake.files) == 0
    assert mirrored(url) == before == cells(lake.ask(UNITS))


def test_days_out_of_a_months_file_are_taken_over_alone(lake, url):
    for offset in range(8):
        publish(lake, offset, offset, 9)
    compact(lake, is_eager=True)
    publish(lake, 2, 40)

    answer = lake.ask(UNITS, since=FIRST + timedelta(days=1), until=FIRST + timedelta(days=4))

    assert [units for _, _, units in cells(answer)] == [1, 9, 40, 3, 9]
    assert [unit for unit, _ in units_held(url)] == ["2026-08-21", "2026-08-22", "2026-08-23"]


def test_what_was_known_then_is_read_from_the_files_beside_the_mirror(lake, url):
    publish(lake, 0, 5)
    publish(lake, 1, 6)
    known_at = timezone.now()
    publish(lake, 1, 60)
    lake.engine.follow(lake.files)

    then = lake.ask(UNITS, known_at=known_at)

    assert [units for _, _, units in cells(then)] == [5, 6]
    assert [units for _, _, units in mirrored(url)] == [5, 60]


def test_another_publication_under_the_same_version_is_noticed(lake, url):
    publish(lake, 0, 5)
    lake.engine.follow(lake.files)

    # As a restored backup leaves it, on which the day was then published again.
    LakeDay.objects.all().delete()
    LakeFile.objects.all().delete()
    publish(lake, 0, 50)

    assert units_held(url) == [("2026-08-20", 1)]
    assert cells(lake.ask(UNITS)) == [(FIRST, "S0", 50)]


def test_a_day_that_the_catalogue_no_longer_has_goes(lake, url):
    publish(lake, 0, 5)
    publish(lake, 1, 6)
    lake.engine.follow(lake.files)

    LakeDay.objects.filter(business_date=FIRST).delete()
    lake.engine.follow(lake.files)

    assert [units for _, _, units in mirrored(url)] == [6]


def test_months_are_replaced_whole_though_their_rows_name_other_days(lake, url):
    lake.publish("sales", "2026-08", rows_of("sales", a_sale("a"), a_sale("b")))
    lake.engine.follow(lake.files)

    lake.publish("sales", "2026-08", rows_of("sales", a_sale("b")))
    lake.engine.follow(lake.files)

    assert asked_by_others(url, "select order_id, lake_month from plenty_sales") == [
        ("b", "2026-08")
    ]


def test_others_see_whole_days_while_one_is_replaced(lake, url):
    counts = set()
    is_over = threading.Event()

    def read():
        with psycopg.connect(url, autocommit=True) as connection:
            while not is_over.is_set():
                query = "select count(*), min(on_hand_units), max(on_hand_units)"
                counts.add(connection.execute(f"{query} from plenty_articles").fetchone())

    publish(lake, 0, *[0] * 300)
    lake.engine.follow(lake.files)
    reader = threading.Thread(target=read)
    reader.start()
    for version in range(1, 6):
        publish(lake, 0, *[version] * 300)
        lake.engine.follow(lake.files)
    is_over.set()
    reader.join()

    assert counts <= {(300, version, version) for version in range(6)}


def test_a_table_of_such_a_name_that_is_not_ours_is_left_alone(lake, url):
    with psycopg.connect(url) as connection:
        connection.execute("create table plenty_sales (mine text)")
        connection.execute("insert into plenty_sales values ('kept')")

    with pytest.raises(EngineUnavailable, match="plenty_sales that Umschlag did not make"):
        lake.ask(UNITS)

    assert asked_by_others(url, "select mine from plenty_sales") == [("kept",)]


def test_a_table_of_an_older_shape_is_made_and_filled_anew(lake, url):
    publish(lake, 0, 5)
    lake.engine.follow(lake.files)
    with psycopg.connect(url) as connection:
        connection.execute("alter table plenty_articles drop column gtin")
        connection.execute("comment on table plenty_articles is 'Written by Umschlag: older'")

    assert cells(lake.ask(UNITS)) == [(FIRST, "S0", 5)]
    assert asked_by_others(url, "select gtin from plenty_articles") == [(None,)]


def test_a_text_that_postgresql_cannot_hold_does_not_stop_the_mirror(lake, url):
    row = article_day(business_date=FIRST, name='x\x00y, "z"\n\\.\nlast')
    lake.publish("article_days", FIRST.isoformat(), rows_of("article_days", row))

    lake.engine.follow(lake.files)

    names = asked_by_others(url, "select name from plenty_articles")
    assert names == [('x\ufffdy, "z"\n\\.\nlast',)]


def test_percent_signs_are_the_querys_own_and_parameters_are_bound(lake):
    publish(lake, 0, 5, 6)
    question = Question.parse(
        "select sku from article_days where name like '%lamp' and on_hand_units % 2 = 1 "
        "and name <> :name",
        name="percents",
    )

    answer = lake.ask(question, name="'; drop table plenty_articles; --%s %(name)s")

    assert cells(answer) == [("S0",)]


def test_a_wrong_query_is_told_from_a_database_that_is_down(lake):
    wrong = Question.parse("select no_such_column from article_days", name="wrong")
    down = replace(lake, engine=PostgresqlEngine(url="postgresql://u:hush@127.0.0.1:1/x"))

    with pytest.raises(BadInput, match="no_such_column"):
        lake.ask(wrong)
    with pytest.raises(EngineUnavailable, match="is the server up") as refusal:
        down.ask(UNITS)

    assert "hush" not in str(refusal.value) + repr(down)


def test_an_address_that_cannot_be_read_is_not_repeated(lake):
    wrong = replace(lake, engine=PostgresqlEngine(url="postgresql://u:hush@host:no-port/x"))

    with pytest.raises(EngineUnavailable, match="UMSCHLAG_LAKE_URL") as refusal:
        wrong.ask(UNITS)

    assert "hush" not in str(refusal.value)


def test_a_database_that_is_down_does_not_stop_a_publication(
    tmp_path, caplog, django_capture_on_commit_callbacks
):
    down = PostgresqlEngine(url="postgresql://u@127.0.0.1:1/x")
    lake = replace(a_lake(tmp_path), engine=down)

    with django_capture_on_commit_callbacks(execute=True):
        publish(lake, 0, 5)

    assert lake.business_dates() == [FIRST]
    assert "not mirrored yet" in caplog.text


def test_a_mean_that_would_be_a_decimal_is_refused(lake):
    publish(lake, 0, 5, 6)
    mean = Question.parse("select avg(on_hand_units) as mean from article_days", name="mean")

    with pytest.raises(BadInput, match="double precision"):
        lake.ask(mean)
