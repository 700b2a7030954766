"""The buying sheet: what must be right, what may be missing, and what is said about it."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.agency import HEADER, a_sheet, a_sheet_row
from umschlag.connectors.google_sheets.null import RecordedSheets, recorded_sheets
from umschlag.connectors.google_sheets.parsing import asins_named, parse_buying_sheet
from umschlag.kernel.errors import BadRow, UnexpectedAnswer
from umschlag.kernel.measures import Dimensions
from umschlag.kernel.money import Money


def parsed(*rows, header=None, currency="EUR"):
    return parse_buying_sheet([header or HEADER, *rows], source="Buying", currency=currency)


def test_a_good_row_comes_over_whole():
    (row,) = parsed(a_sheet_row()).rows

    assert row.row == 2
    assert row.asin == "B0ABCDEFGH"
    assert row.weight_g == 681
    assert row.dimensions == Dimensions(length_mm=318, width_mm=204, height_mm=102)
    assert row.unit_cost == Money(1250, "EUR")
    assert (row.bought_units, row.remaining_units, row.case_pack_units) == (48, 24, 12)
    assert row.added_date == date(2025, 12, 9)
    assert (row.shipping_price_min, row.shipping_price_max) == (Money(10, "EUR"), Money(35, "EUR"))


def test_a_row_that_ends_early_has_empty_cells():
    (row,) = parsed(a_sheet_row()[:9]).rows

    assert row.added_date is None
    assert row.shipping_price_min is None
    assert row.case_pack_units is None


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"asin": "B0-NOT-YET"}, "ASIN"),
        ({"asin": None}, "ASIN"),
        ({"remaining": -12}, "Remaining Quantity"),
        ({"remaining": 49}, "Remaining Quantity"),
        ({"remaining": ""}, "Remaining Quantity"),
        ({"bought": 2.5}, "Quantity Purchased"),
        ({"cost": "#N/A"}, "Unit Cost"),
        ({"cost": 0}, "Unit Cost"),
        ({"cost": "$12"}, "Unit Cost"),
        ({"currency": "EURO"}, "Currency"),
        ({"shipping_min": 0.5}, "Min Shipping Price"),
    ],
)
def test_a_row_that_cannot_be_right_is_named_and_the_others_go_through(cells, field):
    result = parsed(a_sheet_row(asin="B0AAAAAAAA"), a_sheet_row(**cells))

    assert [row.asin for row in result.rows] == ["B0AAAAAAAA"]
    (problem,) = result.problems
    assert problem.place == f"Buying, row 3, {field}"
    assert result.read_count == 2


@pytest.mark.parametrize(
    ("cells", "left_empty"),
    [
        ({"weight": "#REF!"}, "weight_g"),
        ({"weight": -1}, "weight_g"),
        ({"dimensions": "12 x 8"}, "dimensions"),
        ({"added": "03/04/2026"}, "added_date"),
        ({"case_pack": 0}, "case_pack_units"),
        ({"shipping_max": "a lot"}, "shipping_price_max"),
    ],
)
def test_a_broken_cell_that_may_be_missing_is_remarked_on(cells, left_empty):
    result = parsed(a_sheet_row(**cells))

    assert getattr(result.rows[0], left_empty) is None
    assert not result.problems
    (note,) = result.notes
    assert note.place.startswith("Buying, row 2, ")


def test_the_second_row_of_an_asin_is_refused_because_nobody_knows_which_is_right():
    result = parsed(a_sheet_row(remaining=5), [], a_sheet_row(asin="b0abcdefgh "))

    assert [row.remaining_units for row in result.rows] == [5]
    assert "row 2" in result.problems[0].message
    assert result.problems[0].place == "Buying, row 4, ASIN"


def test_columns_are_found_by_synonyms_in_any_order_and_case():
    header = ["brand", "REMAINING QTY", "asin code", "Weight [oz]", "cost (GBP)", "bought"]

    (row,) = parsed(["Ostra", 3, "B0ABCDEFGH", 16, 9.99, 4], header=header).rows

    assert row.brand == "Ostra"
    assert row.weight_g == 454
    assert row.unit_cost == Money(999, "GBP")
    assert row.title is None


def test_a_column_without_a_unit_is_not_guessed():
    header = [name.replace(" (lb)", "").replace(" (in)", "") for name in HEADER]

    result = parsed(a_sheet_row(), header=header)

    assert result.rows[0].weight_g is None
    assert result.rows[0].dimensions is None
    assert all("unit" in note.message for note in result.notes)


def test_the_merchants_currency_counts_where_the_sheet_names_none():
    assert parsed(a_sheet_row(currency=""), currency="GBP").rows[0].unit_cost.currency == "GBP"


@pytest.mark.parametrize(
    ("heading", "row_says", "counts"),
    [
        ("Unit Cost (GBP)", "", "GBP"),
        ("Unit Cost [usd]", "", "USD"),
        ("Unit Cost (GBP)", "EUR", "EUR"),
        ("Unit Cost", " chf ", "CHF"),
    ],
)
def test_a_row_s_currency_counts_before_the_column_s(heading, row_says, counts):
    header = [heading if name == "Unit Cost" else name for name in HEADER]

    assert (
        parsed(a_sheet_row(currency=row_says), header=header).rows[0].unit_cost.currency == counts
    )


def test_a_currency_in_the_heading_that_is_none_is_never_guessed():
    header = ["Unit Cost (net)" if name == "Unit Cost" else name for name in HEADER]

    result = parsed(a_sheet_row(currency=""), a_sheet_row(), header=header)

    (problem,) = result.problems
    assert problem.place == "Buying, row 2, Unit Cost (net)"
    assert "NET" in problem.message
    assert len(result.rows) == 1


@pytest.mark.parametrize("gone", ["ASIN", "Quantity Purchased", "Unit Cost", "Remaining Quantity"])
def test_a_sheet_without_a_needed_column_is_refused_whole(gone):
    header = ["Something else" if name == gone else name for name in HEADER]

    with pytest.raises(BadRow, match=f"row 1, {gone}"):
        parsed(a_sheet_row(), header=header)


def test_a_sheet_with_one_column_twice_is_refused_whole():
    with pytest.raises(BadRow, match="twice"):
        parsed(a_sheet_row(), header=[*HEADER, "Cost"])


def test_an_emptied_sheet_is_refused_whole():
    with pytest.raises(BadRow, match="empty"):
        parse_buying_sheet([], source="Buying", currency="EUR")


def test_asins_of_unusable_rows_count_as_named():
    cells = a_sheet(a_sheet_row(remaining=-1), a_sheet_row(asin="broken"), [])

    assert asins_named(cells, source="Buying") == {"B0ABCDEFGH"}


@given(
    row=st.lists(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()), max_size=15
    )
)
def test_a_row_of_anything_never_crashes_and_never_counts_twice(row):
    result = parsed(row)

    assert result.read_count <= 1
    for good in result.rows:
        assert 0 <= good.remaining_units <= good.bought_units
        assert good.unit_cost.minor > 0


@given(place=st.integers(0, 12), cell=st.one_of(st.none(), st.text(), st.integers(), st.floats()))
def test_one_mangled_cell_never_changes_what_the_others_say(place, cell):
    good = a_sheet_row()
    mangled = [*good[:place], cell, *good[place + 1 :]]

    (right,) = parsed(good).rows
    result = parsed(mangled)

    for row in result.rows:
        changed = {
            name
            for name in type(right).__dataclass_fields__
            if getattr(row, name) != getattr(right, name)
        }
        assert len(changed) <= (4 if HEADER[place] == "Currency" else 1)


def test_a_recorded_answer_is_read_like_a_live_one(tmp_path):
    path = tmp_path / "sheet.json"
    path.write_text(json.dumps({"valueRanges": [{"range": "Buying!A1:M2", "values": [["ASIN"]]}]}))

    assert recorded_sheets(path).values("any", "Buying!A1:M2") == [["ASIN"]]


def test_a_range_that_was_never_recorded_is_refused():
    with pytest.raises(UnexpectedAnswer, match="Other"):
        RecordedSheets(ranges={}).values("any", "Other")


def test_a_file_that_is_no_recording_is_refused(tmp_path):
    path = tmp_path / "sheet.json"
    path.write_text("[]")

    with pytest.raises(UnexpectedAnswer, match=r"sheet\.json"):
        recorded_sheets(path)
