"""Exchange rates: which one counts on a day, and what an amount comes to at it."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from umschlag.kernel.money import Money, minor_digits, money

RATE_AGE_DAYS_MAX = 7
"""The ECB publishes on working days alone: Good Friday to Easter Monday are four days without, and
the days around Christmas and New Year no more (TARGET calendar). An older rate means a gap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeRate:
    """What one unit of `base` was worth on a day, as its source published it."""

    rate_date: date
    base: str
    currency: str
    rate: Decimal
    """Units of `currency` for one unit of `base`; above zero."""
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """The rate that counts for one business date, from one currency into another."""

    from_currency: str
    to_currency: str
    rate: Decimal
    """Major units of `to_currency` for one major unit of `from_currency`."""
    rate_date: date
    """The day of the rate: the business date, or one of the days before."""
    source: str

    @property
    def minor_factor(self) -> float:
        """What minor units are multiplied by, digits after the point taken into account."""
        digits = minor_digits(self.to_currency) - minor_digits(self.from_currency)
        return float(self.rate.scaleb(digits))

    def convert(self, amount: Money) -> Money:
        """Return the amount in the other currency, rounded half to even to minor units.

        Raises:
            MalformedAmount: the amount is not of `from_currency`.
        """
        own = amount - Money(0, self.from_currency)
        return money(own.decimal * self.rate, self.to_currency)


@dataclass(slots=True)
class RateTable:
    """Published rates, asked for the newest that counts on a day.

    Two currencies that are both quoted against one base are converted through it, with rates of
    one and the same day (cross rates, as the ECB advises: its rates are all against the euro).
    """

    _by_day: dict[date, dict[str, dict[str, ExchangeRate]]] = field(default_factory=dict)
    _days: list[date] = field(default_factory=list)

    @classmethod
    def of(cls, rates: Iterable[ExchangeRate]) -> "RateTable":
        """Return the table that holds these rates."""
        by_day: dict[date, dict[str, dict[str, ExchangeRate]]] = {}
        for rate in rates:
            by_day.setdefault(rate.rate_date, {}).setdefault(rate.base, {})[rate.currency] = rate
        return cls(by_day, sorted(by_day))

    def conversion(self, from_currency: str, to_currency: str, *, on: date) -> Conversion | None:
        """Return the newest rate on or before the day, or None where the newest is too old.

        No rate is older than `RATE_AGE_DAYS_MAX` days, since it would say nothing of the day.
        """
        oldest = on - timedelta(days=RATE_AGE_DAYS_MAX)
        for place in range(bisect_right(self._days, on) - 1, -1, -1):
            day = self._days[place]
            if day < oldest:
                return None
            for base, quoted in self._by_day[day].items():
                pair = _quote(base, quoted, from_currency), _quote(base, quoted, to_currency)
                if pair[0] is not None and pair[1] is not None:
                    source = next(iter(quoted.values())).source
                    return Conversion(
                        from_currency=from_currency,
                        to_currency=to_currency,
                        rate=pair[1] / pair[0],
                        rate_date=day,
                        source=source,
                    )
        return None


def _quote(base: str, quoted: dict[str, ExchangeRate], currency: str) -> Decimal | None:
    if currency == base:
        return Decimal(1)
    return quoted[currency].rate if currency in quoted else None
