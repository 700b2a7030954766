import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.sellerboard import (
    RECEIVED,
    a_product_day,
    a_report,
    a_return_day,
    a_written_report,
    an_account,
)
from umschlag.connectors.dialect import DateOrder
from umschlag.connectors.sellerboard.parsing import UnreadableReport, parse_report
from umschlag.kernel.errors import BadInput
from umschlag.simulators.sellerboard.writing import DIALECTS

LONG_AGO = RECEIVED - timedelta(days=15)
DIALECT = st.sampled_from(sorted(DIALECTS))
ROW = "3/25/2026,Amazon.de,B0ABCDEFGH,HX-1,2,20.50,4.10"


def parsed(content, **account):
    return parse_report(content, an_account(**account))


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
@pytest.mark.parametrize("itemised", [False, True])
@pytest.mark.parametrize("byte_order_mark", [False, True])
def test_every_dialect_and_layout_tells_the_same(dialect, itemised, byte_order_mark):
    content = a_report(
        a_product_day(), dialect=dialect, itemised=itemised, byte_order_mark=byte_order_mark
    )

    report = parsed(content)

    (day,) = report.days
    assert (day.business_date, day.marketplace) == (date(2026, 3, 25), "Amazon.de")
    assert (day.asin, day.sku, day.units, day.refunds) == ("B0ABCDEFGH", "HX-10007", 2, 0)
    assert (day.sales_minor, day.ads_minor, day.fees_minor) == (5_000, -400, -1_436)
    assert (day.cost_of_goods_minor, day.vat_minor, day.refund_cost_minor) == (-1_300, -798, 0)
    assert day.net_profit_minor == 1_066
    assert (report.row_count, report.problems, report.notes) == (1, (), ())


@pytest.mark.parametrize("itemised", [False, True])
def test_the_parts_add_up_to_the_net_profit_whatever_the_layout_calls_refund_cost(itemised):
    content = a_report(a_product_day(), a_return_day(sku="HX-2"), itemised=itemised)

    for day in parsed(content).days:
        parts = (
            day.sales_minor,
            day.ads_minor,
            day.fees_minor,
            day.refund_cost_minor,
            day.cost_of_goods_minor,
            day.vat_minor,
        )
        assert sum(parts) == day.net_profit_minor


def test_a_day_with_returns_alone_is_a_day():
    (day,) = parsed(a_report(a_return_day())).days

    assert (day.units, day.refunds, day.sales_minor) == (0, 1, 0)
    assert day.refund_cost_minor == -1_550


def test_fees_may_be_money_in():
    (day,) = parsed(a_report(a_product_day(commission=2_000))).days

    assert day.fees_minor == 1_314


def test_the_real_condensed_row_that_its_user_reconciled():
    # A row of a live account as its owner published it: sales are organic plus advertised, not
    # all four columns, and their ratios follow from the money.
    header = (
        "Date,Marketplace,ASIN,SKU,SalesOrganic,SalesPPC,SalesSponsoredProducts,UnitsOrganic,"
        "UnitsPPC,UnitsSponsoredProducts,Cost of Goods,NetProfit,Margin,ROI,Sponsored\u0412rands"
    )
    row = "1/22/2026,Amazon.com,B0ABCDEFGH,S-1,13.81,13.81,13.81,1,1,1,-10.38,4.19,15.16,40.37,0"

    (day,) = parsed(
        a_written_report(row, header=header), currency="USD", received_date=date(2026, 1, 30)
    ).days

    assert (day.sales_minor, day.units) == (2_762, 2)
    assert round(100 * day.net_profit_minor / -day.cost_of_goods_minor, 2) == 40.37


def test_the_cyrillic_spelling_of_a_header_is_the_same_column():
    one = a_report(a_product_day(), cyrillic_header=True)
    other = a_report(a_product_day(), cyrillic_header=False)

    assert replace(parsed(one).days[0], raw_json="") == replace(parsed(other).days[0], raw_json="")


def test_the_row_is_kept_as_it_was_delivered():
    (day,) = parsed(a_report(a_product_day(), dialect="de")).days

    raw = json.loads(day.raw_json)
    assert raw["Date"] == "25.03.2026"
    assert raw["Name"] == 'Lamp "Urban", 30 cm; white'
    assert raw["AmazonFees"] == "-14,36"


def test_a_header_without_rows_means_that_nothing_sold():
    report = parsed(a_report(header_only=True))

    assert (report.days, report.row_count, report.problems) == ((), 0, ())


def test_young_days_are_estimates():
    content = a_report(
        a_product_day(business_date=LONG_AGO),
        a_product_day(business_date=LONG_AGO + timedelta(days=1)),
    )

    assert [day.is_settled for day in parsed(content).days] == [True, False]


def test_a_new_fee_column_counts_where_the_net_profit_says_so():
    report = parsed(a_report(a_product_day(further_fees={"NewShinyFee": -25})))

    assert report.days[0].fees_minor == -1_461
    assert report.notes == ("the column 'newshinyfee' is new to us and was counted as a fee",)


def test_a_new_column_that_is_no_cost_does_not_count():
    header = "Date,Marketplace,ASIN,SKU,UnitsOrganic,SalesOrganic,NetProfit,Rank"

    report = parsed(
        a_written_report("2026-03-25,Amazon.de,B0ABCDEFGH,HX-1,2,20,20,7", header=header)
    )

    assert report.days[0].fees_minor == 0
    assert report.notes == ("the column 'rank' is new to us and was not counted",)


def test_rows_that_do_not_add_up_are_told():
    report = parsed(a_written_report(ROW.replace("4.10", "4.11"), ROW.replace("HX-1", "HX-2")))

    assert report.notes == ("2 of 2 rows do not add up to Sellerboard's net profit",)


@pytest.mark.parametrize("column", ["Date", "Marketplace", "ASIN", "SKU"])
def test_a_file_without_a_column_that_a_row_is_known_by_is_refused(column):
    header = "Date,Marketplace,ASIN,SKU,UnitsOrganic".replace(column, "Other")

    with pytest.raises(UnreadableReport, match=column.lower()):
        parsed(a_written_report("1,2,3,4,5", header=header))


def test_a_column_that_stands_twice_is_refused():
    header = "Date,Marketplace,ASIN,SKU,Refunds,refunds"

    with pytest.raises(UnreadableReport, match="'refunds' twice"):
        parsed(a_written_report("1,2,3,4,5,6", header=header))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<!DOCTYPE html><html></html>", "web page"),
        ("Date;Mär".encode("cp1252"), "not UTF-8"),
        (b"Date\x00,", "binary"),
        (b"", "lacks the columns"),
        (b'Date,Marketplace,ASIN,SKU\r\n"cut off', "cut off"),
    ],
)
def test_what_is_no_report_is_refused_with_the_cure(content, words):
    with pytest.raises(UnreadableReport, match=words):
        parsed(content)


@pytest.mark.parametrize(
    ("row", "place"),
    [
        (ROW.replace("B0ABCDEFGH", "B0"), "row 3, asin"),
        (ROW.replace("HX-1", ""), "row 3, sku"),
        (ROW.replace("Amazon.de", ""), "row 3, marketplace"),
        (ROW.replace("3/25/2026", "soon"), "row 3, date"),
        (ROW.replace("3/25/2026", "3/25/2027"), "row 3, date"),
        (ROW.replace("20.50", "many"), "row 3, salesorganic"),
        (ROW.replace(",2,", ",2.50,"), "row 3, unitsorganic"),
        (ROW + ",9", "row 3"),
        ("3/25/2026,Amazon.de", "row 3"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_and_the_others_count(row, place):
    report = parsed(a_written_report(ROW, row))

    assert len(report.days) == 1
    (problem,) = report.problems
    assert problem.place == f"Sellerboard report, {place}"
    assert report.row_count == 2


def test_the_same_row_twice_counts_once_and_is_told():
    report = parsed(a_written_report(ROW, ROW))

    assert len(report.days) == 1
    assert "repeats row 2" in report.problems[0].message


def test_two_different_rows_of_one_product_and_day_count_neither():
    report = parsed(a_written_report(ROW, ROW.replace("20.50", "30.50")))

    assert report.days == ()
    assert len(report.problems) == 2


def test_a_lone_ambiguous_date_is_told_by_the_window():
    # The third of December lies ahead on the day the report came.
    row = ROW.replace("3/25/2026", "12/3/2026")

    (day,) = parsed(a_written_report(row), received_date=date(2026, 3, 20)).days

    assert day.business_date == date(2026, 3, 12)


def test_a_date_that_nothing_tells_is_refused_unless_the_account_says():
    row = ROW.replace("3/25/2026", "3/4/2026")

    with pytest.raises(BadInput, match="dmy or mdy"):
        parsed(a_written_report(row), received_date=date(2026, 4, 5))
    (day,) = parsed(
        a_written_report(row), received_date=date(2026, 4, 5), dates=DateOrder.DAY_FIRST
    ).days
    assert day.business_date == date(2026, 4, 3)


@given(
    dialect=DIALECT,
    itemised=st.booleans(),
    days=st.lists(
        st.builds(
            a_product_day,
            business_date=st.dates(RECEIVED - timedelta(days=31), RECEIVED),
            sku=st.integers(0, 50).map(lambda number: f"HX-{number}"),
            sales_organic=st.integers(0, 10**7),
            commission=st.integers(-(10**6), 10**6),
            vat=st.integers(-(10**6), 0),
        ),
        min_size=1,
        max_size=12,
        unique_by=lambda day: (day.business_date, day.sku),
    ),
)
def test_no_cent_is_lost_on_the_way_or_the_file_is_refused(dialect, itemised, days):
    try:
        report = parsed(a_report(*days, dialect=dialect, itemised=itemised))
    except BadInput:
        return

    assert sorted(day.net_profit_minor for day in report.days) == sorted(
        day.net_profit for day in days
    )
    assert sum(day.sales_minor for day in report.days) == sum(day.sales for day in days)
    assert {day.business_date for day in report.days} == {day.business_date for day in days}


@given(
    dialect=DIALECT,
    place=st.integers(0, 2_000),
    noise=st.binary(max_size=6),
    cut=st.integers(0, 8),
)
def test_a_mangled_file_is_refused_or_told_row_by_row_and_never_crashes(dialect, place, noise, cut):
    content = a_report(a_product_day(), a_return_day(sku="HX-2"), dialect=dialect)
    mangled = content[:place] + noise + content[place + cut :]

    try:
        report = parsed(mangled)
    except BadInput:
        return

    assert len(report.days) + len(report.problems) >= report.row_count
    for day in report.days:
        assert day.business_date <= RECEIVED + timedelta(days=1)
        assert day.sku
        assert len(day.asin) == 10


def test_a_day_on_a_marketplace_is_whole_where_every_row_of_it_is_used():
    french = ROW.replace("Amazon.de", "Amazon.fr")

    report = parsed(a_written_report(ROW, french, french.replace("4.10", "much")))

    assert len(report.days) == 2
    assert report.whole == {(date(2026, 3, 25), "Amazon.de")}


@pytest.mark.parametrize("row", ["3/25/2026", ROW.replace("Amazon.de", ""), "soon" + ROW[9:]])
def test_no_day_is_whole_where_nobody_knows_of_which_a_row_is(row):
    report = parsed(a_written_report(ROW, row))

    assert (len(report.days), len(report.problems)) == (1, 1)
    assert report.whole == frozenset()
