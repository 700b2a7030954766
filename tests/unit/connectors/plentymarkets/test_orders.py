from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.plentymarkets import ZONE, an_item, an_order_row
from umschlag.connectors.plentymarkets.null import RecordedAnswers
from umschlag.connectors.plentymarkets.order_lines import order_of
from umschlag.connectors.plentymarkets.order_netting import netted
from umschlag.connectors.plentymarkets.orders import ReadTo, marketplace_of, read_orders
from umschlag.kernel.errors import UnexpectedAnswer
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


def a_family(*, returned=(1, 149), credited=(1, 149), credit_of=63038, **credit):
    """Return what counts of a return (of order 63038) and a credit note, each (units, price)."""
    rows = [
        an_order_row(
            1,
            [an_item(1, *returned)],
            typeId=3,
            orderReferences=[{"referenceOrderId": "63038", "originOrderId": 63038}],
        ),
        an_order_row(
            2, [an_item(2, *credited)], typeId=4, orderReferences=[{"referenceOrderId": credit_of}]
        )
        | credit,
    ]
    return netted({order.order_id: order for order in map(read, rows)})


@pytest.mark.parametrize("credit_of", [63038, 1])
def test_goods_that_were_returned_and_credited_go_off_once(credit_of):
    """Whether the credit note was made from the return or from the sale."""
    orders = a_family(credit_of=credit_of)

    assert [(line.units, line.revenue_minor) for line in orders["1"].lines] == [(-1, -14900)]
    assert orders["2"].lines == ()


def test_units_go_off_with_the_return_and_the_money_with_the_credit_note():
    (partly,) = a_family(returned=(2, 100), credited=(2, 60))["2"].lines
    (more,) = a_family(returned=(1, 100), credited=(3, 100))["2"].lines

    assert (partly.units, partly.revenue_minor) == (0, 8_000), "of 200 only 120 were given back"
    assert (more.units, more.revenue_minor) == (-2, -20_000)


def test_two_credit_notes_share_what_one_return_took_off():
    of_return = {"orderReferences": [{"referenceOrderId": 1, "orderType": 3}]}
    rows = [
        an_order_row(
            1, [an_item(1, 3, 10)], typeId=3, orderReferences=[{"referenceOrderId": 63038}]
        ),
        an_order_row(2, [an_item(2, 2, 10)], typeId=4) | of_return,
        an_order_row(3, [an_item(3, 4, 12)], typeId=4) | of_return,
    ]

    orders = netted({order.order_id: order for order in map(read, rows)})

    assert [(line.units, line.revenue_minor) for line in orders["1"].lines] == [(-3, -3_000)]
    assert orders["2"].lines == (), "both units had come back"
    # One of the four had come back too; the money for it differs by what it cost more.
    assert [(line.units, line.revenue_minor) for line in orders["3"].lines] == [(-3, -3_800)]


def test_a_credit_note_of_another_sale_counts_in_full():
    assert a_family(credit_of=5)["2"].lines[0].units == -1


def test_a_return_that_was_cancelled_leaves_the_credit_note_standing():
    rows = [
        an_order_row(1, typeId=3, statusId="8.1", orderReferences=[{"referenceOrderId": 9}]),
        an_order_row(2, typeId=4, orderReferences=[{"referenceOrderId": 1, "orderType": 3}]),
    ]

    orders = netted({order.order_id: order for order in map(read, rows)})

    assert [line.units for line in orders["2"].lines] == [-1]


def test_the_credit_note_of_a_return_that_is_gone_is_not_taken_off_again():
    credit = read(an_order_row(typeId=4, orderReferences=[{"orderType": "3"}]))

    assert netted({credit.order_id: credit})[credit.order_id].lines == ()


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


def test_a_bundle_without_its_components_counts_as_itself():
    header = an_item(10, units=2, price=100, typeId=2, itemVariationId=9)

    (line,) = read(an_order_row(items=[header])).lines

    assert (line.variation_id, line.units, line.revenue_minor) == (9, 2, 20_000)


def test_components_with_prices_of_their_own_make_the_bundle_s_price_void():
    items = a_bundle(100, [(1, 30), (2, 5)])
    for item, price in zip(items[1:], (60, 15), strict=True):
        item["amounts"][0]["priceGross"] = price

    assert [line.revenue_minor for line in read(an_order_row(items=items)).lines] == [6000, 3000]


def test_a_deleted_order_has_no_lines():
    dates = [{"typeId": 1, "date": "2026-09-03T10:00:00+02:00"}]
    never = [{"typeId": 1, "date": "-0001-11-30T00:00:00+00:53"}]

    assert read(an_order_row(dates=dates)).lines == ()
    assert len(read(an_order_row(dates=never)).lines) == 1


def test_the_date_of_creation_stands_in_for_a_missing_one():
    dates = [{"typeId": 2, "date": "2026-09-03T10:00:00+02:00"}]

    assert read(an_order_row(createdAt="", dates=dates)).business_date == date(2026, 9, 3)


@pytest.mark.parametrize(
    ("created", "day"),
    [
        ("2026-03-28T22:59:59+00:00", date(2026, 3, 28)),
        ("2026-03-28T23:00:00+00:00", date(2026, 3, 29)),
        ("2026-03-29T21:59:59+00:00", date(2026, 3, 29)),
        ("2026-03-29T22:00:00+00:00", date(2026, 3, 30)),
        ("2026-10-24T21:59:59+00:00", date(2026, 10, 24)),
        ("2026-10-24T22:00:00+00:00", date(2026, 10, 25)),
        ("2026-10-25T22:59:59+00:00", date(2026, 10, 25)),
        ("2026-10-25T23:00:00+00:00", date(2026, 10, 26)),
        ("2026-12-31T23:30:00+00:00", date(2027, 1, 1)),
        ("2026-10-25 02:30:00", date(2026, 10, 25)),
    ],
)
def test_days_begin_at_midnight_in_berlin_also_when_clocks_change(created, day):
    assert read(an_order_row(createdAt=created)).business_date == day


@pytest.mark.parametrize(
    ("item", "remark"),
    [
        ({"amounts": None}, "amounts: none in the system's currency; revenue taken as 0"),
        (
            {"amounts": [{"isSystemCurrency": True, "currency": "GBP", "priceGross": 1}]},
            "amounts: in GBP, not EUR; revenue taken as 0",
        ),
        (
            {"amounts": [{"isSystemCurrency": True, "priceGross": "n/a"}]},
            "priceGross: 'n/a' is no amount; revenue taken as 0",
        ),
        ({"quantity": 10**12}, "quantity: 1000000000000 units cannot be meant; taken as 0"),
        ({"quantity": "1.5"}, "quantity: 1.5 units, rounded down to 1"),
    ],
)
def test_what_cannot_be_read_of_a_line_is_remarked(item, remark):
    order = read(an_order_row(items=[an_item(**{"number": 744} | item)]))

    assert [str(one) for one in order.remarks] == [f"order 63038, line 1: {remark}"]
    assert len(order.lines) == 1 or "cannot be meant" in remark


def test_two_lines_with_one_id_are_both_kept():
    order = read(an_order_row(items=[an_item(5), an_item(5)]))

    assert [line.line_id for line in order.lines] == ["5", "5#1"]


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


NOW = datetime(2026, 9, 10, tzinfo=UTC)


def import_from(reader, *, since=None, started_at=NOW):
    since = ReadTo(since, since) if isinstance(since, datetime) else since
    return read_orders(reader, since=since, started_at=started_at, zone=ZONE, currency="EUR")


def test_orders_are_read_with_an_overlap_and_their_referrers():
    reader = RecordedAnswers(
        {
            "/rest/orders": [an_order_row(), {"id": None}],
            "/rest/orders/referrers": [{"id": "4.01", "name": "Amazon.de"}],
            "/rest/delete_log": [],
        }
    )

    found = import_from(reader, since=datetime(2026, 9, 2, 14, 2, 10, tzinfo=UTC))

    assert [order.marketplace for order in found.orders.values()] == ["Amazon.de"]
    assert [problem.place for problem in found.problems] == ["order None"]
    (asked,) = [params for path, params in reader.asked if path == "/rest/orders"]
    assert asked["updatedAtFrom"] == "2026-09-02T12:02:10+00:00"


def test_all_the_merchant_s_clients_are_read():
    rows = [an_order_row(1, plentyId=1000), an_order_row(2, plentyId=1001)]
    reader = RecordedAnswers({"/rest/orders": rows})

    found = import_from(reader)

    assert sorted(found.orders) == ["1", "2"]
    assert all("plentyId" not in params for _, params in reader.asked)


def test_without_rights_orders_are_read_all_the_same_and_what_is_missing_is_told():
    reader = RecordedAnswers({"/rest/orders": [an_order_row()]})

    found = import_from(reader)

    assert [order.marketplace for order in found.orders.values()] == ["Shop"]
    assert [note.place for note in found.notes] == ["delete log"]


def test_a_change_from_the_future_does_not_hide_those_that_follow():
    row = an_order_row(updatedAt="2099-01-01T00:00:00+00:00")
    reader = RecordedAnswers({"/rest/orders": [row], "/rest/delete_log": []})

    assert import_from(reader).read_to == ReadTo(NOW, NOW)


class ShrinkingOrders(RecordedAnswers):
    """Deletes its first order after the first page was read, as often as it is told to."""

    times = 1

    def read(self, path, params=None):
        answer = RecordedAnswers.read(self, path, params)
        if path == "/rest/orders" and answer["page"] == 1 and self.times:
            self.times -= 1
            gone = self.rows["/rest/orders"].pop(0)
            self.rows["/rest/delete_log"].append(
                {"referenceType": 3, "referenceValue": str(gone["id"])}
            )
            # One more comes in its place, so that the total tells nothing.
            self.rows["/rest/orders"].append(an_order_row(gone["id"] + 1_000))
        return answer


def shrinking(times):
    rows = [an_order_row(number) for number in range(1, 8)]
    reader = ShrinkingOrders({"/rest/orders": rows, "/rest/delete_log": []}, page_size_max=3)
    reader.times = times
    return reader


def test_orders_that_slip_while_another_is_deleted_are_not_missed():
    found = import_from(shrinking(1))

    assert sorted(found.orders, key=int) == ["2", "3", "4", "5", "6", "7", "1001"]
    assert found.deleted == {"1"}


def test_orders_that_never_stop_vanishing_import_nothing():
    with pytest.raises(UnexpectedAnswer, match="nothing was imported"):
        import_from(shrinking(99))


def test_deletions_that_could_not_be_read_are_read_once_they_can_be():
    since = ReadTo(datetime(2026, 9, 9, tzinfo=UTC), datetime(2026, 9, 9, tzinfo=UTC))
    rows = {"/rest/orders": [an_order_row(updatedAt="2026-09-09T20:00:00+00:00")]}

    barred = import_from(RecordedAnswers(rows), since=since)
    reader = RecordedAnswers(rows | {"/rest/delete_log": []})
    opened = import_from(reader, since=barred.read_to)

    assert barred.read_to == ReadTo(datetime(2026, 9, 9, 20, tzinfo=UTC), since.deletions)
    assert opened.read_to == ReadTo(barred.read_to.changes, barred.read_to.changes)
    asked = next(params for path, params in reader.asked if path == "/rest/delete_log")
    assert asked["updatedBetween"].startswith("2026-09-08T22:00:00+00:00,")


def test_an_import_that_finds_no_change_stays_where_it_was():
    since = ReadTo(datetime(2026, 9, 9, tzinfo=UTC), datetime(2026, 9, 9, tzinfo=UTC))
    reader = RecordedAnswers({"/rest/orders": [], "/rest/delete_log": []})

    assert import_from(reader, since=since).read_to == since
    assert import_from(reader).read_to is None, "there never was an order"


@pytest.mark.parametrize(
    "read_to",
    [ReadTo(NOW, NOW), ReadTo(NOW, datetime(2026, 9, 1, 3, 4, 5, tzinfo=UTC)), None],
)
def test_how_far_was_read_is_what_was_written_down(read_to):
    written = "" if read_to is None else str(read_to)

    assert ReadTo.parse(written) == read_to
    assert len(written) <= 64, "as long as the record's field"
