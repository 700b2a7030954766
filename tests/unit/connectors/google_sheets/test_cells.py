"""Cells are read exactly or refused; nothing is guessed."""

import math
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from umschlag.connectors.google_sheets import cells
from umschlag.kernel.errors import BadInput, MalformedAmount, MalformedIdentifier
from umschlag.kernel.measures import Dimensions
from umschlag.kernel.money import Money

ANY_CELL = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.from_regex(r"[#€$£.,\- 0-9a-zx×\"]{0,14}", fullmatch=True),
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", "12"),
        ("12.5", "12.5"),
        ("12,5", "12.5"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("1234.567", "1234.567"),
        ("0.125", "0.125"),
        (".5", "0.5"),
        (7.25, "7.25"),
    ],
)
def test_a_number_is_read_in_both_notations(text, number):
    assert cells.number_of(text) == Decimal(number)


@pytest.mark.parametrize(
    "cell",
    [
        "1.234",
        "1,234",
        "999.000",
        "-3",
        -3,
        "1.2.3",
        "1,23.4",
        "12,34,567",
        "#N/A",
        "#REF!",
        "",
        "twelve",
        "1e5",
        "١٢",
        True,
        False,
        None,
        math.nan,
        math.inf,
        [1],
    ],
)
def test_what_can_be_read_in_two_ways_or_in_none_is_refused(cell):
    with pytest.raises(MalformedAmount):
        cells.number_of(cell)


def test_a_formulas_error_says_so():
    with pytest.raises(MalformedAmount, match="formula failed"):
        cells.number_of("#DIV/0!")


@pytest.mark.parametrize("cell", [3.5, "3,5", 2**40, "1.000", "1e3"])
def test_units_are_whole_and_not_ambiguous(cell):
    with pytest.raises(MalformedAmount):
        cells.units_of(cell)


def test_a_float_without_a_fraction_is_a_number_of_units():
    assert cells.units_of(24.0) == 24


@pytest.mark.parametrize("cell", [12.5, "12.50", "12,50 €", "€12.50", "EUR 12,50", "12.5 eur"])
def test_money_may_carry_its_currency(cell):
    assert cells.money_of(cell, "EUR") == Money(1250, "EUR")


@pytest.mark.parametrize("cell", ["$12.50", "12.50 GBP", "12.505", "€12€", 1e12, "#N/A"])
def test_money_of_another_currency_or_precision_is_refused(cell):
    with pytest.raises(MalformedAmount):
        cells.money_of(cell, "EUR")


def test_a_price_out_of_a_formula_is_rounded_to_cents():
    assert cells.money_of(10 / 3, "EUR") == Money(333, "EUR")


@pytest.mark.parametrize(
    ("cell", "unit", "grams"),
    [
        (1, "lb", 454),
        (16, "oz", 454),
        ("12 oz", "lb", 341),
        ("1.125 lb", None, 511),
        ("2,5 kg", None, 2500),
        (450, "g", 450),
    ],
)
def test_weight_is_converted_at_the_edge_and_rounded_up(cell, unit, grams):
    assert cells.weight_g_of(cell, unit) == grams


@pytest.mark.parametrize(
    ("cell", "unit"),
    [(0, "lb"), (1.5, None), (1.5, "stone"), ("1.234 g", None), (5000, "lb"), ("-1 lb", None)],
)
def test_a_weight_without_a_unit_or_sense_is_refused(cell, unit):
    with pytest.raises(MalformedAmount):
        cells.weight_g_of(cell, unit)


@pytest.mark.parametrize(
    "cell", ["12.5 x 8 x 4", "12.5×8×4", "12,5 X 8 X 4 in", '12.5" x 8" x 4"', "12.5*8*4 inches"]
)
def test_dimensions_are_read_however_they_are_written(cell):
    assert cells.dimensions_of(cell, "in") == Dimensions(length_mm=318, width_mm=204, height_mm=102)


def test_the_cells_own_unit_wins_over_the_columns():
    box = cells.dimensions_of("30 x 20 x 10 cm", "in")

    assert box == Dimensions(length_mm=300, width_mm=200, height_mm=100)


@pytest.mark.parametrize(
    "cell",
    [
        "12 x 8",
        "12 x 8 x 0",
        "12 x 8 x -4",
        "12 x 8 x ?",
        "12x8x4x2",
        12,
        "9 in x 8 cm x 7 in",
        "1200 x 8 x 4",
        "#VALUE!",
        "12x8x",
    ],
)
def test_what_is_no_box_is_refused(cell):
    with pytest.raises(MalformedAmount):
        cells.dimensions_of(cell, "in")


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (43831, date(2020, 1, 1)),
        (43831.75, date(2020, 1, 1)),
        ("2026-01-31", date(2026, 1, 31)),
        ("31.1.2026", date(2026, 1, 31)),
    ],
)
def test_a_date_is_a_serial_number_or_clear_text(cell, day):
    assert cells.day_of(cell) == day


@pytest.mark.parametrize(
    "cell", ["03/04/2026", "2026-02-30", 12, 0, -5, 1e9, True, "yesterday", None, math.nan]
)
def test_what_is_no_clear_date_is_refused(cell):
    with pytest.raises(MalformedAmount):
        cells.day_of(cell)


def test_an_isbn_gets_its_leading_zero_back():
    assert cells.asin_of(306406152) == "0306406152"
    assert cells.asin_of(306406152.0) == "0306406152"


def check_sum(digits):
    """Return what ISO 2108 divides by 11: the digits weighted 10 down to 1."""
    return sum(weight * int(digit) for weight, digit in zip(range(10, 0, -1), digits, strict=True))


@given(number=st.integers(min_value=1, max_value=10**10 - 1))
def test_a_number_is_an_isbn_by_its_check_digit_and_by_nothing_else(number):
    digits = f"{number:010d}"

    if check_sum(digits) % 11:
        with pytest.raises(MalformedIdentifier):
            cells.asin_of(number)
    else:
        assert cells.asin_of(number) == digits


@given(number=st.integers(min_value=1, max_value=10**9 - 1))
def test_one_mistyped_digit_of_an_isbn_is_always_noticed(number):
    body = f"{number:09d}"
    last = -check_sum(f"{body}0") % 11
    assume(last < 10)
    isbn = int(f"{body}{last}")

    assert cells.asin_of(isbn) == f"{isbn:010d}"
    for place in range(10):
        digit = isbn // 10**place % 10
        mistyped = isbn + (1 if digit < 9 else -1) * 10**place
        with pytest.raises(MalformedIdentifier):
            cells.asin_of(mistyped)


@pytest.mark.parametrize(
    "cell", [306406153, 12, True, -306406152, 3064061520000, 1.5, None, "B0-1"]
)
def test_a_number_that_is_no_isbn_is_no_asin(cell):
    with pytest.raises(MalformedIdentifier):
        cells.asin_of(cell)


def test_text_loses_what_a_database_cannot_keep():
    assert cells.text_of("a\x00b\ud800c\n", length_max=3) == "abc"
    assert cells.text_of(1984.0, length_max=10) == "1984"


@given(cell=ANY_CELL)
def test_a_mangled_cell_is_refused_and_never_crashes(cell):
    for read in (
        cells.asin_of,
        cells.units_of,
        cells.day_of,
        lambda cell: cells.money_of(cell, "EUR"),
        lambda cell: cells.weight_g_of(cell, "oz"),
        lambda cell: cells.dimensions_of(cell, "in"),
    ):
        try:
            read(cell)
        except BadInput:
            continue


@given(cents=st.integers(min_value=0, max_value=10**8))
def test_every_amount_comes_back_from_both_notations(cents):
    whole, rest = divmod(cents, 100)
    english = f"{whole:,}.{rest:02d}"
    german = english.translate(str.maketrans(",.", ".,"))

    assert cells.money_of(english, "EUR").minor == cents
    assert cells.money_of(f"{german} €", "EUR").minor == cents
    assert cells.money_of(cents / 100, "EUR").minor == cents


@given(grams=st.integers(min_value=1, max_value=100_000))
def test_a_weight_is_never_understated(grams):
    read = cells.weight_g_of(f"{grams / 453.59237 * 16:.4f} oz", None)

    assert grams - 0.01 <= read <= grams + 1


@given(
    edges=st.lists(st.floats(min_value=0.1, max_value=300), min_size=3, max_size=3),
    cross=st.sampled_from(["x", " x ", "×", " X "]),
)
def test_a_box_keeps_its_edges_in_their_order(edges, cross):
    box = cells.dimensions_of(cross.join(f"{edge:.2f}" for edge in edges), "in")

    read = (box.length_mm, box.width_mm, box.height_mm)
    for edge, millimetres in zip(edges, read, strict=True):
        assert abs(millimetres - round(edge, 2) * 25.4) < 1.001
