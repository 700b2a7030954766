"""The short lists that numbers elsewhere point into."""

import pytest

from builders.world import a_scale, all_entries

SCALE = a_scale(days=120, article_count=150)


@pytest.fixture(scope="module")
def variations(client):
    relations = "base,base.item,supplier,categories,barcodes,salesPrices"
    entries = all_entries(client, "/rest/pim/variations", itemsPerPage=250, **{"with": relations})
    return [entry for entry in entries if "id" in entry]


def ids(client, path, column="id"):
    return {row[column] for row in all_entries(client, path)}


def test_every_number_in_a_variation_has_a_name(client, variations):
    makers = ids(client, "/rest/items/manufacturers")
    categories = ids(client, "/rest/categories")
    suppliers = ids(client, "/rest/items/suppliers")
    prices = ids(client, "/rest/items/sales_prices")
    barcodes = ids(client, "/rest/items/barcodes")

    for row in variations:
        assert row["base"]["item"]["manufacturerId"] in makers
        assert {c["categoryId"] for c in row["categories"]} <= categories
        assert {s["supplierId"] for s in row["supplier"]} <= suppliers
        assert {p["salesPriceId"] for p in row["salesPrices"]} <= prices
        assert {b["barcodeId"] for b in row["barcodes"]} <= barcodes


def test_categories_have_german_names(client):
    rows = all_entries(client, "/rest/categories")

    assert all(row["details"][0]["lang"] == "de" and row["details"][0]["name"] for row in rows)


def test_price_definitions_tell_type_and_currency(client):
    rows = {row["id"]: row for row in all_entries(client, "/rest/items/sales_prices")}

    assert (rows[1]["type"], rows[1]["currencies"][0]["currency"]) == ("default", "-1")
    assert rows[2]["type"] == "rrp"
    assert rows[3]["referrers"][0]["referrerId"] == 4.02


def test_one_barcode_type_is_the_gtin(client):
    kinds = {row["type"]: row["id"] for row in all_entries(client, "/rest/items/barcodes")}

    assert kinds["GTIN_13"] == 1


def test_suppliers_are_contacts_of_type_4_and_no_other_contact_is_given(client):
    firms = all_entries(client, "/rest/accounts/contacts", typeId=4)
    people = all_entries(client, "/rest/accounts/contacts", typeId=1)

    assert {row["id"] for row in firms} == ids(client, "/rest/items/suppliers")
    assert people == []


def test_the_delete_log_has_what_vanished_and_what_was_recreated(client, served):
    articles = served.world.merchant.articles
    today = served.world.scale.day_count - 1
    gone = (articles.vanishes_day <= today) | (articles.recreated_day <= today)

    rows = all_entries(client, "/rest/delete_log", referenceType=13)

    assert {row["referenceValue"] for row in rows} == set(
        articles.first_variation_id[gone].tolist()
    )
    assert [row["updatedAt"] for row in rows] == sorted(row["updatedAt"] for row in rows)
    assert not any(row["userRealName"] for row in rows)


def test_the_delete_log_can_be_cut_by_time_and_type(client):
    every = all_entries(client, "/rest/delete_log")
    later = all_entries(client, "/rest/delete_log", updatedBetween=every[1]["updatedAt"])
    orders = all_entries(client, "/rest/delete_log", referenceType=3)

    assert later == every[1:]
    assert orders == []
