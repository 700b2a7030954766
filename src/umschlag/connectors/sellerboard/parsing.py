"""From the bytes of a Sellerboard report to facts.

Accounts differ in delimiter, decimals, dates and columns; the file is read as a whole to tell,
and refused where it does not. Sums are checked against Sellerboard's own net profit.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from umschlag.connectors.dialect import (
    DateOrder,
    DialectUnclear,
    date_of,
    date_order,
    decimal_mark,
    number_of,
)
from umschlag.connectors.sellerboard.columns import (
    REQUIRED,
    Part,
    is_uncertain,
    part_of,
    plain,
    repeated,
)
from umschlag.connectors.sellerboard.sums import Cell, Sums, summed
from umschlag.intelligence.profitability.model import SellerboardDay
from umschlag.kernel.errors import BadInput, MalformedIdentifier
from umschlag.kernel.identifiers import Asin, Sku, parse_asin
from umschlag.kernel.money import minor_digits
from umschlag.kernel.outcomes import Problem

SETTLED_AFTER_DAYS = 14
"""Amazon posts most fees and refunds within two weeks; younger days still change."""
WINDOW_DAYS_MAX = 40
"""Reports hold about 32 days; a little more leaves room and still tells a day from a month."""
SOURCE = "Sellerboard report"
_NUMBERLESS = ("date", "marketplace", "asin", "sku", "name", "fulfillmentchannel")
_UNKNOWN = ("", "-", "–", "n/a")


class UnreadableReport(BadInput):
    """The file is no Sellerboard report that we can read; the message says what to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What the file does not say about the account it is from."""

    currency: str
    received_date: date
    decimal: str | None = None
    dates: DateOrder | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedReport:
    """The facts, how many rows the file has, and what could not be used."""

    days: tuple[SellerboardDay, ...]
    row_count: int
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    """What a person may want to know of the file: new columns, sums that do not agree."""
    whole: frozenset[tuple[date, str]]
    """The business dates and marketplaces it tells of with no row unused: all that an older report
    told of them is void. None at all where an unused row does not say of which it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    number: int
    cells: dict[str, str]
    raw: dict[str, str]
    """The same under the file's own column names."""


def parse_report(content: bytes, account: Account) -> ParsedReport:
    """Return the report's facts; no rows below the header means that nothing sold.

    Raises:
        UnreadableReport: it is no CSV with the columns that make a row known again.
        DialectUnclear: numbers or dates can be read in two ways.
    """
    header, rows, problems = _table(_text(content))
    row_count, is_torn = len(rows) + len(problems), bool(problems)
    numbers = [name for name in header if name not in _NUMBERLESS]
    mark, order = _dialect(rows, numbers, account)
    read_cell = _cell_reader(mark, minor_digits(account.currency))
    usable: list[tuple[_Row, dict[str, Cell]]] = []
    for row in rows:
        try:
            usable.append((row, _read_numbers(row, numbers, read_cell)))
        except BadInput as error:
            problems.append(_problem(row, error))
    sums, notes = summed([cells for _, cells in usable])
    days: list[tuple[_Row, SellerboardDay]] = []
    for (row, _), total in zip(usable, sums, strict=True):
        try:
            days.append((row, _day(row, total, order, account)))
        except BadInput as error:
            problems.append(_problem(row, error))
    kept, repeats = _without_repeats(days)
    return ParsedReport(
        days=tuple(kept),
        row_count=row_count,
        problems=(*problems, *repeats),
        notes=tuple(notes),
        whole=frozenset() if is_torn else _whole(rows, kept, order, account),
    )


def _dialect(
    rows: Sequence[_Row], numbers: Sequence[str], account: Account
) -> tuple[str, DateOrder]:
    # Only known columns prove a dialect, since another may hold anything, as version numbers.
    known = [name for name in numbers if not is_uncertain(name)]
    mark = decimal_mark(
        (row.cells[name].removesuffix("%") for row in rows for name in known),
        source=SOURCE,
        told=account.decimal,
    )
    order = date_order(
        (row.cells["date"] for row in rows),
        source=SOURCE,
        told=account.dates,
        window=(
            account.received_date - timedelta(days=WINDOW_DAYS_MAX),
            account.received_date + timedelta(days=1),
        ),
    )
    return mark, order


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableReport(
            f"{SOURCE} is not UTF-8 ({error.reason} at byte {error.start}); "
            "take the CSV as Sellerboard delivers it, not saved again by a spreadsheet"
        ) from error
    if "\x00" in text:
        raise UnreadableReport(f"{SOURCE} holds binary characters; choose the format CSV")
    if text.lstrip()[:1] == "<":
        raise UnreadableReport(f"{SOURCE} is a web page, no CSV; make the link anew")
    return text


def _table(text: str) -> tuple[list[str], list[_Row], list[Problem]]:
    delimiter, header = _header(text)
    rows: list[_Row] = []
    problems: list[Problem] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = next(reader)
        for number, fields in enumerate(reader, start=2):
            if len(fields) == len(header):
                texts = [field.strip() for field in fields]
                rows.append(
                    _Row(
                        number=number,
                        cells=dict(zip(header, texts, strict=True)),
                        raw=dict(zip(names, texts, strict=True)),
                    )
                )
            elif any(fields):
                message = f"has {len(fields)} fields where the header has {len(header)}"
                problems.append(Problem(place=f"{SOURCE}, row {number}", message=message))
    except csv.Error as error:
        raise UnreadableReport(
            f"{SOURCE}, line {reader.line_num}: {error}; was the download cut off?"
        ) from error
    return header, rows, problems


def _header(text: str) -> tuple[str, list[str]]:
    """Return the delimiter under which the required columns appear, and the plain names."""
    best: list[str] = []
    for delimiter in ",;\t|":
        try:
            names = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
        except csv.Error:
            continue
        found = [plain(name) for name in names]
        if set(REQUIRED) <= set(found):
            twice = repeated(found)
            if twice:
                raise UnreadableReport(f"{SOURCE} has the column {twice[0]!r} twice")
            return delimiter, found
        best = max(best, found, key=len)
    missing = [name for name in REQUIRED if name not in best]
    raise UnreadableReport(
        f"{SOURCE} lacks the columns {', '.join(missing)}; make the link for the report "
        "'Dashboard by product' with all columns"
    )


CellReader = Callable[[str], Cell | None]


def _cell_reader(mark: str, digits: int) -> CellReader:
    """Return a reader of cells that remembers: most cells of a report are the same few texts."""
    seen: dict[str, Cell | None] = {}

    def read(text: str) -> Cell | None:
        if text not in seen:
            number = number_of(text, mark)
            if number is None:
                seen[text] = None
            else:
                whole = int(number)
                count = whole if whole == number else None
                seen[text] = Cell(minor=round(number.scaleb(digits)), count=count)
        return seen[text]

    return read


def _read_numbers(row: _Row, names: Sequence[str], read: CellReader) -> dict[str, Cell]:
    """Return the row's numbers by column; text in a column nobody knows is left out.

    Raises:
        BadInput: a column that we add up holds text.
    """
    cells: dict[str, Cell] = {}
    for name in names:
        text = row.cells[name]
        if text in _UNKNOWN:
            continue
        value = read(text.removesuffix("%").strip())
        if value is not None:
            cells[name] = value
        elif not is_uncertain(name):
            raise BadInput(f"{text!r} is no number", field=name)
        if value and value.count is None and part_of(name) in (Part.UNITS, Part.REFUNDS):
            raise BadInput(f"{text!r} is no whole number of units", field=name)
    return cells


def _day(row: _Row, total: Sums, order: DateOrder, account: Account) -> SellerboardDay:
    business_date = _date(row, order, account)
    for name in ("marketplace", "sku"):
        if not row.cells[name]:
            raise BadInput("is empty; the row cannot be known again", field=name)
    age_days = (account.received_date - business_date).days
    return SellerboardDay(
        business_date=business_date,
        marketplace=row.cells["marketplace"],
        asin=_asin(row.cells["asin"]),
        sku=Sku(row.cells["sku"]),
        units=total.units,
        refunds=total.refunds,
        sales_minor=total.sales_minor,
        ads_minor=total.ads_minor,
        fees_minor=total.fees_minor,
        refund_cost_minor=total.refund_cost_minor,
        cost_of_goods_minor=total.cost_of_goods_minor,
        vat_minor=total.vat_minor,
        net_profit_minor=total.net_profit_minor,
        currency=account.currency,
        is_settled=age_days > SETTLED_AFTER_DAYS,
        fulfilment_channel=row.cells.get("fulfillmentchannel", "").upper(),
        raw_json=_raw_json(row),
    )


def _date(row: _Row, order: DateOrder, account: Account) -> date:
    business_date = date_of(row.cells["date"], order)
    if business_date is None:
        raise BadInput(f"{row.cells['date']!r} is no date of the file's kind", field="date")
    if business_date > account.received_date + timedelta(days=1):
        raise BadInput(f"{business_date} has not come yet", field="date")
    return business_date


def _asin(text: str) -> Asin:
    try:
        return parse_asin(text)
    except MalformedIdentifier as error:
        raise BadInput(error.message, field="asin") from error


def _without_repeats(
    days: Iterable[tuple[_Row, SellerboardDay]],
) -> tuple[list[SellerboardDay], list[Problem]]:
    """Return one row a key. The same row twice is one; two that differ are neither."""
    by_key: dict[tuple[object, ...], list[tuple[_Row, SellerboardDay]]] = {}
    for row, day in days:
        key = (day.business_date, day.marketplace, day.asin, day.sku)
        by_key.setdefault(key, []).append((row, day))
    kept: list[SellerboardDay] = []
    problems: list[Problem] = []
    for group in by_key.values():
        (first_row, first), *others = group
        is_same = all(day.raw_json == first.raw_json for _, day in others)
        if is_same:
            kept.append(first)
        for row, _ in others if is_same else group:
            why = "repeats" if is_same else "contradicts the others of the same product and day, as"
            message = f"{why} row {first_row.number}; it was left out"
            problems.append(Problem(place=f"{SOURCE}, row {row.number}", message=message))
    return kept, problems


def _whole(
    rows: Iterable[_Row], kept: Sequence[SellerboardDay], order: DateOrder, account: Account
) -> frozenset[tuple[date, str]]:
    """Return the days and marketplaces told, but those of which a row is missing among the kept."""
    used = {day.raw_json for day in kept}
    incomplete: set[tuple[date, str]] = set()
    for row in rows:
        # The row itself, since one that is told twice alike is kept once and lacks nothing.
        if _raw_json(row) in used:
            continue
        try:
            incomplete.add((_date(row, order, account), row.cells["marketplace"]))
        except BadInput:
            return frozenset()
        if not row.cells["marketplace"]:
            return frozenset()
    return frozenset((day.business_date, day.marketplace) for day in kept) - incomplete


def _raw_json(row: _Row) -> str:
    return json.dumps({name: text for name, text in row.raw.items() if text}, ensure_ascii=False)


def _problem(row: _Row, error: BadInput) -> Problem:
    place = f"{SOURCE}, row {row.number}" + (f", {error.field}" if error.field else "")
    return Problem(place=place, message=error.message)


__all__ = ["Account", "DialectUnclear", "ParsedReport", "UnreadableReport", "parse_report"]
