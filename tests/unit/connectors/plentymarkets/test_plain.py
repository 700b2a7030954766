"""The fast way through a row and the lenient one come to the same, whatever is in the row."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.mangling import mangled_rows
from builders.plentymarkets import a_stock_row, an_entry, some_lookups
from builders.world import a_world
from umschlag.connectors.plentymarkets.parsing import (
    RELATIONS_ASKED,
    Variation,
    minor_of,
    stock_row_of,
    variation_of,
)
from umschlag.connectors.plentymarkets.plain import (
    NotPlain,
    PlainVariation,
    VariationReader,
    minor_factor_of,
    minor_of_plain,
)
from umschlag.connectors.plentymarkets.stock_table import StockCollector, Stocked
from umschlag.simulators.plentymarkets.erp import Erp
from umschlag.simulators.plentymarkets.knobs import Knobs
from umschlag.simulators.plentymarkets.variation_rows import VariationRows

MANY = settings(max_examples=80, deadline=None)
ROWS = VariationRows(Erp(a_world(days=10).merchant, Knobs()))
SIMULATED = [ROWS.pim(number, frozenset(RELATIONS_ASKED)) for number in range(60)]
SUPPLIERS = [
    {"supplierId": 7, "lastPriceQuery": "2026-04-03", "purchasePrice": 4.5, "packagingUnit": 2},
    {"supplierId": 92, "lastPriceQuery": "2026-04-03", "purchasePrice": 4.25, "packagingUnit": 3},
]
FULL = an_entry(
    supplier=SUPPLIERS,
    categories=[{"categoryId": 21, "position": 1}, {"categoryId": 20, "position": 0}],
    marketIdentNumbers=[{"type": "ASIN", "value": "B0ABCDEFGH"}, {"type": "epid", "value": "7"}],
    barcodes=[{"barcodeId": 9, "code": "x"}, {"barcodeId": 1, "code": "4006381333931"}],
)
PLAIN_BUT_ODD = [
    {"name": " Own name "},
    {"name": "0"},
    {"movingAveragePrice": 0, "purchasePrice": 0},
    {"movingAveragePrice": "12.3456"},
    {"movingAveragePrice": ""},
    {"movingAveragePrice": 1.005},
    {"purchasePrice": 1e-40},
    {"purchasePrice": 123456789.5},
    {"weightG": 0},
    {"weightG": 2.5},
    {"isActive": None},
    {"isActive": "1"},
    {"bundleType": "bundle"},
    {"createdAt": "2024-11-18 21:17:22"},
    {"createdAt": "0000-00-00 00:00:00"},
    {"texts": []},
    {"item": None},
    {"number": ""},
]


def both_ways(row, **lookups):
    """Return what the fast way and the lenient one make of the row as it lies on the spool."""
    encoded = msgspec.json.encode(row)
    found = some_lookups(**lookups)
    return VariationReader(found).read(encoded), variation_of(msgspec.json.decode(encoded), found)


def is_plain(row):
    try:
        decoded = msgspec.json.decode(msgspec.json.encode(row), type=PlainVariation)
        VariationReader(some_lookups()).plain(decoded)
    except (msgspec.DecodeError, NotPlain):
        return False
    return True


def test_the_simulators_rows_come_to_the_same_and_nearly_all_go_the_fast_way():
    for row in SIMULATED:
        fast, lenient = both_ways(row)
        assert fast == lenient

    assert sum(map(is_plain, SIMULATED)) > 0.9 * len(SIMULATED)


@MANY
@given(st.sampled_from([*SIMULATED[:4], FULL]).flatmap(mangled_rows))
def test_mangled_rows_come_to_the_same(row):
    fast, lenient = both_ways(row)

    assert fast == lenient


@pytest.mark.parametrize("base", PLAIN_BUT_ODD, ids=str)
def test_odd_fields_come_to_the_same(base):
    fast, lenient = both_ways(an_entry(base=base, supplier=SUPPLIERS))

    assert isinstance(lenient, Variation)
    assert fast == lenient


@pytest.mark.parametrize("currency", ["JPY", "XXX"])
def test_other_currencies_come_to_the_same(currency):
    fast, lenient = both_ways(FULL, currency=currency)

    assert fast == lenient


def test_a_row_with_everything_in_it_goes_the_fast_way():
    assert is_plain(FULL)


@MANY
@given(
    st.decimals(min_value=0, max_value=10**7, places=4)
    | st.floats(min_value=0, max_value=2e7)
    | st.integers(0, 10**8).map(lambda thousandths: thousandths / 1000),
    st.sampled_from(["EUR", "JPY"]),
)
def test_an_amount_is_rounded_as_its_decimal(amount, currency):
    amount = float(amount)
    try:
        fast = minor_of_plain(amount, minor_factor_of(currency))
    except NotPlain:
        return

    assert fast == minor_of(amount, currency)


@MANY
@given(mangled_rows(a_stock_row()) | mangled_rows(a_stock_row(averagePurchasePrice="3.5")))
def test_stock_rows_come_to_the_same(row):
    encoded = msgspec.json.encode(row)
    lenient, problems = stock_row_of(msgspec.json.decode(encoded), "EUR")
    collector = StockCollector("EUR")

    collector.add(b"[" + encoded + b"]", [True])

    cost = None if lenient is None else lenient.unit_cost_minor or 0
    expected = [] if lenient is None else [Stocked(*lenient_fields(lenient), cost)]
    assert [Stocked(*row) for row in collector.table().rows.tolist()] == expected
    assert collector.problems == problems


def lenient_fields(row):
    return (
        row.variation_id,
        row.warehouse_id,
        row.on_hand_units,
        row.reserved_units,
        row.on_order_units,
    )
