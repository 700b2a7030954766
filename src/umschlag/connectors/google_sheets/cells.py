"""One cell of a spreadsheet as an exact value, or a refusal: never a guess.

People type numbers in two locales, so "1.234" may be one and a bit or over a thousand. What can
be read in two ways is refused with the way to write it clearly.
"""

import math
import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal

from umschlag.kernel.errors import MalformedAmount, MalformedIdentifier
from umschlag.kernel.identifiers import Asin, parse_asin
from umschlag.kernel.measures import Dimensions, grams_from_pounds, millimetres_from_inches
from umschlag.kernel.money import Money, minor_digits, money

SERIAL_ZERO = date(1899, 12, 30)
"""Day 0 of a spreadsheet's date numbers."""
DATE_FIRST, DATE_LAST = date(2000, 1, 1), date(2099, 12, 31)
"""Outside of these a number in a date column is no date but a slip."""
UNITS_MAX = 2_000_000_000
WEIGHT_G_MAX = 1_000_000
EDGE_MM_MAX = 10_000
UNIT_PRICE_MAX = Decimal(10_000_000)
_POUNDS_PER = {
    "lb": 1.0,
    "lbs": 1.0,
    "pound": 1.0,
    "pounds": 1.0,
    "oz": 1 / 16,
    "ounce": 1 / 16,
    "ounces": 1 / 16,
}
_GRAMS_PER = {"g": 1, "kg": 1000}
_INCHES = frozenset({"in", "inch", "inches", '"', "″", "”"})
_MILLIMETRES_PER = {"mm": 1, "cm": 10}
_LARGE_UNITS = _INCHES | {"cm", "lb", "lbs", "pound", "pounds", "kg"}
_CURRENCY_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP"}
_GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")
_AMOUNT = re.compile(r"(?P<whole>[\d.,]*\d)", re.ASCII)


def is_empty(cell: object) -> bool:
    """Tell whether the cell says nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def text_of(cell: object, *, length_max: int) -> str:
    """Return the cell as text that any database can keep, cut to the length."""
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    kept = (mark for mark in text if unicodedata.category(mark) not in ("Cc", "Cs"))
    return "".join(kept).strip()[:length_max]


def asin_of(cell: object) -> Asin:
    """Return the ASIN, with its leading zeros back where the sheet made a number of an ISBN-10.

    Raises:
        MalformedIdentifier: it is no ASIN; a number must be a whole ISBN-10 by its check digit.
    """
    if isinstance(cell, str):
        return parse_asin(cell)
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, int) and not isinstance(cell, bool) and 0 < cell < 10**10:
        digits = f"{cell:010d}"
        if sum((10 - place) * int(digit) for place, digit in enumerate(digits)) % 11 == 0:
            return parse_asin(cell)
    raise MalformedIdentifier(
        f"{cell!r:.40} is no ASIN; write it as text, ten letters and digits", field="asin"
    )


def number_of(cell: object) -> Decimal:
    """Return the number, which is not negative.

    Raises:
        MalformedAmount: it is no number, a negative one, a formula's error, or can be read in
            two ways.
    """
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        raise MalformedAmount(f"{cell!r:.40} is no number")
    if isinstance(cell, str):
        return _number_in(cell.strip(), is_below_thousand=False)
    if not math.isfinite(cell) or cell < 0:
        raise MalformedAmount(f"{cell!r:.40} is no number of zero or more")
    return Decimal(repr(cell))


def _number_in(text: str, *, is_below_thousand: bool) -> Decimal:
    if text.startswith("#"):
        raise MalformedAmount(f"the formula failed ({text:.20}); repair it in the sheet")
    if not _AMOUNT.fullmatch(text):
        raise MalformedAmount(f"{text!r:.40} is no number of zero or more")
    separators = [mark for mark in text if mark in ".,"]
    if not separators:
        return Decimal(text)
    last = separators[-1]
    whole, _, fraction = text.rpartition(last)
    if len(separators) == 1:
        could_group = len(fraction) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0")
        if could_group and not is_below_thousand:
            raise MalformedAmount(
                f"{text!r} can mean two numbers; let the cell be a number, or write no separator"
            )
        return Decimal(f"{whole or 0}.{fraction}")
    if set(separators) == {last} and _GROUPED.fullmatch(text):
        return Decimal(text.replace(last, ""))
    grouped = _GROUPED.fullmatch(whole)
    if grouped and grouped[1] != last:
        return Decimal(whole.replace(grouped[1], "") + "." + fraction)
    raise MalformedAmount(f"{text!r:.40} is no number: its separators do not fit together")


def units_of(cell: object) -> int:
    """Return a whole number of units, zero or more.

    Raises:
        MalformedAmount: it is none.
    """
    number = number_of(cell)
    if number != number.to_integral_value() or number > UNITS_MAX:
        raise MalformedAmount(f"{cell!r:.40} is no whole number of units")
    return int(number)


def money_of(cell: object, currency: str) -> Money:
    """Return the amount; the cell may carry the currency's sign or code, but not another's.

    Raises:
        MalformedAmount: it is no amount of zero or more in that currency.
    """
    named = None
    if isinstance(cell, str) and not cell.strip().startswith("#"):
        cell, named = _without_currency(cell)
    if named is not None and named != currency:
        raise MalformedAmount(f"the cell is in {named} and the row in {currency}")
    amount = number_of(cell)
    digits = minor_digits(currency)
    # A number may come out of a formula, and is rounded; what a person typed is exact.
    if amount > UNIT_PRICE_MAX or (isinstance(cell, str) and amount != round(amount, digits)):
        raise MalformedAmount(f"{cell!r:.40} is no amount in {currency}")
    return money(amount, currency)


def _without_currency(text: str) -> tuple[str, str | None]:
    match = re.fullmatch(
        r"\s*([€$£]|[A-Za-z]{3})?\s*([^€$£A-Za-z]*?)\s*([€$£]|[A-Za-z]{3})?\s*", text
    )
    if match is None or (match[1] and match[3]):
        return text, None
    sign = match[1] or match[3]
    return match[2], _CURRENCY_SIGNS.get(sign, sign.upper()) if sign else None


def weight_g_of(cell: object, unit: str | None) -> int:
    """Return grams; the unit is the cell's own, or else its column's.

    Raises:
        MalformedAmount: it is no weight above zero, or nobody says in which unit.
    """
    text, own_unit = _split_measure(cell)
    unit = own_unit or unit
    number = _measured(text, unit)
    if unit in _POUNDS_PER:
        grams = grams_from_pounds(float(number) * _POUNDS_PER[unit])
    elif unit in _GRAMS_PER:
        grams = math.ceil(number * _GRAMS_PER[unit])
    else:
        raise MalformedAmount(_unit_unknown(unit, "lb, oz, g or kg"))
    if not 0 < grams <= WEIGHT_G_MAX:
        raise MalformedAmount(f"{cell!r:.40} is no weight of a unit")
    return grams


def dimensions_of(cell: object, unit: str | None) -> Dimensions:
    """Return three edges written as ``12.5 x 8 x 4``; the unit may stand behind them.

    Raises:
        MalformedAmount: they are not three edges above zero, or nobody says in which unit.
    """
    if not isinstance(cell, str) or cell.strip().startswith("#"):
        raise MalformedAmount(f"{cell!r:.40} is no box; write its edges as 12.5 x 8 x 4")
    parts = re.split(r"\s*[xX×*]\s*", cell.strip())
    if len(parts) != 3:
        raise MalformedAmount(f"{cell!r:.40} has not three edges; write them as 12.5 x 8 x 4")
    measures = [_split_measure(part) for part in parts]
    # The unit stands behind the last edge or behind each; of two kinds neither is believed.
    units: set[str | None] = {own for _, own in measures if own} or {unit}
    if len(units) != 1:
        raise MalformedAmount(f"{cell!r:.40} mixes units")
    (unit,) = units
    edges = [_edge_mm(_measured(number, unit), unit) for number, _ in measures]
    return Dimensions(length_mm=edges[0], width_mm=edges[1], height_mm=edges[2])


def _edge_mm(number: Decimal, unit: str | None) -> int:
    if unit in _INCHES:
        edge = millimetres_from_inches(float(number))
    elif unit in _MILLIMETRES_PER:
        edge = math.ceil(number * _MILLIMETRES_PER[unit])
    else:
        raise MalformedAmount(_unit_unknown(unit, "in, cm or mm"))
    if not 0 < edge <= EDGE_MM_MAX:
        raise MalformedAmount(f"{number} is no edge of a box")
    return edge


def _split_measure(cell: object) -> tuple[object, str | None]:
    if not isinstance(cell, str) or cell.strip().startswith("#"):
        return cell, None
    match = re.fullmatch(r"([^A-Za-z\"″”]*?)\s*([A-Za-z]+|[\"″”])?\.?", cell.strip())
    if match is None:
        raise MalformedAmount(f"{cell!r:.40} is no measure")
    return match[1], match[2].lower() if match[2] else None


def _measured(number: object, unit: str | None) -> Decimal:
    if isinstance(number, str):
        # Nobody packs a thousand inches or pounds: there "1.125" can only be a bit over one.
        return _number_in(number.strip(), is_below_thousand=unit in _LARGE_UNITS)
    return number_of(number)


def _unit_unknown(unit: str | None, known: str) -> str:
    if unit is None:
        return f"nobody says in which unit; name it in the column's header: {known}"
    return f"{unit!r:.20} is none of the units {known}"


def day_of(cell: object) -> date:
    """Return the date of a date number, or of text written as 2026-01-31 or 31.01.2026.

    Raises:
        MalformedAmount: it is none, or (as 03/04/2026) can be read in two ways.
    """
    day: date | None = None
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        days = math.floor(cell) if math.isfinite(cell) else -1
        day = SERIAL_ZERO + timedelta(days=days) if 0 < days < 100_000 else None
    elif isinstance(cell, str):
        day = _day_in(cell.strip())
    if day is None or not DATE_FIRST <= day <= DATE_LAST:
        raise MalformedAmount(f"{cell!r:.40} is no date; write it as 2026-01-31")
    return day


def _day_in(text: str) -> date | None:
    match = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text, re.ASCII)
    german = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text, re.ASCII)
    parts = match.groups() if match else german.groups()[::-1] if german else None
    if parts is None:
        return None
    try:
        return date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        return None
