"""When a job is due: on the minute, by the merchant's clock."""

from collections.abc import Callable
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

DueAt = Callable[[datetime], bool]
"""Given an instant in UTC without a zone, as huey tells it, says whether the minute is due."""


def daily(at: str, zone: ZoneInfo) -> DueAt:
    """Return when a job is due once a business date at `at` (``02:10``) in the zone.

    In spring a clock skips an hour and in autumn it runs through one twice: a time in the skipped
    hour is due at the same distance after midnight, one in the doubled hour the first time alone.
    """

    def is_due(instant: datetime) -> bool:
        minute = instant.replace(tzinfo=UTC, second=0, microsecond=0)
        return minute == daily_instant(minute, at, zone)

    return is_due


def daily_instant(instant: datetime, at: str, zone: ZoneInfo) -> datetime:
    """Return the instant in UTC at which the instant's business date has its `at`."""
    day = instant.astimezone(zone).date()
    return datetime.combine(day, time.fromisoformat(at), tzinfo=zone).astimezone(UTC)


def every(minutes: int) -> DueAt:
    """Return when a job is due every so many minutes, counted from the epoch."""

    def is_due(instant: datetime) -> bool:
        since_epoch_minutes = int(instant.replace(tzinfo=UTC).timestamp()) // 60
        return since_epoch_minutes % minutes == 0

    return is_due
