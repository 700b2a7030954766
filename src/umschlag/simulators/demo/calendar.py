"""The demo world's days: their dates, weekdays and midnights in the merchant's zone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

ZONE = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True)
class Calendar:
    """The days from `first_date` on, counted from 0."""

    first_date: date
    day_count: int

    def date_of(self, day: int) -> date:
        """Return the date of the day; days after the last one have dates too."""
        return self.first_date + timedelta(days=day)

    def day_of(self, business_date: date) -> int:
        """Return the number of the date's day; negative before the first."""
        return (business_date - self.first_date).days

    @cached_property
    def midnight_unix(self) -> NDArray[np.int64]:
        """Start of every day, and of the day after the last, in seconds since 1970 (UTC)."""
        days = (self.date_of(day) for day in range(self.day_count + 1))
        return np.array(
            [int(datetime(d.year, d.month, d.day, tzinfo=ZONE).timestamp()) for d in days],
            dtype=np.int64,
        )

    @cached_property
    def end_unix(self) -> int:
        """The last second of the last day."""
        return int(self.midnight_unix[-1]) - 1


def w3c(unix: int) -> str:
    """Return the instant as Plentymarkets writes it: local time with its offset."""
    return datetime.fromtimestamp(unix, ZONE).isoformat()
