from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.plentymarkets import ZONE, an_item, an_order_row
from umschlag.connectors.plentymarkets.null import RecordedAnswers
from umschlag.connectors.plentymarkets.orders import (
    Order,
    marketplace_of,
    order_of,
    read_orders,
)
from umschlag.kernel.outcomes import Problem

REFERRERS = {Decimal("4.01"): "Amazon.de", Decimal("4.1"): "Amazon.fr"}


def read(row):
    return order_of(row, zone=ZONE, currency="EUR", marketplaces=REFERRERS)


def a_bundle(price, parts):
    """Return a bundle's line and those of its parts, given as (units, cost)."""
    header = an_item(10, units=1, price=price, typeId=2, itemVariationId=9)
    return [
        header,
        *(
            an_item(
                11 + place,
                units=units,
                typeId=3,
                itemVariationId=20 + place,
                amounts=[{"isSystemCurrency": True, "priceGross": 0, "purchasePrice": cost}],
                references=[{"referenceOrderItemId": 10}],
            )
            for place, (units, cost) in enumerate(parts)
        ),
    ]


def test_a_sale_is_read_in_the_system_s_currency():
    order = read(an_order_row(items=[an_item(units=2, price="149.00")]))

    assert order.order_id == "63038"
    assert order.business_date == date(2026, 9, 1)
    assert order.marketplace == "Amazon.de"
    (line,) = order.lines
    assert (line.line_id, line.variation_id, line.units) == ("744", 1004, 2)
    assert line.revenue_minor == 29800


def test_an_order_late_at_night_belongs_to_the_merchant_s_day():
    assert read(an_order_row(createdAt="2026-09-01T22:30:00+00:00")).business_date.day == 2


@pytest.mark.parametrize("kind", [3, 4])
def test_returns_and_credit_notes_are_negative(kind):
    (line,) = read(an_order_row(typeId=kind, statusId=9)).lines

    assert (line.units, line.revenue_minor) == (-1, -14900)


def test_the_credit_note_of_a_return_is_not_taken_off_twice():
    order = read(an_order_row(typeId=4, orderReferences=[{"orderType": 3}]))

    assert order.lines == ()


@pytest.mark.parametrize("kind", [2, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, None])
def test_other_kinds_of_order_are_no_sales(kind):
    assert read(an_order_row(typeId=kind)).lines == ()


@pytest.mark.parametrize(("status", "counts"), [(7, 1), (8, 0), ("8.1", 0), (8.99, 0), (9, 1)])
def test_cancelled_orders_do_not_count(status, counts):
    assert len(read(an_order_row(statusId=status)).lines) == counts


@pytest.mark.parametrize("kind", [4, 5, 6, 7, 8, 10, 11, 12, 15])
def test_shipping_coupons_and_charges_are_no_goods(kind):
    order = read(an_order_row(items=[an_item(), an_item(0, typeId=kind, itemVariationId=0)]))

    assert [line.line_id for line in order.lines] == ["744"]


def test_a_line_without_an_id_is_known_by_its_place():
    order = read(an_order_row(items=[an_item(0), an_item(0)]))

    assert [line.line_id for line in order.lines] == ["#0", "#1"]


def test_a_bundle_counts_by_its_components_which_share_its_price_by_cost():
    order = read(an_order_row(items=a_bundle(100, [(1, 30), (2, 5)])))

    assert [line.variation_id for line in order.lines] == [20, 21]
    assert [line.revenue_minor for line in order.lines] == [7500, 2500]


def test_components_that_follow_their_bundle_belong_to_it():
    items = a_bundle(10, [(1, 1), (1, 1)])
    for item in items:
        item["references"] = None

    assert sum(line.revenue_minor for line in read(an_order_row(items=items)).lines) == 1000


@given(
    st.decimals(0, 9_999, places=2),
    st.lists(st.tuples(st.integers(1, 9), st.decimals(0, 500, places=2)), min_size=1, max_size=5),
)
def test_no_cent_of_a_bundle_is_lost(price, parts):
    lines = read(an_order_row(items=a_bundle(str(price), parts))).lines

    assert sum(line.revenue_minor for line in lines) == int(price * 100)
    assert all(line.revenue_minor >= 0 for line in lines)


@pytest.mark.parametrize("row", [{}, {"id": 5}, {"id": 5, "createdAt": "-0001-11-30T00:00:00"}])
def test_an_order_without_id_or_date_is_a_problem(row):
    assert isinstance(read(row), Problem)


@given(
    st.dictionaries(
        st.sampled_from(sorted(an_order_row())),
        st.none() | st.integers() | st.floats() | st.text(max_size=5) | st.lists(st.none()),
    )
)
def test_no_mangled_order_breaks_the_reader(mangled):
    assert isinstance(read(an_order_row() | mangled), Order | Problem)


@pytest.mark.parametrize(
    ("referrer", "expected"),
    [
        ("Amazon.de", "Amazon.de"),
        ("Amazon.co.uk", "Amazon.co.uk"),
        ("Amazon FBA Germany", "Amazon.de"),
        ("Amazon UK", "Amazon.co.uk"),
        ("Amazon", "Amazon.de"),
        ("Webshop", "Shop"),
        ("eBay Germany", "Shop"),
        ("", "Shop"),
    ],
)
def test_a_referrer_s_name_says_the_marketplace(referrer, expected):
    assert marketplace_of(referrer) == expected


def test_orders_are_read_with_an_overlap_and_their_referrers():
    reader = RecordedAnswers(
        {
            "/rest/orders": [an_order_row(), {"id": None}],
            "/rest/orders/referrers": [{"id": "4.01", "name": "Amazon.de"}],
        }
    )
    since = order_of(an_order_row(), zone=ZONE, currency="EUR", marketplaces={}).updated_at

    sale, problem = read_orders(reader, since=since, zone=ZONE, currency="EUR")

    assert sale.marketplace == "Amazon.de"
    assert isinstance(problem, Problem)
    assert reader.asked[-1][1]["updatedAtFrom"] == "2026-09-02T12:02:10+00:00"


def test_without_the_right_to_read_referrers_orders_are_read_all_the_same():
    reader = RecordedAnswers({"/rest/orders": [an_order_row()]})

    (sale,) = read_orders(reader, since=None, zone=ZONE, currency="EUR")

    assert sale.marketplace == "Shop"
