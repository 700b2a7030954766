import os
from datetime import date, timedelta

import pytest

from builders.lake import DAY, a_lake, a_sale, article_day, rows_of
from umschlag.kernel.errors import BadInput
from umschlag.storage.lake.compaction import compact
from umschlag.storage.lake.questions import Question
from umschlag.storage.lake.upkeep import sweep_orphans, verify
from umschlag.storage.records import lake_files, lake_listing
from umschlag.storage.records.lake_listing import UnitMovedOn
from umschlag.storage.records.models import LakeDayTotal, LakeFile

pytestmark = [pytest.mark.django_db, pytest.mark.database]

KEY = ("source", "order_id", "line_id")
ALL_DAYS = Question.parse(
    "select business_date, sku, on_hand_units from article_days order by 1, 2", name="all"
)
ALL_SALES = Question.parse(
    "select order_id, units from sales order by order_id, line_id", name="sales"
)


@pytest.fixture
def lake(tmp_path):
    return a_lake(tmp_path)


def test_a_question_to_an_empty_lake_has_no_rows_but_its_columns(lake):
    answer = lake.ask(ALL_DAYS)

    assert answer.num_rows == 0
    assert answer.column_names == ["business_date", "sku", "on_hand_units"]


def test_a_published_day_is_answered(lake):
    lake.publish("article_days", "2026-09-02", rows_of("article_days", article_day()))

    answer = lake.ask(ALL_DAYS)

    assert answer.to_pylist() == [{"business_date": DAY, "sku": "HX-1", "on_hand_units": 5}]


def test_publishing_a_day_again_supersedes_it_and_keeps_the_former_file(lake):
    for units in (5, 7):
        rows = rows_of("article_days", article_day(on_hand_units=units))
        lake.publish("article_days", "2026-09-02", rows)

    answer = lake.ask(ALL_DAYS)

    assert answer["on_hand_units"].to_pylist() == [7]
    versions = LakeFile.objects.order_by("version")
    assert [file.version for file in versions] == [1, 2]
    assert [file.superseded_at is None for file in versions] == [False, True]
    assert all((lake.files.folder / file.path).is_file() for file in versions)


def test_a_file_beside_the_catalogue_is_never_read(lake):
    lake.publish("article_days", "2026-09-02", rows_of("article_days", article_day()))
    lake.write("article_days", "2026-09-03", rows_of("article_days", article_day(sku="HX-2")))

    answer = lake.ask(ALL_DAYS)

    assert answer["sku"].to_pylist() == ["HX-1"]


def test_only_the_files_of_the_asked_days_are_read(lake):
    for offset in range(4):
        day = DAY + timedelta(days=offset)
        rows = rows_of("article_days", article_day(business_date=day))
        lake.publish("article_days", day.isoformat(), rows)
    (lake.files.folder / lake_files.current_files("article_days")[0].path).unlink()

    answer = lake.ask(ALL_DAYS, since=DAY + timedelta(days=1), until=DAY + timedelta(days=3))

    assert answer["business_date"].to_pylist() == [
        DAY + timedelta(days=1),
        DAY + timedelta(days=2),
    ]


@pytest.mark.parametrize(
    ("units", "parameters", "expected"),
    [
        ("newest", {}, ["2026-09-09"]),
        ("as_of", {"as_of": date(2026, 9, 5)}, ["2026-09-02"]),
        ("as_of", {"as_of": date(2026, 8, 1)}, []),
    ],
)
def test_a_question_is_handed_the_units_its_header_names(lake, units, parameters, expected):
    for day in (date(2026, 9, 2), date(2026, 9, 9)):
        rows = rows_of("article_days", article_day(business_date=day))
        lake.publish("article_days", day.isoformat(), rows)
    where = "where business_date <= :as_of" if parameters else ""
    question = Question.parse(
        f"-- Units: {units}\nselect business_date from article_days {where}", name="q"
    )

    answer = lake.ask(question, **parameters)

    assert [day.isoformat() for day in answer["business_date"].to_pylist()] == expected


@pytest.mark.parametrize(
    ("since", "through", "told"),
    [
        (
            date(2026, 9, 3),
            date(2026, 9, 9),
            "no snapshot of 2026-09-03, the nearest one before is of",
        ),
        (date(2026, 8, 1), date(2026, 9, 9), "no snapshot of 2026-08-01, none before it"),
        (date(2026, 9, 2), date(2026, 9, 10), "no snapshot of 2026-09-10"),
    ],
)
def test_two_days_are_compared_only_where_both_have_a_snapshot(lake, since, through, told):
    for day in (date(2026, 9, 2), date(2026, 9, 9)):
        rows = rows_of("article_days", article_day(business_date=day))
        lake.publish("article_days", day.isoformat(), rows)
    question = Question.load("umschlag.intelligence.snapshots", "changes")

    def changes(since, through):
        closes = {"moved_after": since, "moved_through": through}
        return lake.ask(question, since=since, through=through, **closes)

    with pytest.raises(BadInput, match=told):
        changes(since, through)
    assert changes(date(2026, 9, 2), date(2026, 9, 9)).num_rows == 0


def test_parameters_are_bound_and_never_pasted(lake):
    lake.publish("article_days", "2026-09-02", rows_of("article_days", article_day()))
    question = Question.parse("select sku from article_days where sku = :sku", name="q")

    assert lake.ask(question, sku="HX-1").num_rows == 1
    assert lake.ask(question, sku="' or true --").num_rows == 0


def test_a_missing_or_unknown_parameter_is_named(lake):
    question = Question.parse("select sku from article_days where sku = :sku", name="q")

    with pytest.raises(BadInput, match="missing sku"):
        lake.ask(question)
    with pytest.raises(BadInput, match="no parameter asin"):
        lake.ask(question, sku="HX-1", asin="B0")


def test_sums_are_plain_integers(lake):
    lake.publish("sales", "2026-09", rows_of("sales", a_sale("o1"), a_sale("o2")))

    answer = lake.ask(Question.parse("select sum(revenue_minor) as total from sales", name="q"))

    assert answer["total"].to_pylist() == [1998]
    assert isinstance(answer["total"][0].as_py(), int)


def test_an_upsert_replaces_equal_keys_and_keeps_the_rest(lake):
    first = rows_of("sales", a_sale("o1"), a_sale("o2"))
    second = rows_of("sales", a_sale("o2", units=9), a_sale("o3"))

    lake.upsert_month("sales", "2026-09", first, KEY)
    file = lake.upsert_month("sales", "2026-09", second, KEY)

    assert lake.ask(ALL_SALES).to_pylist() == [
        {"order_id": "o1", "units": 1},
        {"order_id": "o2", "units": 9},
        {"order_id": "o3", "units": 1},
    ]
    assert file.version == 2


def test_an_upsert_of_the_same_rows_changes_nothing(lake):
    rows = rows_of("sales", a_sale("o1"), a_sale("o2"))

    lake.upsert_month("sales", "2026-09", rows, KEY)
    lake.upsert_month("sales", "2026-09", rows, KEY)

    assert lake.ask(ALL_SALES).num_rows == 2


def test_of_rows_that_share_a_key_the_last_counts(lake):
    rows = rows_of("sales", a_sale("o1", units=1), a_sale("o1", units=2))

    lake.upsert_month("sales", "2026-09", rows, KEY)

    assert lake.ask(ALL_SALES)["units"].to_pylist() == [2]


def test_an_upsert_drops_the_rows_it_is_told_to(lake):
    lake.upsert_month("sales", "2026-09", rows_of("sales", a_sale("o1"), a_sale("o2")), KEY)
    gone = rows_of("sales", a_sale("o1")).select(["source", "order_id"])

    lake.upsert_month("sales", "2026-09", rows_of("sales"), KEY, without=gone)

    assert lake.ask(ALL_SALES)["order_id"].to_pylist() == ["o2"]


def test_a_row_without_its_key_is_refused(lake):
    with pytest.raises(BadInput, match="order_id"):
        lake.upsert_month("sales", "2026-09", rows_of("sales", a_sale(None)), KEY)


def test_a_replacement_of_an_outdated_version_is_refused(lake, django_user_model):
    rows = rows_of("article_days", article_day())
    lake.publish("article_days", "2026-09-02", rows)
    written = lake.write("article_days", "2026-09-02", rows)
    at = LakeFile.objects.get().published_at

    with pytest.raises(UnitMovedOn):
        lake_listing.register([written], at=at, replacing_version=0)

    assert LakeFile.objects.count() == 1


def test_a_table_without_a_column_is_refused_by_name(lake):
    table = rows_of("sales", a_sale()).drop_columns(["units"])

    with pytest.raises(BadInput, match="missing column units"):
        lake.publish("sales", "2026-09", table)


@pytest.mark.parametrize(
    ("dataset", "unit"),
    [
        ("article_days", "2026-09"),
        ("article_days", "2026-13-01"),
        ("sales", "2026-09-02"),
        ("sales", "../09"),
        ("nonsense", "2026-09"),
    ],
)
def test_a_unit_that_is_none_is_refused(lake, dataset, unit):
    table = rows_of("sales", a_sale())

    with pytest.raises(BadInput):
        lake.publish(dataset, unit, table)


def test_an_orphan_is_swept_and_listed_files_stay(lake):
    kept = lake.publish("article_days", "2026-09-02", rows_of("article_days", article_day()))
    orphan = lake.write("article_days", "2026-09-03", rows_of("article_days", article_day()))

    assert sweep_orphans(lake) == [], "a young file may be on its way into the catalogue"
    assert sweep_orphans(lake, age_seconds_min=0) == [orphan.path]

    assert (lake.files.folder / kept.path).is_file()
    assert not (lake.files.folder / orphan.path).exists()


def _published(lake, day, **values):
    rows = rows_of("article_days", article_day(business_date=day, **values))
    return lake.publish("article_days", day.isoformat(), rows)


def test_verify_finds_a_stock_value_on_record_that_is_not_the_sum_of_the_rows(lake):
    good = _published(lake, date(2026, 9, 1))
    wrong = _published(lake, date(2026, 9, 2))
    LakeDayTotal.objects.filter(day__file=wrong).update(value_minor=1)

    (problem,) = verify(lake)

    assert problem.place == wrong.path
    assert "2026-09-02" in problem.message
    assert good.path not in str(problem)


def test_verify_finds_a_day_without_its_stock_value(lake):
    day = _published(lake, date(2026, 9, 1))
    LakeDayTotal.objects.all().delete()

    (problem,) = verify(lake)

    assert problem.place == day.path


def test_verify_knows_the_stock_values_of_former_versions(lake):
    _published(lake, date(2026, 9, 1))
    _published(lake, date(2026, 9, 1), on_hand_units=7)
    _published(lake, date(2026, 9, 2), on_hand_units=7)
    compact(lake, is_eager=True)

    assert verify(lake) == []


def test_verify_finds_changed_bytes_and_missing_files(lake):
    good, changed, missing = (_published(lake, date(2026, 9, day)) for day in (1, 2, 3))
    with (lake.files.folder / changed.path).open("r+b") as file:
        file.seek(-20, os.SEEK_END)
        file.write(b"x")
    (lake.files.folder / missing.path).unlink()

    problems = verify(lake)

    assert [problem.place for problem in problems] == [changed.path, missing.path]
    assert good.path not in str(problems)


def test_verify_finds_a_file_with_other_rows_than_were_recorded(lake):
    short, good = (_published(lake, date(2026, 9, day)) for day in (1, 2))
    LakeFile.objects.filter(path=short.path).update(row_count=2)

    (problem,) = verify(lake)

    assert problem.place == short.path
    assert "1 rows, recorded are 2" in problem.message
    assert good.path not in str(problem)


def test_the_newest_business_date_is_the_newest_published_day(lake):
    assert lake.newest_business_date() is None
    for unit in ("2026-09-02", "2026-08-30"):
        lake.publish("article_days", unit, rows_of("article_days", article_day()))

    assert lake.newest_business_date() == DAY
    assert lake.newest_business_date(through=date(2026, 9, 1)) == date(2026, 8, 30)
    assert lake.business_dates() == [date(2026, 8, 30), DAY]
