"""What stands in the ERP before and after a write, read from answers that contradict themselves."""

from decimal import Decimal

import pytest

from builders.corrections import a_correction, a_price
from builders.plentymarkets import a_stock_row, an_entry
from umschlag.connectors.plentymarkets.null import RecordedAnswers
from umschlag.connectors.plentymarkets.writing import (
    PRICES,
    ArticlesByNumber,
    PriceWriting,
    StockWriting,
)
from umschlag.intelligence.corrections.model import Place

STOCK = "/rest/stockmanagement/warehouses/1/stock"
IDS = {"CHAIR-1": 1004}


def stock_standing(*rows, located=(), entries=None):
    reader = RecordedAnswers(
        {
            "/rest/pim/variations": entries or [an_entry()],
            STOCK: list(rows),
            f"{STOCK}/storageLocations": list(located),
        }
    )
    erp = StockWriting(client=reader, articles=ArticlesByNumber(reader=reader, variation_ids=IDS))
    return erp.standing([a_correction("CHAIR-1")]).get(("CHAIR-1", 1))


def price_standing(*links):
    reader = RecordedAnswers({"/rest/pim/variations": [an_entry()], PRICES: list(links)})
    erp = PriceWriting(
        client=reader,
        articles=ArticlesByNumber(reader=reader, variation_ids=IDS),
        currency="EUR",
    )
    return erp.standing([a_price("CHAIR-1")]).get(("CHAIR-1", 1))


def a_link(price, price_id=1):
    return {"variationId": 1004, "salesPriceId": price_id, "price": price}


def test_an_article_that_was_never_booked_in_a_warehouse_has_none_there():
    assert stock_standing().figure == 0


def test_units_written_as_text_are_read():
    assert stock_standing(a_stock_row(stockPhysical="12.00")).figure == 12


@pytest.mark.parametrize(
    "rows",
    [
        [a_stock_row(stockPhysical="n/a")],
        [a_stock_row(stockPhysical=3), a_stock_row(stockPhysical=4)],
    ],
    ids=["no number", "two rows of one article"],
)
def test_units_that_cannot_be_read_are_a_problem_and_no_figure(rows):
    standing = stock_standing(*rows)

    assert standing.figure is None
    assert STOCK in standing.problem


def test_rows_of_other_articles_are_not_ours():
    other = a_stock_row(5, stockPhysical=99)

    assert stock_standing(other, a_stock_row(stockPhysical=2)).figure == 2


def test_every_storage_location_is_told_once():
    located = [{"variationId": 1004, "storageLocationId": number} for number in (7, None, 7, 3)]

    assert stock_standing(a_stock_row(), located=located).location_ids == (0, 3, 7)


@pytest.mark.parametrize(
    "entry",
    [
        an_entry(base={"bundleType": "bundle"}),
        an_entry(bundleComponents=[{"componentVariationId": 5, "componentQuantity": 1}]),
    ],
    ids=["type", "components"],
)
def test_a_bundle_is_known_by_its_type_or_its_components(entry):
    assert stock_standing(a_stock_row(), entries=[entry]).is_bundle


def test_an_id_that_carries_another_number_is_nobody_s():
    assert stock_standing(a_stock_row(), entries=[an_entry(base={"number": "OTHER"})]) is None


@pytest.mark.parametrize(("price", "figure"), [("24.9900", "24.99"), (19, "19"), (0.5, "0.5")])
def test_a_price_is_read_exactly(price, figure):
    assert price_standing(a_link(price), a_link(99, price_id=2)).figure == Decimal(figure)


def test_a_price_told_twice_alike_is_one_price():
    assert price_standing(a_link("5.0"), a_link(5)).figure == 5


@pytest.mark.parametrize("links", [[a_link(5), a_link(6)], [a_link("n/a")]])
def test_prices_that_contradict_each_other_are_a_problem(links):
    standing = price_standing(*links)

    assert standing.figure is None
    assert PRICES in standing.problem


def test_an_article_without_the_price_has_no_figure_and_no_problem():
    standing = price_standing(a_link(5, price_id=2))

    assert (standing.figure, standing.problem) == (None, "")


def test_sales_prices_are_places_with_their_names_and_currencies():
    definitions = [
        {
            "id": 1,
            "type": "default",
            "names": [{"nameInternal": ""}, {"nameExternal": "Preis"}],
            "currencies": [{"currency": "EUR"}, {"currency": "GBP"}],
        },
        {"id": 2, "type": "rrp", "currencies": [{"currency": "-1"}, {"currency": "EUR"}]},
        {"id": None},
    ]
    reader = RecordedAnswers({"/rest/items/sales_prices": definitions})

    places = PriceWriting(
        client=reader,
        articles=ArticlesByNumber(reader=reader, variation_ids={}),
        currency="EUR",
    ).places()

    assert places.by_id == {
        1: Place(place_id=1, name="Preis", currencies=frozenset({"EUR", "GBP"})),
        2: Place(place_id=2, name="#2"),
    }
    assert places.usual_id == 1


@pytest.mark.parametrize(("kinds", "usual"), [([0, 1], 1), ([0, 0], None)])
def test_a_warehouse_is_the_usual_one_where_no_other_sells(kinds, usual):
    warehouses = [
        {"id": number, "name": "x", "typeId": kind} for number, kind in enumerate(kinds, start=1)
    ]
    reader = RecordedAnswers({"/rest/stockmanagement/warehouses": warehouses})

    places = StockWriting(
        client=reader, articles=ArticlesByNumber(reader=reader, variation_ids={})
    ).places()

    assert places.usual_id == usual
    assert [place.is_usable for place in places.by_id.values()] == [kind == 0 for kind in kinds]
