"""Business dates and periods. A period excludes its end."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from umschlag.kernel.errors import BadInput

DAY_MIN, DAY_MAX = date(1970, 1, 1), date(2199, 12, 31)
"""All that is ever kept lies between, with room in the calendar for a day or a time zone more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The business dates from `start_date` up to, but without, `end_date`."""

    start_date: date
    end_date: date

    def __post_init__(self) -> None:
        if self.end_date < self.start_date:
            raise BadInput(f"a period cannot end ({self.end_date}) before it starts")

    def __contains__(self, day: date) -> bool:
        """Tell whether the day lies in the period."""
        return self.start_date <= day < self.end_date

    def __iter__(self) -> Iterator[date]:
        """Yield the dates, oldest first."""
        return (self.start_date + timedelta(days=offset) for offset in range(self.days))

    @property
    def days(self) -> int:
        """How many business dates it holds."""
        return (self.end_date - self.start_date).days


def nearest_kept(day: date) -> date:
    """Return the day, or the first or last of those between which all is kept."""
    return min(max(day, DAY_MIN), DAY_MAX)


def last_days(days: int, *, through_date: date) -> Period:
    """Return the period of that many days whose last day is `through_date`."""
    end_date = through_date + timedelta(days=1)
    return Period(start_date=end_date - timedelta(days=days), end_date=end_date)


def business_date_of(instant: datetime, zone: ZoneInfo) -> date:
    """Return the day in the merchant's zone on which the instant falls.

    Raises:
        BadInput: the instant has no zone, so no day can be told.
    """
    if instant.tzinfo is None:
        raise BadInput(f"{instant} has no time zone")
    return instant.astimezone(zone).date()
