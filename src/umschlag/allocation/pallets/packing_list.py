"""What lies on a pallet, carton by carton, and what must be written on it."""

from dataclasses import dataclass

from umschlag.allocation.pallets.model import PalletLoad
from umschlag.kernel.identifiers import Asin


@dataclass(frozen=True, slots=True, kw_only=True)
class PackingLine:
    """One carton; numbered from the bottom tier up, in the order in which it is loaded."""

    number: int
    tier: int
    asin: Asin
    units: int
    length_mm: int
    width_mm: int
    height_mm: int
    gross_weight_g: int
    label: str
    """What the carton's weight asks for on top and sides; empty where nothing does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PalletHeading:
    """Whose pallet it is, where it goes, and which of the cart's pallets it is."""

    code: str
    client_name: str
    store_name: str
    destination: str
    number: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PackingList:
    """One pallet on paper. `marks` are written on the pallet itself."""

    heading: PalletHeading
    marketplace: str
    pallet_type: str
    lines: tuple[PackingLine, ...]
    units_by_asin: tuple[tuple[Asin, int], ...]
    units: int
    load_height_mm: int
    gross_weight_g: int
    marks: tuple[str, ...]


def packing_list_of(load: PalletLoad, heading: PalletHeading) -> PackingList:
    """Return the pallet's packing list.

    Amazon asks for "pallet _ of _", and for "MIXED SKU" where several products share a pallet.
    """
    ordered = sorted(load.cartons, key=lambda one: (one.tier, one.y_mm, one.x_mm))
    totals: dict[Asin, int] = {}
    for placed in ordered:
        totals[placed.carton.asin] = totals.get(placed.carton.asin, 0) + placed.carton.units
    marks = [f"pallet {heading.number} of {heading.count}"]
    if len(totals) > 1:
        marks.append("MIXED SKU")
    return PackingList(
        heading=heading,
        marketplace=load.limits.marketplace,
        pallet_type=load.limits.pallet_type.name,
        lines=tuple(
            PackingLine(
                number=number,
                tier=placed.tier,
                asin=placed.carton.asin,
                units=placed.carton.units,
                length_mm=placed.length_mm,
                width_mm=placed.width_mm,
                height_mm=placed.height_mm,
                gross_weight_g=placed.carton.gross_weight_g,
                label=load.limits.heavy_label
                if placed.carton.gross_weight_g > load.limits.heavy_carton_g
                else "",
            )
            for number, placed in enumerate(ordered, start=1)
        ),
        units_by_asin=tuple(sorted(totals.items())),
        units=load.units,
        load_height_mm=load.load_height_mm,
        gross_weight_g=load.gross_weight_g,
        marks=tuple(marks),
    )
