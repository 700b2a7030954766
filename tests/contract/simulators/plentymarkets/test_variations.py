"""Articles over HTTP: contracts/plentymarkets.md, section 4."""

from collections import Counter

import numpy as np
import pytest

from builders.world import a_scale, all_entries, plenty_client, simulators_with
from umschlag.simulators.demo.articles import DemandClass
from umschlag.simulators.demo.identities import asin_of, gtin_of, sku_of
from umschlag.simulators.plentymarkets.variation_rows import ZERO_DATE

PIM = "/rest/pim/variations"
FLAT = "/rest/items/variations"
ALL = (
    "base,base.item,base.texts,base.stock,barcodes,salesPrices,supplier,supplier.supplier,"
    "marketIdentNumbers,skus,bundleComponents,unit,categories,timestamps"
)
SCALE = a_scale(days=200, article_count=300)


@pytest.fixture(scope="module")
def rows(client):
    """Return all usable rows with every relation, by article number."""
    entries = all_entries(client, PIM, itemsPerPage=250, sortBy="id_asc", **{"with": ALL})
    return {entry["base"]["number"]: entry for entry in entries if "id" in entry}


def test_all_articles_that_exist_are_listed_once(rows, merchant):
    there = np.flatnonzero(merchant.articles.exists_on(merchant.scale.day_count - 1))

    assert set(rows) == {sku_of(article) for article in there}
    assert len(there) < merchant.articles.count


def test_one_row_is_broken_and_counted(client):
    entries = all_entries(client, PIM, itemsPerPage=250, sortBy="id_asc")
    broken = [entry for entry in entries if "exception" in entry]

    assert len(broken) == 1
    assert "id" not in broken[0]
    assert client.get(PIM).json()["totalsCount"] == len(entries)


def test_pages_have_fifty_rows_and_250_at_most(client):
    sizes = [
        client.get(PIM, params=query).json()["itemsPerPage"]
        for query in ({}, {"itemsPerPage": 250}, {"itemsPerPage": 1_000})
    ]

    assert sizes == [50, 250, 250]


def test_the_newest_come_first_unless_told_otherwise(client):
    newest = [entry.get("id") for entry in client.get(PIM).json()["entries"]]
    oldest = [
        entry["id"]
        for entry in client.get(PIM, params={"sortBy": "id_asc"}).json()["entries"]
        if "id" in entry
    ]

    assert newest[0] > newest[-1]
    assert oldest == sorted(oldest)


@pytest.mark.parametrize("order", ["createdAt_asc", "updatedAt_desc", "itemId_asc"])
def test_other_orders_lose_nothing(client, order):
    entries = all_entries(client, PIM, itemsPerPage=250, sortBy=order)

    assert max(Counter(entry.get("id") for entry in entries).values()) == 1


def test_relations_not_asked_for_are_null(client):
    bare = client.get(PIM, params={"sortBy": "id_asc"}).json()["entries"][0]

    assert {name: value for name, value in bare.items() if value is not None} == {"id": bare["id"]}


def test_relations_asked_for_and_empty_are_lists(rows):
    without = [row for row in rows.values() if row["barcodes"] == []]

    assert without
    assert all(row["barcodes"] is not None for row in rows.values())
    assert all(row["properties"] is None for row in rows.values())


def test_unknown_relations_are_ignored_without_a_word(client):
    answer = client.get(PIM, params={"with": "base,nonsense"})

    assert answer.status_code == 200
    assert "nonsense" not in answer.json()["entries"][0]


def test_unknown_filters_are_ignored_without_a_word(client):
    plain, filtered = (
        client.get(PIM, params=query).json()["totalsCount"] for query in ({}, {"nonsense": "1"})
    )

    assert plain == filtered


def test_a_row_tells_what_the_demo_world_knows(rows, merchant):
    article = next(
        int(i)
        for i in np.flatnonzero(merchant.articles.demand_class == 0)
        if sku_of(i) in rows and not merchant.articles.lacks_gtin[i]
    )
    row = rows[sku_of(article)]

    assert row["base"]["texts"][0]["name1"] == merchant.name[article]
    assert row["barcodes"] == [{"barcodeId": 1, "code": gtin_of(article)}]
    assert {number["value"] for number in row["marketIdentNumbers"]} == {asin_of(article)}
    assert float(row["salesPrices"][0]["price"]) * 100 == pytest.approx(
        merchant.price_minor[-1, article]
    )
    assert row["supplier"][0]["deliveryTimeInDays"] >= 5
    assert row["supplier"][0]["supplier"]["name1"]


def test_recreated_articles_have_their_number_and_a_new_id(rows, merchant):
    a = merchant.articles
    anew = np.flatnonzero(a.recreated_day < merchant.scale.day_count)

    assert len(anew)
    for article in anew:
        assert rows[sku_of(article)]["id"] != a.first_variation_id[article]


def test_bundles_name_components_that_exist(rows):
    ids = {row["id"] for row in rows.values()}
    kinds = Counter(row["base"]["bundleType"] for row in rows.values())
    bundles = [row for row in rows.values() if row["base"]["bundleType"] == "bundle"]

    assert kinds["bundle"]
    assert kinds["bundle_item"]
    for bundle in bundles:
        parts = {part["componentVariationId"] for part in bundle["bundleComponents"]}
        assert len(parts) == 2
        assert parts <= ids


def test_the_dents_of_real_data_are_there(rows):
    bases = [row["base"] for row in rows.values()]

    assert any(isinstance(base["purchasePrice"], str) for base in bases)
    assert any(base["purchasePrice"] == 0 for base in bases)
    assert any(base["availableUntil"] == ZERO_DATE for base in bases)
    assert any(base["weightG"] == 0 for base in bases)
    assert any(base["lengthMM"] == 0 for base in bases)
    assert any(not base["isActive"] for base in bases)
    assert any(row["categories"] == [] for row in rows.values())
    assert any(base["createdAt"].endswith("00") and base["createdAt"][-3] != ":" for base in bases)
    assert any(row["marketIdentNumbers"][0]["type"] == "asin" for row in rows.values())
    assert any(row["supplier"][0]["lastPriceQuery"] == "0000-00-00" for row in rows.values())
    assert any(isinstance(row["salesPrices"][0]["price"], str) for row in rows.values())


def test_the_indexs_stock_is_yesterdays(rows, merchant):
    fast = np.flatnonzero(merchant.articles.demand_class == DemandClass.FAST)
    yesterday = today = 0
    for article in fast:
        if sku_of(article) in rows:
            shown = rows[sku_of(article)]["base"]["stock"]
            at_home = next((s["stockPhysical"] for s in shown if s["warehouseId"] == 1), 0)
            yesterday += at_home == merchant.on_hand[-2, article, 0]
            today += at_home == merchant.on_hand[-1, article, 0]

    assert yesterday > today


def test_ids_alone_are_answered_whatever_else_is_filtered(client, rows):
    wanted = sorted(row["id"] for row in rows.values())[:3]
    answer = client.get(PIM, params={"ids": ",".join(map(str, wanted)), "isActive": "false"})

    assert sorted(entry["id"] for entry in answer.json()["entries"]) == wanted


def test_more_than_500_ids_are_refused(client):
    assert client.get(PIM, params={"ids": ",".join(map(str, range(501)))}).status_code == 422


@pytest.mark.parametrize(
    ("filters", "claim"),
    [
        ({"isActive": "true"}, lambda row: row["base"]["isActive"]),
        ({"isMain": "false"}, lambda row: not row["base"]["isMain"]),
        ({"isBundle": "1"}, lambda row: row["base"]["bundleType"] == "bundle"),
        ({"manufacturerId": "3"}, lambda row: row["base"]["item"]["manufacturerId"] == 3),
        ({"number": "HX-10007"}, lambda row: row["base"]["number"] == "HX-10007"),
        ({"itemId": "50003"}, lambda row: row["base"]["itemId"] == 50_003),
    ],
)
def test_filters_return_those_rows_and_all_of_them(client, rows, filters, claim):
    found = all_entries(client, PIM, itemsPerPage=250, **filters)
    expected = {row["id"] for row in rows.values() if claim(row)}

    assert expected
    assert {entry["id"] for entry in found if "id" in entry} == expected


def test_changes_since_an_instant_are_a_part_of_all(client, rows, merchant):
    since = int(merchant.calendar.midnight_unix[150])
    found = all_entries(client, PIM, itemsPerPage=250, updatedAt=str(since))

    assert 1 < len(found) < len(rows)


def test_the_scroll_returns_every_row_once_and_ends_with_null(client, rows):
    entries, cursor, chunks = [], None, 0
    while chunks == 0 or cursor:
        query = {"with": "base"} | ({"cursor": cursor} if cursor else {})
        answer = client.get(f"{PIM}/scroll", params=query).json()
        entries, cursor, chunks = entries + answer["entries"], answer["cursor"], chunks + 1

    assert chunks == 2
    assert {entry["base"]["number"] for entry in entries if "id" in entry} == set(rows)
    assert len(entries) == len(rows) + 1


def test_a_made_up_cursor_is_refused(client):
    assert client.get(f"{PIM}/scroll", params={"cursor": "nonsense"}).status_code == 422


def test_the_index_fails_beyond_its_window():
    with (
        simulators_with(scale=a_scale(days=3), pim_window=40) as running,
        plenty_client(running) as client,
    ):
        inside = client.get(PIM, params={"itemsPerPage": 20, "page": 2})
        beyond = client.get(PIM, params={"itemsPerPage": 20, "page": 3})

        assert (inside.status_code, beyond.status_code) == (200, 500)
        assert "window" in beyond.json()["error"]["message"]


def test_the_old_route_is_flat_and_has_100_rows_at_most(client, rows):
    page = client.get(FLAT, params={"itemsPerPage": 250}).json()

    assert page["itemsPerPage"] == 100
    assert page["totalsCount"] == len(rows)
    assert {"id", "itemId", "number", "relatedUpdatedAt"} <= set(page["entries"][0])
    assert "stock" not in page["entries"][0]


def test_the_old_route_refuses_unknown_filters(client):
    answer = client.get(FLAT, params={"name": "x"})

    assert answer.status_code == 422
    assert "name" in answer.json()["validation_errors"]["invalid filter"][0]
    assert "itemName" in answer.json()["validation_errors"]["available filter"][0]


def test_the_old_route_brings_its_relations_in_its_own_words(client):
    wanted = "variationBarcodes,variationSalesPrices,variationSuppliers,marketItemNumbers,stock"
    row = client.get(FLAT, params={"with": wanted, "isBundle": "false"}).json()["entries"][0]

    assert row["variationSalesPrices"][0]["updatedAt"][10] == " "
    assert {"physicalStock", "reservedStock", "netStock"} <= set(row["stock"][0])
    assert all(name in row for name in wanted.split(","))


def test_market_numbers_have_a_route_of_their_own(client, rows):
    row = next(row for row in rows.values() if len(row["marketIdentNumbers"]) == 2)
    path = f"/rest/items/{row['base']['itemId']}/variations/{row['id']}/market_ident_numbers"

    told = client.get(path).json()

    assert told == [{"variationId": row["id"], **number} for number in row["marketIdentNumbers"]]
    assert {number["countryId"] for number in told} == {1, 12}
    assert client.get(path.replace(str(row["id"]), "99")).status_code == 404


def test_items_are_the_containers_of_their_variations(client, rows):
    items = all_entries(client, "/rest/items", itemsPerPage=100, nonsense="ignored")
    one = client.get("/rest/items", params={"id": items[3]["id"]}).json()["entries"]

    assert {item["id"] for item in items} <= {row["base"]["itemId"] for row in rows.values()}
    assert len({item["id"] for item in items}) == len(items)
    assert one == [items[3]]


def test_price_links_can_be_read_and_written():
    links = f"{FLAT}/variation_sales_prices"
    with simulators_with(scale=a_scale(days=3)) as running, plenty_client(running) as client:
        before = client.get(links, params={"salesPriceId": 1}).json()["entries"][0]
        number = before["variationId"]
        change = [
            {"variationId": number, "salesPriceId": 1, "price": 77.5},
            {"variationId": 99, "salesPriceId": 1, "price": 1},
        ]
        client.put(links, json=change).raise_for_status()
        after = client.get(links, params={"salesPriceId": 1, "variationId": number}).json()
        shown = client.get(PIM, params={"ids": number, "with": "salesPrices"}).json()

        assert [link["price"] for link in after["entries"]] == [77.5]
        assert shown["entries"][0]["salesPrices"][0]["price"] == 77.5
        assert float(before["price"]) != 77.5


def test_at_most_fifty_prices_are_written_at_once(client):
    rows = [{"variationId": 1000, "salesPriceId": 1, "price": 1}] * 51

    assert client.put(f"{FLAT}/variation_sales_prices", json=rows).status_code == 422
