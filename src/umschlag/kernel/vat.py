"""Between prices with the VAT they contain and prices without it."""

from decimal import Decimal
from fractions import Fraction


def net_minor(gross_minor: int, *, vat_percent: Decimal) -> int:
    """Return the price without its VAT in whole minor units, rounded down: never too much."""
    return int(gross_minor * 100 // _gross_percent(vat_percent))


def gross_minor_for(net_minor_min: int, *, vat_percent: Decimal) -> int:
    """Return the lowest price with VAT that leaves at least so much without it."""
    # Rounding up is rounding down below zero.
    return int(-(-net_minor_min * _gross_percent(vat_percent) // 100))


def _gross_percent(vat_percent: Decimal) -> Fraction:
    # A fraction is exact; a binary number would lose a minor unit here and there.
    return 100 + Fraction(vat_percent)
