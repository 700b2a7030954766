"""Exchange rates in the records: kept, and handed out for the days they count on."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.db import transaction

from umschlag.kernel.exchange import RATE_AGE_DAYS_MAX, ExchangeRate, RateTable
from umschlag.kernel.money import MINOR_DIGITS
from umschlag.kernel.periods import Period
from umschlag.storage.records import models

_ROWS_AT_ONCE = 500


@transaction.atomic
def keep_rates(rates: Sequence[ExchangeRate]) -> tuple[int, int]:
    """Keep the rates, the newer word on a day in place of the older; return new and changed."""
    days = [rate.rate_date for rate in rates]
    if not days:
        return 0, 0
    kept = models.ExchangeRate.objects.filter(rate_date__range=(min(days), max(days)))
    known = {(row.rate_date, row.base, row.currency): row for row in kept}
    created, changed = [], []
    for rate in _last_of_each(rates):
        row = known.get((rate.rate_date, rate.base, rate.currency))
        if row is None:
            created.append(
                models.ExchangeRate(
                    rate_date=rate.rate_date,
                    base=rate.base,
                    currency=rate.currency,
                    rate=rate.rate,
                    source=rate.source,
                )
            )
        elif (row.rate, row.source) != (rate.rate, rate.source):
            row.rate, row.source = rate.rate, rate.source
            changed.append(row)
    models.ExchangeRate.objects.bulk_create(created, batch_size=_ROWS_AT_ONCE)
    models.ExchangeRate.objects.bulk_update(changed, ["rate", "source"], batch_size=_ROWS_AT_ONCE)
    return len(created), len(changed)


def rate_table(*, since: date, until: date) -> RateTable:
    """Return the rates that can count on a day from `since` up to, but without, `until`."""
    first = since - timedelta(days=min(RATE_AGE_DAYS_MAX, (since - date.min).days))
    rows = models.ExchangeRate.objects.filter(
        rate_date__gte=first, rate_date__lt=until, currency__in=MINOR_DIGITS
    )
    return RateTable.of(
        ExchangeRate(
            rate_date=row.rate_date,
            base=row.base,
            currency=row.currency,
            rate=row.rate,
            source=row.source,
        )
        for row in rows
    )


def conversion_factors(
    *, into: str, since: date | None, until: date | None
) -> list[tuple[date, str, float]]:
    """Return day, currency and what its minor units are multiplied by, for the days in between.

    Without both ends nothing is returned, since there would be no end of days.
    """
    if since is None or until is None or not models.ExchangeRate.objects.exists():
        return []
    table = rate_table(since=since, until=until)
    factors = []
    for day in Period(start_date=since, end_date=max(since, until)):
        for currency in sorted(set(MINOR_DIGITS) - {into}):
            conversion = table.conversion(currency, into, on=day)
            if conversion is not None:
                factors.append((day, currency, conversion.minor_factor))
    return factors


def newest_rate_date() -> date | None:
    """Return the day of the newest rate; None where none was ever imported."""
    newest = models.ExchangeRate.objects.order_by("-rate_date").first()
    return newest.rate_date if newest else None


def _last_of_each(rates: Iterable[ExchangeRate]) -> Iterable[ExchangeRate]:
    return {(rate.rate_date, rate.base, rate.currency): rate for rate in rates}.values()
