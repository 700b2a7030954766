"""The questions to the history, each over days whose answer is known."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import history_oracle
from builders.lake import DAY, a_lake, a_sale, article_day, rows_of
from umschlag.storage.lake.compaction import compact
from umschlag.storage.lake.questions import Question
from umschlag.storage.records.models import LakeDay, LakeFile

pytestmark = [pytest.mark.django_db, pytest.mark.database]

ROOM = "umschlag.intelligence.snapshots"
NAMES = [
    "latest",
    "as_of",
    "stock_value_by_day",
    "history_of_sku",
    "changes",
    "stock_out_days",
    "stock_totals",
    "sold_units",
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


def changes(lake, since, through):
    """Return what changed between the closes of two days."""
    ends = {"since": day(since), "through": day(through)}
    return ask(lake, "changes", moved_after=day(since), moved_through=day(through), **ends)


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

    ours = sorted((row["sku"], row["on_hand_units"]) for row in ask(lake, "latest"))

    assert ours == [tuple(row.values()) for row in lake.ask(textbook).to_pylist()]


@pytest.mark.parametrize(
    ("as_of", "expected"), [(day(1), ["A", "B"]), (day(99), ["A", "B", "C"]), (day(-1), [])]
)
def test_as_of_is_the_newest_day_not_after_the_date(lake, as_of, expected):
    assert [row["sku"] for row in ask(lake, "as_of", as_of=as_of)] == expected


def test_as_of_reads_one_day_s_file_alone(lake):
    for file in lake.files.folder.rglob("*.parquet"):
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


def test_stock_value_reads_no_file(lake):
    for file in lake.files.folder.rglob("*.parquet"):
        file.unlink()

    assert len(ask(lake, "stock_value_by_day", since=day(0), until=day(3))) == 3


def test_stock_value_excludes_the_period_s_end(lake):
    rows = ask(lake, "stock_value_by_day", since=day(1), until=day(2))

    assert [row["business_date"] for row in rows] == [day(1)]


def test_history_is_one_row_for_each_day_the_sku_was_there(lake):
    of_a = ask(lake, "history_of_sku", sku="A", since=day(0), until=day(9))
    of_b = ask(lake, "history_of_sku", sku="B", since=day(0), until=day(9))

    assert [row["on_hand_units"] for row in of_a] == [9, 7, 7]
    assert [row["business_date"] for row in of_b] == [day(0)]


def test_changes_tell_what_appeared_vanished_and_changed(lake):
    rows = changes(lake, 0, 2)

    assert {row["sku"]: row["change"] for row in rows} == {
        "A": "changed",
        "B": "vanished",
        "C": "appeared",
    }
    (a,) = (row for row in rows if row["sku"] == "A")
    assert (a["on_hand_units_before"], a["on_hand_units_after"]) == (9, 7)
    assert (a["unit_cost_minor_before"], a["unit_cost_minor_after"]) == (200, 300)


def test_a_change_of_stock_is_told_by_its_causes(lake):
    lake.publish(
        "sales",
        "2026-09",
        rows_of(
            "sales",
            # On the first day's own sale its closing stock is already told.
            a_sale("o0", day(0), sku="A", units=50),
            a_sale("o1", day(1), sku="A", units=6),
            a_sale("o2", day(2), sku="A", units=-1),
        ),
    )
    receipt = {"business_date": day(2), "sku": "A", "warehouse_id": 1, "units": 4}
    lake.publish("receipts", "2026-09", rows_of("receipts", receipt))

    (a,) = (row for row in changes(lake, 0, 2) if row["sku"] == "A")

    causes = (a["units_sold"], a["units_received"], a["units_corrected"])
    assert a["units_changed"] == -2
    assert causes == (5, 4, -1)
    assert a["units_returned"] == 1
    assert a["is_cost_changed"]
    assert not a["is_price_changed"]


def test_changes_read_the_two_days_alone(lake):
    for file in lake.files.folder.rglob("*.parquet"):
        if day(1).isoformat() in file.name:
            file.unlink()

    assert len(changes(lake, 0, 2)) == 3


def test_money_of_two_currencies_is_never_added_up(tmp_path):
    lake = a_lake(tmp_path)
    rows = [article_day("A"), article_day("B", currency="CHF"), article_day("C", currency="CHF")]
    lake.publish("article_days", DAY.isoformat(), rows_of("article_days", *rows))

    told = ask(lake, "stock_value_by_day", since=DAY, until=day(1))

    assert [(row["currency"], row["value_minor"]) for row in told] == [("CHF", 2000), ("EUR", 1000)]


def test_only_days_on_which_the_sku_was_there_can_be_days_out_of_stock(lake):
    rows = ask(lake, "stock_out_days", since=day(0), until=day(3))

    # C is oversold on the one day that it has; B, out of the ERP, is nobody's loss.
    assert rows == [
        {
            "sku": "C",
            "days_observed": 1,
            "days_out": 1,
            "longest_run_days": 1,
            "run_count": 1,
            "out_since_date": day(2),
        }
    ]


def test_reserved_units_are_not_available(tmp_path):
    lake = a_lake(tmp_path)
    for offset, reserved in enumerate([5, 4, 5, 5, 0]):
        row = article_day("A", day(offset), on_hand_units=5, reserved_units=reserved)
        lake.publish("article_days", day(offset).isoformat(), rows_of("article_days", row))

    (told,) = ask(lake, "stock_out_days", since=day(0), until=day(5))

    assert (told["days_out"], told["longest_run_days"], told["run_count"]) == (3, 2, 2)
    assert told["out_since_date"] is None


def test_nothing_changed_between_equal_days(lake):
    assert [row["sku"] for row in changes(lake, 1, 2)] == ["C"]


def test_a_rebuilt_cost_is_no_change_against_a_captured_one(tmp_path):
    lake = a_lake(tmp_path)
    for offset, values in enumerate([{"unit_cost_minor": 1, "is_reconstructed": True}, {}]):
        table = rows_of("article_days", article_day("A", day(offset), **values))
        lake.publish("article_days", day(offset).isoformat(), table)

    assert changes(lake, 0, 1) == []


def test_first_and_last_seen(lake):
    rows = {row["sku"]: row for row in ask(lake, "first_seen")}

    assert (rows["A"]["first_seen_date"], rows["A"]["last_seen_date"]) == (day(0), day(2))
    assert (rows["B"]["first_seen_date"], rows["B"]["last_seen_date"]) == (day(0), day(0))
    assert rows["C"]["first_seen_date"] == day(2)


def test_every_variation_of_a_re_created_article_leads_to_its_sku(lake):
    found = {row["variation_id"]: row["sku"] for row in ask(lake, "variation_skus")}

    assert found[2002] == "A"
    assert found[3] == "C"


_STATES = st.sampled_from(
    [
        None,
        "gone",
        {"on_hand_units": 0},
        {"on_hand_units": 0},
        {"on_hand_units": 3, "reserved_units": 3},
        {"on_hand_units": 4, "unit_cost_minor": None},
        {"on_hand_units": 4, "unit_cost_minor": 300, "sales_price_minor": 999},
        {"on_hand_units": 2, "currency": "CHF", "variation_id": 7},
        {"on_hand_units": 5, "is_reconstructed": True},
    ]
)
_DAYS = st.tuples(_STATES, _STATES, _STATES)
_OFFSETS = st.integers(0, 15)
_FIRST = day(-10)


@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    days=st.lists(_DAYS, min_size=5, max_size=16),
    missing=st.sets(_OFFSETS, max_size=5),
    late=st.lists(st.tuples(_OFFSETS, _DAYS), max_size=2),
    moved=st.lists(st.tuples(_OFFSETS, st.sampled_from("ABC"), st.integers(-3, 9)), max_size=6),
    period=st.tuples(st.integers(-1, 12), st.integers(1, 17)),
    is_eager=st.booleans(),
)
def test_every_question_agrees_with_the_days_counted_by_hand(
    tmp_path_factory, days, missing, late, moved, period, is_eager
):
    LakeDay.objects.all().delete()
    LakeFile.objects.all().delete()
    lake = a_lake(tmp_path_factory.mktemp("lake"))
    truth = {}

    def tell(offset, states):
        at = _FIRST + timedelta(days=offset)
        truth[at] = [
            _state(sku, at, state)
            for sku, state in zip("ABC", states, strict=True)
            if state is not None
        ]
        lake.publish("article_days", at.isoformat(), rows_of("article_days", *truth[at]))

    sales, receipts = _publish_movements(lake, moved)
    asked = (_FIRST + timedelta(days=period[0]), _FIRST + timedelta(days=sum(period)))
    for offset, states in enumerate(days):
        if offset not in missing:
            tell(offset, states)
    _assert_all_agree(lake, truth, sales, receipts, asked)
    compact(lake, is_eager=is_eager)
    _assert_all_agree(lake, truth, sales, receipts, asked)
    known_at, known = timezone.now(), dict(truth)
    for offset, states in late:
        tell(offset, states)
    _assert_all_agree(lake, truth, sales, receipts, asked)
    _assert_all_agree(lake, known, sales, receipts, asked, known_at=known_at)
    compact(lake, is_eager=is_eager)
    _assert_all_agree(lake, truth, sales, receipts, asked)
    _assert_all_agree(lake, known, sales, receipts, asked, known_at=known_at)


def _state(sku, at, state):
    if state == "gone":
        return article_day(sku, at, last_seen_date=_FIRST - timedelta(days=3))
    return article_day(sku, at, **state)


def _publish_movements(lake, moved):
    sales, receipts = [], []
    for number, (offset, sku, units) in enumerate(moved):
        at = _FIRST + timedelta(days=offset)
        if number % 2:
            sales.append(a_sale(f"o{number}", at, sku=sku, units=units))
        else:
            row = {"business_date": at, "sku": sku, "warehouse_id": number, "units": units}
            receipts.append(row)
    for name, rows in (("sales", sales), ("receipts", receipts)):
        for month in {f"{row['business_date']:%Y-%m}" for row in rows}:
            own = [row for row in rows if f"{row['business_date']:%Y-%m}" == month]
            lake.publish(name, month, rows_of(name, *own))
    return sales, receipts


def _assert_all_agree(lake, truth, sales, receipts, asked, *, known_at=None):
    since, until = asked
    period = {"since": since, "until": until}
    oracle = history_oracle.History(truth, sales, receipts)
    for name, parameters, expected in [
        ("latest", {}, oracle.as_of(_FIRST + timedelta(days=99))),
        ("as_of", {"as_of": until}, oracle.as_of(until)),
        ("history_of_sku", {"sku": "A", **period}, oracle.history_of_sku("A", since, until)),
        ("stock_value_by_day", period, oracle.stock_value_by_day(since, until)),
        ("stock_totals", {}, oracle.stock_value_by_day(date.min, date.max)),
        ("stock_out_days", period, oracle.stock_out_days(since, until)),
        ("sold_units", period, oracle.sold_units(since, until)),
        ("first_seen", {}, oracle.first_seen()),
        ("variation_skus", {}, oracle.variation_skus()),
        *(
            (
                "changes",
                {"since": one, "through": other, "moved_after": one, "moved_through": other},
                oracle.changes(one, other),
            )
            for one, other in [(min(truth), max(truth))]
            if one != other
        ),
    ]:
        told = lake.ask(Question.load(ROOM, name), known_at=known_at, **parameters).to_pylist()
        assert len(told) == len(expected), name
        for row, line in zip(told, expected, strict=True):
            assert {key: row[key] for key in line} == line, name
