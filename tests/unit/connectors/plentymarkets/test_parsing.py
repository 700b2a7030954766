from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.plentymarkets import a_stock_row, an_entry, some_lookups
from umschlag.connectors.plentymarkets.parsing import (
    Variation,
    default_price_id_in,
    gtin_barcode_ids_in,
    minor_of,
    stock_row_of,
    variation_of,
    warehouse_of,
)
from umschlag.kernel.outcomes import Problem

MANGLED = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.lists(
        st.none() | st.integers() | st.dictionaries(st.text(max_size=4), st.none(), max_size=2),
        max_size=2,
    )
    | st.dictionaries(st.text(max_size=4), st.integers(), max_size=2)
)
BASE_FIELDS = sorted(an_entry()["base"])
FIELDS = sorted(an_entry())


def test_a_variation_is_read_with_its_names_looked_up():
    variation = variation_of(an_entry(), some_lookups())

    assert variation == Variation(
        variation_id=1004,
        number="CHAIR-1",
        item_id=106,
        name="Bürostuhl",
        manufacturer="Hexa",
        category="Möbel",
        supplier="Großhandel Nord",
        asin="B0ABCDEFGH",
        gtin="4006381333931",
        is_active=True,
        is_bundle=False,
        unit_cost_minor=4187,
        sales_price_minor=27900,
        weight_g=12500,
        length_mm=700,
        width_mm=650,
        height_mm=1100,
        lead_time_days=6,
        order_units_min=5,
        pack_units=10,
        created_date=date(2024, 11, 18),
    )


def test_the_purchase_price_stands_in_for_a_missing_average():
    variation = variation_of(an_entry(base={"movingAveragePrice": "0.0000"}), some_lookups())

    assert variation.unit_cost_minor == 4250


def test_a_cost_of_nothing_is_unknown_and_not_zero():
    entry = an_entry(base={"movingAveragePrice": 0, "purchasePrice": None})

    assert variation_of(entry, some_lookups()).unit_cost_minor is None


def test_relations_that_were_not_given_leave_fields_empty():
    nothing = dict.fromkeys(FIELDS) | {"id": 7, "base": {"number": "A", "texts": None}}

    variation = variation_of(nothing, some_lookups())

    assert (variation.asin, variation.gtin, variation.supplier, variation.name) == ("",) * 4
    assert variation.sales_price_minor is None


def test_a_bundle_is_known_by_type_or_by_its_components():
    by_type = variation_of(an_entry(base={"bundleType": "bundle"}), some_lookups())
    by_parts = variation_of(
        an_entry(bundleComponents=[{"componentVariationId": 1, "componentQuantity": 2}]),
        some_lookups(),
    )
    part = variation_of(an_entry(base={"bundleType": "bundle_item"}), some_lookups())

    assert (by_type.is_bundle, by_parts.is_bundle, part.is_bundle) == (True, True, False)


@pytest.mark.parametrize(
    ("base", "name"),
    [
        ({"name": " Own name "}, "Own name"),
        ({"name": ""}, "Bürostuhl"),
        ({"texts": [{"lang": "fr", "name1": "Chaise"}]}, "Chaise"),
        ({"texts": [{"lang": "de", "name1": " "}, {"lang": "en", "name1": "Chair"}]}, "Chair"),
        ({"texts": []}, ""),
    ],
)
def test_a_name_is_the_variation_s_own_else_german_else_any(base, name):
    assert variation_of(an_entry(base=base), some_lookups()).name == name


def test_an_asin_that_is_none_gives_way_to_the_next():
    broken = {"countryId": 1, "type": "ASIN", "position": 0, "value": "see Amazon"}
    other = {"countryId": 12, "type": "ASIN", "position": 0, "value": "B0UKUKUKUK"}
    fnsku = {"countryId": 1, "type": "FNSKU", "position": 0, "value": "B0FNSKUFNS"}

    def asin_of(*rows):
        return variation_of(an_entry(marketIdentNumbers=list(rows)), some_lookups()).asin

    assert asin_of(broken, fnsku, other) == "B0UKUKUKUK"
    assert asin_of(broken, fnsku) == ""


def test_a_barcode_of_another_kind_is_no_gtin():
    good = {"barcodeId": 1, "code": "4006381333931"}
    other = {"barcodeId": 2, "code": "4006381333931"}

    def gtin_of(*rows):
        return variation_of(an_entry(barcodes=list(rows)), some_lookups()).gtin

    assert gtin_of(other) == ""
    assert gtin_of(other, {"barcodeId": 1, "code": "?"}, good) == "4006381333931"


def test_a_category_without_a_name_gives_way_to_the_next():
    rows = [{"categoryId": 20, "position": 2}, {"categoryId": 999, "position": 1}]

    assert variation_of(an_entry(categories=rows), some_lookups()).category == "Möbel"


def test_a_price_of_another_definition_is_not_the_sales_price():
    entry = an_entry(salesPrices=[{"salesPriceId": 2, "price": 1}])

    assert variation_of(entry, some_lookups()).sales_price_minor is None


@pytest.mark.parametrize("value", [None, "", "n/a", True, float("inf"), 10**14])
def test_what_is_no_amount_is_no_money(value):
    assert minor_of(value, "EUR") is None


def test_an_amount_in_a_currency_we_do_not_know_is_no_money():
    assert minor_of("12.50", "XYZ") is None
    assert minor_of("12.505", "EUR") == 1250


def test_a_gtin_with_a_wrong_check_digit_is_left_out():
    entry = an_entry(barcodes=[{"barcodeId": 1, "code": "4006381333932"}])

    assert variation_of(entry, some_lookups()).gtin == ""


@pytest.mark.parametrize("row", [{"exception": "broken"}, {}, {"id": 5}, {"id": "x", "base": {}}])
def test_a_broken_row_becomes_a_problem(row):
    assert isinstance(variation_of(row, some_lookups()), Problem)


@given(
    st.dictionaries(st.sampled_from(FIELDS), MANGLED),
    st.dictionaries(st.sampled_from(BASE_FIELDS), MANGLED),
)
def test_no_mangled_variation_breaks_the_reader(mangled, mangled_base):
    entry = an_entry(base=mangled_base) | mangled

    found = variation_of(entry, some_lookups())

    assert isinstance(found, Variation | Problem)
    if isinstance(found, Variation):
        assert found.unit_cost_minor is None or found.unit_cost_minor > 0
        assert found.weight_g is None or found.weight_g > 0


@pytest.mark.parametrize(
    "row",
    [
        {"variationId": 1, "warehouseId": 2, "stockPhysical": "22.00", "reservedStock": 3},
        {"variationId": "1", "warehouseId": "2", "physicalStock": 22, "reservedStock": "3"},
    ],
)
def test_stock_is_read_in_each_vocabulary(row):
    stock, problems = stock_row_of(row, "EUR")

    assert (stock.on_hand_units, stock.reserved_units, stock.unit_cost_minor) == (22, 3, None)
    assert problems == []


def test_a_part_of_a_unit_is_rounded_down_and_reported():
    stock, problems = stock_row_of(a_stock_row(stockPhysical="-1.5"), "EUR")

    assert stock.on_hand_units == -2
    assert len(problems) == 1


def test_a_quantity_that_cannot_be_meant_is_reported():
    stock, problems = stock_row_of(a_stock_row(stockPhysical=10**12), "EUR")

    assert stock.on_hand_units == 0
    assert "cannot be meant" in problems[0].message


@given(st.dictionaries(st.sampled_from(sorted(a_stock_row())), MANGLED))
def test_no_mangled_stock_row_breaks_the_reader(mangled):
    stock, problems = stock_row_of(a_stock_row() | mangled, "EUR")

    assert stock is not None or problems
    if stock is not None:
        assert abs(stock.on_hand_units) < 2**31


def test_a_warehouse_without_an_id_is_none_and_without_a_name_goes_by_its_number():
    assert warehouse_of({"name": "Nowhere", "typeId": 0}) is None
    assert warehouse_of({"id": 7, "name": " ", "typeId": 0}).name == "#7"


def test_only_warehouses_of_type_0_are_sales_warehouses():
    assert warehouse_of({"id": 1, "name": "Home", "typeId": 0}).is_sales
    assert not warehouse_of({"id": 3, "name": "Repair", "typeId": "1"}).is_sales
    assert not warehouse_of({"id": 4, "name": "No type"}).is_sales


def test_the_default_price_is_the_first_default_one_in_our_currency():
    definitions = [
        {"id": 9, "type": "rrp", "position": 0, "currencies": [{"currency": "EUR"}]},
        {"id": 3, "type": "default", "position": 2, "currencies": [{"currency": "-1"}]},
        {"id": 4, "type": "default", "position": 1, "currencies": [{"currency": "GBP"}]},
        {
            "id": 5,
            "type": "default",
            "position": 1,
            "currencies": [{"currency": "EUR"}],
            "isCustomerPrice": True,
        },
    ]

    assert default_price_id_in(definitions, "EUR") == 3
    assert default_price_id_in(definitions[:1], "EUR") is None


def test_gtin_barcodes_are_found_by_their_type():
    rows = [{"id": 1, "type": "GTIN_13"}, {"id": 2, "type": "UPC"}, {"id": "3", "type": "gtin_13"}]

    assert gtin_barcode_ids_in(rows) == {1, 3}
