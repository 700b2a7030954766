from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from umschlag.connectors.dialect import DateOrder, DialectUnclear
from umschlag.connectors.sales_file.columns import map_columns
from umschlag.connectors.sales_file.reading import ROW, SalesTable
from umschlag.connectors.sales_file.values import PROBLEMS_MAX, Reading, typed_lines

BERLIN = ZoneInfo("Europe/Berlin")


def local(*parts):
    """Return the instant as clocks in the shop show it: without a zone."""
    return datetime(*parts, tzinfo=UTC).replace(tzinfo=None)


def typed(reading=None, **columns):
    """Return the typed lines of a table with these columns, the others filled in."""
    count = len(next(iter(columns.values())))
    defaults = {
        "order": ["1"] * count,
        "sku": ["A"] * count,
        "qty": [1] * count,
        "date": [local(2026, 3, 14, 10)] * count,
        "price": [2.0] * count,
    }
    frame = pl.DataFrame({**defaults, **columns}).with_row_index(ROW, offset=2)
    table = SalesTable(source="sales.csv", format="csv", content_sha256="", frame=frame)
    mapping = map_columns(table.column_names, source=table.source)
    return typed_lines(table, mapping, reading or Reading(zone=BERLIN))


@pytest.mark.parametrize(
    "cells",
    [
        ["2026-03-14 22:30:00", "2026-12-31"],
        ["14.03.2026 22:30", "31.12.2026"],
        ["14/03/2026, 22:30", "31/12/2026"],
        ["3/14/2026 10:30 PM", "12/31/2026 12:00 AM"],
        ["2026-03-14T22:30:00", "2026-12-31T00:00"],
        ["2026-03-14T21:30:00Z", "2026-12-30T23:00:00Z"],
        ["2026-03-14T22:30:00+01:00", "2026-12-31T00:00:00+0100"],
        [local(2026, 3, 14, 22, 30), local(2026, 12, 31)],
        [datetime(2026, 3, 14, 21, 30, tzinfo=UTC), datetime(2026, 12, 30, 23, tzinfo=UTC)],
        [date(2026, 3, 14), date(2026, 12, 31)],
        [46095.9375, 46387.0],
    ],
)
def test_every_way_of_writing_an_instant_comes_to_the_merchants_day(cells):
    days = typed(date=cells).frame["sold_at"].dt.date().to_list()

    assert days == [date(2026, 3, 14), date(2026, 12, 31)]


def test_hours_are_kept_for_what_was_cancelled_minutes_later():
    at = typed(date=["12/30/2025 6:07:04 PM", "12/30/2025 12:01 AM"]).frame["sold_at"].to_list()

    assert at == [local(2025, 12, 30, 18, 7, 4), local(2025, 12, 30, 0, 1)]


@pytest.mark.parametrize(
    ("prices", "steps"),
    [
        (["6.95", "1,234.50"], [69_500, 12_345_000]),
        (["6,95 €", "1.234,50"], [69_500, 12_345_000]),
        ([6.95, 0.001], [69_500, 10]),
        ([7, 8], [70_000, 80_000]),
        (["-6.95", "−6.95"], [-69_500, -69_500]),
    ],
)
def test_prices_are_exact_however_they_are_written(prices, steps):
    assert typed(price=prices).frame["price_steps"].to_list() == steps


def test_prices_that_can_be_read_in_two_ways_are_refused_until_a_person_says():
    with pytest.raises(DialectUnclear):
        typed(price=["1.250"])

    lines = typed(price=["1.250"], reading=Reading(zone=BERLIN, decimal=","))
    assert lines.frame["price_steps"].to_list() == [12_500_000]


def test_dates_that_can_be_read_in_two_ways_are_refused_until_a_person_says():
    with pytest.raises(DialectUnclear):
        typed(date=["03/04/2026"])

    lines = typed(date=["03/04/2026"], reading=Reading(zone=BERLIN, dates=DateOrder.DAY_FIRST))
    assert lines.frame["sold_at"].dt.date().to_list() == [date(2026, 4, 3)]


def test_codes_are_folded_and_order_numbers_of_spreadsheets_are_whole():
    lines = typed(sku=[" 85123a ", "85123A"], order=[536365.0, 536366.0])

    assert lines.frame["sku"].to_list() == ["85123A", "85123A"]
    assert lines.frame["order_id"].to_list() == ["536365", "536366"]


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("qty", "1.5", "no whole number"),
        ("qty", "two", "'two' is no whole number"),
        ("price", "n/a", "no amount of money"),
        ("date", "31.02.2026", "no date"),
        ("order", "", "the cell is empty"),
        ("sku", "x" * 101, "longer than 100"),
    ],
)
def test_a_cell_that_cannot_be_used_is_named_with_its_row_and_column(column, cell, words):
    good = {"qty": "1", "price": "2.50", "date": "01.02.2026", "order": "7", "sku": "A"}

    lines = typed(**{column: [good[column], cell or None]})

    assert lines.frame["row"].to_list() == [2]
    assert lines.unusable_count == 1
    (problem,) = lines.problems
    assert problem.place == f"sales.csv, row 3, {column}"
    assert words in problem.message


def test_a_file_of_nonsense_is_counted_whole_and_told_in_part():
    lines = typed(qty=["x"] * (PROBLEMS_MAX + 100))

    assert lines.unusable_count == PROBLEMS_MAX + 100
    assert len(lines.problems) == PROBLEMS_MAX


def test_a_row_with_two_bad_cells_is_one_row():
    assert typed(qty=["x"], price=["y"]).unusable_count == 1


@pytest.mark.parametrize("word", ["", "nan", "NULL", "n/a", " - "])
def test_words_for_nothing_are_nothing(word):
    assert typed(name=[word]).frame["name"].to_list() == [None]
