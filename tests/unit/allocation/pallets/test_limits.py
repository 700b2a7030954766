import pytest

from umschlag.allocation.pallets.limits import DESTINATION_LIMITS
from umschlag.kernel.identifiers import Marketplace


@pytest.mark.parametrize("marketplace", list(Marketplace))
def test_every_marketplace_has_limits_with_a_source(marketplace):
    limits = DESTINATION_LIMITS[marketplace]

    assert limits.marketplace is marketplace
    assert limits.source
    assert limits.stack_height_mm_max > 1000
    assert 0 < limits.goods_weight_g_max < limits.gross_weight_g_max


def test_the_european_pallet_is_the_epal_with_1_80_m_and_500_kg():
    limits = DESTINATION_LIMITS[Marketplace.DE]

    assert (limits.pallet_type.length_mm, limits.pallet_type.width_mm) == (1200, 800)
    assert limits.stack_height_mm_max == 1800 - 144
    assert limits.goods_weight_g_max == 475_000


def test_american_limits_are_rounded_down_from_inches_and_pounds():
    limits = DESTINATION_LIMITS[Marketplace.US]

    assert limits.load_height_mm_max <= 72 * 25.4
    assert limits.gross_weight_g_max <= 1500 * 453.59237
    assert limits.carton_weight_g_max <= 50 * 453.59237
    assert limits.pallet_type.length_mm <= 48 * 25.4
