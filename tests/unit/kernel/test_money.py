from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from umschlag.kernel.errors import MalformedAmount
from umschlag.kernel.money import MINOR_DIGITS, Money, money

currencies = st.sampled_from(sorted(MINOR_DIGITS))
minors = st.integers(min_value=-(10**12), max_value=10**12)


def test_amounts_of_one_currency_add_up():
    total = Money(1_050, "EUR") + Money(250, "EUR") - Money(100, "EUR")

    assert total == Money(1_200, "EUR")


def test_amounts_of_two_currencies_never_mix():
    with pytest.raises(MalformedAmount, match="EUR and GBP"):
        Money(1, "EUR") + Money(1, "GBP")


def test_units_multiply_an_amount_exactly():
    assert Money(333, "EUR") * 3 == Money(999, "EUR")


def test_half_a_cent_goes_to_the_even_cent():
    assert money("0.125", "EUR") == Money(12, "EUR")
    assert money("0.135", "EUR") == Money(14, "EUR")


def test_yen_have_no_minor_digits():
    assert money(1_500, "JPY") == Money(1_500, "JPY")


def test_it_reads_as_people_write_it():
    assert str(Money(123_450, "EUR")) == "1,234.50 EUR"


@pytest.mark.parametrize("nonsense", ["", "abc", "1,5", "NaN", "Infinity"])
def test_what_is_no_amount_is_refused(nonsense):
    with pytest.raises(MalformedAmount):
        money(nonsense, "EUR")


def test_an_unknown_currency_is_refused_and_the_known_ones_are_named():
    with pytest.raises(MalformedAmount, match="EUR"):
        money(1, "XYZ")


@given(minors, currencies)
def test_the_exact_decimal_comes_back_as_the_same_money(minor, currency):
    amount = Money(minor, currency)

    assert money(amount.decimal, currency) == amount


@given(minors, minors)
def test_adding_and_taking_away_again_changes_nothing(one, other):
    assert Money(one, "EUR") + Money(other, "EUR") - Money(other, "EUR") == Money(one, "EUR")


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_rounding_is_off_by_at_most_half_a_minor_unit(amount):
    rounded = money(amount, "EUR")

    assert abs(rounded.decimal - amount) <= Decimal("0.005")
