"""Amounts in files that people wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from umschlag.kernel.money import Money
from umschlag.web.admin.money import MajorUnits


@pytest.mark.parametrize(
    ("cell", "minor"),
    [
        ("12.50", 12_50),
        ("12,50", 12_50),
        ("1.234,50", 1_234_50),
        ("1,234.50", 1_234_50),
        (" 7 ", 7_00),
        (12.5, 12_50),
        ("-3.20", -3_20),
        ("", None),
        (None, None),
    ],
)
def test_a_cell_is_read_in_major_units(cell, minor):
    assert MajorUnits().clean(cell, {"currency": "EUR"}) == minor


@pytest.mark.parametrize("cell", ["cheap", "1.2.3", "NaN", "12 apples", "--"])
def test_a_cell_without_an_amount_is_refused_in_plain_words(cell):
    with pytest.raises(ValueError, match="no amount of money"):
        MajorUnits().clean(cell, {"currency": "EUR"})


def test_an_unknown_currency_is_refused():
    with pytest.raises(ValueError, match="no amount of money"):
        MajorUnits().clean("1.00", {"currency": "XXX"})


@given(st.integers(-(10**12), 10**12), st.sampled_from(["EUR", "JPY", "GBP"]))
def test_what_was_taken_out_comes_in_again(minor, currency):
    written = str(Money(minor, currency).decimal)

    assert MajorUnits().clean(written, {"currency": currency}) == minor
