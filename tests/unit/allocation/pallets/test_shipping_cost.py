from hypothesis import given
from hypothesis import strategies as st

from builders.allocation import an_asin, some_goods
from builders.allocation_strategies import mixed_goods
from umschlag.allocation.catalog.model import ShippingBracket
from umschlag.allocation.pallets.cartons import cartons_for
from umschlag.allocation.pallets.layers import build_pallets
from umschlag.allocation.pallets.limits import DESTINATION_LIMITS
from umschlag.allocation.pallets.shipping_cost import charged_minor, freight_share
from umschlag.kernel.identifiers import Marketplace
from umschlag.kernel.measures import Dimensions

WIDE = ShippingBracket(min_minor=0, max_minor=10**6)


def a_cube(number, side_mm, **values):
    size = Dimensions(length_mm=side_mm, width_mm=side_mm, height_mm=side_mm)
    return some_goods(number, unit_dimensions=size, **{"shipping": WIDE, **values})


def test_a_unit_of_eight_times_the_volume_pays_eight_times_as_much():
    share = freight_share([a_cube(1, 100, units=8), a_cube(2, 200, units=1)], freight_minor=1600)

    assert share.unit_shipping_minor == {an_asin(1): 100, an_asin(2): 800}
    assert share.surplus_minor == 0


def test_no_unit_pays_more_than_its_highest_price_and_the_shortfall_is_reported():
    capped = ShippingBracket(min_minor=0, max_minor=30)

    share = freight_share([a_cube(1, 100, units=10, shipping=capped)], freight_minor=1000)

    assert share.unit_shipping_minor[an_asin(1)] == 30
    assert share.surplus_minor == -700


def test_no_unit_pays_less_than_its_least_price_and_the_surplus_is_reported():
    floor = ShippingBracket(min_minor=150, max_minor=200)

    share = freight_share([a_cube(1, 100, units=10, shipping=floor)], freight_minor=1000)

    assert share.surplus_minor == 500


def test_half_a_minor_unit_is_rounded_up():
    share = freight_share([a_cube(1, 100, units=2)], freight_minor=5)

    assert share.unit_shipping_minor[an_asin(1)] == 3


@given(mixed_goods(), st.integers(0, 50_000))
def test_prices_keep_their_brackets_and_without_brackets_only_rounding_is_lost(cart, freight):
    share = freight_share(cart, freight_minor=freight)

    for one in cart:
        price = share.unit_shipping_minor[one.asin]
        assert one.shipping.min_minor <= price <= one.shipping.max_minor
    free = [some_goods(n, units=one.units, shipping=WIDE) for n, one in enumerate(cart)]
    surplus = freight_share(free, freight_minor=freight).surplus_minor
    assert abs(surplus) <= sum(one.units for one in free) / 2


def test_what_the_pallets_charge_adds_up_to_what_the_cart_is_charged():
    limits = DESTINATION_LIMITS[Marketplace.DE]
    cart = [some_goods(1, units=900), some_goods(2, units=300)]
    cartons = [carton for one in cart for carton in cartons_for(one, limits)]
    loads = build_pallets(cartons, limits)
    share = freight_share(cart, freight_minor=9500 * len(loads))

    assert len(loads) > 1
    assert sum(charged_minor(load, share) for load in loads) == share.charged_minor
