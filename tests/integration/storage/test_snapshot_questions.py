"""The questions to the history, each over days whose answer is known."""

from datetime import timedelta

import pytest

from builders.lake import DAY, a_lake, article_day, rows_of
from umschlag.storage.lake.questions import Question

pytestmark = [pytest.mark.django_db, pytest.mark.database]

ROOM = "umschlag.intelligence.snapshots"
NAMES = [
    "latest",
    "as_of",
    "stock_value_by_day",
    "history_of_sku",
    "changes",
    "first_seen",
    "variation_skus",
]


def day(offset):
    return DAY + timedelta(days=offset)


@pytest.fixture
def lake(tmp_path):
    """Return three days: A sells, B vanishes after the first, C appears on the last."""
    lake = a_lake(tmp_path)
    days = [
        [("A", 9, {}), ("B", 4, {"unit_cost_minor": None})],
        [("A", 7, {"unit_cost_minor": 300}), ("B", 4, {"last_seen_date": day(0)})],
        [
            ("A", 7, {"unit_cost_minor": 300, "variation_id": 2002}),
            ("B", 4, {"last_seen_date": day(0)}),
            ("C", -2, {"variation_id": 3}),
        ],
    ]
    for offset, rows in enumerate(days):
        table = rows_of(
            "article_days",
            *(
                article_day(sku, day(offset), **{"on_hand_units": units, "variation_id": 1} | more)
                for sku, units, more in rows
            ),
        )
        lake.publish("article_days", day(offset).isoformat(), table)
    return lake


def ask(lake, name, **parameters):
    return lake.ask(Question.load(ROOM, name), **parameters).to_pylist()


@pytest.mark.parametrize("name", NAMES)
def test_every_question_says_what_it_answers_and_costs(name):
    question = Question.load(ROOM, name)

    assert question.answers
    assert question.cost


def test_latest_is_each_sku_s_newest_state(lake):
    found = {row["sku"]: (row["on_hand_units"], row["is_vanished"]) for row in ask(lake, "latest")}

    assert found == {"A": (7, False), "B": (4, True), "C": (-2, False)}


def test_latest_is_what_the_textbook_finds(lake):
    textbook = Question.parse(
        "select sku, on_hand_units from article_days as own where last_seen_date = business_date "
        "and business_date = (select max(business_date) from article_days as all_days "
        "where all_days.sku = own.sku and all_days.last_seen_date = all_days.business_date) "
        "order by sku",
        name="textbook",
    )

    ours = [(row["sku"], row["on_hand_units"]) for row in ask(lake, "latest")]

    assert ours == [tuple(row.values()) for row in lake.ask(textbook).to_pylist()]


@pytest.mark.parametrize(
    ("as_of", "expected"), [(day(1), ["A", "B"]), (day(99), ["A", "B", "C"]), (day(-1), [])]
)
def test_as_of_is_the_newest_day_not_after_the_date(lake, as_of, expected):
    assert [row["sku"] for row in ask(lake, "as_of", as_of=as_of)] == expected


def test_as_of_reads_one_day_s_file_alone(lake):
    for file in lake.folder.rglob("*.parquet"):
        if day(1).isoformat() not in file.name:
            file.unlink()

    assert len(ask(lake, "as_of", as_of=day(1))) == 2


def test_stock_value_leaves_out_the_vanished_the_oversold_and_the_unpriced(lake):
    rows = ask(lake, "stock_value_by_day", since=day(0), until=day(3))

    assert [(row["on_hand_units"], row["value_minor"]) for row in rows] == [
        (13, 1800),
        (7, 2100),
        (7, 2100),
    ]
    assert [row["skus_without_cost"] for row in rows] == [1, 0, 0]


def test_stock_value_excludes_the_period_s_end(lake):
    rows = ask(lake, "stock_value_by_day", since=day(1), until=day(2))

    assert [row["business_date"] for row in rows] == [day(1)]


def test_history_is_one_row_for_each_day_the_sku_was_there(lake):
    of_a = ask(lake, "history_of_sku", sku="A", since=day(0), until=day(9))
    of_b = ask(lake, "history_of_sku", sku="B", since=day(0), until=day(9))

    assert [row["on_hand_units"] for row in of_a] == [9, 7, 7]
    assert [row["business_date"] for row in of_b] == [day(0)]


def test_changes_tell_what_appeared_vanished_and_changed(lake):
    rows = ask(lake, "changes", since=day(0), through=day(2), until=day(3))

    assert {row["sku"]: row["change"] for row in rows} == {
        "A": "changed",
        "B": "vanished",
        "C": "appeared",
    }
    (a,) = (row for row in rows if row["sku"] == "A")
    assert (a["on_hand_units_before"], a["on_hand_units_after"]) == (9, 7)
    assert (a["unit_cost_minor_before"], a["unit_cost_minor_after"]) == (200, 300)


def test_nothing_changed_between_equal_days(lake):
    assert [row["sku"] for row in ask(lake, "changes", since=day(1), through=day(2))] == ["C"]


def test_a_rebuilt_cost_is_no_change_against_a_captured_one(tmp_path):
    lake = a_lake(tmp_path)
    for offset, values in enumerate([{"unit_cost_minor": 1, "is_reconstructed": True}, {}]):
        table = rows_of("article_days", article_day("A", day(offset), **values))
        lake.publish("article_days", day(offset).isoformat(), table)

    assert ask(lake, "changes", since=day(0), through=day(1)) == []


def test_first_and_last_seen(lake):
    rows = {row["sku"]: row for row in ask(lake, "first_seen")}

    assert (rows["A"]["first_seen_date"], rows["A"]["last_seen_date"]) == (day(0), day(2))
    assert (rows["B"]["first_seen_date"], rows["B"]["last_seen_date"]) == (day(0), day(0))
    assert rows["C"]["first_seen_date"] == day(2)


def test_every_variation_of_a_re_created_article_leads_to_its_sku(lake):
    found = {row["variation_id"]: row["sku"] for row in ask(lake, "variation_skus")}

    assert found[2002] == "A"
    assert found[3] == "C"
