"""Reads the European Central Bank's files of euro reference rates: CSV, XML, or either zipped.

The forms are those of ``eurofxref-hist.csv`` (dates as 2026-11-20, ``N/A`` where a currency was not
quoted), ``eurofxref.csv`` (20 November 2026) and ``eurofxref-*.xml`` (``<Cube time=…>`` around
``<Cube currency=… rate=…>``), which the bank offers at
https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from umschlag.kernel.errors import BadInput
from umschlag.kernel.exchange import ExchangeRate
from umschlag.kernel.outcomes import Problem

SOURCE = "ECB reference rates"
BASE = "EUR"
_UNPACKED_BYTES_MAX = 64 << 20
"""The whole history since 1999 is 1.5 MB of CSV and 8 MB of XML."""
_CURRENCY = re.compile(r"[A-Z]{3}")
_DAY = re.compile(r"""<Cube\s+time=["']([^"']*)["']""")
_RATE = re.compile(r"""<Cube\s+currency=["']([A-Z]{3})["']\s+rate=["']([^"']*)["']""")
_NOT_QUOTED = {"", "N/A"}
_PROBLEMS_NAMED_MAX = 3
"""Of a file of which nothing can be read; the rest is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRates:
    """The rates of a file, and the cells of which nothing could be made."""

    rates: tuple[ExchangeRate, ...]
    problems: tuple[Problem, ...]


def read_reference_rates(content: bytes, *, name: str) -> ReadRates:
    """Return what one euro was worth on each day of the file, in each of its currencies.

    Raises:
        BadInput: it is none of the bank's files, or holds no rate at all; where it is because no
            row can be read, the message names the first of them and how many there are.
    """
    text = _unpacked(content, name)
    problems: list[Problem] = []
    is_xml = text.lstrip()[:1] == "<"
    quotes = _of_xml(text, name, problems) if is_xml else _of_csv(text, name, problems)
    rates = tuple(
        ExchangeRate(rate_date=day, base=BASE, currency=currency, rate=rate, source=SOURCE)
        for day, currency, rate in quotes
    )
    if not rates:
        raise _no_rate(name, problems)
    return ReadRates(rates=rates, problems=tuple(problems))


def _no_rate(name: str, problems: Sequence[Problem]) -> BadInput:
    remedy = (
        "take eurofxref-hist.csv or .zip from the European Central Bank's page 'Euro foreign "
        "exchange reference rates'"
    )
    if not problems:
        return BadInput(f"{name} holds no reference rate; {remedy}", field="file")
    named = "; ".join(str(problem) for problem in problems[:_PROBLEMS_NAMED_MAX])
    more = len(problems) - _PROBLEMS_NAMED_MAX
    rest = f"; and {more:,} more" if more > 0 else ""
    return BadInput(
        f"{name} holds no reference rate that can be read. {named}{rest}. Write dates as "
        f"2026-11-20 and rates as 1.0518, or {remedy}",
        field="file",
    )


def _unpacked(content: bytes, name: str) -> str:
    try:
        if content[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                member = archive.infolist()[0]
                if member.file_size > _UNPACKED_BYTES_MAX:
                    raise BadInput(f"{name} is {member.file_size:,} bytes unpacked", field="file")
                content = archive.read(member)
        return content.decode("utf-8-sig")
    except (zipfile.BadZipFile, IndexError, UnicodeDecodeError) as error:
        raise BadInput(f"{name} cannot be read: {error}", field="file") from error


def _of_xml(text: str, name: str, problems: list[Problem]) -> Iterator[tuple[date, str, Decimal]]:
    # By pattern and not by a parser: nothing a foreign document defines is ever carried out.
    days = list(_DAY.finditer(text))
    ends = [*(found.start() for found in days[1:]), len(text)]
    for found, end in zip(days, ends, strict=False):
        day = _date_of(found[1])
        if day is None:
            line = text.count("\n", 0, found.start()) + 1
            problems.append(_no_date(f"{name}, line {line}, time", found[1]))
            continue
        for quoted in _RATE.finditer(text, found.end(), end):
            rate = _rate_of(quoted[2])
            if rate is None:
                line = text.count("\n", 0, quoted.start()) + 1
                problems.append(_no_number(f"{name}, line {line}, {quoted[1]}", quoted[2]))
            else:
                yield day, quoted[1], rate


def _of_csv(text: str, name: str, problems: list[Problem]) -> Iterator[tuple[date, str, Decimal]]:
    rows = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True)
    header = [cell.strip() for cell in next(rows, [])]
    if not header or header[0].casefold() != "date":
        raise BadInput(f"{name} does not begin with the column Date", field="file")
    for number, row in enumerate(rows, start=2):
        if not any(row):
            continue
        day = _date_of(row[0].strip())
        if day is None:
            problems.append(_no_date(f"{name}, row {number}, date", row[0]))
            continue
        for currency, cell in zip(header[1:], row[1:], strict=False):
            written = cell.strip()
            if written in _NOT_QUOTED or not _CURRENCY.fullmatch(currency):
                continue
            rate = _rate_of(written)
            if rate is None:
                problems.append(_no_number(f"{name}, row {number}, {currency}", written))
            else:
                yield day, currency, rate


def _no_date(place: str, written: str) -> Problem:
    return Problem(place=place, message=f"{written!r} is no date")


def _no_number(place: str, written: str) -> Problem:
    return Problem(place=place, message=f"{written!r} is no rate")


def _date_of(text: str) -> date | None:
    for form in ("%Y-%m-%d", "%d %B %Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a date has no zone
        except ValueError:
            continue
    return None


def _rate_of(text: str) -> Decimal | None:
    try:
        rate = Decimal(text)
    except InvalidOperation:
        return None
    return rate if rate.is_finite() and rate > 0 else None
