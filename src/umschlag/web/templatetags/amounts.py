"""Filters that write amounts for people."""

import json

from django import template

from umschlag.kernel.money import Money
from umschlag.web.amounts import minor_text
from umschlag.wiring import amounts

register = template.Library()


@register.filter
def money(amount: Money | None) -> str:
    """Return the amount with its minor units."""
    return amounts.money_text(amount)


@register.filter
def money_whole(amount: Money | None) -> str:
    """Return the amount without its minor units."""
    return amounts.money_text(amount, whole=True)


@register.filter
def money_change(amount: Money | None) -> str:
    """Return by how much an amount changed, without its minor units."""
    return amounts.money_change_text(amount)


@register.filter
def minor(value: int | None, currency: str = "") -> str:
    """Return minor units as money, by default in the merchant's currency."""
    return minor_text(value, currency or None)


@register.filter
def count(value: int | None) -> str:
    """Return a whole number with its thousands apart."""
    return amounts.count_text(value)


@register.filter
def change(value: int | None) -> str:
    """Return by how much a whole number changed, with its sign."""
    return amounts.change_text(value)


@register.filter
def decimal(value: float | None, digits: int = 1) -> str:
    """Return a number with that many digits."""
    return amounts.decimal_text(value, digits)


@register.filter
def share(value: float | None, digits: int = 0) -> str:
    """Return a share from 0 to 1 as a percentage, with that many digits."""
    return amounts.share_text(value, digits)


@register.filter
def kilograms(value: int | None) -> str:
    """Return grams as kilograms."""
    return amounts.kilograms_text(value)


@register.filter
def as_json(value: object) -> str:
    """Return plain values as they go over the wire."""
    return json.dumps(value, ensure_ascii=False)
