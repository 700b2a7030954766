"""Exchange rates as the European Central Bank publishes them."""

from datetime import date
from decimal import Decimal

from umschlag.kernel.exchange import ExchangeRate

FRIDAY = date(2026, 11, 20)


def a_rate(currency="USD", rate="1.0500", rate_date=FRIDAY, base="EUR"):
    """Return what one euro was worth on the day."""
    return ExchangeRate(
        rate_date=rate_date, base=base, currency=currency, rate=Decimal(rate), source="ECB"
    )
