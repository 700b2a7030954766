"""How figures are written for people, by the language they read: on pages, in print, in mails."""

import math
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language

from umschlag.kernel.errors import MalformedAmount
from umschlag.kernel.money import Money, minor_digits, money

UNKNOWN = "–"
"""Stands where a figure is not known: never a zero."""
_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "PLN": "zł", "SEK": "kr", "CHF": "CHF"}
_GERMAN_ZONES = {"CET": "MEZ", "CEST": "MESZ", "GMT": "WEZ", "EET": "OEZ", "EEST": "OESZ"}
_NARROW_SPACE = "\N{NO-BREAK SPACE}"
_MINUS = "\N{MINUS SIGN}"
"""Of the width of a plus, so that figures below each other line up."""


def money_text(amount: Money | None, *, whole: bool = False) -> str:
    """Return ``1.234,50 €`` to German readers and ``€1,234.50`` to English ones.

    `whole` drops the minor units, for figures where cents only distract.
    """
    if amount is None:
        return UNKNOWN
    digits = 0 if whole else minor_digits(amount.currency)
    number = _grouped(abs(amount.decimal), digits)
    sign = _MINUS if amount.minor < 0 and number.strip("0.,") else ""
    return sign + _with_symbol(number, amount.currency)


def price_text(price: Decimal | None, currency: str) -> str:
    """Return an exact price as money is written, with as many decimals as it has."""
    if price is None:
        return UNKNOWN
    own_digits = -int(price.normalize().as_tuple().exponent)
    number = _grouped(abs(price), max(own_digits, minor_digits(currency)))
    return ("" if price >= 0 else _MINUS) + _with_symbol(number, currency)


def count_text(count: int | None) -> str:
    """Return a whole number with its thousands apart."""
    return UNKNOWN if count is None else _signed_number(count, 0)


def change_text(count: int | None) -> str:
    """Return by how much a whole number changed: with a plus or a minus, zero without."""
    return f"+{count_text(count)}" if count and count > 0 else count_text(count)


def money_change_text(amount: Money | None) -> str:
    """Return by how much an amount changed, without minor units: with its sign, zero without."""
    text = money_text(amount, whole=True)
    return f"+{text}" if amount and amount.minor > 0 and text.strip("€$£¥ 0") else text


def decimal_text(value: Decimal | float | None, digits: int = 1) -> str:
    """Return a number with that many digits; endless is ∞."""
    if value is None or math.isnan(value):
        return UNKNOWN
    if math.isinf(value):
        return "∞"
    return _signed_number(value, digits)


def share_text(share: float | None, digits: int = 0) -> str:
    """Return a share from 0 to 1 as a percentage."""
    if share is None:
        return UNKNOWN
    number = _grouped(abs(share) * 100, digits)
    sign = _MINUS if share < 0 and number.strip("0.,") else ""
    return f"{sign}{number}{_NARROW_SPACE}%"


def kilograms_text(weight_g: int | None) -> str:
    """Return grams as kilograms with one digit."""
    return UNKNOWN if weight_g is None else f"{decimal_text(weight_g / 1000)}{_NARROW_SPACE}kg"


def day_text(day: date | None) -> str:
    """Return ``21.11.2026`` to German readers, ``2026-11-21`` to English ones of any country."""
    if day is None:
        return UNKNOWN
    return str(date_format(day, "d.m.Y" if is_german() else "Y-m-d"))


def clock_text(instant: datetime) -> str:
    """Return ``04:28 CET``, to Germans ``04:28 Uhr (MEZ)``: the merchant's clock, and its zone."""
    local = timezone.localtime(instant)
    zone = local.tzname() or ""
    if is_german():
        return f"{local:%H:%M} Uhr ({_GERMAN_ZONES.get(zone, zone)})"
    return f"{local:%H:%M} {zone}"


def is_german() -> bool:
    """Tell whether the active language is German."""
    return (get_language() or "en").startswith("de")


def _with_symbol(number: str, currency: str) -> str:
    symbol = _SYMBOLS.get(currency, currency)
    if is_german():
        return f"{number}{_NARROW_SPACE}{symbol}"
    gap = _NARROW_SPACE if symbol.isalpha() else ""
    return f"{symbol}{gap}{number}"


def _signed_number(value: Decimal | float, digits: int) -> str:
    number = _grouped(value, digits).removeprefix("-")
    return f"{_MINUS}{number}" if value < 0 and number.strip("0.,") else number


def _grouped(value: Decimal | float, digits: int) -> str:
    # Rounded here, since Django only cuts off what it does not show.
    return number_format(Decimal(f"{value:.{digits}f}"), digits, force_grouping=True)


def typed_amount(typed: str, currency: str) -> Money | None:
    """Return the amount that a person typed, with a decimal comma or point; None where none is.

    ``1.000`` and ``1,000`` are a thousand, ``5.000,50`` and ``5000.5`` five thousand and a half.
    """
    plain = "".join(typed.replace("€", "").split())
    last = max(plain.rfind(","), plain.rfind("."))
    head, tail = (plain[:last], plain[last + 1 :]) if last >= 0 else (plain, "")
    # One mark with three digits after it sets thousands apart; of two kinds the last is decimal.
    is_decimal = len(tail) != 3 or any(mark in head and plain[last] != mark for mark in ",.")
    digits = head.replace(",", "").replace(".", "")
    try:
        amount = money(Decimal(f"{digits}.{tail}" if is_decimal else digits + tail), currency)
    except (InvalidOperation, MalformedAmount, ValueError):
        return None
    return amount if 0 <= amount.minor < 10**15 else None


def typed_change(typed: str, currency: str) -> Money | None:
    """Return the amount with its sign that a person typed, as in ``-12,50``; None where none is."""
    plain = typed.strip().replace(_MINUS, "-")
    amount = typed_amount(plain.lstrip("+-").lstrip(), currency)
    if amount is None or len(plain) - len(plain.lstrip("+-")) > 1:
        return None
    return Money(-amount.minor, currency) if plain.startswith("-") else amount
