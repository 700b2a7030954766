import csv
import io
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as some

from umschlag.kernel.errors import BadInput
from umschlag.wiring import spreadsheets
from umschlag.wiring.spreadsheets import csv_chunks, excel_chunks

TITLES = ["text", "count", "amount", "day", "claim"]
# Excel knows no day before, and openpyxl reads none beyond.
DAYS = some.dates(min_value=date(1900, 3, 1), max_value=date(9999, 12, 30))
WORDS = some.text(some.characters(codec="utf-8", exclude_characters="\r"), min_size=1)
ROWS = some.lists(
    some.tuples(
        some.none() | WORDS,
        some.integers(-(10**9), 10**9),
        some.none() | some.decimals(-(10**9), 10**9, places=2),
        DAYS,
        some.booleans(),
    ),
    max_size=20,
)


def excel_rows(rows, title="stock"):
    content = b"".join(excel_chunks(iter([TITLES, *rows]), title=title))
    return openpyxl.load_workbook(io.BytesIO(content)).active


@given(ROWS)
def test_excel_reads_back_what_was_written(rows):
    read = list(excel_rows(rows).iter_rows(min_row=2, values_only=True))

    for (text, count, amount, day, claim), told in zip(rows, read, strict=True):
        kept = None if text is None else spreadsheets._NOT_IN_XML.sub("", text) or None
        assert told[0] == kept
        assert told[1:] == (
            count,
            None if amount is None else pytest.approx(float(amount)),
            datetime(day.year, day.month, day.day),  # noqa: DTZ001 - as openpyxl reads days
            claim,
        )


@given(ROWS)
def test_csv_reads_back_what_was_written(rows):
    content = b"".join(csv_chunks(iter([TITLES, *rows]))).decode("utf-8-sig")

    read = list(csv.reader(io.StringIO(content, newline="")))
    assert read[0] == TITLES
    assert [row[1] for row in read[1:]] == [str(row[1]) for row in rows]


def test_a_text_that_looks_like_a_formula_is_none_in_either_file():
    row = ["=1+1", -3, Decimal("-2.50"), date(2026, 9, 2), True]

    sheet = excel_rows([row])
    text = b"".join(csv_chunks([TITLES, row])).decode("utf-8-sig").splitlines()[1]

    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")
    assert text.startswith("'=1+1,-3,-2.50,2026-09-02,True")


def test_germans_get_the_list_as_their_excel_opens_it():
    names = ["sku", "stock_value", "business_date", "is_vanished", "other"]
    rows = [names, ["HX;1", Decimal("-1234.50"), date(2026, 8, 31), True, 0.5]]

    with translation.override("de"):
        chunks = csv_chunks(iter(rows))
    # Written after the reader's language is gone, as a page's answer is.
    content = b"".join(chunks)

    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").splitlines() == [
        "SKU;Bestandswert;Geschäftstag;Verschwunden;other",
        '"HX;1";-1234,50;31.08.2026;ja;0,5',
    ]


def test_the_english_list_keeps_the_names_that_programs_read():
    rows = [["sku", "is_vanished"], ["HX-1", False]]

    assert b"".join(csv_chunks(rows)).decode("utf-8-sig").splitlines() == [
        "sku,is_vanished",
        "HX-1,False",
    ]


def test_an_endless_number_breaks_no_excel_file():
    assert excel_rows([[float("inf")]])["A2"].value == "∞"


def test_the_file_comes_piece_by_piece():
    rows = ([f"{number:064x}"] for number in range(20_000))

    first = next(excel_chunks(rows, title="stock"))

    assert len(first) < 100_000
    assert int(next(rows)[0], 16) < 2_000


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch):
    monkeypatch.setattr(spreadsheets, "EXCEL_ROWS_MAX", 2)

    with pytest.raises(BadInput, match="take a CSV file"):
        excel_rows([["a"], ["b"]])
