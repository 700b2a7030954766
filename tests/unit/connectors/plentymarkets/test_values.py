from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.plentymarkets import ZONE
from umschlag.connectors.plentymarkets.values import (
    business_date_in,
    decimal_of,
    flag_of,
    free_text_of,
    id_of,
    instant_of,
    part_of,
    positive_of,
    rows_of,
    text_of,
    whole_of,
)

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-09-02T18:35:14+02:00", datetime(2026, 9, 2, 16, 35, 14, tzinfo=UTC)),
        ("2026-09-02T18:35:14+0200", datetime(2026, 9, 2, 16, 35, 14, tzinfo=UTC)),
        ("2026-09-02T16:35:14Z", datetime(2026, 9, 2, 16, 35, 14, tzinfo=UTC)),
        ("2026-09-02 18:35:14", datetime(2026, 9, 2, 16, 35, 14, tzinfo=UTC)),
        ("2026-01-02 18:35:14", datetime(2026, 1, 2, 17, 35, 14, tzinfo=UTC)),
        ("2026-04-03", datetime(2026, 4, 2, 22, 0, tzinfo=UTC)),
        ("09/02/2026 18:35:14 Europe/London", datetime(2026, 9, 2, 17, 35, 14, tzinfo=UTC)),
        (1_788_366_914, datetime(2026, 9, 2, 16, 35, 14, tzinfo=UTC)),
    ],
)
def test_every_way_of_writing_an_instant_is_read(text, expected):
    assert instant_of(text, ZONE) == expected


@pytest.mark.parametrize(
    "value",
    [
        "-0001-11-30T00:00:00+00:53",
        "-0001-11-30T00:00:00+01:00",
        "0000-00-00 00:00:00",
        "0001-01-01T00:00:00+00:00",
        "",
        None,
        True,
        "soon",
        "13/45/2026",
        "09/02/2026 18:35:14 Mars/Base",
        0,
        1e300,
        "9999-12-31T23:59:59+00:00",
    ],
)
def test_zero_dates_and_nonsense_are_no_instant(value):
    assert instant_of(value, ZONE) is None


def test_the_business_date_is_the_day_in_the_merchant_s_zone():
    assert business_date_in("2026-09-01T23:30:00+00:00", ZONE) == date(2026, 9, 2)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (41.8732, Decimal("41.8732")),
        ("41.8732", Decimal("41.8732")),
        (4.01, Decimal("4.01")),
        (" 7 ", Decimal(7)),
        ("", None),
        ("NaN", None),
        (float("inf"), None),
        (True, None),
        ([], None),
    ],
)
def test_decimals_come_as_numbers_or_text(value, expected):
    assert decimal_of(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(3, 3), ("3", 3), ("3.00", 3), (2.5, 2), (-2.5, -3), ("x", None), ("9e999999", None)],
)
def test_whole_numbers_are_rounded_down(value, expected):
    assert whole_of(value) == expected


@pytest.mark.parametrize("value", [0, "0", -1, None, "", 2**31])
def test_zero_and_what_no_column_holds_are_not_positive(value):
    assert positive_of(value) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1004, 1004),
        ("1004", 1004),
        ("1004.00", 1004),
        (1004.5, None),
        ("1004.5", None),
        (0, None),
        (2**31, None),
        (10**400, None),
        (None, None),
    ],
)
def test_a_broken_id_is_none_and_never_rounded_to_another_s(value, expected):
    assert id_of(value) == expected


@pytest.mark.parametrize("value", ["1e19", "1e999999", "1e-999999", 10**400, "0E+999999"])
def test_numbers_that_nobody_means_cannot_overflow_anything(value):
    assert decimal_of(value) in (None, 0)


def test_a_0_in_free_text_means_empty():
    assert (free_text_of("0"), free_text_of(0), free_text_of("007")) == ("", "", "007")


def test_what_is_no_number_is_no_text_either():
    assert (text_of(float("nan")), text_of(10**5000), text_of(4.01)) == ("", "", "4.01")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, True),
        (1, True),
        ("1", True),
        ("true", True),
        (0, False),
        ("0", False),
        (None, False),
        ("no", False),
    ],
)
def test_flags(value, expected):
    assert flag_of(value) is expected


def test_text_drops_what_a_database_cannot_store():
    assert text_of(" A\x00B ") == "AB"


@given(ANYTHING)
def test_no_value_breaks_a_reader(value):
    instant = instant_of(value, ZONE)
    number = decimal_of(value)

    assert instant is None or instant.tzinfo is UTC
    assert number is None or number.is_finite()
    assert isinstance(text_of(value), str)
    assert isinstance(flag_of(value), bool)
    assert positive_of(value) is None or 0 < positive_of(value) < 2**31
    assert whole_of(value) is None or isinstance(whole_of(value), int)
    assert all(isinstance(row, dict) for row in rows_of(value))
    assert isinstance(part_of(value), dict)
