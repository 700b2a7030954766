from builders.allocation import a_carton, an_asin
from umschlag.allocation.pallets.layers import build_pallets
from umschlag.allocation.pallets.limits import DESTINATION_LIMITS
from umschlag.allocation.pallets.packing_list import PalletHeading, packing_list_of
from umschlag.kernel.identifiers import Marketplace

HEADING = PalletHeading(
    code="P000001-02",
    client_name="Client 1",
    store_name="Store 1",
    destination="Client Store",
    number=2,
    count=3,
)


def listed(*cartons):
    (load,) = build_pallets(cartons, DESTINATION_LIMITS[Marketplace.DE])
    return packing_list_of(load, HEADING)


def test_cartons_are_numbered_from_the_bottom_tier_up():
    paper = listed(*[a_carton()] * 6)

    assert [line.number for line in paper.lines] == [1, 2, 3, 4, 5, 6]
    assert [line.tier for line in paper.lines] == [1, 1, 1, 1, 2, 2]


def test_the_totals_are_those_of_the_cartons_and_the_wood():
    paper = listed(a_carton(1), a_carton(1), a_carton(2, units=3))

    assert paper.units_by_asin == ((an_asin(1), 20), (an_asin(2), 3))
    assert paper.units == 23
    assert paper.gross_weight_g == 25_000 + 3 * 8000


def test_several_products_on_a_pallet_are_marked():
    assert listed(a_carton(1)).marks == ("pallet 2 of 3",)
    assert listed(a_carton(1), a_carton(2)).marks == ("pallet 2 of 3", "MIXED SKU")


def test_a_carton_above_15_kg_carries_the_heavy_label():
    paper = listed(a_carton(1, gross_weight_g=15_001), a_carton(2, gross_weight_g=15_000))

    assert {line.asin: line.label for line in paper.lines} == {
        an_asin(1): "Heavy Package",
        an_asin(2): "",
    }
