"""A transfer as people look at it: what each side pays and gains, and who owns what already."""

from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _

from umschlag.kernel.money import Money
from umschlag.storage.records.ledger import balances
from umschlag.storage.records.models import (
    Client,
    LedgerAccountKind,
    MutualTransfer,
    Store,
    TransferLine,
)
from umschlag.storage.records.transfers import standing_ownership


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerView:
    """What one client pays for which units, and what it can spend now."""

    client: Client
    lines: tuple[TransferLine, ...]
    units: int
    goods: Money
    shipping: Money
    total: Money
    spendable: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class SideView:
    """What one side pays and gains.

    `saved` is what shipping its units by themselves would have cost more; below zero where it
    would have cost less.
    """

    payers: tuple[PayerView, ...]
    units: int
    goods: Money
    shipping: Money
    total: Money
    alone: Money
    saved: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferView:
    """A transfer with both sides; what they pay adds up to its cost."""

    record: MutualTransfer
    client_side: SideView
    mutual_side: SideView
    units: int
    asins: tuple[str, ...]
    missing: Money
    total: Money
    back_units: int
    """What came back with cancelled pallets."""
    back: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedView:
    """What one client owns in a mutual store."""

    store: Store
    client: Client
    units: int
    paid: Money
    share: float


def transfer_view(record: MutualTransfer) -> TransferView:
    """Return the transfer as people look at it."""
    lines = list(record.lines.select_related("client", "asin"))
    sides = []
    for is_client, alone_minor in (
        (True, record.client_alone_minor),
        (False, record.mutual_alone_minor),
    ):
        own = [line for line in lines if (line.client_id == record.client_id) is is_client]
        sides.append(_side(own, alone_minor, record.currency))
    returned = list(record.ownership.exclude(pallet=None))
    return TransferView(
        record=record,
        client_side=sides[0],
        mutual_side=sides[1],
        units=sides[0].units + sides[1].units,
        asins=tuple(dict.fromkeys(line.asin.asin for line in lines)),
        missing=Money(record.missing_minor, record.currency),
        total=Money(sum(line.total_minor for line in lines), record.currency),
        back_units=-sum(entry.units for entry in returned),
        back=Money(-sum(entry.total_minor for entry in returned), record.currency),
    )


def state_text(record: MutualTransfer) -> str:
    """Return how far the transfer is; one that was taken back is not done any more."""
    return _("taken back") if record.taken_back_at else str(record.get_state_display())


def _side(lines: list[TransferLine], alone_minor: int, currency: str) -> SideView:
    by_client: defaultdict[Client, list[TransferLine]] = defaultdict(list)
    for line in lines:
        by_client[line.client].append(line)
    spendable = balances(LedgerAccountKind.SPENDABLE, [client.pk for client in by_client])
    shipping_minor = sum(line.shipping_minor for line in lines)
    return SideView(
        payers=tuple(
            _payer(client, own, spendable.get(client.pk, 0)) for client, own in by_client.items()
        ),
        units=sum(line.units for line in lines),
        goods=Money(sum(line.goods_minor for line in lines), currency),
        shipping=Money(shipping_minor, currency),
        total=Money(sum(line.total_minor for line in lines), currency),
        alone=Money(alone_minor, currency),
        saved=Money(alone_minor - shipping_minor, currency),
    )


def _payer(client: Client, lines: list[TransferLine], spendable_minor: int) -> PayerView:
    return PayerView(
        client=client,
        lines=tuple(lines),
        units=sum(line.units for line in lines),
        goods=Money(sum(line.goods_minor for line in lines), client.currency),
        shipping=Money(sum(line.shipping_minor for line in lines), client.currency),
        total=Money(sum(line.total_minor for line in lines), client.currency),
        spendable=Money(spendable_minor, client.currency),
    )


def ownership() -> list[OwnedView]:
    """Return who owns how many units of which mutual store, the largest share first."""
    units: defaultdict[tuple[int, int], int] = defaultdict(int)
    minor: defaultdict[tuple[int, int], int] = defaultdict(int)
    of_store: defaultdict[int, int] = defaultdict(int)
    currencies: dict[tuple[int, int], str] = {}
    for entry in standing_ownership().order_by("pk"):
        pair = entry.store_id, entry.client_id
        units[pair] += entry.units
        minor[pair] += entry.total_minor
        of_store[entry.store_id] += entry.units
        currencies[pair] = entry.currency
    stores = Store.objects.in_bulk(of_store)
    clients = Client.objects.in_bulk({client_id for _store_id, client_id in units})
    owned = [
        OwnedView(
            store=stores[store_id],
            client=clients[client_id],
            units=count,
            paid=Money(minor[store_id, client_id], currencies[store_id, client_id]),
            share=count / of_store[store_id],
        )
        for (store_id, client_id), count in units.items()
        # Everything came back with cancelled pallets.
        if count
    ]
    return sorted(owned, key=lambda one: (one.store.name, -one.units, one.client.name))
