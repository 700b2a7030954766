from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.allocation import some_goods
from builders.allocation_strategies import goods
from umschlag.allocation.pallets.cartons import (
    MODULE_MM,
    UnitTooLarge,
    carton_units_max,
    cartons_for,
    fits_pallet,
)
from umschlag.allocation.pallets.limits import DESTINATION_LIMITS
from umschlag.kernel.identifiers import Marketplace
from umschlag.kernel.measures import Dimensions

EU = DESTINATION_LIMITS[Marketplace.DE]


def a_size(length, width, height):
    return Dimensions(length_mm=length, width_mm=width, height_mm=height)


def test_loose_units_fill_cartons_of_the_module():
    cartons = cartons_for(some_goods(units=100, unit_weight_g=100), EU)

    full = cartons[0].units
    assert sum(carton.units for carton in cartons) == 100
    assert full > 1
    assert all(carton.units == full for carton in cartons[:-1])
    assert all(carton.dimensions.height_mm <= MODULE_MM[2] for carton in cartons)
    assert all(carton.is_computed for carton in cartons)


def test_a_case_pack_is_one_carton():
    cartons = cartons_for(some_goods(units=24, case_pack_units=12), EU)

    assert [carton.units for carton in cartons] == [12, 12]


def test_a_case_pack_too_heavy_for_one_carton_is_split():
    cartons = cartons_for(some_goods(units=12, case_pack_units=12, unit_weight_g=3000), EU)

    assert len(cartons) == 2
    assert all(carton.gross_weight_g <= 23_000 for carton in cartons)


@pytest.mark.parametrize(
    ("size", "weight_g"), [(a_size(700, 300, 200), 1000), (a_size(300, 300, 200), 24_000)]
)
def test_a_unit_beyond_the_carton_s_limits_is_its_own_carton(size, weight_g):
    cartons = cartons_for(some_goods(units=3, unit_dimensions=size, unit_weight_g=weight_g), EU)

    assert [carton.units for carton in cartons] == [1, 1, 1]
    assert cartons[0].dimensions == size
    assert not cartons[0].is_computed


def test_a_unit_too_tall_to_stand_is_laid_down():
    low = replace(EU, load_height_mm_max=1000)

    (carton,) = cartons_for(some_goods(units=1, unit_dimensions=a_size(300, 200, 900)), low)

    assert carton.dimensions == a_size(900, 300, 200)


def test_a_long_unit_that_only_stands_upright_is_stood_up():
    (carton,) = cartons_for(some_goods(units=1, unit_dimensions=a_size(1500, 700, 600)), EU)

    assert carton.dimensions == a_size(700, 600, 1500)


@pytest.mark.parametrize(
    ("size", "weight_g"), [(a_size(1700, 100, 100), 10), (a_size(1000, 900, 850), 10)]
)
def test_a_unit_that_fits_no_pallet_is_refused(size, weight_g):
    with pytest.raises(UnitTooLarge) as refusal:
        cartons_for(some_goods(unit_dimensions=size, unit_weight_g=weight_g), EU)

    assert refusal.value.field == "asin"


def test_a_unit_heavier_than_the_pallet_allows_is_refused():
    assert not fits_pallet(a_size(100, 100, 100), EU.goods_weight_g_max + 1, EU)
    assert fits_pallet(a_size(100, 100, 100), EU.goods_weight_g_max, EU)


def test_a_carton_never_holds_more_units_than_amazon_counts():
    tiny = some_goods(units=400, unit_dimensions=a_size(20, 20, 20), unit_weight_g=5)

    assert carton_units_max(tiny, EU) == 150


@settings(max_examples=100, deadline=None)
@given(goods(1), st.sampled_from(sorted(DESTINATION_LIMITS)))
def test_cartons_hold_every_unit_and_keep_the_receiver_s_limits(one, marketplace):
    limits = DESTINATION_LIMITS[marketplace]

    cartons = cartons_for(one, limits)

    assert sum(carton.units for carton in cartons) == one.units
    for carton in cartons:
        size = carton.dimensions
        assert size.length_mm >= size.width_mm
        assert size.volume_mm3 >= carton.units * one.unit_dimensions.volume_mm3
        assert carton.gross_weight_g >= carton.units * one.unit_weight_g
        if carton.units > 1:
            assert carton.gross_weight_g <= limits.carton_weight_g_max
            sides = (size.length_mm, size.width_mm, size.height_mm)
            assert max(sides) <= limits.carton_side_mm_max
            assert carton.units <= limits.carton_units_max
