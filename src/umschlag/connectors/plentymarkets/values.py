"""Lenient reading of single values: Plentymarkets writes the same thing in several ways.

Every function returns None for what is missing, empty or cannot be meant, and never raises.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from umschlag.kernel.periods import business_date_of

_US_DATE = re.compile(r"(\d\d)/(\d\d)/(\d{4})(?: (\d\d:\d\d:\d\d))?(?: (\S+))?")
"""As in the raw data of plentyBI: 09/02/2026 18:35:14 Europe/Berlin."""
_EARLIEST_YEAR = 1990
"""Nothing in an ERP is older: such dates are spellings of zero."""
_WHOLE_MAX = 2**31 - 1


def rows_of(value: Any) -> Sequence[Mapping[str, Any]]:  # noqa: ANN401 - outside data
    """Return the relation's rows; none where it is null, missing or no list."""
    if not isinstance(value, list):
        return ()
    return [row for row in value if isinstance(row, dict)]


def part_of(value: Any) -> Mapping[str, Any]:  # noqa: ANN401 - outside data
    """Return the nested object; an empty one where it is null, missing or something else."""
    return value if isinstance(value, dict) else {}


def text_of(value: Any) -> str:  # noqa: ANN401 - outside data
    """Return the text without blanks around it; "" for null and for what is no text."""
    if isinstance(value, str):
        # PostgreSQL cannot store the character zero.
        return value.replace("\x00", "").strip()
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    return str(value)


def decimal_of(value: Any) -> Decimal | None:  # noqa: ANN401 - outside data
    """Return the exact number, whether it came as a number or as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def whole_of(value: Any) -> int | None:  # noqa: ANN401 - outside data
    """Return the whole number, rounded down."""
    if type(value) is int:
        return value
    number = decimal_of(value)
    # Refused before it is an int, because 1e999999 would become a million digits.
    if number is None or number.adjusted() > 18:
        return None
    return int(number.to_integral_value(rounding="ROUND_FLOOR"))


def positive_of(value: Any) -> int | None:  # noqa: ANN401 - outside data
    """Return the whole number above zero; the ERP writes 0 for "not maintained"."""
    number = whole_of(value)
    return number if number is not None and 0 < number <= _WHOLE_MAX else None


def flag_of(value: Any) -> bool:  # noqa: ANN401 - outside data
    """Return whether it means yes."""
    if isinstance(value, str):
        return value.strip().lower() in ("1", "true", "yes")
    return value in (1, True)


def instant_of(value: Any, zone: ZoneInfo) -> datetime | None:  # noqa: ANN401 - outside data
    """Return the instant in UTC; a date and time without a zone is the shop's local time.

    Zero dates, as -0001-11-30T00:00:00+00:53, are None.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_unix(value)
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return _from_us(value.strip(), zone)
    return moment if moment.year >= _EARLIEST_YEAR else None


def business_date_in(value: Any, zone: ZoneInfo) -> date | None:  # noqa: ANN401 - outside data
    """Return the business date on which the instant falls."""
    moment = instant_of(value, zone)
    return business_date_of(moment, zone) if moment else None


def _from_unix(value: float) -> datetime | None:
    try:
        moment = datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.year >= _EARLIEST_YEAR else None


def _from_us(value: str, zone: ZoneInfo) -> datetime | None:
    match = _US_DATE.fullmatch(value)
    if match is None:
        return None
    month, day, year, clock, zone_name = match.groups()
    try:
        own_zone = ZoneInfo(zone_name) if zone_name else zone
        moment = datetime.fromisoformat(f"{year}-{month}-{day}T{clock or '00:00:00'}")
        moment = moment.replace(tzinfo=own_zone).astimezone(UTC)
    except (ValueError, OverflowError, ZoneInfoNotFoundError, OSError):
        return None
    return moment if moment.year >= _EARLIEST_YEAR else None
