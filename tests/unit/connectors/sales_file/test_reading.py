import polars as pl
import pytest

from builders.sales_file import a_line, a_sales_csv
from umschlag.connectors.sales_file.reading import (
    ROW,
    SHEET,
    UnreadableFile,
    read_sales_table,
    sniff_delimiter,
)

LINES = pl.DataFrame({"order": ["1", "2"], "sku": ["A", "B"], "qty": [1, 2]})


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_csv_of_any_delimiter_and_encoding_is_read(tmp_path, delimiter, encoding):
    path = a_sales_csv(
        tmp_path, a_line(name="Große Lampe, grün; 5|6"), delimiter=delimiter, encoding=encoding
    )

    table = read_sales_table(path)

    assert table.frame["Name"].to_list() == ["Große Lampe, grün; 5|6"]
    assert table.frame[ROW].to_list() == [2]
    assert table.source == "sales.csv"


@pytest.mark.parametrize(
    ("header", "delimiter"),
    [("a,b", ","), ("a;b", ";"), ('"a,b,c";d', ";"), ("a\tb", "\t"), ("alone", ",")],
)
def test_the_delimiter_is_told_by_the_header_outside_quotes(header, delimiter):
    assert sniff_delimiter(header + "\n1,2,3,4,5") == delimiter


def test_empty_lines_before_the_header_and_lone_carriage_returns_do_not_matter(tmp_path):
    (tmp_path / "sales.csv").write_bytes(b"\r\n\r\norder,sku\r1,A\r2,B\r")

    table = read_sales_table(tmp_path / "sales.csv")

    assert table.frame["sku"].to_list() == ["A", "B"]


def test_rows_of_another_width_are_named_and_the_others_read(tmp_path):
    path = tmp_path / "sales.csv"
    path.write_text("order,sku\n1,A\n2\n3,C,what\n\n4,D\n")

    table = read_sales_table(path)

    assert table.frame["order"].to_list() == ["1", "4"]
    assert [problem.place for problem in table.broken_rows] == [
        "sales.csv, row 3",
        "sales.csv, row 4",
    ]


@pytest.mark.parametrize("row", ['2,"B', '"2,B', '2,B"', '2,"B"x'])
def test_a_quote_that_is_not_closed_swallows_nothing(tmp_path, row):
    path = tmp_path / "sales.csv"
    path.write_text(f"order,sku\n1,A\n{row}\n3,C\n4,D\n")

    try:
        table = read_sales_table(path)
    except UnreadableFile as refused:
        assert "sales.csv" in str(refused)  # noqa: PT017 - reading the rest is as right as refusing
        return

    assert table.frame.height + len(table.broken_rows) == 4


def test_all_sheets_of_a_workbook_are_read_with_their_names(tmp_path):
    path = tmp_path / "sales.xlsx"
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for title in ("2009", "2010"):
        sheet = book.create_sheet(title)
        for row in (("order", "sku"), (f"{title}-1", "A")):
            sheet.append(row)
    book.create_sheet("Notes").append(("Only", "words"))
    book["Notes"].append(("and", "more"))
    book.save(path)

    table = read_sales_table(path)

    assert table.frame["order"].to_list() == ["2009-1", "2010-1"]
    assert table.frame[SHEET].to_list() == ["2009", "2010"]
    assert [problem.place for problem in table.broken_rows] == ["sales.xlsx, sheet Notes"]
    assert table.column_names == ["order", "sku"]


def test_parquet_keeps_its_types(tmp_path):
    LINES.write_parquet(tmp_path / "sales.parquet")

    table = read_sales_table(tmp_path / "sales.parquet")

    assert table.frame["qty"].to_list() == [1, 2]
    assert len(table.content_sha256) == 64


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("sales.pdf", b"%PDF", ".xlsx"),
        ("sales.csv", b" \n", "empty"),
        ("sales.csv", b"a,b\x00\xff\xfe", "no text file"),
        ("sales.csv", b"a,a\n1,2\n", "'a' twice"),
        ("sales.parquet", b"PAR1 not", "no Parquet"),
        ("sales.xlsx", b"PK not a workbook", "save it as .xlsx again"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_cure(tmp_path, name, content, words):
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(UnreadableFile, match=words):
        read_sales_table(path)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UnreadableFile, match="cannot be opened"):
        read_sales_table(tmp_path / "sales.csv")
