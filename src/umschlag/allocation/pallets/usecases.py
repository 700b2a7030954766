"""From a cart's goods to pallets that may be kept."""

from collections.abc import Sequence

from umschlag.allocation.pallets.cartons import cartons_for
from umschlag.allocation.pallets.checker import pallet_faults
from umschlag.allocation.pallets.layers import build_pallets
from umschlag.allocation.pallets.limits import DestinationLimits
from umschlag.allocation.pallets.model import CartPallets, Goods
from umschlag.allocation.pallets.shipping_cost import freight_share
from umschlag.kernel.errors import Refused


class PalletsUnsound(Refused):
    """The builder made pallets that the checker does not accept; nothing was kept."""


def pallets_for(
    goods: Sequence[Goods], limits: DestinationLimits, *, pallet_freight_minor: int
) -> CartPallets:
    """Return a cart's pallets, checked, with the freight spread over its units.

    Raises:
        UnitTooLarge: a unit fits no pallet of the marketplace.
        PalletsUnsound: the checker found a fault.
    """
    cartons = [carton for one in goods for carton in cartons_for(one, limits)]
    loads = build_pallets(cartons, limits)
    faults = pallet_faults(loads, cartons)
    if faults:
        listed = "; ".join(f"pallet {fault.pallet}: {fault.message}" for fault in faults[:3])
        raise PalletsUnsound(f"{len(faults)} faults, nothing was kept: {listed}")
    share = freight_share(goods, freight_minor=pallet_freight_minor * len(loads))
    return CartPallets(loads=loads, share=share)
