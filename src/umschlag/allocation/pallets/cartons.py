"""From units to cartons.

A case pack is one carton. Loose units go into computed cartons of the 600 × 400 mm module that
tiles every European deck (ISO 3394), or larger ones up to the receiver's limit where a unit does
not fit the module. A unit beyond the limits is its own carton. Outer sizes follow from how the
units stand in the box (nx × ny × nz), plus the board.
"""

from functools import lru_cache
from itertools import permutations

from umschlag.allocation.pallets.limits import DestinationLimits
from umschlag.allocation.pallets.model import Carton, Goods
from umschlag.kernel.errors import Refused
from umschlag.kernel.measures import Dimensions

MODULE_MM = (600, 400, 400)
"""Length, width and height of the largest computed carton where units fit it. The height is
ours: it keeps a full carton liftable."""
BOARD_MM = 5
"""Thickness of corrugated board on every side of a computed carton. Ours, single wall and fold."""
BOARD_G_PER_M2 = 700
"""Weight of that board. Ours."""


class UnitTooLarge(Refused):
    """Not even one unit fits the marketplace's pallet."""


def fits_pallet(dimensions: Dimensions, weight_g: int, limits: DestinationLimits) -> bool:
    """Tell whether one unit, upright or lying, fits an empty pallet of the marketplace."""
    return weight_g <= limits.goods_weight_g_max and bool(_stances(dimensions, limits))


def cartons_for(goods: Goods, limits: DestinationLimits) -> tuple[Carton, ...]:
    """Return the cartons that hold the units exactly, full ones first.

    Raises:
        UnitTooLarge: a unit does not fit the marketplace's pallet.
    """
    if not fits_pallet(goods.unit_dimensions, goods.unit_weight_g, limits):
        raise UnitTooLarge(
            f"{goods.asin}: a unit of {goods.unit_dimensions} and {goods.unit_weight_g} g does not "
            f"fit a {limits.pallet_type.name} pallet for {limits.marketplace}",
            field="asin",
        )
    full_units = carton_units_max(goods, limits)
    if full_units <= 1:
        own = _own_carton(goods, limits)
        return (own,) * goods.units
    full, rest = divmod(goods.units, full_units)
    cartons = (_computed_carton(goods, full_units, limits),) * full if full else ()
    return (*cartons, _computed_carton(goods, rest, limits)) if rest else cartons


def carton_units_max(goods: Goods, limits: DestinationLimits) -> int:
    """Return how many units a full carton holds; 1 where each unit ships in its own packing."""
    most = limits.carton_units_max
    if goods.case_pack_units > 1:
        most = min(most, goods.case_pack_units)
    envelopes = [MODULE_MM, (limits.carton_side_mm_max,) * 3]
    if goods.case_pack_units > 1:
        # A case pack came in one carton: the module must not split what the receiver accepts.
        envelopes.reverse()
    for envelope in envelopes:
        units = min(most, _units_within(_edges(goods.unit_dimensions), envelope))
        while units > 1:
            carton = _boxed(_edges(goods.unit_dimensions), units, envelope)
            if carton and _gross_g(goods, units, carton) <= limits.carton_weight_g_max:
                return units
            units -= 1
    return 1


def _edges(dimensions: Dimensions) -> tuple[int, int, int]:
    return dimensions.length_mm, dimensions.width_mm, dimensions.height_mm


def _units_within(unit: tuple[int, int, int], envelope: tuple[int, ...]) -> int:
    inner = [side - 2 * BOARD_MM for side in envelope]
    return max(
        (inner[0] // a) * (inner[1] // b) * (inner[2] // c) for a, b, c in permutations(unit)
    )


@lru_cache(maxsize=65_536)
def _boxed(
    unit: tuple[int, int, int], units: int, envelope: tuple[int, ...]
) -> tuple[int, int, int] | None:
    """Return the outer edges of the smallest box for the units inside the envelope."""
    inner = [side - 2 * BOARD_MM for side in envelope]
    best: tuple[int, int, tuple[int, int, int]] | None = None
    for a, b, c in sorted(set(permutations(unit))):
        for nx in range(1, min(units, inner[0] // a) + 1):
            for ny in range(1, min(-(-units // nx), inner[1] // b) + 1):
                nz = -(-units // (nx * ny))
                if nz * c > inner[2]:
                    continue
                outer = (nx * a + 2 * BOARD_MM, ny * b + 2 * BOARD_MM, nz * c + 2 * BOARD_MM)
                candidate = (outer[0] * outer[1] * outer[2], max(outer), outer)
                if best is None or candidate < best:
                    best = candidate
    return best[2] if best else None


def _gross_g(goods: Goods, units: int, outer: tuple[int, int, int]) -> int:
    x, y, z = outer
    board_m2 = 2 * (x * y + y * z + x * z) / 1e6
    return units * goods.unit_weight_g + round(board_m2 * BOARD_G_PER_M2)


def _computed_carton(goods: Goods, units: int, limits: DestinationLimits) -> Carton:
    unit = _edges(goods.unit_dimensions)
    outer = _boxed(unit, units, MODULE_MM) or _boxed(unit, units, (limits.carton_side_mm_max,) * 3)
    if outer is None:
        raise UnitTooLarge(f"{goods.asin}: {units} units fit no carton", field="asin")
    x, y, z = outer
    return Carton(
        asin=goods.asin,
        units=units,
        dimensions=Dimensions(length_mm=max(x, y), width_mm=min(x, y), height_mm=z),
        gross_weight_g=_gross_g(goods, units, outer),
        is_computed=True,
    )


def _own_carton(goods: Goods, limits: DestinationLimits) -> Carton:
    return Carton(
        asin=goods.asin,
        units=1,
        dimensions=_stances(goods.unit_dimensions, limits)[0],
        gross_weight_g=goods.unit_weight_g,
        is_computed=False,
    )


def _stances(unit: Dimensions, limits: DestinationLimits) -> list[Dimensions]:
    """Return how the unit can stand on the deck: as it was measured first, then lowest first."""
    deck = limits.pallet_type
    stances = [
        Dimensions(length_mm=length, width_mm=width, height_mm=height)
        for length, width, height in set(permutations(_edges(unit)))
        if width <= length <= deck.length_mm
        and width <= deck.width_mm
        and height <= limits.stack_height_mm_max
    ]
    return sorted(stances, key=lambda one: (one.height_mm != unit.height_mm, one.height_mm))
