from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.mangling import MANGLED
from builders.plentymarkets import a_stock_row, an_entry, some_lookups
from umschlag.connectors.plentymarkets.components import Component
from umschlag.connectors.plentymarkets.parsing import (
    VIRTUAL_WAREHOUSE,
    Variation,
    minor_of,
    stock_row_of,
    variation_of,
    warehouse_of,
)
from umschlag.connectors.plentymarkets.values import decimal_of
from umschlag.kernel.outcomes import Problem

BASE_FIELDS = sorted(an_entry()["base"])
FIELDS = sorted(an_entry())


def test_a_variation_is_read_with_its_names_looked_up():
    numbers = [{"countryId": 1, "type": "asin", "position": 0, "value": "B0ABCDEFGH"}]

    variation = variation_of(an_entry(marketIdentNumbers=numbers), some_lookups())

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


def test_a_warehouse_that_only_rounds_to_the_virtual_one_is_reported():
    assert stock_row_of(a_stock_row(warehouseId=-1), "EUR") == (None, [])

    stock, problems = stock_row_of(a_stock_row(warehouseId="-0.5"), "EUR")

    assert stock is None
    assert "warehouseId" in problems[0].message


@given(st.dictionaries(st.sampled_from(sorted(a_stock_row())), MANGLED))
def test_no_mangled_stock_row_breaks_the_reader(mangled):
    stock, problems = stock_row_of(a_stock_row() | mangled, "EUR")

    # The virtual warehouse alone is left out without a word.
    is_virtual = decimal_of(mangled.get("warehouseId")) == VIRTUAL_WAREHOUSE
    assert stock is not None or problems or is_virtual
    if stock is not None:
        assert abs(stock.on_hand_units) < 2**31


def test_a_warehouse_without_an_id_is_none_and_without_a_name_goes_by_its_number():
    assert warehouse_of({"name": "Nowhere", "typeId": 0}) is None
    assert warehouse_of({"id": 7, "name": " ", "typeId": 0}).name == "#7"


def test_only_warehouses_of_type_0_are_sales_warehouses():
    assert warehouse_of({"id": 1, "name": "Home", "typeId": 0}).is_sales
    assert not warehouse_of({"id": 3, "name": "Repair", "typeId": "1"}).is_sales
    assert not warehouse_of({"id": 4, "name": "No type"}).is_sales


def test_components_say_what_a_bundle_takes():
    rows = [
        {"componentVariationId": "1010", "componentQuantity": "2.00"},
        {"componentVariationId": 1011, "componentQuantity": 1},
    ]
    entry = an_entry(bundleComponents=rows, marketIdentNumbers=None)

    bundle = variation_of(entry, some_lookups())

    assert bundle.components == (Component(1010, 2), Component(1011, 1))
    assert bundle.remarks == ()


def test_a_component_that_cannot_be_used_leaves_the_whole_bundle_unknown():
    rows = [
        {"componentVariationId": 1010, "componentQuantity": 2},
        {"componentVariationId": 1011, "componentQuantity": 0},
    ]
    entry = an_entry(base={"bundleType": "bundle"}, bundleComponents=rows, marketIdentNumbers=None)

    bundle = variation_of(entry, some_lookups())

    assert (bundle.is_bundle, bundle.components) == (True, ())
    assert [str(remark) for remark in bundle.remarks] == [
        "variation 1004: bundleComponents: {'componentVariationId': 1011, 'componentQuantity': 0} "
        "is no component; what the bundle consists of is left unknown"
    ]


def test_an_article_is_no_bundle_by_components_that_cannot_be_used():
    article = variation_of(an_entry(bundleComponents=[{"exception": "?"}]), some_lookups())

    assert not article.is_bundle, "its own stock counts"


def test_asins_that_contradict_each_other_are_reported():
    rows = [
        {"countryId": 12, "type": "ASIN", "position": 0, "value": "B0UKUKUKUK"},
        {"countryId": "1", "type": "asin", "position": 0, "value": "B0ABCDEFGH"},
    ]
    entry = an_entry(marketIdentNumbers=rows)

    german = variation_of(entry, some_lookups())
    british = variation_of(entry, some_lookups(country_id=12))

    assert (german.asin, british.asin) == ("B0ABCDEFGH", "B0UKUKUKUK")
    assert [remark.message for remark in german.remarks] == [
        "marketIdentNumbers: ASIN B0ABCDEFGH is used, and not B0UKUKUKUK"
    ]


def test_the_same_asin_in_several_countries_is_no_contradiction():
    rows = [
        {"countryId": country, "type": "ASIN", "position": 0, "value": "B0ABCDEFGH"}
        for country in (1, 12)
    ]

    assert variation_of(an_entry(marketIdentNumbers=rows), some_lookups()).remarks == ()


@pytest.mark.parametrize(
    ("field", "value"),
    [("weightG", "heavy"), ("widthMM", -3), ("movingAveragePrice", "n/a"), ("createdAt", "soon")],
)
def test_a_field_that_cannot_be_used_is_left_unknown_and_named(field, value):
    variation = variation_of(an_entry(base={field: value}), some_lookups())

    (remark,) = [one for one in variation.remarks if "ASIN" not in one.message]
    assert remark.place == "variation 1004"
    assert remark.message.startswith(f"{field}: {value!r}")


@pytest.mark.parametrize("value", [None, 0, "0", "0.00", ""])
def test_what_the_erp_has_not_entered_is_no_fault(value):
    entry = an_entry(base=dict.fromkeys(("weightG", "movingAveragePrice", "createdAt"), value))

    variation = variation_of(entry | {"marketIdentNumbers": []}, some_lookups())

    assert (variation.weight_g, variation.created_date, variation.remarks) == (None, None, ())


def test_a_0_in_free_text_is_nothing():
    base = {"name": "0", "texts": [{"lang": "de", "name1": "0"}, {"lang": "en", "name1": "Chair"}]}

    assert variation_of(an_entry(base=base), some_lookups()).name == "Chair"


def test_the_supplier_s_price_is_a_cost_of_last_resort():
    entry = an_entry(
        base={"movingAveragePrice": 0, "purchasePrice": 0},
        supplier=[{"supplierId": 92, "purchasePrice": "40.2500", "currencyPurchasePrice": 46.1}],
    )

    variation = variation_of(entry, some_lookups())

    assert (variation.unit_cost_minor, variation.supplier_cost_minor) == (None, 4025)


def test_a_price_of_nothing_gives_way_to_the_next_definition():
    rows = [{"salesPriceId": 1, "price": 0}, {"salesPriceId": "2", "price": "19.90"}]

    variation = variation_of(an_entry(salesPrices=rows), some_lookups(price_ids=(1, 2)))

    assert variation.sales_price_minor == 1990


def test_the_virtual_warehouse_is_the_sum_of_others_and_never_added():
    assert stock_row_of(a_stock_row(warehouse_id=-1), "EUR") == (None, [])


def test_stock_of_the_raw_data_is_read():
    row = {
        "iv_id": "7",
        "smw_id": "2",
        "sms_physical": "22.00",
        "sms_reserved": "3.00",
        "sms_reordered": "5.00",
        "sms_average_purchase_price": "41.8700",
    }

    stock, problems = stock_row_of(row, "EUR")

    assert (stock.variation_id, stock.warehouse_id) == (7, 2)
    assert (stock.on_hand_units, stock.reserved_units, stock.on_order_units) == (22, 3, 5)
    assert (stock.unit_cost_minor, problems) == (4187, [])


def test_what_is_reserved_follows_from_net_where_it_is_not_told():
    row = {"variationId": 1, "warehouseId": 1, "stockPhysical": 22, "stockNet": 19}

    assert stock_row_of(row, "EUR")[0].reserved_units == 3


@pytest.mark.parametrize("field", ["variationId", "warehouseId", "stockPhysical"])
def test_a_stock_row_that_is_left_out_names_its_field(field):
    row, (problem,) = stock_row_of(a_stock_row() | {field: "x"}, "EUR")

    assert row is None
    assert problem.message.startswith(field)


def test_units_that_are_no_number_are_reported_and_not_silently_none():
    stock, problems = stock_row_of(a_stock_row(reservedStock="some"), "EUR")

    assert stock.reserved_units == 0
    assert [problem.message for problem in problems] == [
        "reservedStock: 'some' units cannot be meant; taken as 0"
    ]


def test_a_broken_id_belongs_to_nobody():
    assert isinstance(variation_of(an_entry("1004.5"), some_lookups()), Problem)
    assert stock_row_of(a_stock_row(variation_id="1004.5"), "EUR")[0] is None
