"""What was bought and can be given away."""

from dataclasses import dataclass
from datetime import date

from umschlag.kernel.errors import MalformedAmount
from umschlag.kernel.identifiers import Asin
from umschlag.kernel.measures import Dimensions


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingBracket:
    """The least and the highest shipping price of one unit, in minor units."""

    min_minor: int
    max_minor: int

    def __post_init__(self) -> None:
        if not 0 <= self.min_minor <= self.max_minor:
            raise MalformedAmount(
                f"a shipping price needs 0 <= least <= highest, not {self}",
                field="shipping_price_minor_min",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """What is left of one ASIN. Measures are those of one packed unit.

    Weight, dimensions and shipping prices are None where nobody told them; such a lot is given
    to no one, because it can neither be palletised nor paid for without guessing.
    """

    asin: Asin
    remaining_units: int
    unit_cost_minor: int
    currency: str
    added_date: date
    stock_age_days: int
    case_pack_units: int = 1
    weight_g: int | None = None
    dimensions: Dimensions | None = None
    shipping: ShippingBracket | None = None
    expected_unsold_minor: int = 0
    """What intelligence expects to lie unsold, in minor units of cost; 0 where it says nothing."""
    unit_margin_minor: int | None = None
    """What a unit earns after its cost and fees, as intelligence publishes it; None: not known."""
    demand_units_max: int | None = None
    """What one store sells of it in the days to cover, at least one case pack; None: not known."""

    @property
    def has_measures(self) -> bool:
        """Tell whether weight and dimensions are both known."""
        return self.weight_g is not None and self.dimensions is not None

    @property
    def volume_mm3(self) -> int:
        """Volume of one unit; 0 where the dimensions are unknown."""
        return self.dimensions.volume_mm3 if self.dimensions else 0
