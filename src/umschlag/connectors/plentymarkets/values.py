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
_YEARS_MEANT = range(1990, 2200)
"""What is older is a spelling of zero, what is later one of "for ever" (9999-12-31)."""
_WHOLE_MAX = 2**31 - 1
_EXPONENTS_MEANT = range(-30, 19)
"""Decimal exponents of numbers somebody can mean: sums and products of these never overflow."""


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
        # Halves of a character, as JSON can spell them, fit into no file and no database.
        text = value if value.isascii() else value.encode("utf-8", "replace").decode()
        # PostgreSQL cannot store the character zero.
        return text.replace("\x00", "").strip()
    # By way of the bounded number, because NaN is no name and a huge int cannot be written out.
    return "" if decimal_of(value) is None else str(value)


def free_text_of(value: Any) -> str:  # noqa: ANN401 - outside data
    """Return the text; "" also for the "0" that the ERP writes into free text left empty."""
    text = text_of(value)
    return "" if text == "0" else text


def decimal_of(value: Any) -> Decimal | None:  # noqa: ANN401 - outside data
    """Return the exact number, whether it came as a number or as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    if type(value) is int:
        number = Decimal(value)
    else:
        try:
            number = Decimal(str(value).strip())
        except InvalidOperation:
            return None
    if not number.is_finite() or (number and number.adjusted() not in _EXPONENTS_MEANT):
        return None
    # Zeros keep their exponent otherwise, and 0E+999999 takes a million digits to write.
    return number or Decimal(0)


def whole_of(value: Any) -> int | None:  # noqa: ANN401 - outside data
    """Return the whole number, rounded down."""
    if type(value) is int:
        return value
    number = decimal_of(value)
    if number is None:
        return None
    return int(number.to_integral_value(rounding="ROUND_FLOOR"))


def positive_of(value: Any) -> int | None:  # noqa: ANN401 - outside data
    """Return the whole number above zero; the ERP writes 0 for "not maintained"."""
    number = whole_of(value)
    return number if number is not None and 0 < number <= _WHOLE_MAX else None


def id_of(value: Any) -> int | None:  # noqa: ANN401 - outside data
    """Return the id: a whole number above zero, as a number or as text.

    A broken one is none: rounded, it would hand the row to somebody else.
    """
    if type(value) is int:
        return value if 0 < value <= _WHOLE_MAX else None
    number = decimal_of(value)
    if number is None or number != number.to_integral_value():
        return None
    return positive_of(number)


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
    return moment if moment.year in _YEARS_MEANT else None


def business_date_in(value: Any, zone: ZoneInfo) -> date | None:  # noqa: ANN401 - outside data
    """Return the business date on which the instant falls."""
    moment = instant_of(value, zone)
    return business_date_of(moment, zone) if moment else None


def _from_unix(value: float) -> datetime | None:
    try:
        moment = datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.year in _YEARS_MEANT else None


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
    return moment if moment.year in _YEARS_MEANT else None
