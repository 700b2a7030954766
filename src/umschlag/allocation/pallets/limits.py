"""What the receivers accept: data with a source, not constants in the code that uses them.

Amazon's European pages on height and weight were read in copies of freight firms alone, so
these values are to be confirmed in Seller Central before the first shipment (`note`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from umschlag.kernel.identifiers import Marketplace


@dataclass(frozen=True, slots=True, kw_only=True)
class PalletType:
    """One kind of platform. The deck's height is the wood's, from the floor to its surface."""

    name: str
    length_mm: int
    width_mm: int
    deck_height_mm: int
    tare_weight_g: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DestinationLimits:
    """What one marketplace's warehouses accept. Heights count from the floor, deck included."""

    marketplace: Marketplace
    pallet_type: PalletType
    load_height_mm_max: int
    gross_weight_g_max: int
    carton_weight_g_max: int
    carton_side_mm_max: int
    heavy_carton_g: int
    heavy_label: str
    source: str
    verified_on: date
    note: str = ""
    carton_units_max: int = 150

    @property
    def stack_height_mm_max(self) -> int:
        """What is left for the goods above the deck."""
        return self.load_height_mm_max - self.pallet_type.deck_height_mm

    @property
    def load_volume_mm3_max(self) -> int:
        """Base × height above the deck: no load has more."""
        base_mm2 = self.pallet_type.length_mm * self.pallet_type.width_mm
        return base_mm2 * self.stack_height_mm_max

    @property
    def goods_weight_g_max(self) -> int:
        """Gross limit less the wood."""
        return self.gross_weight_g_max - self.pallet_type.tare_weight_g


# EPAL 1 by epal-pallets.org: 1200 × 800 × 144 mm, about 25 kg.
EPAL = PalletType(
    name="EPAL", length_mm=1200, width_mm=800, deck_height_mm=144, tare_weight_g=25_000
)
# The British four-way pallet; deck and weight as commonly sold, to be measured where it matters.
UK = PalletType(name="UK", length_mm=1200, width_mm=1000, deck_height_mm=150, tare_weight_g=25_000)
# GMA 48 × 40 × 5 in, rounded down so that nothing hangs over; the wood weighs up to 48 lb.
GMA = PalletType(
    name="GMA", length_mm=1219, width_mm=1016, deck_height_mm=127, tare_weight_g=21_772
)

_VERIFIED = date(2026, 11, 21)
_EU_SOURCE = "Amazon seller help 200280260 and 200280270 (cartons, base); quicargo (height, weight)"
_EU_NOTE = "Pallet height and weight: confirm in Seller Central."


def _european(marketplace: Marketplace) -> DestinationLimits:
    return DestinationLimits(
        marketplace=marketplace,
        pallet_type=EPAL,
        load_height_mm_max=1800,
        gross_weight_g_max=500_000,
        carton_weight_g_max=23_000,
        carton_side_mm_max=635,
        heavy_carton_g=15_000,
        heavy_label="Heavy Package",
        source=_EU_SOURCE,
        verified_on=_VERIFIED,
        note=_EU_NOTE,
    )


_BRITISH = DestinationLimits(
    marketplace=Marketplace.UK,
    pallet_type=UK,
    load_height_mm_max=1800,
    # Sources give 500 and 1,000 kg; the lower one is never refused at the gate.
    gross_weight_g_max=500_000,
    carton_weight_g_max=23_000,
    carton_side_mm_max=635,
    heavy_carton_g=15_000,
    heavy_label="Heavy Package",
    source="Amazon seller help 200280260; freight.amazon.co.uk (height); palletonline (weight)",
    verified_on=_VERIFIED,
    note="Some warehouses take 1,000 kg: confirm in Seller Central.",
)

_AMERICAN = DestinationLimits(
    marketplace=Marketplace.US,
    pallet_type=GMA,
    # 72 in, 1,500 lb and 50 lb, rounded down.
    load_height_mm_max=1828,
    gross_weight_g_max=680_388,
    carton_weight_g_max=22_679,
    carton_side_mm_max=635,
    heavy_carton_g=22_679,
    heavy_label="Team lift",
    source="Amazon seller help 200978400 (pallet); flexport (cartons)",
    verified_on=_VERIFIED,
)

DESTINATION_LIMITS: Mapping[Marketplace, DestinationLimits] = {
    **{
        marketplace: _european(marketplace)
        for marketplace in (Marketplace.DE, Marketplace.FR, Marketplace.IT, Marketplace.ES)
    },
    Marketplace.UK: _BRITISH,
    Marketplace.US: _AMERICAN,
}
"""The limits by marketplace. Overhang is allowed nowhere: sources give 0 to 25 mm."""
