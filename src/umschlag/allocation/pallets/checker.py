"""An independent check of loaded pallets.

Shares no code with any builder, and adds up everything anew from the cartons' places. Pallets may
be kept when this finds nothing.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from umschlag.allocation.pallets.model import Carton, PalletLoad, PlacedCarton

SUPPORT_PERCENT_MIN = 80
"""Share of its base on which a carton must rest; the same rule as the builder's, set again."""


class FaultCode(StrEnum):
    """What is wrong with a pallet."""

    OVERLAP = "overlap"
    OUTSIDE_BASE = "outside_base"
    TOO_HIGH = "too_high"
    TOO_HEAVY = "too_heavy"
    UNSUPPORTED = "unsupported"
    TIPPED = "tipped"
    WRONG_TIER = "wrong_tier"
    CARTON_MISSING = "carton_missing"
    CARTON_TOO_MANY = "carton_too_many"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class PalletFault:
    """One fault; `pallet` counts from 1 and is 0 where the fault is about all of them."""

    code: FaultCode
    pallet: int
    message: str


def pallet_faults(
    loads: Sequence[PalletLoad], cartons: Sequence[Carton]
) -> tuple[PalletFault, ...]:
    """Return everything wrong with the loads of these cartons; empty when they are sound."""
    faults = list(_missing_and_surplus(loads, cartons))
    for number, load in enumerate(loads, start=1):
        for code, message in _faults_of(load):
            faults.append(PalletFault(code=code, pallet=number, message=message))
    return tuple(faults)


def _missing_and_surplus(
    loads: Sequence[PalletLoad], cartons: Sequence[Carton]
) -> Iterator[PalletFault]:
    wanted = Counter(cartons)
    loaded = Counter(placed.carton for load in loads for placed in load.cartons)
    for carton, count in (wanted - loaded).items():
        yield PalletFault(
            code=FaultCode.CARTON_MISSING, pallet=0, message=f"{count} × {carton} left behind"
        )
    for carton, count in (loaded - wanted).items():
        yield PalletFault(
            code=FaultCode.CARTON_TOO_MANY, pallet=0, message=f"{count} × {carton} too many"
        )


def _faults_of(load: PalletLoad) -> Iterator[tuple[FaultCode, str]]:
    if not load.cartons:
        yield FaultCode.EMPTY, "nothing stands on it"
    yield from _limit_faults(load)
    for one, other in combinations(load.cartons, 2):
        if _shared_base_mm2(one, other) > 0 and _shared_height_mm(one, other) > 0:
            yield FaultCode.OVERLAP, f"{one} and {other} are in the same place"
    for placed in load.cartons:
        yield from _carton_faults(load, placed)


def _limit_faults(load: PalletLoad) -> Iterator[tuple[FaultCode, str]]:
    wood = load.limits.pallet_type
    weight_g = wood.tare_weight_g + sum(one.carton.gross_weight_g for one in load.cartons)
    if weight_g > load.limits.gross_weight_g_max:
        yield FaultCode.TOO_HEAVY, f"{weight_g} g of {load.limits.gross_weight_g_max} g"
    heights = [one.z_mm + one.carton.dimensions.height_mm for one in load.cartons]
    height_mm = wood.deck_height_mm + max(heights, default=0)
    if height_mm > load.limits.load_height_mm_max:
        yield FaultCode.TOO_HIGH, f"{height_mm} mm of {load.limits.load_height_mm_max} mm"


def _carton_faults(load: PalletLoad, placed: PlacedCarton) -> Iterator[tuple[FaultCode, str]]:
    wood = load.limits.pallet_type
    ends = placed.x_mm + placed.length_mm, placed.y_mm + placed.width_mm
    if min(placed.x_mm, placed.y_mm, placed.z_mm) < 0 or (
        ends[0] > wood.length_mm or ends[1] > wood.width_mm
    ):
        yield FaultCode.OUTSIDE_BASE, f"{placed} hangs over"
    size = placed.carton.dimensions
    if {placed.length_mm, placed.width_mm} != {size.length_mm, size.width_mm}:
        yield FaultCode.TIPPED, f"{placed} has not its carton's base"
    beneath = [
        (other, _shared_base_mm2(placed, other))
        for other in load.cartons
        if other is not placed and other.z_mm + other.carton.dimensions.height_mm == placed.z_mm
    ]
    carriers = [(other, shared_mm2) for other, shared_mm2 in beneath if shared_mm2 > 0]
    base_mm2 = placed.length_mm * placed.width_mm
    carried_mm2 = base_mm2 if placed.z_mm == 0 else sum(shared for _, shared in carriers)
    if carried_mm2 * 100 < SUPPORT_PERCENT_MIN * base_mm2:
        yield FaultCode.UNSUPPORTED, f"{placed} rests on {carried_mm2} of {base_mm2} mm²"
    if placed.tier != 1 + max((other.tier for other, _ in carriers), default=0):
        yield FaultCode.WRONG_TIER, f"{placed} is not one tier above what carries it"


def _shared_base_mm2(one: PlacedCarton, other: PlacedCarton) -> int:
    along = min(one.x_mm + one.length_mm, other.x_mm + other.length_mm) - max(one.x_mm, other.x_mm)
    across = min(one.y_mm + one.width_mm, other.y_mm + other.width_mm) - max(one.y_mm, other.y_mm)
    return max(along, 0) * max(across, 0)


def _shared_height_mm(one: PlacedCarton, other: PlacedCarton) -> int:
    tops = (
        one.z_mm + one.carton.dimensions.height_mm,
        other.z_mm + other.carton.dimensions.height_mm,
    )
    return min(tops) - max(one.z_mm, other.z_mm)
