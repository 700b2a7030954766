from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from umschlag.connectors.dialect import (
    DateOrder,
    DialectUnclear,
    date_of,
    date_order,
    decimal_mark,
    number_of,
)

AMOUNTS = st.decimals(min_value=-(10**8), max_value=10**8, places=2)


def written(amount, mark, *, grouped):
    group = "," if mark == "." else "."
    text = f"{amount:,.2f}" if grouped else f"{amount:.2f}"
    return text.replace(",", "\0").replace(".", mark).replace("\0", group)


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        (["12.50"], "."),
        (["12,50"], ","),
        (["1.234,56"], ","),
        (["1,234.56"], "."),
        (["1.234.567"], ","),
        (["1,234,567"], "."),
        (["0.125"], "."),
        (["1234,567"], ","),
        (["1.350", "9,99"], ","),
        (["€ 12,50", "n/a"], ","),
        (["17", "", "-"], "."),
        ([], "."),
    ],
)
def test_the_decimal_mark_is_what_some_number_proves(cells, mark):
    assert decimal_mark(cells, source="file") == mark


def test_numbers_that_prove_both_marks_are_refused_with_both_shown():
    with pytest.raises(DialectUnclear, match=r"'1\.50'.*'2,75'"):
        decimal_mark(["1.50", "2,75"], source="file")


def test_a_thousand_or_a_fraction_is_a_question():
    with pytest.raises(DialectUnclear, match="say which"):
        decimal_mark(["1.350", "12"], source="file")

    assert decimal_mark(["1.350"], source="file", told=",") == ","


def test_what_a_person_says_does_not_overrule_a_proof():
    with pytest.raises(DialectUnclear, match="contradicts"):
        decimal_mark(["12.50"], source="file", told=",")


@given(amounts=st.lists(AMOUNTS, min_size=1), mark=st.sampled_from(".,"), grouped=st.booleans())
def test_amounts_come_back_as_they_were_written(amounts, mark, grouped):
    cells = [written(amount, mark, grouped=grouped) for amount in amounts]

    found = decimal_mark(cells, source="file")

    assert found == mark
    assert [number_of(cell, found) for cell in cells] == amounts


@given(cells=st.lists(st.text(alphabet="0123456789.,-+ €x", max_size=12), max_size=6))
def test_mangled_numbers_are_refused_or_read_in_one_way(cells):
    try:
        mark = decimal_mark(cells, source="file")
    except DialectUnclear:
        return
    for cell in cells:
        number = number_of(cell, mark)
        assert number is None or isinstance(number, Decimal)


@pytest.mark.parametrize(
    "text", ["", "abc", "1.2.3,4,5", "12,34.5", "--3", "1.23.456", "0x10", "1e5", "٣"]
)
def test_what_is_no_number_is_none(text):
    assert number_of(text, ".") is None


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["2026-03-04"], DateOrder.YEAR_FIRST),
        (["2026/03/04 10:00"], DateOrder.YEAR_FIRST),
        (["04.03.2026"], DateOrder.DAY_FIRST),
        (["3/4/2026", "13/4/2026"], DateOrder.DAY_FIRST),
        (["3/4/2026", "3/14/2026"], DateOrder.MONTH_FIRST),
        (["12/30/2025 6:07:04 PM"], DateOrder.MONTH_FIRST),
        (["soon", ""], DateOrder.YEAR_FIRST),
    ],
)
def test_the_order_of_a_date_is_what_some_date_proves(cells, order):
    assert date_order(cells, source="file") == order


def test_dates_that_prove_both_orders_are_refused_with_both_shown():
    with pytest.raises(DialectUnclear, match=r"'13/4/2026'.*'4/13/2026'"):
        date_order(["13/4/2026", "4/13/2026"], source="file")


def test_dates_with_the_year_at_both_ends_are_refused():
    with pytest.raises(DialectUnclear, match="two ways"):
        date_order(["2026-04-13", "13.04.2026"], source="file")


def test_a_window_decides_where_no_day_is_above_twelve():
    window = (date(2026, 2, 20), date(2026, 3, 31))

    assert date_order(["3/4/2026"], source="file", window=window) == DateOrder.MONTH_FIRST
    assert date_order(["4/3/2026"], source="file", window=window) == DateOrder.DAY_FIRST


def test_a_window_that_fits_both_ways_leaves_a_question():
    window = (date(2026, 1, 1), date(2026, 12, 31))

    with pytest.raises(DialectUnclear, match="dmy or mdy"):
        date_order(["3/4/2026"], source="file", window=window)


def test_days_that_read_the_same_both_ways_are_no_question():
    window = (date(2026, 3, 1), date(2026, 4, 30))

    assert date_of("3/3/2026", date_order(["3/3/2026"], source="f", window=window)) == date(
        2026, 3, 3
    )


@given(
    start=st.dates(min_value=date(2001, 1, 1), max_value=date(2090, 1, 1)),
    style=st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y"]),
)
def test_a_month_of_dates_comes_back_as_it_was_written(start, style):
    days = [start + timedelta(days=offset) for offset in range(31)]
    cells = [day.strftime(style) for day in days]

    order = date_order(cells, source="file")

    assert [date_of(cell, order) for cell in cells] == days


@pytest.mark.parametrize("text", ["31.02.2026", "2026-13-01", "1/2", "0000-01-01", "12.12.12345"])
def test_a_day_that_does_not_exist_is_none(text):
    assert date_of(text, DateOrder.DAY_FIRST) is None
    assert date_of(text, DateOrder.YEAR_FIRST) is None


def test_a_year_of_two_digits_is_of_this_century():
    assert date_of("14.03.26", DateOrder.DAY_FIRST) == date(2026, 3, 14)
