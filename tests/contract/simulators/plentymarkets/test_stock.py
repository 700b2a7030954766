"""Stock and movements over HTTP: contracts/plentymarkets.md, section 5."""

from collections import Counter
from datetime import datetime
from urllib.parse import quote

import numpy as np
import pytest

from builders.world import a_scale, all_entries, plenty_client, simulators_with
from umschlag.kernel.periods import business_date_of
from umschlag.simulators.demo.calendar import ZONE
from umschlag.simulators.demo.movements import Reason

WAREHOUSES = "/rest/stockmanagement/warehouses"
STOCK = "/rest/stockmanagement/stock"
LIVE_KEYS = {
    "itemId",
    "warehouseId",
    "stockPhysical",
    "reservedStock",
    "reservedEbay",
    "reorderDelta",
    "stockNet",
    "storehouse_type",
    "reordered",
    "reservedBundle",
    "averagePurchasePrice",
    "warehousePriority",
    "updatedAt",
    "variationId",
}
SCALE = a_scale(days=200, article_count=150)


@pytest.fixture(scope="module")
def stock(client):
    return all_entries(client, STOCK, itemsPerPage=1_000)


@pytest.fixture(scope="module")
def moved(client):
    """Return all movements: those of the last three months, and each year's archive."""
    found = []
    for warehouse_id in (1, 2, 3):
        path = f"{WAREHOUSES}/{warehouse_id}/stock/movements"
        found += all_entries(client, path, itemsPerPage=1_000)
        for year in client.get("/rest/stockmanagement/stock/archives").json():
            found += all_entries(client, path, itemsPerPage=1_000, year=year)
    return found


def test_warehouses_are_a_bare_array_and_one_is_for_repair(client):
    found = client.get(WAREHOUSES).json()

    assert [warehouse["typeId"] for warehouse in found] == [0, 0, 1]
    assert len({warehouse["name"] for warehouse in found}) == 3


def test_a_stock_row_has_the_keys_of_live_tenants(stock):
    assert all(set(row) == LIVE_KEYS for row in stock)


def test_there_is_one_row_a_variation_and_warehouse(stock):
    cells = Counter((row["variationId"], row["warehouseId"]) for row in stock)

    assert set(cells.values()) == {1}
    assert {warehouse_id for _, warehouse_id in cells} == {1, 2, 3}


def test_stock_is_what_the_demo_world_has(stock, merchant):
    today = merchant.scale.day_count - 1
    ids = merchant.articles.variation_id_on(today, np.arange(merchant.articles.count))
    article_of = {int(number): article for article, number in enumerate(ids)}
    for row in stock:
        cell = article_of[row["variationId"]], row["warehouseId"] - 1
        assert float(row["stockPhysical"]) == merchant.on_hand[today][cell]
        assert row["reservedStock"] == merchant.reserved[today][cell]
        assert row["stockNet"] == float(row["stockPhysical"]) - row["reservedStock"]

    assert sum(float(row["stockPhysical"]) for row in stock) == merchant.on_hand[today].sum()


def test_stock_is_the_sum_of_all_movements(stock, moved):
    sums = Counter()
    for movement in moved:
        sums[movement["variationId"], movement["warehouseId"]] += movement["quantity"]

    rows = {(row["variationId"], row["warehouseId"]): float(row["stockPhysical"]) for row in stock}
    assert {cell: units for cell, units in sums.items() if units} == {
        cell: units for cell, units in rows.items() if units
    }


def test_some_quantities_are_text(stock):
    assert any(isinstance(row["stockPhysical"], str) for row in stock)


def test_bundles_have_no_stock_row(stock, merchant):
    bundles = merchant.articles.first_variation_id[merchant.articles.is_bundle]

    assert not {row["variationId"] for row in stock} & set(bundles.tolist())


def test_goods_on_order_are_shown_in_sales_warehouses(stock, merchant):
    assert sum(row["reordered"] for row in stock) == merchant.on_order[-1].sum() > 0
    assert not any(row["reordered"] for row in stock if row["warehouseId"] == 3)


def test_one_warehouses_stock_is_a_part_of_all(client, stock):
    for warehouse_id in (1, 2, 3):
        own = all_entries(client, f"{WAREHOUSES}/{warehouse_id}/stock", itemsPerPage=1_000)
        assert own == [row for row in stock if row["warehouseId"] == warehouse_id]


def test_the_sales_view_leaves_repair_out(client, stock):
    shown = all_entries(client, f"{STOCK}/types/sales", itemsPerPage=1_000)

    assert shown == [row for row in stock if row["warehouseId"] != 3]


def test_stock_can_be_filtered_by_warehouse_variation_and_change(client, stock, merchant):
    number = stock[0]["variationId"]
    since = datetime.fromtimestamp(int(merchant.calendar.midnight_unix[-2]), ZONE).isoformat()

    by_warehouse = client.get(STOCK, params={"warehouseId": 2}).json()["totalsCount"]
    by_variation = client.get(STOCK, params={"variationId": number}).json()["entries"]
    changed = all_entries(client, STOCK, updatedAtFrom=since)

    assert by_warehouse == sum(row["warehouseId"] == 2 for row in stock)
    assert {row["variationId"] for row in by_variation} == {number}
    assert {row["updatedAt"] >= since for row in changed} == {True}
    assert len(changed) < len(stock)


def test_an_unescaped_plus_is_refused_and_an_escaped_one_is_not(client):
    instant = "2026-04-19T00:00:00+02:00"

    raw = client.get(f"{STOCK}?updatedAtFrom={instant}")
    escaped = client.get(f"{STOCK}?updatedAtFrom={quote(instant)}")

    assert (raw.status_code, escaped.status_code) == (422, 200)


def test_storage_locations_show_positive_stock_alone(client, stock):
    shown = all_entries(client, f"{WAREHOUSES}/1/stock/storageLocations", itemsPerPage=1_000)
    positive = {
        r["variationId"]: float(r["stockPhysical"])
        for r in stock
        if r["warehouseId"] == 1 and float(r["stockPhysical"]) > 0
    }

    assert {row["variationId"]: row["quantity"] for row in shown} == positive


@pytest.mark.parametrize(
    "path", ["99/stock", "7/stock/storageLocations", "x/stock", "0/stock/movements"]
)
def test_an_unknown_warehouse_is_not_found(client, path):
    assert client.get(f"{WAREHOUSES}/{path}").status_code == 404


def test_movements_across_all_warehouses_have_no_route(client):
    assert client.get(f"{STOCK}/movements").status_code == 404


def test_movements_are_those_of_the_demo_world(moved, merchant):
    assert len(moved) == len(merchant.movements.day)
    assert len({movement["id"] for movement in moved}) == len(moved)
    by_id = sorted(moved, key=lambda movement: movement["id"])
    assert [movement["quantity"] for movement in by_id] == merchant.movements.units.tolist()


def test_the_last_three_months_need_no_year_and_are_in_no_archive(client, merchant):
    path = f"{WAREHOUSES}/1/stock/movements"
    recent = all_entries(client, path, itemsPerPage=1_000)
    archived = [
        movement
        for year in (2025, 2026)
        for movement in all_entries(client, path, itemsPerPage=1_000, year=year)
    ]

    assert min(movement["createdAt"] for movement in recent) >= "2026-01-20"
    assert max(movement["createdAt"] for movement in archived) < "2026-01-20"
    assert {movement["createdAt"][:4] for movement in archived} == {"2025", "2026"}


def test_movements_of_one_day_add_up_to_its_change(client, merchant):
    day = merchant.scale.day_count - 2
    begin, end = (
        datetime.fromtimestamp(int(merchant.calendar.midnight_unix[d]), ZONE).isoformat()
        for d in (day, day + 1)
    )
    found = all_entries(
        client, f"{WAREHOUSES}/1/stock/movements", createdAtFrom=begin, createdAtTo=end
    )

    change = merchant.on_hand[day, :, 0].sum() - merchant.on_hand[day - 1, :, 0].sum()
    assert sum(movement["quantity"] for movement in found) == change
    assert all(
        business_date_of(datetime.fromisoformat(movement["createdAt"]), ZONE)
        == merchant.calendar.date_of(day)
        for movement in found
    )


def test_the_world_opens_with_a_booking(moved, merchant):
    opening = [movement for movement in moved if movement["reasonString"] == "opening"]

    assert (
        sum(movement["quantity"] for movement in opening)
        == merchant.movements.units[merchant.movements.reason == Reason.OPENING].sum()
    )
    assert {movement["createdAt"][:10] for movement in opening} == {
        merchant.scale.first_date.isoformat()
    }


def test_receipts_have_a_price_and_sales_an_order(moved):
    receipts = [movement for movement in moved if movement["reason"] == Reason.RECEIPT]
    sales = [movement for movement in moved if movement["reason"] == Reason.SALE]

    assert all(movement["purchasePrice"] > 0 for movement in receipts)
    assert {movement["processRowType"] for movement in receipts} == {1}
    assert all(movement["processRowId"] >= 60_000 for movement in sales)
    assert {movement["processRowType"] for movement in sales} == {2}
    assert all(movement["quantity"] < 0 for movement in sales)


def test_movements_can_be_asked_for_by_variation_and_order(client, moved):
    path = f"{WAREHOUSES}/1/stock/movements"
    sale = next(
        m
        for m in reversed(moved)
        if m["processRowType"] == 2 and m["warehouseId"] == 1 and m["createdAt"] > "2026-02"
    )

    of_order = client.get(path, params={"orderId": sale["processRowId"]}).json()["entries"]
    of_variation = all_entries(client, path, variationId=sale["variationId"])

    assert sale in of_order
    assert {movement["processRowId"] for movement in of_order} == {sale["processRowId"]}
    assert {movement["variationId"] for movement in of_variation} == {sale["variationId"]}


def stock_of(client, variation_id):
    row = client.get(f"{WAREHOUSES}/1/stock", params={"variationId": variation_id}).json()
    return float(row["entries"][0]["stockPhysical"])


@pytest.fixture
def desk():
    """Return a client of a system of its own, and a variation with stock in it."""
    with simulators_with(scale=a_scale(days=20)) as running, plenty_client(running) as client:
        rows = client.get(f"{WAREHOUSES}/1/stock").json()["entries"]
        yield client, next(r["variationId"] for r in rows if float(r["stockPhysical"]) > 5)


@pytest.mark.parametrize(
    ("route", "name", "quantity", "change"),
    [
        ("correction", "corrections", 3, None),
        ("bookIncomingItems", "incomingItems", 4, 4),
        ("bookOutgoingItems", "outgoingItems", -2, -2),
        ("bookOutgoingItems", "outgoingItems", 2, -2),
    ],
)
def test_bookings_change_stock_and_leave_a_movement(desk, route, name, quantity, change):
    client, number = desk
    before = stock_of(client, number)
    row = {"variationId": number, "quantity": quantity, "storageLocationId": 0, "reasonId": 301}

    client.put(f"{WAREHOUSES}/1/stock/{route}", json={name: [row]}).raise_for_status()

    after = stock_of(client, number)
    movements = all_entries(client, f"{WAREHOUSES}/1/stock/movements", itemsPerPage=1_000)
    assert after == (quantity if change is None else before + change)
    assert (movements[-1]["variationId"], movements[-1]["quantity"]) == (number, after - before)
    assert len({movement["id"] for movement in movements}) == len(movements)


def test_a_booking_with_one_bad_row_changes_nothing(desk):
    client, number = desk
    before = stock_of(client, number)
    rows = [{"variationId": number, "quantity": 1}, {"variationId": 9, "quantity": 1}]

    answer = client.put(f"{WAREHOUSES}/1/stock/correction", json={"corrections": rows})

    assert answer.status_code == 422
    assert stock_of(client, number) == before


def test_nothing_is_booked_on_a_bundle(client, merchant):
    bundle = int(merchant.articles.first_variation_id[merchant.articles.is_bundle][0])
    rows = {"incomingItems": [{"variationId": bundle, "quantity": 1}]}

    answer = client.put(f"{WAREHOUSES}/1/stock/bookIncomingItems", json=rows)

    assert answer.status_code == 422
    assert "is bundle" in answer.json()["error"]["message"]
