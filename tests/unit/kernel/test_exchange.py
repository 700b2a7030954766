from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from builders.exchange import FRIDAY, a_rate
from umschlag.kernel.errors import MalformedAmount
from umschlag.kernel.exchange import RATE_AGE_DAYS_MAX, RateTable
from umschlag.kernel.money import MINOR_DIGITS, Money, minor_digits

RATES = st.decimals("0.002", "400", places=5)
CURRENCIES = st.sampled_from(sorted(set(MINOR_DIGITS) - {"EUR"}))


def into_euro(*rates, currency="USD", on=FRIDAY):
    return RateTable.of(rates).conversion(currency, "EUR", on=on)


def test_dollars_become_euros_by_the_rate_of_the_day_which_is_told():
    conversion = into_euro(a_rate(rate="1.25"))

    assert conversion.convert(Money(1_000, "USD")) == Money(800, "EUR")
    assert (conversion.rate, conversion.rate_date) == (Decimal("0.8"), FRIDAY)
    assert conversion.source == "ECB"


def test_on_a_sunday_fridays_rate_counts():
    assert into_euro(a_rate(), on=FRIDAY + timedelta(days=2)).rate_date == FRIDAY


def test_a_rate_of_the_future_never_counts():
    assert into_euro(a_rate(), on=FRIDAY - timedelta(days=1)) is None


def test_a_rate_that_is_too_old_says_nothing_of_the_day():
    newest_day = FRIDAY + timedelta(days=RATE_AGE_DAYS_MAX)

    assert into_euro(a_rate(), on=newest_day) is not None
    assert into_euro(a_rate(), on=newest_day + timedelta(days=1)) is None


def test_the_newest_rate_of_the_currency_counts_even_where_others_are_newer():
    thursday = FRIDAY - timedelta(days=1)

    found = into_euro(a_rate(rate_date=thursday), a_rate("GBP", rate="0.85"))

    assert found.rate_date == thursday


def test_two_foreign_currencies_meet_at_their_base():
    table = RateTable.of([a_rate("USD", "1.20"), a_rate("GBP", "0.80")])

    assert table.conversion("USD", "GBP", on=FRIDAY).convert(Money(300, "USD")) == Money(200, "GBP")


def test_yen_have_no_cents():
    conversion = into_euro(a_rate("JPY", "160"), currency="JPY")

    assert conversion.convert(Money(1_600, "JPY")) == Money(1_000, "EUR")
    assert round(1_600 * conversion.minor_factor) == 1_000


def test_an_amount_of_another_currency_is_not_converted():
    with pytest.raises(MalformedAmount):
        into_euro(a_rate()).convert(Money(1, "GBP"))


@given(currency=CURRENCIES, rate=RATES, minor=st.integers(-(10**9), 10**9))
def test_there_and_back_is_the_same_within_rounding(currency, rate, minor):
    table = RateTable.of([a_rate(currency, rate)])
    there = table.conversion(currency, "EUR", on=FRIDAY)
    back = table.conversion("EUR", currency, on=FRIDAY)
    amount = Money(minor, currency)

    again = back.convert(there.convert(amount))

    # Half a cent of rounding there is worth this much in the first currency, and half a unit back.
    cent = float(rate) * 10 ** (minor_digits(currency) - 2)
    assert abs(again.minor - minor) <= cent / 2 + 0.5 + 1e-6


@given(rate=RATES, minors=st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)))
def test_more_money_is_never_worth_less(rate, minors):
    conversion = into_euro(a_rate(rate=rate))

    low, high = (conversion.convert(Money(minor, "USD")) for minor in sorted(minors))

    assert low <= high


@given(rate=RATES, minor=st.integers(-(10**9), 10**9))
def test_the_factor_says_what_the_exact_rate_says(rate, minor):
    conversion = into_euro(a_rate(rate=rate))
    exact = conversion.convert(Money(minor, "USD")).minor
    assume(abs(minor) < 10**8)

    assert abs(exact - minor * conversion.minor_factor) <= 0.5 + 1e-6 * abs(exact)
