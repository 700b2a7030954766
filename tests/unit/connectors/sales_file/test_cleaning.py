from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from umschlag.connectors.sales_file.cleaning import (
    clean,
    proper_names,
    sales_facts,
    without_cancelled,
    without_overlap,
)

# As clocks in the shop show it: sales have no zone by the time they are cleaned.
NOON = datetime(2026, 3, 14, 12, tzinfo=UTC).replace(tzinfo=None)
SCHEMA = {
    "line": pl.UInt32,
    "row": pl.UInt32,
    "sheet": pl.String,
    "order_id": pl.String,
    "sku": pl.String,
    "units": pl.Int64,
    "price_steps": pl.Int64,
    "sold_at": pl.Datetime("us"),
    "name": pl.String,
    "customer": pl.String,
    "marketplace": pl.String,
}


def a_line(**values):
    return {
        "sheet": "",
        "order_id": "1001",
        "sku": "85048",
        "units": 2,
        "price_steps": 69_500,
        "sold_at": NOON,
        "name": "Glass ball",
        "customer": "13085",
        "marketplace": None,
        **values,
    }


def lines_of(*lines):
    return pl.DataFrame(
        [{"line": at, "row": at + 2, **line} for at, line in enumerate(lines)], schema=SCHEMA
    )


def cleaned(*lines, **options):
    return clean(lines_of(*lines), **options)


def cancellation(**values):
    return a_line(
        **{"order_id": "C2", "units": -2, "sold_at": NOON + timedelta(minutes=5), **values}
    )


def test_a_line_that_stands_in_two_sheets_counts_once():
    result = cleaned(a_line(sheet="1"), a_line(sheet="2"))

    assert (result.sales.height, result.duplicate_count) == (1, 1)


def test_a_repeat_within_one_sheet_stays():
    result = cleaned(a_line(sheet="1"), a_line(sheet="1"), a_line(sheet="2"))

    assert (result.sales.height, result.duplicate_count) == (2, 1)


@pytest.mark.parametrize(
    "difference", [{"units": 3}, {"price_steps": 1}, {"order_id": "9"}, {"sku": "1X"}]
)
def test_lines_that_differ_are_two(difference):
    assert cleaned(a_line(sheet="1"), a_line(sheet="2", **difference)).sales.height == 2


@given(counts=st.lists(st.integers(0, 4), min_size=1, max_size=4))
def test_a_line_counts_as_often_as_the_sheet_that_has_it_most(counts):
    lines = [a_line(sheet=str(sheet)) for sheet, count in enumerate(counts) for _ in range(count)]

    assert without_overlap(lines_of(*lines)).height == max(counts)


@pytest.mark.parametrize("steps", [0, -69_500])
def test_a_price_of_zero_or_below_is_no_sale(steps):
    result = cleaned(a_line(), a_line(price_steps=steps))

    assert (result.sales.height, result.unpriced_count) == (1, 1)


def test_no_units_are_no_sale():
    result = cleaned(a_line(), a_line(units=0))

    assert (result.sales.height, result.unpriced_count) == (1, 1)


def test_a_sale_and_its_cancellation_go_both():
    result = cleaned(a_line(), cancellation())

    assert (result.sales.height, result.cancelled_pair_count, result.return_count) == (0, 1, 0)
    assert set(result.touched["order_id"]) == {"1001", "C2"}


@pytest.mark.parametrize(
    "difference",
    [
        {"customer": "99"},
        {"customer": None},
        {"sku": "22423"},
        {"units": -1},
        {"sold_at": NOON - timedelta(minutes=5)},
        {"sold_at": NOON + timedelta(days=31)},
    ],
)
def test_a_negative_line_without_its_sale_is_a_return(difference):
    result = cleaned(a_line(), cancellation(**difference))

    assert (result.sales.height, result.cancelled_pair_count, result.return_count) == (2, 0, 1)


def test_the_thirtieth_day_is_still_in_time():
    assert cleaned(a_line(), cancellation(sold_at=NOON + timedelta(days=30))).sales.is_empty()


def test_one_cancellation_takes_one_sale_the_newest():
    earlier = a_line(order_id="1000", sold_at=NOON - timedelta(days=2))

    result = cleaned(earlier, a_line(), cancellation())

    assert result.sales["order_id"].to_list() == ["1000"]


def test_two_cancellations_take_two_sales():
    lines = [a_line(order_id=f"S{at}") for at in range(3)]
    cancels = [cancellation(order_id=f"C{at}") for at in range(2)]

    result = cleaned(*lines, *cancels)

    assert (result.sales.height, result.cancelled_pair_count) == (1, 2)


@given(
    moments=st.lists(
        st.tuples(st.integers(-3, 3).filter(bool), st.integers(0, 60), st.sampled_from("AB")),
        max_size=25,
    )
)
def test_cancelling_never_changes_what_is_sold_net(moments):
    lines = lines_of(
        *(
            a_line(units=units, sold_at=NOON + timedelta(days=day), customer=who)
            for units, day, who in moments
        )
    )

    kept, pairs = without_cancelled(lines)

    assert kept["units"].sum() == lines["units"].sum()
    assert kept.height == lines.height - 2 * pairs


@pytest.mark.parametrize(
    "code",
    ["POST", "M", "BANK CHARGES", "AMAZONFEE", "GIFT_0001_30", "TEST001", "ADJUST2", "VERSAND"],
)
def test_codes_of_services_are_no_products(code):
    products = [a_line(sku=f"{number}A", order_id=str(number)) for number in range(40)]

    result = cleaned(*products, a_line(sku=code, name="whatever"))

    assert (result.non_product_line_count, result.sales.height) == (1, 40)
    assert [item.code for item in result.non_products] == [code]


def test_a_service_may_be_known_by_its_name_alone():
    result = cleaned(a_line(), a_line(sku="C2", name="CARRIAGE"))

    assert [item.code for item in result.non_products] == ["C2"]


@pytest.mark.parametrize("code", ["POST-CARD-01", "TESTER-9X", "SHIP-IN-A-BOTTLE", "DCGS0058"])
def test_a_product_whose_code_begins_like_a_service_stays_a_product(code):
    assert cleaned(a_line(sku=code)).non_products == ()


def test_a_shop_that_names_its_products_in_letters_sells_products():
    names = ["APPLE", "PEAR", "PLUM", "CHERRY"]

    result = cleaned(*(a_line(sku=name, name=name.title()) for name in names))

    assert result.sales.height == len(names)


def test_a_person_can_overrule_what_is_no_product():
    products = [a_line(sku=f"{number}A", order_id=str(number)) for number in range(40)]

    result = cleaned(*products, a_line(sku="PADS", name="Pads"), products={"pads"})

    assert result.non_products == ()
    assert "PADS" in result.sales["sku"].to_list()


def test_the_most_frequent_name_is_the_proper_one_and_notes_are_none():
    names = proper_names(
        lines_of(
            a_line(name="GLASS BALL"),
            a_line(name="GLASS BALL"),
            a_line(name="Glass ball, old"),
            *(a_line(name="damaged", price_steps=0) for _ in range(5)),
            a_line(sku="22423", name=None),
        )
    )

    assert names.to_dicts() == [{"sku": "85048", "name": "GLASS BALL"}]


def facts_of(*lines):
    return sales_facts(cleaned(*lines), source="file", currency="EUR", digits=2)


def test_revenue_is_rounded_once_for_the_line_half_to_even():
    facts = facts_of(
        a_line(order_id="1", units=3, price_steps=50),
        a_line(order_id="2", units=1, price_steps=150),
        a_line(order_id="3", units=1, price_steps=250),
        a_line(order_id="4", units=-1, price_steps=150, customer=None),
    )

    assert facts.sort("order_id")["revenue_minor"].to_list() == [2, 2, 2, -2]


def test_a_line_is_known_again_whatever_file_it_stands_in():
    one = facts_of(a_line(), a_line(), a_line(order_id="7"))
    other = facts_of(a_line(order_id="7"), a_line(), a_line())

    key = ["order_id", "line_id", "revenue_minor"]
    assert one.select(key).equals(other.select(key))
    assert one.select("source", "order_id", "line_id").is_unique().all()


def test_lines_of_one_order_keep_their_numbers_by_content():
    facts = facts_of(a_line(units=5), a_line(units=1))

    assert facts.sort("line_id").select("line_id", "units").rows() == [
        ("85048#1", 1),
        ("85048#2", 5),
    ]
