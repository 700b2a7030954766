from datetime import date

import pytest

from builders.plentymarkets import ZONE, a_bundle_entry, a_stock_row, an_entry, taken
from umschlag.connectors.plentymarkets.null import RecordedAnswers
from umschlag.connectors.plentymarkets.reading import PlentymarketsSource
from umschlag.kernel.errors import UnexpectedAnswer
from umschlag.kernel.progress import untold

DAY = date(2026, 9, 2)
WAREHOUSES = [
    {"id": 1, "name": "Home", "typeId": 0},
    {"id": 2, "name": "Abroad", "typeId": 0},
    {"id": 3, "name": "Repair", "typeId": 1},
]


def answers(*, entries, stock=(), **more):
    return RecordedAnswers(
        {
            "/rest/pim/variations": list(entries),
            "/rest/stockmanagement/stock": list(stock),
            "/rest/stockmanagement/warehouses": WAREHOUSES,
            "/rest/items/sales_prices": [{"id": 1, "type": "default"}],
            "/rest/items/barcodes": [{"id": 1, "type": "GTIN_13"}],
            "/rest/items/manufacturers": [{"id": 2, "name": "Hexa"}],
            "/rest/categories": [{"id": 20, "details": [{"lang": "de", "name": "Möbel"}]}],
            "/rest/accounts/contacts": [{"id": 92, "accounts": [{"companyName": "Nord AG"}]}],
        }
        | more
    )


def read(**given):
    source = PlentymarketsSource(reader=answers(**given), zone=ZONE, currency="EUR")
    return taken(source.read(DAY, untold))


def test_an_article_is_put_together_from_all_its_routes():
    reading = read(entries=[an_entry()], stock=[a_stock_row()])

    (state,) = reading.batch.articles
    assert (state.master.sku, state.master.variation_id) == ("CHAIR-1", 1004)
    assert (state.master.manufacturer, state.master.supplier) == ("Hexa", "Nord AG")
    assert (state.on_hand_units, state.reserved_units, state.unit_cost_minor) == (22, 3, 4187)
    assert state.last_seen_date == DAY
    assert reading.expected_count == 1


def test_sales_warehouses_are_summed_and_others_kept_apart():
    stock = [
        a_stock_row(warehouse_id=1, stockPhysical=5),
        a_stock_row(warehouse_id=2, stockPhysical=7, reservedStock=0),
        a_stock_row(warehouse_id=3, stockPhysical=100),
        a_stock_row(warehouse_id=99, stockPhysical=1000),
    ]

    reading = read(entries=[an_entry()], stock=stock)

    (state,) = reading.batch.articles
    assert (state.on_hand_units, state.reserved_units) == (12, 3)
    assert state.other_on_hand_units == 1100, "an unlisted warehouse is no sales warehouse"
    assert {p.warehouse.name: p.on_hand_units for p in reading.batch.positions} == {
        "Home": 5,
        "Abroad": 7,
        "Repair": 100,
        "#99": 1000,
    }


def test_an_article_without_stock_rows_has_none():
    (state,) = read(entries=[an_entry()]).batch.articles

    assert (state.on_hand_units, state.reserved_units, state.other_on_hand_units) == (0, 0, 0)


def test_the_stock_row_s_cost_stands_in_for_a_missing_one():
    entry = an_entry(base={"movingAveragePrice": 0, "purchasePrice": 0})

    (state,) = read(entries=[entry], stock=[a_stock_row()]).batch.articles

    assert state.unit_cost_minor == 4187


def test_a_bundle_is_told_by_its_components_whichever_comes_first():
    entries = [
        a_bundle_entry(1, {2: 1, 3: 4}, number="SET"),
        an_entry(2, {"number": "LAMP"}),
        an_entry(3, {"number": "BULB"}),
    ]

    reading = read(entries=entries)

    assert reading.batch.bundle_parts == [("SET", "LAMP", 1), ("SET", "BULB", 4)]
    assert {s.sku: s.master.is_bundle for s in reading.batch.articles} == {
        "SET": True,
        "LAMP": False,
        "BULB": False,
    }


def test_a_component_that_is_no_variation_keeps_its_place_and_is_reported():
    entries = [a_bundle_entry(1, {2: 1, 999: 4}, number="SET"), an_entry(2, {"number": "LAMP"})]

    reading = read(entries=entries)

    assert reading.batch.bundle_parts == [("SET", "LAMP", 1), ("SET", "#999", 4)]
    assert [str(problem) for problem in reading.problems if "999" in problem.message] == [
        "variation 1: bundleComponents: component 999 was skipped: there is no such variation; "
        "how many bundles can be sold stays unknown"
    ]


def test_stock_that_is_told_for_a_bundle_is_left_out_and_reported():
    entries = [a_bundle_entry(1, {2: 1}, number="SET"), an_entry(2, {"number": "LAMP"})]
    stock = [a_stock_row(1), a_stock_row(1, warehouse_id=2, stockPhysical=0), a_stock_row(2)]

    reading = read(entries=entries, stock=stock)

    units = {s.sku: (s.on_hand_units, s.reserved_units) for s in reading.batch.articles}
    assert units == {"SET": (0, 0), "LAMP": (22, 3)}
    assert {position.sku for position in reading.batch.positions} == {"LAMP"}
    assert [str(problem) for problem in reading.problems if "bundle" in problem.message] == [
        "stock of variation 1: a bundle has no stock of its own; 2 rows were left out"
    ]


def test_empty_stock_rows_of_a_bundle_are_worth_no_remark():
    nothing = {"stockPhysical": 0, "reservedStock": 0, "reordered": 0}

    reading = read(entries=[a_bundle_entry(1, {})], stock=[a_stock_row(1, **nothing)])

    assert not [problem for problem in reading.problems if "bundle" in problem.message]


def test_broken_rows_are_counted_and_reported():
    reading = read(entries=[an_entry(), {"exception": "toArray() on null"}])

    assert (len(reading.batch.articles), reading.unusable_count, reading.expected_count) == (
        1,
        1,
        2,
    )
    assert any("toArray" in problem.message for problem in reading.problems)


def test_stock_of_a_variation_that_is_not_there_is_reported():
    reading = read(entries=[an_entry()], stock=[a_stock_row(variation_id=5)])

    assert any("no such variation" in problem.message for problem in reading.problems)


def test_names_we_may_not_read_are_left_empty():
    reader = answers(entries=[an_entry()])
    for path in ("/rest/items/manufacturers", "/rest/categories", "/rest/accounts/contacts"):
        del reader.rows[path]

    reading = taken(PlentymarketsSource(reader=reader, zone=ZONE, currency="EUR").read(DAY, untold))

    (state,) = reading.batch.articles
    assert (state.master.manufacturer, state.master.category, state.master.supplier) == ("",) * 3
    assert "/rest/categories" in {problem.place for problem in reading.problems}


def test_a_relation_that_nobody_has_means_a_missing_right():
    entries = [an_entry(number, salesPrices=None) for number in (1, 2)]

    with pytest.raises(UnexpectedAnswer, match="salesPrices"):
        read(entries=entries)


def test_without_a_sales_warehouse_nothing_is_read():
    with pytest.raises(UnexpectedAnswer, match="sales warehouse"):
        read(entries=[an_entry()], **{"/rest/stockmanagement/warehouses": WAREHOUSES[2:]})


def test_only_suppliers_are_asked_for_among_the_contacts():
    reader = answers(entries=[an_entry()])

    PlentymarketsSource(reader=reader, zone=ZONE, currency="EUR").read(DAY, untold)

    asked = [params for path, params in reader.asked if path == "/rest/accounts/contacts"]
    assert all(params["typeId"] == "4" for params in asked)


def test_more_articles_than_the_index_pages_through_are_read_by_cursor():
    count = 11
    entries = [an_entry(number, base={"number": f"N{number}"}) for number in range(1, count + 1)]

    class WithScroll(RecordedAnswers):
        def read(self, path, params=None):
            if path != "/rest/pim/variations/scroll":
                return super().read(path, params)
            start = int(params.get("cursor", 0))
            end = start + 4
            cursor = str(end) if end < count else None
            return {"entries": entries[start:end], "cursor": cursor}

    recorded = answers(entries=entries)
    source = PlentymarketsSource(
        reader=WithScroll(recorded.rows), zone=ZONE, currency="EUR", window_rows=10
    )

    assert len(taken(source.read(DAY, untold)).batch.articles) == count
