from hypothesis import given, settings
from hypothesis import strategies as st

from builders.allocation import a_carton
from builders.allocation_strategies import mixed_goods
from umschlag.allocation.pallets.cartons import cartons_for
from umschlag.allocation.pallets.checker import pallet_faults
from umschlag.allocation.pallets.layers import build_pallets
from umschlag.allocation.pallets.limits import DESTINATION_LIMITS
from umschlag.kernel.identifiers import Marketplace

EU = DESTINATION_LIMITS[Marketplace.DE]


def test_four_modules_fill_the_european_deck():
    (load,) = build_pallets([a_carton()] * 4, EU)

    assert load.tiers == 1
    assert load.load_height_mm == 144 + 300
    assert pallet_faults([load], [a_carton()] * 4) == ()


def test_the_fifth_module_begins_the_second_tier():
    (load,) = build_pallets([a_carton()] * 5, EU)

    assert sorted(placed.tier for placed in load.cartons) == [1, 1, 1, 1, 2]


def test_a_pallet_ends_at_the_height_limit():
    loads = build_pallets([a_carton()] * 21, EU)

    # (1800 − 144) ÷ 300 is five tiers of four.
    assert [len(load.cartons) for load in loads] == [20, 1]


def test_a_pallet_ends_at_the_weight_limit():
    loads = build_pallets([a_carton(gross_weight_g=22_000)] * 22, EU)

    # 475 kg of goods are 21 cartons of 22 kg; the height alone would end it at 20.
    assert all(load.gross_weight_g <= 500_000 for load in loads)
    heavy = build_pallets([a_carton(size=(600, 400, 100), gross_weight_g=22_000)] * 22, EU)
    assert [len(load.cartons) for load in heavy] == [21, 1]


def test_a_carton_that_needs_a_quarter_turn_is_turned():
    (load,) = build_pallets([a_carton(size=(800, 600, 200))] * 2, EU)

    assert {(placed.length_mm, placed.width_mm) for placed in load.cartons} == {(600, 800)}


def test_wide_cartons_stand_below_narrow_ones():
    wide, narrow = a_carton(1, size=(1200, 800, 200)), a_carton(2, size=(400, 300, 200))

    (load,) = build_pallets([narrow, wide], EU)

    assert {placed.carton.asin: placed.tier for placed in load.cartons} == {
        wide.asin: 1,
        narrow.asin: 2,
    }


def test_no_cartons_need_no_pallet():
    assert build_pallets([], EU) == ()


@settings(max_examples=30, deadline=None)
@given(mixed_goods(), st.sampled_from(sorted(DESTINATION_LIMITS)))
def test_every_pallet_passes_the_checker(cart, marketplace):
    limits = DESTINATION_LIMITS[marketplace]
    cartons = [carton for one in cart for carton in cartons_for(one, limits)]

    loads = build_pallets(cartons, limits)

    assert pallet_faults(loads, cartons) == ()


@settings(max_examples=12, deadline=None)
@given(mixed_goods(), st.randoms(use_true_random=False))
def test_the_order_in_which_cartons_are_handed_in_does_not_matter(cart, shuffler):
    cartons = [carton for one in cart for carton in cartons_for(one, EU)]
    shuffled = list(cartons)
    shuffler.shuffle(shuffled)

    assert build_pallets(shuffled, EU) == build_pallets(cartons, EU)
