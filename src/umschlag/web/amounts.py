"""How amounts are written for people, by the language they read."""

import math
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import get_language

from umschlag.kernel.money import Money, minor_digits
from umschlag.settings import load_settings

UNKNOWN = "–"
"""Stands where a figure is not known: never a zero."""
_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "PLN": "zł", "SEK": "kr", "CHF": "CHF"}
_NARROW_SPACE = "\N{NO-BREAK SPACE}"


def money_text(amount: Money | None, *, whole: bool = False) -> str:
    """Return ``1.234,50 €`` to German readers and ``€1,234.50`` to English ones.

    `whole` drops the minor units, for figures where cents only distract.
    """
    if amount is None:
        return UNKNOWN
    digits = 0 if whole else minor_digits(amount.currency)
    number = _grouped(abs(amount.decimal), digits)
    # The minus of typography, in front of sign and number, in both languages.
    sign = "−" if amount.minor < 0 and number.strip("0.,") else ""
    symbol = _SYMBOLS.get(amount.currency, amount.currency)
    if (get_language() or "en").startswith("de"):
        return f"{sign}{number}{_NARROW_SPACE}{symbol}"
    gap = _NARROW_SPACE if symbol.isalpha() else ""
    return f"{sign}{symbol}{gap}{number}"


def _grouped(value: Decimal | float, digits: int) -> str:
    # Django cuts off what it does not show; a reader expects it rounded.
    return number_format(Decimal(f"{value:.{digits}f}"), digits, force_grouping=True)


def minor_text(minor: int | None, currency: str | None = None, *, whole: bool = False) -> str:
    """Return the amount of minor units, in the merchant's currency where none is told."""
    if minor is None:
        return UNKNOWN
    return money_text(Money(minor, currency or default_currency()), whole=whole)


def count_text(count: int | None) -> str:
    """Return a whole number with its thousands apart."""
    return UNKNOWN if count is None else number_format(count, 0, force_grouping=True)


def decimal_text(value: float | None, digits: int = 1) -> str:
    """Return a number with that many digits; endless is ∞."""
    if value is None or math.isnan(value):
        return UNKNOWN
    if math.isinf(value):
        return "∞"
    return _grouped(value, digits)


def share_text(share: float | None) -> str:
    """Return a share from 0 to 1 as a percentage."""
    if share is None:
        return UNKNOWN
    return f"{_grouped(share * 100, 0)}{_NARROW_SPACE}%"


def kilograms_text(weight_g: int | None) -> str:
    """Return grams as kilograms with one digit."""
    return UNKNOWN if weight_g is None else f"{decimal_text(weight_g / 1000)}{_NARROW_SPACE}kg"


def default_currency() -> str:
    """Return the merchant's currency."""
    return load_settings().currency
