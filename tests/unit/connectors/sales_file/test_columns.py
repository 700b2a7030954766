import pytest

from umschlag.connectors.sales_file.columns import (
    REQUIRED,
    SYNONYMS,
    SalesColumnsUnclear,
    SalesField,
    map_columns,
)

ENGLISH = ["Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price", "Country"]
GERMAN = ["Bestellnummer", "Artikelnummer", "Bezeichnung", "Menge", "Datum", "Preis", "Marktplatz"]


def mapped(names, **chosen):
    return map_columns(names, chosen=chosen, source="sales.csv")


@pytest.mark.parametrize("names", [ENGLISH, GERMAN])
def test_columns_are_known_by_their_usual_names(names):
    mapping = mapped(names)

    assert [mapping.of(wanted) for wanted in REQUIRED] == [names[at] for at in (0, 1, 3, 4, 5)]
    assert mapping.of(SalesField.NAME) == names[2]
    assert mapping.of(SalesField.MARKETPLACE) == names[6]
    assert mapping.of(SalesField.CUSTOMER) is None


@pytest.mark.parametrize("spelling", ["STOCK_CODE", "stock-code", " Stock Code ", "stockCode"])
def test_case_spaces_and_signs_do_not_matter(spelling):
    assert mapped(["order", spelling, "qty", "date", "price"]).of(SalesField.SKU) == spelling


def test_a_choice_wins_over_a_name():
    names = ["order", "sku", "ean", "qty", "date", "price"]

    mapping = mapped(names, sku="ean")

    assert mapping.of(SalesField.SKU) == "ean"
    assert "sku" in mapping.unused


@pytest.mark.parametrize("missing", REQUIRED)
def test_a_missing_required_column_is_named_with_the_cure(missing):
    names = {wanted: SYNONYMS[wanted][0] for wanted in REQUIRED if wanted != missing}

    with pytest.raises(SalesColumnsUnclear, match=f"{missing}=COLUMN") as refused:
        mapped(list(names.values()))

    assert refused.value.field == missing


def test_two_columns_for_a_required_field_are_a_question():
    with pytest.raises(SalesColumnsUnclear, match="quantity=COLUMN"):
        mapped(["order", "sku", "Menge", "Quantity", "date", "price"])


def test_of_two_columns_for_an_optional_field_the_more_usual_one_is_taken():
    mapping = mapped(["order", "sku", "qty", "date", "price", "Title", "Description"])

    assert mapping.of(SalesField.NAME) == "Description"
    assert mapping.unused == ("Title",)


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"colour": "sku"}, "no field"),
        ({"sku": "EAN"}, "no column 'EAN'"),
        ({"sku": "qty", "quantity": "qty"}, "two fields"),
    ],
)
def test_a_choice_that_makes_no_sense_is_refused(chosen, words):
    with pytest.raises(SalesColumnsUnclear, match=words):
        mapped(["order", "sku", "qty", "date", "price"], **chosen)


def test_no_name_means_two_things():
    seen = [synonym for synonyms in SYNONYMS.values() for synonym in synonyms]

    assert len(seen) == len(set(seen))
