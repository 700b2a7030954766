"""Nonsense in any field of any row: a strict value or a named problem, and no other row minds."""

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.mangling import mangled_rows
from builders.plentymarkets import (
    ZONE,
    a_bundle_entry,
    a_movement_row,
    a_stock_row,
    an_entry,
    an_item,
    an_order_row,
    some_lookups,
)
from builders.world import a_world
from umschlag.connectors.plentymarkets.choosing import gtin_barcode_ids_in, price_ids_in
from umschlag.connectors.plentymarkets.movements import movements_of
from umschlag.connectors.plentymarkets.order_lines import Order, order_of
from umschlag.connectors.plentymarkets.parsing import (
    RELATIONS_ASKED,
    UNITS_MAX,
    Variation,
    stock_row_of,
    variation_of,
    warehouse_of,
)
from umschlag.kernel.outcomes import Problem
from umschlag.simulators.plentymarkets.erp import Erp
from umschlag.simulators.plentymarkets.knobs import Knobs
from umschlag.simulators.plentymarkets.variation_rows import VariationRows

MANY = settings(max_examples=60, deadline=None)
SIMULATED = VariationRows(Erp(a_world(days=10, article_count=12).merchant, Knobs())).pim(
    3, frozenset(RELATIONS_ASKED)
)
AMOUNT = {"currency": "EUR", "isSystemCurrency": True, "priceGross": 5, "purchasePrice": 2}
BUNDLE = [
    an_item(1, typeId=2, amounts=[AMOUNT]),
    an_item(2, typeId=3, amounts=[AMOUNT | {"priceGross": 0}], references=[{"orderItemId": 2}]),
]


@MANY
@given(
    mangled_rows(SIMULATED)
    | mangled_rows(an_entry())
    | mangled_rows(a_bundle_entry(7, {1: 2, 5: 1}))
)
def test_a_variation_is_strict_or_a_problem(row):
    found = variation_of(row, some_lookups())

    if isinstance(found, Problem):
        assert found.place.startswith("variation ")
        assert found.message
        return
    assert isinstance(found, Variation)
    numbers = (found.unit_cost_minor, found.sales_price_minor, found.weight_g, found.pack_units)
    assert all(number is None or 0 < number < 2**63 for number in numbers)
    assert len(found.asin) in (0, 10)
    pa.array([found.name, found.number, found.gtin], pa.string())
    assert all(": " in remark.message for remark in found.remarks)
    assert found.is_bundle or not found.components
    pa.array([component.units for component in found.components], pa.int32())


@MANY
@given(mangled_rows(a_stock_row()))
def test_a_stock_row_is_strict_or_named(row):
    stock, problems = stock_row_of(row, "EUR")

    assert stock is not None or problems or row["warehouseId"] == -1
    assert all(problem.place.startswith("stock of variation") for problem in problems)
    if stock is not None:
        units = (stock.on_hand_units, stock.reserved_units, stock.on_order_units)
        assert all(abs(number) <= 2 * UNITS_MAX for number in units)


@MANY
@given(mangled_rows(a_movement_row(2)))
def test_a_broken_movement_changes_no_other(row):
    known = {"skus": {1004: "CHAIR-1"}, "zone": ZONE, "currency": "EUR"}

    alone = movements_of([a_movement_row(1)], **known)
    both = movements_of([a_movement_row(1), row], **known)

    assert both.movements[:1] == alone.movements
    assert len(both.movements) + len(both.problems) + len(both.notes) == 2
    assert all(abs(movement.units) <= UNITS_MAX for movement in both.movements)


@MANY
@given(mangled_rows(an_order_row()) | mangled_rows(an_order_row(items=BUNDLE)))
def test_an_order_is_strict_or_a_problem(row):
    found = order_of(row, zone=ZONE, currency="EUR", marketplaces={})

    if isinstance(found, Problem):
        assert found.place.startswith("order ")
        return
    assert isinstance(found, Order)
    assert len({line.line_id for line in found.lines}) == len(found.lines)
    pa.array([line.units for line in found.lines], pa.int32())
    pa.array([line.revenue_minor for line in found.lines], pa.int64())


@MANY
@given(
    mangled_rows({"id": 1, "name": "Home", "typeId": 0}),
    st.lists(
        mangled_rows(
            {
                "id": 1,
                "type": "default",
                "position": 1,
                "minimumOrderQuantity": "1.00",
                "currencies": [{"currency": "EUR"}],
                "referrers": [{"referrerId": "-1.00"}],
            }
        ),
        max_size=3,
    ),
)
def test_warehouses_and_prices_are_read_or_left_out(warehouse, prices):
    found = warehouse_of(warehouse)

    assert found is None or found.name
    assert all(0 < price_id < 2**31 for price_id in price_ids_in(prices, "EUR"))
    assert gtin_barcode_ids_in(prices) == {}
