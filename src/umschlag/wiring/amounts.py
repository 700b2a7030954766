"""How figures are written for people, by the language they read: on pages, in print, in mails."""

import math
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language

from umschlag.kernel.money import Money, minor_digits

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
    if _is_german():
        return f"{sign}{number}{_NARROW_SPACE}{symbol}"
    gap = _NARROW_SPACE if symbol.isalpha() else ""
    return f"{sign}{symbol}{gap}{number}"


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
    number = _grouped(abs(share) * 100, 0)
    sign = "−" if share < 0 and number != "0" else ""
    return f"{sign}{number}{_NARROW_SPACE}%"


def kilograms_text(weight_g: int | None) -> str:
    """Return grams as kilograms with one digit."""
    return UNKNOWN if weight_g is None else f"{decimal_text(weight_g / 1000)}{_NARROW_SPACE}kg"


def day_text(day: date | None) -> str:
    """Return ``21.11.2026`` to German readers, ``2026-11-21`` to English ones of any country."""
    if day is None:
        return UNKNOWN
    return str(date_format(day, "d.m.Y" if _is_german() else "Y-m-d"))


def _is_german() -> bool:
    return (get_language() or "en").startswith("de")


def _grouped(value: Decimal | float, digits: int) -> str:
    # Rounded here, since Django only cuts off what it does not show.
    return number_format(Decimal(f"{value:.{digits}f}"), digits, force_grouping=True)
