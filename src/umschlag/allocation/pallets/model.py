"""Goods, cartons and loaded pallets. Millimetres and grams throughout."""

from collections.abc import Mapping
from dataclasses import dataclass

from umschlag.allocation.catalog.model import ShippingBracket
from umschlag.allocation.pallets.limits import DestinationLimits
from umschlag.kernel.identifiers import Asin
from umschlag.kernel.measures import Dimensions


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """Units of one ASIN that leave together. Measures are those of one packed unit."""

    asin: Asin
    units: int
    unit_dimensions: Dimensions
    unit_weight_g: int
    shipping: ShippingBracket
    case_pack_units: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Carton:
    """One shipping box of one ASIN.

    `is_computed` tells that its outer size was worked out from the units and not measured.
    """

    asin: Asin
    units: int
    dimensions: Dimensions
    gross_weight_g: int
    is_computed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedCarton:
    """A carton on a pallet. Its place is its lowest corner, from the deck's own corner.

    x runs along the deck's length, y along its width, z up from the deck's surface. Cartons are
    turned on the deck at most, never tipped. Tier 1 stands on the deck.
    """

    carton: Carton
    x_mm: int
    y_mm: int
    z_mm: int
    length_mm: int
    width_mm: int
    tier: int

    @property
    def height_mm(self) -> int:
        """The carton's height, which turning it does not change."""
        return self.carton.dimensions.height_mm

    @property
    def top_mm(self) -> int:
        """Where the carton above it would stand, from the deck's surface."""
        return self.z_mm + self.height_mm


@dataclass(frozen=True, slots=True, kw_only=True)
class PalletLoad:
    """One loaded pallet under the limits it was built for."""

    limits: DestinationLimits
    cartons: tuple[PlacedCarton, ...]

    @property
    def load_height_mm(self) -> int:
        """From the floor to the top of the goods, deck included."""
        tops = (placed.top_mm for placed in self.cartons)
        return self.limits.pallet_type.deck_height_mm + max(tops, default=0)

    @property
    def gross_weight_g(self) -> int:
        """Goods, cartons and the pallet's wood."""
        goods_g = sum(placed.carton.gross_weight_g for placed in self.cartons)
        return self.limits.pallet_type.tare_weight_g + goods_g

    @property
    def volume_mm3(self) -> int:
        """Outer volume of the cartons."""
        return sum(placed.carton.dimensions.volume_mm3 for placed in self.cartons)

    @property
    def cube_utilisation(self) -> float:
        """Cartons' volume ÷ the volume that base and height limit allow."""
        return self.volume_mm3 / self.limits.load_volume_mm3_max

    @property
    def units(self) -> int:
        """Units in all its cartons."""
        return sum(placed.carton.units for placed in self.cartons)

    @property
    def tiers(self) -> int:
        """How many levels of cartons stand on one another."""
        return max((placed.tier for placed in self.cartons), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class FreightShare:
    """What a unit of each ASIN pays for shipping, and how that compares with the freight."""

    unit_shipping_minor: Mapping[Asin, int]
    freight_minor: int
    charged_minor: int

    @property
    def surplus_minor(self) -> int:
        """Charged less freight; a shortfall is negative."""
        return self.charged_minor - self.freight_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class CartPallets:
    """All pallets of one cart, with the freight spread over its units."""

    loads: tuple[PalletLoad, ...]
    share: FreightShare
