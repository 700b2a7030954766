"""Amounts of records that name no currency: they are in the merchant's."""

from umschlag.kernel.money import Money
from umschlag.settings import load_settings
from umschlag.wiring.amounts import UNKNOWN, money_text


def minor_text(minor: int | None, currency: str | None = None, *, whole: bool = False) -> str:
    """Return the amount of minor units, in the merchant's currency where none is told."""
    if minor is None:
        return UNKNOWN
    return money_text(Money(minor, currency or default_currency()), whole=whole)


def default_currency() -> str:
    """Return the merchant's currency."""
    return load_settings().currency
