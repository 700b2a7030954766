"""Money: integer minor units with a currency."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from umschlag.kernel.errors import MalformedAmount

MINOR_DIGITS = {"EUR": 2, "USD": 2, "GBP": 2, "PLN": 2, "SEK": 2, "CHF": 2, "JPY": 0}
"""Digits after the point, by currency (ISO 4217)."""


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An exact amount in minor units, such as cents. Amounts of two currencies never mix."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        """Return the sum; both must have one currency."""
        return Money(self.minor + self._minor_of(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        """Return the difference; both must have one currency."""
        return Money(self.minor - self._minor_of(other), self.currency)

    def __mul__(self, units: int) -> "Money":
        """Return the amount for that many units."""
        return Money(self.minor * units, self.currency)

    def __neg__(self) -> "Money":
        """Return the amount with its sign turned."""
        return Money(-self.minor, self.currency)

    def __str__(self) -> str:
        """Return it for logs and reports: ``1,234.50 EUR``."""
        return f"{self.decimal:,} {self.currency}"

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, exact."""
        return Decimal(self.minor).scaleb(-minor_digits(self.currency))

    def _minor_of(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise MalformedAmount(f"cannot put {self.currency} and {other.currency} together")
        return other.minor


def minor_digits(currency: str) -> int:
    """Return how many digits the currency has after the point.

    Raises:
        MalformedAmount: we do not know the currency.
    """
    try:
        return MINOR_DIGITS[currency]
    except KeyError:
        known = ", ".join(sorted(MINOR_DIGITS))
        raise MalformedAmount(
            f"unknown currency {currency!r}; known: {known}", field="currency"
        ) from None


def money(amount: Decimal | int | str, currency: str) -> Money:
    """Return the amount of major units as money, rounded half to even to minor units.

    Raises:
        MalformedAmount: the amount is no finite number, or the currency is unknown.
    """
    digits = minor_digits(currency)
    try:
        exact = Decimal(amount)
        minor = int(exact.scaleb(digits).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
    except (InvalidOperation, ValueError):
        raise MalformedAmount(f"{amount!r} is no amount of money") from None
    return Money(minor, currency)
