"""How the terminal writes amounts, by the language of reports."""

from datetime import date

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language

from umschlag.kernel.money import Money

UNKNOWN = "–"
"""Stands where a figure is not known: never a zero."""


def money_text(amount: Money | None) -> str:
    """Return ``1,234 EUR``: whole major units, as cents only distract in a report."""
    if amount is None:
        return UNKNOWN
    number: str = number_format(amount.decimal, 0, force_grouping=True)
    return f"{number} {amount.currency}"


def count_text(count: int | None) -> str:
    """Return a whole number with its thousands apart."""
    if count is None:
        return UNKNOWN
    text: str = number_format(count, 0, force_grouping=True)
    return text


def day_text(day: date | None) -> str:
    """Return ``21.11.2026`` to German readers, ``2026-11-21`` to English ones of any country."""
    if day is None:
        return UNKNOWN
    return str(date_format(day, "d.m.Y" if get_language() == "de" else "Y-m-d"))
