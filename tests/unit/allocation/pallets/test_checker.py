from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.allocation import a_carton
from builders.allocation_strategies import mixed_goods
from umschlag.allocation.pallets.cartons import cartons_for
from umschlag.allocation.pallets.checker import FaultCode, pallet_faults
from umschlag.allocation.pallets.layers import build_pallets
from umschlag.allocation.pallets.limits import DESTINATION_LIMITS
from umschlag.allocation.pallets.model import PalletLoad, PlacedCarton
from umschlag.kernel.identifiers import Marketplace

EU = DESTINATION_LIMITS[Marketplace.DE]


def placed(carton=None, *, at=(0, 0, 0), tier=1, **values):
    carton = carton or a_carton()
    size = carton.dimensions
    return PlacedCarton(
        **{
            "carton": carton,
            "x_mm": at[0],
            "y_mm": at[1],
            "z_mm": at[2],
            "length_mm": size.length_mm,
            "width_mm": size.width_mm,
            "tier": tier,
            **values,
        }
    )


def faults(*cartons):
    load = PalletLoad(limits=EU, cartons=cartons)
    return [fault.code for fault in pallet_faults([load], [one.carton for one in cartons])]


def test_a_sound_pallet_has_no_fault():
    assert faults(placed(), placed(at=(600, 0, 0)), placed(at=(0, 0, 300), tier=2)) == []


def test_touching_cartons_do_not_overlap_and_one_millimetre_does():
    assert faults(placed(), placed(at=(0, 400, 0))) == []
    assert faults(placed(), placed(at=(0, 399, 0))) == [FaultCode.OVERLAP]


@pytest.mark.parametrize("at", [(601, 0, 0), (0, 401, 0), (-1, 0, 0), (0, -1, 0)])
def test_a_carton_over_the_edge_is_found(at):
    assert faults(placed(at=at)) == [FaultCode.OUTSIDE_BASE]


def test_a_carton_below_the_deck_is_found():
    assert FaultCode.OUTSIDE_BASE in faults(placed(at=(0, 0, -1)))


def test_one_millimetre_too_high_is_found():
    fitting = a_carton(size=(600, 400, EU.stack_height_mm_max))
    tall = a_carton(size=(600, 400, EU.stack_height_mm_max + 1))

    assert faults(placed(fitting)) == []
    assert faults(placed(tall)) == [FaultCode.TOO_HIGH]


def test_one_gram_too_heavy_is_found():
    assert faults(placed(a_carton(gross_weight_g=475_000))) == []
    assert faults(placed(a_carton(gross_weight_g=475_001))) == [FaultCode.TOO_HEAVY]


@pytest.mark.parametrize(("x", "found"), [(120, []), (121, [FaultCode.UNSUPPORTED])])
def test_four_fifths_of_the_base_must_rest_on_something(x, found):
    # 600 − 120 is exactly four fifths of the length.
    assert faults(placed(), placed(at=(x, 0, 300), tier=2)) == found


def test_a_carton_in_mid_air_is_found():
    found = faults(placed(), placed(at=(0, 0, 301), tier=1))

    assert found == [FaultCode.UNSUPPORTED]


def test_two_carriers_of_equal_height_carry_together():
    assert faults(placed(), placed(at=(600, 0, 0)), placed(at=(300, 0, 300), tier=2)) == []


def test_a_carton_with_another_base_than_its_own_is_found():
    assert faults(placed(length_mm=600, width_mm=300)) == [FaultCode.TIPPED]
    assert faults(placed(length_mm=400, width_mm=600)) == []


def test_a_wrong_tier_is_found():
    assert faults(placed(tier=2)) == [FaultCode.WRONG_TIER]


def test_an_empty_pallet_is_found():
    assert faults() == [FaultCode.EMPTY]


def test_a_carton_left_behind_or_loaded_twice_is_found():
    load = PalletLoad(limits=EU, cartons=(placed(),))
    other = a_carton(2)

    found = {fault.code for fault in pallet_faults([load], [other])}

    assert found == {FaultCode.CARTON_MISSING, FaultCode.CARTON_TOO_MANY}
    assert pallet_faults([load], [a_carton(), a_carton()])[0].code is FaultCode.CARTON_MISSING


@settings(max_examples=25, deadline=None)
@given(mixed_goods(), st.data())
def test_a_carton_pushed_out_of_its_place_in_a_built_pallet_is_found(cart, data):
    cartons = [carton for one in cart for carton in cartons_for(one, EU)]
    load = data.draw(st.sampled_from(build_pallets(cartons, EU)))
    number = data.draw(st.integers(0, len(load.cartons) - 1))
    moved = replace(load.cartons[number], z_mm=load.cartons[number].z_mm + 1)
    changed = replace(load, cartons=(*load.cartons[:number], moved, *load.cartons[number + 1 :]))

    # Lifted by a millimetre it hangs in the air, or carries what was above it no more.
    assert pallet_faults([changed], [one.carton for one in changed.cartons])
