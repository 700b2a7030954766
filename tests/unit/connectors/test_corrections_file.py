"""Lists of corrections and prices in a person's file."""

from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from umschlag.connectors.corrections_file import RowsUnusable, changes_in_file
from umschlag.intelligence.corrections.model import PriceChange, StockCorrection, WriteKind
from umschlag.kernel.errors import BadInput


def read(tmp_path, text, kind=WriteKind.STOCK, name="list.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return changes_in_file(path, kind, currency="EUR")


def test_a_stock_list_is_read(tmp_path):
    found = read(tmp_path, "sku,units,warehouse,based_on\nHX-1,10,1,12\nHX-2,0,,\n")

    assert found == [
        StockCorrection(sku="HX-1", place_id=1, asked=Decimal(10), based_on=Decimal(12), row=2),
        StockCorrection(sku="HX-2", asked=Decimal(0), row=3),
    ]


def test_a_german_price_list_is_read(tmp_path):
    found = read(
        tmp_path, "Artikelnummer;Preis;Preis-ID;vorher\nHX-1;1.024,99;2;999,00\n", WriteKind.PRICE
    )

    assert found == [
        PriceChange(
            sku="HX-1",
            place_id=2,
            asked=Decimal("1024.99"),
            based_on=Decimal("999.00"),
            row=2,
            currency="EUR",
        )
    ]


def test_a_workbook_is_read_with_its_own_numbers(tmp_path):
    path = tmp_path / "list.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["sku", "price", "price_id"])
    book.active.append([4711, 19.95, 1])
    book.save(path)

    found = changes_in_file(path, WriteKind.PRICE, currency="EUR")

    assert [(row.sku, row.asked, row.place_id) for row in found] == [("4711", Decimal("19.95"), 1)]


def test_every_bad_cell_is_named_with_file_row_and_column_and_nothing_is_used(tmp_path):
    with pytest.raises(RowsUnusable) as caught:
        read(tmp_path, "sku,units,warehouse\nHX-1,ten,1\n,5,1\nHX-3,5,home\nHX-4,,1\nHX-5,1,1\n")

    told = [problem.message for problem in caught.value.problems]
    assert [message.split(":")[0] for message in told] == [
        "list.csv, row 2, units",
        "list.csv, row 3, sku",
        "list.csv, row 4, warehouse",
        "list.csv, row 5, units",
    ]
    assert all(";" in message for message in told)


def test_prices_of_another_currency_are_refused(tmp_path):
    with pytest.raises(RowsUnusable, match="row 2, currency: is GBP"):
        read(tmp_path, "sku,price,currency\nHX-1,5.00,GBP\n", WriteKind.PRICE)


def test_a_price_that_can_be_read_in_two_ways_is_refused(tmp_path):
    with pytest.raises(BadInput, match="decimal one"):
        read(tmp_path, "sku;price\nHX-1;1,024\n", WriteKind.PRICE)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sku,menge2\nHX-1,1\n", "no column 'units'"),
        ("sku,units\n", "no rows"),
        ("", "empty"),
    ],
)
def test_a_file_that_is_no_list_says_why(tmp_path, text, said):
    with pytest.raises(BadInput, match=said):
        read(tmp_path, text)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 999_999), min_size=1, max_size=30))
def test_whatever_is_counted_arrives_as_it_stands(tmp_path_factory, counts):
    lines = "".join(f"S-{row};{units}\n" for row, units in enumerate(counts))

    found = read(tmp_path_factory.mktemp("list"), f"sku;units\n{lines}")

    assert [change.asked for change in found] == counts
    assert [change.row for change in found] == list(range(2, len(counts) + 2))
