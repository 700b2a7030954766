"""Fields of other systems' rows: exact values, or a refusal that names the field."""

import contextlib
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from umschlag.connectors.rows import Fields, Parsed, parsed_rows
from umschlag.kernel.errors import BadRow
from umschlag.kernel.money import Money

ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.none())
)


def fields(**row):
    return Fields(row, source="panel clients", number=3)


def test_money_is_a_decimal_string_with_its_currency():
    row = fields(balance="-1250.5", currency="EUR")

    assert row.money("balance") == Money(-125_050, "EUR")


@pytest.mark.parametrize(
    ("value", "currency"),
    [
        (12.5, "EUR"),
        (12, "EUR"),
        ("12.505", "EUR"),
        ("1e400", "EUR"),
        ("9" * 30, "EUR"),
        ("NaN", "EUR"),
        ("Infinity", "EUR"),
        ("12,50", "EUR"),
        ("", "EUR"),
        (None, "EUR"),
        ("12.50", "Euro"),
        ("12.50", "XYZ"),
        ("12.50", ""),
        ("0.5", "JPY"),
    ],
)
def test_money_that_is_not_exact_is_refused(value, currency):
    with pytest.raises(BadRow, match=r"panel clients, row 3, (balance|currency)"):
        fields(balance=value, currency=currency).money("balance")


@pytest.mark.parametrize("value", [-1, 2**31, 1.0, True, "5", None])
def test_units_are_whole_and_not_negative(value):
    with pytest.raises(BadRow):
        fields(quantity=value).units("quantity")


def test_units_that_may_be_unsaid_are_none():
    assert fields(asin_units_max=None).units_or_none("asin_units_max") is None
    assert fields(asin_units_max=0).units_or_none("asin_units_max") == 0


@pytest.mark.parametrize(("value", "text"), [(101, "101"), (" A-1 ", "A-1")])
def test_an_id_is_a_number_or_text(value, text):
    assert fields(id=value).identifier("id") == text


@pytest.mark.parametrize("value", [True, None, "", "x" * 41, 1.5, "a\x00b", "a\ud800"])
def test_what_is_no_id_is_refused(value):
    with pytest.raises(BadRow):
        fields(id=value).identifier("id")


def test_an_instant_has_a_zone():
    row = fields(at="2026-03-01T06:00:00Z", bare="2026-03-01T06:00:00", wrong=5)

    assert row.instant("at") == datetime(2026, 3, 1, 6, tzinfo=UTC)
    for field in ("bare", "wrong", "missing"):
        with pytest.raises(BadRow):
            row.instant(field)


def test_a_date_is_iso_or_unsaid():
    row = fields(day="2026-03-01", unsaid="", wrong="01.03.2026")

    assert row.day_or_none("day") == date(2026, 3, 1)
    assert row.day_or_none("unsaid") is None
    with pytest.raises(BadRow):
        row.day_or_none("wrong")


def test_text_that_may_be_unsaid_is_empty():
    assert not fields(email=None).text_or_empty("email")


def test_a_row_that_cannot_be_read_leaves_the_others():
    parsed = parsed_rows(
        [{"id": 1}, "no object", {"id": None}, {"id": 4}],
        source="panel stores",
        parse=lambda row: row.identifier("id"),
    )

    assert parsed.rows == ("1", "4")
    assert [problem.place for problem in parsed.problems] == [
        "panel stores, row 2",
        "panel stores, row 3, id",
    ]
    assert parsed.read_count == 4


def test_nothing_read_is_nothing():
    assert Parsed(rows=()).read_count == 0


@given(value=ANYTHING)
def test_a_field_of_anything_is_read_or_refused(value):
    row = fields(field=value, currency="EUR")
    for read in (
        row.text,
        row.text_or_empty,
        row.identifier,
        row.units,
        row.units_or_none,
        row.money,
        row.asin,
        row.day_or_none,
        row.instant,
    ):
        with contextlib.suppress(BadRow):
            read("field")
