from datetime import date

import pytest

from builders.plentymarkets import ZONE, a_movement_row
from umschlag.connectors.plentymarkets.movements import MovementReader, movements_of
from umschlag.connectors.plentymarkets.null import RecordedAnswers
from umschlag.intelligence.snapshots.model import StockMovement, Warehouse

SKUS = {1004: "HX-1"}
HOME = Warehouse(warehouse_id=1, name="Home", is_sales=True)
PATH = "/rest/stockmanagement/warehouses/1/stock/movements"
ARCHIVES = "/rest/stockmanagement/stock/archives"


def read(*rows):
    return movements_of(rows, skus=SKUS, zone=ZONE, currency="EUR")


def test_a_sale_takes_units_away():
    (movement,) = read(a_movement_row()).movements

    assert movement == StockMovement(
        business_date=date(2026, 9, 1), sku="HX-1", warehouse_id=1, units=-2, is_receipt=False
    )


def test_goods_in_are_a_receipt_with_their_cost():
    row = a_movement_row(quantity="10.00", reason=101, processRowType=1, purchasePrice="4.155")

    (movement,) = read(row).movements

    assert (movement.is_receipt, movement.units, movement.unit_cost_minor) == (True, 10, 416)


def test_goods_in_without_a_price_have_no_cost():
    (movement,) = read(a_movement_row(quantity=1, reason=101, processRowType=1)).movements

    assert movement.is_receipt
    assert movement.unit_cost_minor is None


@pytest.mark.parametrize(
    "values",
    [
        {"quantity": 1, "reason": 102, "processRowType": 2},
        {"quantity": 5, "reason": 301, "processRowType": 1},
        {"quantity": 5, "reason": 403, "processRowType": 3},
        {"quantity": -5, "reason": 101, "processRowType": 1},
    ],
)
def test_returns_corrections_and_moves_are_no_receipts(values):
    (movement,) = read(a_movement_row(**values)).movements

    assert not movement.is_receipt


def test_movements_of_unknown_variations_are_counted_in_one_note():
    found = read(a_movement_row(), a_movement_row(variation_id=5), a_movement_row(variation_id=6))

    assert len(found.movements) == 1
    (note,) = found.notes
    assert "2 stock movements" in note.message
    assert "2 variations (5, 6)" in note.place


@pytest.mark.parametrize("field", ["variationId", "warehouseId", "createdAt", "quantity"])
def test_a_row_that_lacks_what_matters_is_a_problem(field):
    found = read(a_movement_row(**{field: None}))

    assert found.movements == ()
    assert len(found.problems) == 1


def a_reader(**rows):
    return RecordedAnswers({PATH: [a_movement_row()], ARCHIVES: ["2024", "2025", "2026"]} | rows)


def read_since(reader, first_date):
    return MovementReader(reader=reader, zone=ZONE, currency="EUR", skus=SKUS).read_since(
        first_date, through_date=date(2026, 9, 2), warehouses=[HOME]
    )


def test_the_last_weeks_are_read_without_archives():
    reader = a_reader()

    read_since(reader, date(2026, 8, 20))

    assert [path for path, _ in reader.asked] == [PATH]
    assert reader.asked[0][1]["createdAtFrom"] == "2026-08-19T22:00:00+00:00"


def test_what_is_older_is_read_from_the_archives_of_its_years():
    reader = a_reader()

    found = read_since(reader, date(2025, 3, 1))

    years = [params.get("year") for path, params in reader.asked if path == PATH]
    assert years == ["2025", "2026", None]
    assert len(found.movements) == 1, "one that is in two answers counts once"
