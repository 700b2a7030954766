"""Orders over HTTP: contracts/plentymarkets.md, section 6."""

from collections import Counter, defaultdict
from datetime import datetime

import numpy as np
import pytest

from builders.world import a_scale, all_entries, plenty_client, simulators_with
from umschlag.kernel.periods import business_date_of
from umschlag.simulators.demo.calendar import ZONE, w3c

ORDERS = "/rest/orders"
SEARCH = "/rest/orders/search"
SCALE = a_scale(days=150, article_count=400)


@pytest.fixture(scope="module")
def orders(client):
    return all_entries(client, ORDERS, itemsPerPage=250)


def test_orders_come_by_id_each_once(orders, merchant):
    ids = [order["id"] for order in orders]

    assert ids == sorted(set(ids))
    assert len(ids) == len(merchant.orders.day)


def test_pages_have_fifty_rows_and_250_at_most(client):
    sizes = [
        client.get(ORDERS, params=query).json()["itemsPerPage"]
        for query in ({}, {"itemsPerPage": 999})
    ]

    assert sizes == [50, 250]


def test_counting_as_the_contract_says_gives_the_units_sold(orders, merchant):
    counted = defaultdict(int)
    for order in orders:
        if order["typeId"] == 1 and not 8 <= order["statusId"] < 9:
            day = business_date_of(datetime.fromisoformat(order["createdAt"]), ZONE)
            for item in order["orderItems"]:
                if item["typeId"] in {1, 2, 9}:
                    counted[day, order["referrerId"]] += item["quantity"]

    for day in range(merchant.scale.day_count):
        on = merchant.calendar.date_of(day)
        assert counted[on, 4.01] == merchant.units_sold[day, :, 0].sum()
        assert counted[on, 4.02] == merchant.units_sold[day, :, 1].sum()
        assert counted[on, 1] == merchant.units_sold_in_shop[day].sum()


def test_prices_are_per_unit_and_in_euro_behind_the_customers_currency(orders):
    abroad = next(order for order in orders if order["referrerId"] == 4.02)
    amounts = abroad["orderItems"][0]["amounts"]

    assert [amount["currency"] for amount in amounts] == ["GBP", "EUR"]
    assert [amount["isSystemCurrency"] for amount in amounts] == [False, True]
    assert amounts[0]["priceGross"] < amounts[1]["priceGross"]


def test_an_orders_total_is_the_sum_of_its_items(orders):
    for order in orders:
        total = next(a for a in order["amounts"] if a["isSystemCurrency"])["grossTotal"]
        items = sum(
            item["quantity"]
            * next(a for a in item["amounts"] if a["isSystemCurrency"])["priceGross"]
            for item in order["orderItems"]
        )
        assert total == pytest.approx(items, abs=0.02)


def test_the_shop_is_a_client_of_its_own_and_charges_shipping_with_id_0(orders):
    shop = [order for order in orders if order["referrerId"] == 1]
    amazon = [order for order in orders if order["referrerId"] != 1]

    assert shop
    assert {order["plentyId"] for order in shop} != {order["plentyId"] for order in amazon}
    for order in shop:
        shipping = order["orderItems"][-1]
        assert (shipping["id"], shipping["itemVariationId"], shipping["typeId"]) == (0, 0, 6)


def test_types_and_states_occur(orders):
    kinds = Counter((order["typeId"], order["statusId"]) for order in orders)

    assert set(kinds) == {(1, 7), (1, 5), (1, 8.1), (3, 9), (4, 11)}
    assert kinds[1, 7] > 20 * kinds[1, 8.1]


def test_returns_name_the_order_they_undo(orders):
    known = {order["id"]: order for order in orders}
    returns = [order for order in orders if order["typeId"] in {3, 4}]

    assert returns
    for order in returns:
        parent = known[order["orderReferences"][0]["originOrderId"]]
        assert parent["typeId"] == 1
        assert parent["createdAt"][:10] < order["createdAt"][:10]
        assert order["orderItems"][0]["quantity"] > 0


def test_bundle_lines_carry_their_components_without_a_price(orders):
    with_bundles = [o for o in orders if any(i["typeId"] == 2 for i in o["orderItems"])]

    assert with_bundles
    for order in with_bundles:
        headers = {i["id"] for i in order["orderItems"] if i["typeId"] == 2}
        parts = [i for i in order["orderItems"] if i["typeId"] == 3]
        assert len(parts) == 2 * len(headers)
        assert all(p["references"][0]["referenceOrderItemId"] in headers for p in parts)
        assert all(p["amounts"][-1]["priceGross"] == 0 for p in parts)


def test_shipped_orders_have_a_goods_issue_date_and_others_none(orders):
    for order in orders:
        kinds = {entry["typeId"] for entry in order["dates"]}
        assert (5 in kinds) == (order["statusId"] == 7)


def test_no_order_tells_who_bought(orders):
    text = str(orders[:200]).lower()

    assert not any(word in text for word in ("street", "email", "phone", "firstname", "lastname"))


def test_only_changed_orders_come_after_a_watermark(client, orders, merchant):
    begins = int(merchant.calendar.midnight_unix[-2])
    since = w3c(begins)

    listed = all_entries(client, ORDERS, updatedAtFrom=since)
    searched = all_entries(client, SEARCH, updatedAt=f"gte:{since}", sortBy="orderId_asc")

    expected = [
        o["id"] for o in orders if datetime.fromisoformat(o["updatedAt"]).timestamp() >= begins
    ]
    assert expected
    assert [order["id"] for order in listed] == expected
    assert [order["id"] for order in searched] == expected


def test_yesterdays_evening_orders_are_updated_by_their_shipping(orders, merchant):
    midnight = w3c(int(merchant.calendar.midnight_unix[-2]))
    evening = [order for order in orders if order["createdAt"] < midnight <= order["updatedAt"]]

    assert evening
    assert {order["statusId"] for order in evening} == {7}


@pytest.mark.parametrize(
    ("filters", "claim"),
    [
        ({"orderType": "3"}, lambda order: order["typeId"] == 3),
        ({"referrerId": "4.02"}, lambda order: order["referrerId"] == 4.02),
        ({"statusFrom": "8", "statusTo": "8.9"}, lambda order: order["statusId"] == 8.1),
        ({"orderIds[]": "60003"}, lambda order: order["id"] == 60_003),
    ],
)
def test_the_list_is_filtered(client, orders, filters, claim):
    found = {order["id"] for order in all_entries(client, ORDERS, itemsPerPage=250, **filters)}

    assert found == {order["id"] for order in orders if claim(order)} != set()


@pytest.mark.parametrize(
    ("filters", "claim"),
    [
        ({"statusId": "between:8,9"}, lambda order: 8 <= order["statusId"] <= 9),
        ({"statusId": "gt:7+AND+lt:9"}, lambda order: 7 < order["statusId"] < 9),
        ({"orderTypeId": "in:3,4"}, lambda order: order["typeId"] in {3, 4}),
        ({"orderTypeId": "eq:3+OR+eq:4"}, lambda order: order["typeId"] in {3, 4}),
        ({"plentyId": "not:4711"}, lambda order: order["plentyId"] != 4711),
        ({"orderId": "60003"}, lambda order: order["id"] == 60_003),
    ],
)
def test_the_search_understands_the_operators(client, orders, filters, claim):
    found = {order["id"] for order in all_entries(client, SEARCH, itemsPerPage=250, **filters)}

    assert found == {order["id"] for order in orders if claim(order)} != set()


def test_the_search_is_lazy_and_newest_first_unless_told_otherwise(client, orders):
    lazy = client.get(SEARCH).json()["entries"]
    asked = client.get(SEARCH, params={"with[]": ["orderItems", "dates"]}).json()["entries"]
    whole = client.get(SEARCH, params={"lazyLoaded": "false"}).json()["entries"]

    assert lazy[0]["id"] == orders[-1]["id"]
    assert "orderItems" not in lazy[0]
    assert {"orderItems", "dates"} <= set(asked[0])
    assert "amounts" not in asked[0]
    assert set(whole[0]) == set(orders[0])


def test_the_search_can_be_posted(client):
    assert client.post(SEARCH, params={"orderTypeId": "3"}).json()["totalsCount"] > 0


@pytest.mark.parametrize("query", [{"statusId": "gte:x"}, {"updatedAt": "gte:yesterday"}])
def test_a_senseless_search_is_refused(client, query):
    assert client.get(SEARCH, params=query).status_code == 422


def test_what_comes_from_an_order_is_listed_by_it(client, orders):
    child = next(row for row in orders if row["orderReferences"])
    parent = child["orderReferences"][0]["referenceOrderId"]

    listed = client.get(ORDERS, params={"parentOrderId": parent}).json()["entries"]

    assert child in listed
    assert {row["orderReferences"][0]["referenceOrderId"] for row in listed} == {parent}


def test_one_order_can_be_read(client, orders):
    found = client.get(f"{ORDERS}/{orders[5]['id']}")
    missing = client.get(f"{ORDERS}/1")

    assert found.json() == orders[5]
    assert missing.status_code == 404


def test_items_can_be_left_out(client):
    entries = client.get(ORDERS, params={"addOrderItems": "false"}).json()["entries"]

    assert "orderItems" not in entries[0]


def test_orders_can_be_listed_newest_first(client, orders):
    entries = client.get(ORDERS, params={"sortOrder": "desc"}).json()["entries"]

    assert entries[0]["id"] == orders[-1]["id"]


def test_referrers_are_a_bare_array_with_text_ids_that_name_marketplaces(client):
    names = {row["id"]: row["name"] for row in client.get(f"{ORDERS}/referrers").json()}

    assert names["4.01"] == "Amazon.de"
    assert names["4.02"] == "Amazon.co.uk"
    assert all(isinstance(number, str) for number in names)


def test_statuses_have_text_ids_and_a_text_page(client, orders):
    answer = client.get(f"{ORDERS}/statuses").json()
    ids = {row["statusId"] for row in answer["entries"]}

    assert answer["page"] == "1"
    assert {f"{order['statusId']:g}" for order in orders} <= ids


def test_a_longer_world_keeps_ids_and_items(orders):
    longer = a_scale(days=151, article_count=400, today=a_scale().today.replace(day=21))
    with simulators_with(scale=longer) as running, plenty_client(running) as client:
        later = all_entries(client, ORDERS, itemsPerPage=250)

    assert [order["orderItems"] for order in later[: len(orders)]] == [
        order["orderItems"] for order in orders
    ]
    assert len(later) > len(orders)
    assert np.all([a["id"] == b["id"] for a, b in zip(orders, later, strict=False)])
