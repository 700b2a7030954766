"""What a unit pays for its place on the pallets."""

from collections.abc import Sequence

from umschlag.allocation.pallets.model import FreightShare, Goods, PalletLoad


def freight_share(goods: Sequence[Goods], *, freight_minor: int) -> FreightShare:
    """Return each unit's shipping price: its share of the freight by volume, within its bracket.

    Half a minor unit is rounded up. A price that its bracket cuts off leaves a surplus or a
    shortfall, which is reported and not spread over others: no unit pays more than its highest
    price, or less than its least.
    """
    volume_mm3 = sum(one.unit_dimensions.volume_mm3 * one.units for one in goods)
    prices = {}
    for one in goods:
        share_mm3 = freight_minor * one.unit_dimensions.volume_mm3
        price_minor = (2 * share_mm3 + volume_mm3) // (2 * volume_mm3)
        prices[one.asin] = min(max(price_minor, one.shipping.min_minor), one.shipping.max_minor)
    return FreightShare(
        unit_shipping_minor=prices,
        freight_minor=freight_minor,
        charged_minor=sum(prices[one.asin] * one.units for one in goods),
    )


def charged_minor(load: PalletLoad, share: FreightShare) -> int:
    """Return what the units on one pallet pay together."""
    return sum(
        share.unit_shipping_minor[placed.carton.asin] * placed.carton.units
        for placed in load.cartons
    )
