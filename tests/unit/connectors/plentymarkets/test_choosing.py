from builders.plentymarkets import ZONE
from umschlag.connectors.plentymarkets.choosing import (
    asins_in,
    gtin_barcode_ids_in,
    gtin_in,
    price_ids_in,
    supplier_in,
)


def a_definition(price_id, *, currency="EUR", **values):
    return {
        "id": price_id,
        "type": "default",
        "position": price_id,
        "currencies": [{"currency": currency}],
    } | values


def test_barcode_types_are_ranked_gtin_13_first():
    rows = [
        {"id": 7, "type": "ISBN"},
        {"id": 2, "type": "UPC"},
        {"id": "3", "type": "gtin_13"},
        {"id": 4, "type": "GTIN_8"},
        {"id": 5, "type": "GTIN_128"},
        {"id": 6, "type": "CODE_128"},
        {"id": "x", "type": "GTIN_13"},
    ]

    ranks = gtin_barcode_ids_in(rows)

    assert sorted(ranks, key=ranks.get) == [3, 4, 2, 7]


def test_the_best_kind_of_barcode_is_the_gtin_wherever_it_stands():
    ranks = {1: 0, 2: 6}
    rows = [
        {"barcodeId": 9, "code": "4006381333931"},
        {"barcodeId": 2, "code": "036000291452"},
        {"barcodeId": "1", "code": "4006381333931"},
    ]

    assert gtin_in(rows, ranks) == ("4006381333931", "")
    assert gtin_in(rows[:2], ranks) == ("036000291452", "")
    assert gtin_in(rows[:1], ranks) == ("", "")


def test_a_wrong_check_digit_gives_way_and_is_told_where_nothing_else_is_left():
    wrong = {"barcodeId": 1, "code": "4006381333932"}
    upc = {"barcodeId": 2, "code": "036000291452"}

    assert gtin_in([wrong, upc], {1: 0, 2: 6}) == ("036000291452", "")
    assert gtin_in([wrong], {1: 0}) == ("", "'4006381333932' has a wrong check digit")


def test_the_merchant_s_country_comes_first_then_the_position():
    rows = [
        {"countryId": 12, "type": "ASIN", "position": 0, "value": "B0UKUKUKUK"},
        {"countryId": 1, "type": "ASIN", "position": 2, "value": "B0SECONDDE"},
        {"countryId": "1", "type": "asin", "position": "1", "value": "b0firstde1"},
        {"countryId": 1, "type": "EPID", "position": 0, "value": "B0EPIDEPID"},
        {"countryId": 1, "type": "ASIN", "position": 0, "value": "see Amazon"},
    ]

    assert asins_in(rows, country_id=1) == ["B0FIRSTDE1", "B0SECONDDE", "B0UKUKUKUK"]


def test_prices_are_ranked_by_the_erp_s_position_in_our_currency():
    definitions = [
        a_definition(9, position=0, type="rrp"),
        a_definition(3, position=2, currency="-1"),
        a_definition(4, position=1, currency="GBP"),
        a_definition(6, position="3", currencies=[]),
        {"id": "x", "type": "default"},
    ]

    assert price_ids_in(definitions, "EUR") == (3, 6)
    assert price_ids_in(definitions[:1], "EUR") == ()


def test_a_price_for_some_buyers_alone_does_not_pass_for_everybody_s():
    special = [
        a_definition(1, isCustomerPrice=True),
        a_definition(2, minimumOrderQuantity="10.00"),
        a_definition(3, referrers=[{"referrerId": 4.02}]),
    ]
    everybody = a_definition(8, referrers=[{"referrerId": "-1.00"}], minimumOrderQuantity=1)

    assert price_ids_in([*special, everybody], "EUR") == (8,)
    # Better a limited price than none, where the merchant has no other kind.
    assert price_ids_in(special, "EUR") == (3, 2, 1)


def test_of_several_suppliers_the_one_asked_last_counts_then_the_cheapest():
    old = {"supplierId": 1, "purchasePrice": 1, "lastPriceQuery": "2020-01-01"}
    never = {"supplierId": 2, "purchasePrice": 1, "lastPriceQuery": "0000-00-00"}
    dear = {"supplierId": 3, "purchasePrice": "9.00", "lastPriceQuery": "2026-04-03"}
    cheap = {"supplierId": 4, "purchasePrice": "8.00", "lastPriceQuery": "2026-04-03"}
    free = {"supplierId": 5, "purchasePrice": 0, "lastPriceQuery": "2026-04-03"}

    assert supplier_in([old, never, dear, cheap, free], ZONE) == cheap
    assert supplier_in([never], ZONE) == never
    assert supplier_in([], ZONE) == {}
