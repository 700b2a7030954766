"""Clients and stores as the panel tells them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import QuerySet

from umschlag.allocation.balances.bookings import Purse
from umschlag.allocation.balances.model import Booking
from umschlag.allocation.clients.panel import PanelClient
from umschlag.allocation.stores.panel import PanelStore, UnusableStore, is_active_after
from umschlag.kernel.identifiers import ClientId
from umschlag.storage.records.agency.landing import Landing
from umschlag.storage.records.ledger import balances, book
from umschlag.storage.records.locking import locked
from umschlag.storage.records.models import (
    Client,
    ClientPriority,
    LedgerAccountKind,
    Store,
    StoreKind,
    StoreStatus,
)

AHEAD_MAX = timedelta(days=1)
"""How far ahead of our clock a change may lie: clocks differ, and local time is told as UTC."""


def keep_clients(rows: Sequence[PanelClient], *, booked_at: datetime) -> Landing:
    """Create and update clients, and book what their balances changed by; `booked_at` is now.

    The panel's balance is the book of record: afterwards a client's panel account mirrors it.
    A row from further ahead than `AHEAD_MAX` is refused, because believed it would hide all later
    ones until then; what an older row says otherwise is remarked on.
    Priority and last pallet are taken over once, for a new client; from then on they are ours.
    """
    landing = Landing()
    known = {client.external_id: client for client in _locked_clients()}
    told = {key: -minor for key, minor in balances(LedgerAccountKind.PANEL).items()}
    changes: list[Booking] = []
    latest_at = booked_at + AHEAD_MAX
    for row in rows:
        client = known.get(row.external_id)
        if row.updated_at > latest_at:
            landing.refuse(
                f"panel clients, row {row.row}, updated_at",
                f"{row.updated_at.isoformat()} lies ahead; what the row says was not taken over",
            )
            continue
        if client is None:
            client = known[row.external_id] = _new_client(row)
            landing.created_count += 1
        elif client.currency != row.balance.currency:
            landing.refuse(
                f"panel clients, row {row.row}, currency",
                f"{client.name} is kept in {client.currency} and the panel now says"
                f" {row.balance.currency}; settle the client and create it anew",
            )
            continue
        elif _is_older(row, client, latest_at):
            # An older answer must not undo a newer one.
            _remark_on_older(row, client, landing)
            continue
        else:
            landing.updated_count += _update_client(client, row)
        changes += _change(client, row, already_minor=told.get(client.pk, 0))
        told[client.pk] = row.balance.minor
    book(changes, booked_at=booked_at)
    _remark_on_missing_clients(known, {row.external_id for row in rows}, landing)
    return landing


def _locked_clients() -> QuerySet[Client]:
    # By number, as confirming locks them: two who lock in one order never wait for each other.
    return locked(Client.objects.order_by("pk"))


def _new_client(row: PanelClient) -> Client:
    return Client.objects.create(
        external_id=row.external_id,
        name=row.name,
        email=row.email,
        balance_minor=row.balance.minor,
        currency=row.balance.currency,
        priority=ClientPriority(int(row.priority)) if row.priority else ClientPriority.MEDIUM,
        last_pallet_date=row.last_pallet_date,
        panel_updated_at=row.updated_at,
    )


def _is_older(row: PanelClient, client: Client, latest_at: datetime) -> bool:
    ours_at = client.panel_updated_at
    # An instant ahead that was kept before such were refused must not hide what comes now.
    return ours_at is not None and row.updated_at < ours_at <= latest_at


def _remark_on_older(row: PanelClient, client: Client, landing: Landing) -> None:
    ours_at = client.panel_updated_at
    if row.balance.minor != client.balance_minor and ours_at is not None:
        landing.remark(
            f"panel clients, row {row.row}, balance",
            f"{client.name}: {row.balance} of {row.updated_at.isoformat()} was passed over,"
            f" because the balance here is of {ours_at.isoformat()}",
        )


def _update_client(client: Client, row: PanelClient) -> bool:
    before = (client.name, client.email, client.balance_minor, client.panel_updated_at)
    client.name, client.email = row.name, row.email
    client.balance_minor, client.panel_updated_at = row.balance.minor, row.updated_at
    if before == (client.name, client.email, client.balance_minor, client.panel_updated_at):
        return False
    client.save(update_fields=["name", "email", "balance_minor", "panel_updated_at"])
    return True


def _change(client: Client, row: PanelClient, *, already_minor: int) -> list[Booking]:
    change_minor = row.balance.minor - already_minor
    if not change_minor:
        return []
    purse = Purse(client_id=ClientId(client.pk), currency=row.balance.currency)
    return [purse.told_by_panel(change_minor, note=f"panel balance is now {row.balance}")]


def _remark_on_missing_clients(known: dict[str, Client], told: set[str], landing: Landing) -> None:
    for external_id, client in known.items():
        if client.panel_updated_at is not None and external_id not in told:
            landing.remark(
                f"panel clients, {external_id}",
                f"{client.name} is not among the usable rows of the panel; it was kept here",
            )


def keep_stores(rows: Sequence[PanelStore], *, unusable: Sequence[UnusableStore] = ()) -> Landing:
    """Create and update stores. A store never becomes active by accident.

    Suspensions, and words that mean neither, count at once, also in `unusable` rows. The panel
    lifts its own suspensions; one that a person set here is lifted here by hand.
    Caps are taken over once, for a new store; from then on they are ours.
    """
    landing = Landing()
    clients = {client.external_id: client for client in Client.objects.all()}
    known = {
        store.external_id: store
        for store in locked(Store.objects.select_related("client").order_by("pk"))
    }
    for row in rows:
        place = f"panel stores, row {row.row}"
        store, client = known.get(row.external_id), clients.get(row.client_external_id)
        if client is None:
            landing.refuse(f"{place}, client_id", f"there is no client {row.client_external_id}")
        elif store is None:
            # Remembered, because a row that changes while we page is told twice.
            known[row.external_id] = Store.objects.create(
                external_id=row.external_id, **_store_fields(row, client, None)
            )
            landing.created_count += 1
        elif (store.client_id, store.marketplace) != (client.pk, row.marketplace.value):
            landing.refuse(
                place,
                f"store {row.external_id} is {store.client.name}'s on {store.marketplace} and"
                f" cannot move to {client.name} on {row.marketplace.value};"
                " the panel must give it a new id",
            )
            _suspend_where_told(store, row, landing)
        else:
            landing.updated_count += _update_store(store, row, client)
        _remark_on_status(store, row, landing)
    for bad in unusable:
        if bad.external_id in known:
            _suspend_where_told(known[bad.external_id], bad, landing)
    for external_id in known.keys() - {row.external_id for row in rows}:
        landing.remark(
            f"panel stores, {external_id}",
            f"{known[external_id].name} is not among the usable rows of the panel;"
            " it was kept as it is",
        )
    return landing


def _store_fields(row: PanelStore, client: Client, store: Store | None) -> dict[str, object]:
    ours = None if store is None else store.status == StoreStatus.ACTIVE
    was_by_panel = store is not None and store.is_suspended_by_panel
    is_active = is_active_after(ours=ours, told=row.is_active, suspended_by_panel=was_by_panel)
    fields: dict[str, object] = {
        "client": client,
        "name": row.name,
        "status": StoreStatus.ACTIVE if is_active else StoreStatus.SUSPENDED,
        "is_suspended_by_panel": not is_active and (was_by_panel or ours is not False),
        "marketplace": row.marketplace.value,
        "kind": StoreKind.MUTUAL if row.is_mutual else StoreKind.OWN,
    }
    if store is None:
        fields |= {"asin_units_max": row.asin_units_max, "total_units_max": row.total_units_max}
    return fields


def _update_store(store: Store, row: PanelStore, client: Client) -> bool:
    changed = [
        name
        for name, value in _store_fields(row, client, store).items()
        if getattr(store, name) != value
    ]
    for name, value in _store_fields(row, client, store).items():
        setattr(store, name, value)
    if changed:
        store.save(update_fields=changed)
    return bool(changed)


def _suspend_where_told(store: Store, row: PanelStore | UnusableStore, landing: Landing) -> None:
    if row.is_active is not True and store.status == StoreStatus.ACTIVE:
        store.status = StoreStatus.SUSPENDED
        store.is_suspended_by_panel = True
        store.save(update_fields=["status", "is_suspended_by_panel"])
        landing.remark(f"panel stores, row {row.row}", f"{store.name} was suspended all the same")


def _remark_on_status(store: Store | None, row: PanelStore, landing: Landing) -> None:
    place = f"panel stores, row {row.row}, status"
    if row.is_active is None:
        landing.remark(
            place, f"{row.name}: neither Active nor Suspended, so it counts as Suspended"
        )
    elif row.is_active and store is not None and store.status == StoreStatus.SUSPENDED:
        landing.remark(
            place, f"{row.name} is Active in the panel and Suspended here; lift it here by hand"
        )
