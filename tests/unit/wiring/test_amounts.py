"""Amounts as people write them, in both languages."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import override

from umschlag.kernel.money import Money
from umschlag.wiring import amounts

GAP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("minor", "currency", "english", "german"),
    [
        (123450, "EUR", "€1,234.50", f"1.234,50{GAP}€"),
        (-123450, "EUR", "−€1,234.50", f"−1.234,50{GAP}€"),
        (0, "EUR", "€0.00", f"0,00{GAP}€"),
        (5, "GBP", "£0.05", f"0,05{GAP}£"),
        (1234, "JPY", "¥1,234", f"1.234{GAP}¥"),
        (100, "CHF", f"CHF{GAP}1.00", f"1,00{GAP}CHF"),
    ],
)
def test_money_is_written_as_its_reader_does(minor, currency, english, german):
    with override("en"):
        assert amounts.money_text(Money(minor, currency)) == english
    with override("de"):
        assert amounts.money_text(Money(minor, currency)) == german


def test_whole_amounts_drop_the_cents_and_a_lone_minus():
    with override("en"):
        assert amounts.money_text(Money(123456, "EUR"), whole=True) == "€1,235"
        assert amounts.money_text(Money(-20, "EUR"), whole=True) == "€0"


def test_what_is_not_known_is_a_dash_and_never_a_zero():
    unknown = [
        amounts.money_text(None),
        amounts.day_text(None),
        amounts.count_text(None),
        amounts.decimal_text(None),
        amounts.share_text(None),
        amounts.kilograms_text(None),
    ]

    assert set(unknown) == {amounts.UNKNOWN}


@pytest.mark.parametrize(
    ("value", "digits", "written"),
    [(1234.56, 1, "1,234.6"), (0.0, 2, "0.00"), (float("inf"), 0, "∞"), (float("nan"), 0, "–")],
)
def test_measured_numbers(value, digits, written):
    with override("en"):
        assert amounts.decimal_text(value, digits) == written


def test_shares_and_weights():
    with override("de"):
        assert amounts.share_text(0.125) == f"12{GAP}%"
        assert amounts.share_text(-0.352) == f"−35{GAP}%"
        assert amounts.share_text(-0.001) == f"0{GAP}%"
        assert amounts.kilograms_text(36_450) == f"36,5{GAP}kg"
        assert amounts.count_text(1234567) == "1.234.567"


@pytest.mark.parametrize(
    ("language", "written"), [("de", "21.11.2026"), ("de-at", "21.11.2026"), ("en", "2026-11-21")]
)
def test_days_are_written_as_the_reader_knows_them(language, written):
    with override(language):
        assert amounts.day_text(date(2026, 11, 21)) == written


def test_a_report_rounds_what_it_does_not_show():
    with override("en"):
        assert amounts.money_text(Money(199_950, "EUR"), whole=True) == "€2,000"


@pytest.mark.parametrize(
    ("count", "written", "as_change"),
    [(1234, "1,234", "+1,234"), (0, "0", "0"), (-29, "−29", "−29"), (None, "–", "–")],
)
def test_counts_below_zero_have_a_true_minus_and_changes_a_sign(count, written, as_change):
    with override("en"):
        assert amounts.count_text(count) == written
        assert amounts.change_text(count) == as_change


def test_measured_numbers_below_zero_have_a_true_minus_unless_they_round_to_zero():
    with override("en"):
        assert amounts.decimal_text(-7.25, 2) == "−7.25"
        assert amounts.decimal_text(-0.01, 1) == "0.0"


@pytest.mark.parametrize(
    ("price", "english", "german"),
    [
        ("19.9500", "€19.95", f"19,95{GAP}€"),
        ("1299", "€1,299.00", f"1.299,00{GAP}€"),
        ("0.1234", "€0.1234", f"0,1234{GAP}€"),
        ("-5.5", "−€5.50", f"−5,50{GAP}€"),
    ],
)
def test_exact_prices_are_money_with_all_their_decimals(price, english, german):
    with override("en"):
        assert amounts.price_text(Decimal(price), "EUR") == english
    with override("de"):
        assert amounts.price_text(Decimal(price), "EUR") == german


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("12,50", 1250),
        ("+12.50", 1250),
        (" -12,50 ", -1250),
        ("−1.000", -100_000),
        ("- 5", -500),
        ("0", 0),
        ("--5", None),
        ("+-5", None),
        ("5-", None),
        ("-", None),
        ("", None),
    ],
)
def test_a_change_that_a_person_typed_keeps_its_sign(typed, minor):
    change = amounts.typed_change(typed, "EUR")

    assert (None if change is None else change.minor) == minor
