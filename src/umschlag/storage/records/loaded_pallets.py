"""Loaded pallets → records, and back to the values they were kept from."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from umschlag.allocation.pallets.limits import DESTINATION_LIMITS
from umschlag.allocation.pallets.model import Carton, CartPallets, PalletLoad, PlacedCarton
from umschlag.allocation.pallets.shipping_cost import charged_minor
from umschlag.allocation.planning.pallet_shares import PalletShare
from umschlag.kernel.identifiers import Asin, Marketplace
from umschlag.kernel.measures import Dimensions
from umschlag.storage.records.models import (
    Cart,
    Pallet,
    PalletCarton,
    PalletDestination,
    PreorderServing,
    StoreKind,
)


def keep_pallets(
    cart: Cart,
    pallets: CartPallets,
    shares: Sequence[PalletShare],
    *,
    asin_keys: Mapping[Asin, int],
    built_at: datetime,
) -> dict[int, PalletShare]:
    """Write a cart's pallets and their cartons; return each one's share of the cart by its key.

    `shares` are in the order of the loads. The caller holds the transaction.
    """
    numbered = {
        f"P{cart.pk:06d}-{number:02d}": load for number, load in enumerate(pallets.loads, start=1)
    }
    held = dict(zip(numbered, shares, strict=True))
    # The freight is so much a pallet, so it divides without a rest.
    freight_minor = pallets.share.freight_minor // len(pallets.loads)
    Pallet.objects.bulk_create(
        Pallet(
            code=code,
            cart=cart,
            client_id=cart.client_id,
            store_id=cart.store_id,
            destination=PalletDestination.MUTUAL_STORE
            if cart.store.kind == StoreKind.MUTUAL
            else PalletDestination.CLIENT_STORE,
            freight_minor=freight_minor,
            charged_shipping_minor=charged_minor(load, pallets.share),
            held_minor=held[code].held_minor,
            currency=cart.currency,
            built_at=built_at,
            **_measures(load),
        )
        for code, load in numbered.items()
    )
    kept = {row.code: row.pk for row in Pallet.objects.filter(cart=cart)}
    PalletCarton.objects.bulk_create(
        (row for code, load in numbered.items() for row in _cartons(kept[code], load, asin_keys)),
        batch_size=500,
    )
    return {kept[code]: share for code, share in held.items()}


def keep_servings(shares: Mapping[int, PalletShare], *, status_before: Mapping[int, str]) -> None:
    """Write which preorders each pallet serves; pallets and preorders by their keys."""
    PreorderServing.objects.bulk_create(
        (
            PreorderServing(
                pallet_id=pallet_id,
                preorder_id=claim.preorder_id,
                units=claim.units,
                due_minor=claim.due_minor,
                status_before=status_before[claim.preorder_id],
            )
            for pallet_id, share in shares.items()
            for claim in share.served
        ),
        batch_size=500,
    )


def load_of(pallet: Pallet) -> PalletLoad:
    """Return the pallet as it was built, under its marketplace's limits."""
    rows = PalletCarton.objects.filter(pallet=pallet).select_related("asin").order_by("pk")
    return PalletLoad(
        limits=DESTINATION_LIMITS[Marketplace(pallet.store.marketplace)],
        cartons=tuple(_placed(row) for row in rows),
    )


def _placed(row: PalletCarton) -> PlacedCarton:
    return PlacedCarton(
        carton=Carton(
            asin=Asin(row.asin.asin),
            units=row.units,
            dimensions=Dimensions(
                length_mm=max(row.length_mm, row.width_mm),
                width_mm=min(row.length_mm, row.width_mm),
                height_mm=row.height_mm,
            ),
            gross_weight_g=row.gross_weight_g,
            # A carton's record does not say how its size was found; nothing drawn depends on it.
            is_computed=False,
        ),
        x_mm=row.x_mm,
        y_mm=row.y_mm,
        z_mm=row.z_mm,
        length_mm=row.length_mm,
        width_mm=row.width_mm,
        tier=row.tier,
    )


def _measures(load: PalletLoad) -> dict[str, float | int | str]:
    wood = load.limits.pallet_type
    return {
        "pallet_type": wood.name,
        "base_length_mm": wood.length_mm,
        "base_width_mm": wood.width_mm,
        "deck_height_mm": wood.deck_height_mm,
        "load_height_mm": load.load_height_mm,
        "gross_weight_g": load.gross_weight_g,
        "volume_mm3": load.volume_mm3,
        "cube_utilisation": load.cube_utilisation,
        "carton_count": len(load.cartons),
        "units": load.units,
    }


def _cartons(pallet_id: int, load: PalletLoad, asin_keys: Mapping[Asin, int]) -> list[PalletCarton]:
    return [
        PalletCarton(
            pallet_id=pallet_id,
            asin_id=asin_keys[placed.carton.asin],
            units=placed.carton.units,
            tier=placed.tier,
            x_mm=placed.x_mm,
            y_mm=placed.y_mm,
            z_mm=placed.z_mm,
            length_mm=placed.length_mm,
            width_mm=placed.width_mm,
            height_mm=placed.height_mm,
            gross_weight_g=placed.carton.gross_weight_g,
        )
        for placed in load.cartons
    ]
