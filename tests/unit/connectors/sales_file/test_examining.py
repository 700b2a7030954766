import string
from datetime import date
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders.sales_file import a_line, a_sales_csv
from umschlag.connectors.sales_file.columns import SalesField
from umschlag.connectors.sales_file.examining import SalesFileOptions, examine_sales_file
from umschlag.kernel.errors import BadInput
from umschlag.kernel.money import Money

BERLIN = ZoneInfo("Europe/Berlin")
EUROS = SalesFileOptions(currency="EUR")


def preview_of(path, options=EUROS):
    return examine_sales_file(path, options, zone=BERLIN).preview


def test_a_preview_shows_the_rows_as_they_were_understood(tmp_path):
    path = a_sales_csv(tmp_path, a_line(date="14.03.2026 10:00", price="1.234,50"), delimiter=";")

    preview = preview_of(path)

    (line,) = preview.first_lines
    assert (line.row, line.order_id, line.sku, line.units) == (2, "1001", "85048", 2)
    assert (line.price, line.sold_at.date()) == (Money(123_450, "EUR"), date(2026, 3, 14))
    assert preview.revenue == Money(246_900, "EUR")
    assert (preview.decimal, preview.dates, preview.format) == (",", "dmy", "csv")
    assert preview.mapping.of(SalesField.SOLD_AT) == "Date"


def test_every_row_is_accounted_for(tmp_path):
    lines = [a_line(sku=f"{number}A") for number in range(30)]
    lines += [
        a_line(sku="1A", sheet="2"),
        a_line(price="0"),
        a_line(sku="POST"),
        a_line(order="7", qty="5"),
        a_line(order="C7", qty="-5"),
        a_line(order="C8", qty="-1"),
        a_line(qty="lots"),
    ]

    preview = preview_of(a_sales_csv(tmp_path, *lines))

    skipped = (
        preview.duplicate_count
        + preview.unpriced_count
        + 2 * preview.cancelled_pair_count
        + preview.non_product_line_count
        + preview.unusable_count
    )
    assert preview.row_count == len(lines)
    assert preview.sale_count + preview.return_count + skipped == preview.row_count
    assert (preview.sale_count, preview.return_count, skipped) == (30, 1, 6)
    assert "POST" in " ".join(str(problem) for problem in preview.problems)


def test_a_bad_row_of_a_workbook_is_named_with_its_sheet(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "March"
    april = book.create_sheet("April")
    for sheet, quantity in ((book.active, 2), (april, "two")):
        sheet.append(("Order", "SKU", "Qty", "Date", "Price"))
        sheet.append(("1001", "85048", quantity, date(2026, 3, 14), 6.95))
    book.save(tmp_path / "sales.xlsx")

    preview = preview_of(tmp_path / "sales.xlsx")

    assert preview.sale_count == 1
    assert [problem.place for problem in preview.problems] == [
        "sales.xlsx, sheet April, row 2, Qty"
    ]


def test_a_date_in_one_sheet_and_a_number_in_another_do_not_become_a_wrong_day(tmp_path):
    book = openpyxl.Workbook()
    for sheet, day in ((book.active, date(2026, 3, 14)), (book.create_sheet("April"), 2.5)):
        sheet.append(("Order", "SKU", "Qty", "Date", "Price"))
        sheet.append(("1001", "85048", 2, day, 6.95))
    book.save(tmp_path / "sales.xlsx")

    preview = preview_of(tmp_path / "sales.xlsx")

    assert (preview.first_date, preview.unusable_count) == (date(2026, 3, 14), 1)


def test_of_many_bad_rows_the_rest_is_counted(tmp_path):
    path = a_sales_csv(tmp_path, *(a_line(qty="lots") for _ in range(900)))

    preview = preview_of(path)

    assert preview.unusable_count == 900
    assert len(preview.problems) <= 500
    assert "more rows cannot be used" in str(preview.problems[0])


def test_a_file_whose_rows_all_go_has_no_period(tmp_path):
    preview = preview_of(a_sales_csv(tmp_path, a_line(price="0")))

    assert (preview.first_date, preview.last_date, preview.article_count) == (None, None, 0)
    assert preview.revenue == Money(0, "EUR")


@given(
    place=st.integers(0, 400),
    noise=st.text(alphabet=string.printable + "ä€\u0412", max_size=8),
    cut=st.integers(0, 12),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_mangled_file_is_refused_or_accounted_for_and_never_crashes(tmp_path, place, noise, cut):
    content = a_sales_csv(
        tmp_path, a_line(), a_line(order="2", sku="9A"), a_line(order="3", qty="-2")
    ).read_bytes()
    path = tmp_path / "mangled.csv"
    path.write_bytes(content[:place] + noise.encode() + content[place + cut :])

    try:
        preview = preview_of(path)
    except BadInput:
        return

    skipped = (
        preview.duplicate_count
        + preview.unpriced_count
        + 2 * preview.cancelled_pair_count
        + preview.non_product_line_count
        + preview.unusable_count
    )
    assert preview.sale_count + preview.return_count + skipped == preview.row_count


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@given(
    prices=st.lists(st.integers(1, 10**9), min_size=1, max_size=8),
    comma=st.booleans(),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_money_comes_back_as_it_was_written(tmp_path, delimiter, prices, comma):
    texts = [f"{minor / 100:.2f}" for minor in prices]
    lines = [
        a_line(order=str(at), qty="1", price=text.replace(".", ",") if comma else text)
        for at, text in enumerate(texts)
    ]

    preview = preview_of(a_sales_csv(tmp_path, *lines, delimiter=delimiter))

    assert preview.revenue == Money(sum(prices), "EUR")
