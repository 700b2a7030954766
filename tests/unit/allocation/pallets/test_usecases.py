import pytest

from builders.allocation import some_goods
from umschlag.allocation.pallets.cartons import UnitTooLarge
from umschlag.allocation.pallets.limits import DESTINATION_LIMITS
from umschlag.allocation.pallets.usecases import pallets_for
from umschlag.kernel.identifiers import Marketplace
from umschlag.kernel.measures import Dimensions

EU = DESTINATION_LIMITS[Marketplace.DE]


def test_the_freight_is_so_much_a_pallet():
    cart = pallets_for([some_goods(units=900)], EU, pallet_freight_minor=9500)

    assert len(cart.loads) > 1
    assert cart.share.freight_minor == 9500 * len(cart.loads)
    assert sum(load.units for load in cart.loads) == 900


def test_goods_that_fit_no_pallet_stop_the_whole_cart():
    girder = some_goods(2, unit_dimensions=Dimensions(length_mm=2000, width_mm=50, height_mm=50))

    with pytest.raises(UnitTooLarge, match=girder.asin):
        pallets_for([some_goods(1), girder], EU, pallet_freight_minor=0)
