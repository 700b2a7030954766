"""What clients paid into a mutual store comes back with each pallet that is cancelled."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import Sum

from umschlag.allocation.balances.bookings import Purse
from umschlag.allocation.balances.model import Booking
from umschlag.allocation.planning.transfer_returns import units_given_back
from umschlag.kernel.identifiers import ClientId
from umschlag.storage.records.models import (
    MutualTransfer,
    OwnershipEntry,
    Pallet,
    PalletCarton,
    TransferLine,
)


def contributors_to(cart_ids: Collection[int]) -> set[int]:
    """Return the keys of the clients who paid into the carts, for transfers."""
    lines = TransferLine.objects.filter(transfer__cart_id__in=cart_ids).order_by()
    return set(lines.values_list("client_id", flat=True))


def give_shares_back(pallets: Sequence[Pallet], *, at: datetime) -> list[Booking]:
    """Write down whose units were on the cancelled pallets; return what pays them back.

    The caller has locked the pallets' runs, so that nobody else gives the same units back, and
    books the payments after it released what was held: they come from there.
    """
    cart_ids = {pallet.cart_id for pallet in pallets}
    found = MutualTransfer.objects.filter(cart_id__in=cart_ids).select_related("cart")
    transfers = {record.cart_id: record for record in found}
    bookings: list[Booking] = []
    for pallet in sorted(pallets, key=lambda one: one.pk):
        record = transfers.get(pallet.cart_id)
        if record is not None:
            bookings += _paid_back(record, pallet, _taken_back(record, pallet, at))
    return bookings


def _taken_back(record: MutualTransfer, pallet: Pallet, at: datetime) -> list[OwnershipEntry]:
    """Keep and return the entries that take the pallet's units from those who own them."""
    loaded: Counter[int] = Counter()
    cartons = PalletCarton.objects.filter(pallet=pallet).order_by()
    for asin_id, units in cartons.values_list("asin_id", "units"):
        loaded[asin_id] += units
    prices = {
        line.asin_id: (line.unit_cost_minor, line.unit_shipping_minor)
        for line in record.lines.all()
    }
    entries = []
    for asin_id, units in sorted(loaded.items()):
        cost_minor, shipping_minor = prices[asin_id]
        back = units_given_back(_owned_units(record, asin_id), units=units)
        entries += [
            OwnershipEntry(
                store_id=record.mutual_store_id,
                client_id=client_id,
                asin_id=asin_id,
                transfer=record,
                pallet=pallet,
                units=-count,
                goods_minor=-count * cost_minor,
                shipping_minor=-count * shipping_minor,
                currency=record.currency,
                booked_at=at,
            )
            for client_id, count in sorted(back.items())
        ]
    OwnershipEntry.objects.bulk_create(entries)
    return entries


def _owned_units(record: MutualTransfer, asin_id: int) -> dict[ClientId, int]:
    entries = OwnershipEntry.objects.filter(transfer=record, asin_id=asin_id).order_by()
    sums = entries.values("client_id").annotate(sum=Sum("units"))
    return {ClientId(row["client_id"]): row["sum"] for row in sums}


def _paid_back(
    record: MutualTransfer, pallet: Pallet, entries: Sequence[OwnershipEntry]
) -> list[Booking]:
    """Return what the store's account pays to everyone else for the units taken back."""
    if record.cart is None:
        return []
    paid_minor: defaultdict[int, int] = defaultdict(int)
    for entry in entries:
        paid_minor[entry.client_id] -= entry.total_minor
    account = Purse(client_id=ClientId(record.cart.client_id), currency=record.currency)
    note = f"transfer {record.pk}, pallet {pallet.code} taken back"
    return [
        account.contribute(minor, to=ClientId(client_id), note=note)
        for client_id, minor in sorted(paid_minor.items())
        if client_id != record.cart.client_id and minor
    ]
