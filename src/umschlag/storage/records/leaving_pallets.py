"""Pallets that leave or are cancelled, and runs that are undone, with all that hangs on them.

Everyone locks in the order that confirming does: runs, pallets, clients, ASINs, preorders, each by
number, and the ledger's end last. So none of them waits for another in a circle.
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Sum

from umschlag.allocation.balances.bookings import HeldFor, Purse
from umschlag.allocation.balances.model import Booking
from umschlag.allocation.pallets.leaving import (
    HERE,
    PalletPlace,
    require_built,
    require_held,
    require_here,
    require_undoable,
)
from umschlag.kernel.errors import NotFound
from umschlag.kernel.identifiers import ClientId
from umschlag.storage.records.ledger import book
from umschlag.storage.records.locking import in_one_transaction, locked
from umschlag.storage.records.models import (
    AllocationRun,
    Cart,
    CatalogAsin,
    Client,
    LedgerAccountKind,
    LedgerEntry,
    LedgerEntryKind,
    LedgerPosting,
    Pallet,
    PalletCarton,
    PalletStatus,
    Preorder,
    PreorderServing,
    PreorderStatus,
    RunState,
)
from umschlag.storage.records.run_states import RunUnknown
from umschlag.storage.records.transfer_returns import contributors_to, give_shares_back

_BATCH = 500


class PalletMissing(NotFound):
    """There is no such pallet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who acts, and when. `date_of` tells the business date of an instant."""

    at: datetime
    by: str
    date_of: Callable[[datetime], date]


def ship(pallet_ids: Collection[int], act: Act, *, shipped_date: date) -> list[Pallet]:
    """Mark the pallets shipped and capture what was held for each, all of it or nothing.

    Raises:
        PalletMissing: there is no such pallet.
        PalletGone: one was shipped or cancelled before.
        ShippedBeforeBuilt: one was built after that day.
        HoldExceeded: one asks for more than its client has still held for its cart.
    """
    return in_one_transaction(lambda: _ship(pallet_ids, act, shipped_date))


def _ship(pallet_ids: Collection[int], act: Act, shipped_date: date) -> list[Pallet]:
    pallets = _all_here(pallet_ids)
    for pallet in pallets:
        built_date = act.date_of(pallet.built_at)
        require_built(pallet.code, built_date=built_date, shipped_date=shipped_date)
    _require_all_held(pallets)
    for pallet in pallets:
        pallet.status = PalletStatus.SHIPPED
        pallet.shipped_date = shipped_date
        pallet.closed_by = act.by
    Pallet.objects.bulk_update(pallets, ["status", "shipped_date", "closed_by"], batch_size=_BATCH)
    _book(pallets, act, lambda purse: purse.capture)
    return pallets


def cancel(pallet_ids: Collection[int], act: Act) -> list[Pallet]:
    """Cancel the pallets: holds, stock and preorders are given back, all of it or nothing.

    Raises:
        PalletMissing: there is no such pallet.
        PalletGone: one was shipped or cancelled before.
        HoldExceeded: one asks for more than its client has still held for its cart.
    """

    def cancel_all() -> list[Pallet]:
        pallets = _all_here(pallet_ids)
        _cancel(pallets, act)
        return pallets

    return in_one_transaction(cancel_all)


def undo(run_id: int, act: Act, *, reason: str) -> list[Pallet]:
    """Undo a whole confirmed run by cancelling what is left of it; return those pallets.

    Raises:
        RunUnknown: there is no such run.
        RunNotConfirmed: it is not confirmed, or was undone before.
        RunHasShipped: something of it has left.
        HoldExceeded: a pallet asks for more than its client has still held for its cart.
    """
    return in_one_transaction(lambda: _undo(run_id, act, reason))


def _undo(run_id: int, act: Act, reason: str) -> list[Pallet]:
    run = locked(AllocationRun.objects.filter(pk=run_id)).first()
    if run is None:
        raise RunUnknown(f"there is no allocation run {run_id}", field="run_id")
    pallets = _pallets_of(Pallet.objects.filter(cart__run=run).values_list("pk", flat=True))
    require_undoable(
        run.pk,
        is_confirmed=run.state == RunState.CONFIRMED,
        shipped_codes=[one.code for one in pallets if one.status == PalletStatus.SHIPPED],
    )
    here = [pallet for pallet in pallets if PalletPlace(pallet.status) in HERE]
    _cancel(here, act)
    run.state = RunState.UNDONE
    run.undone_at, run.undone_by, run.undone_reason = act.at, act.by, reason[:250]
    run.save(update_fields=["state", "undone_at", "undone_by", "undone_reason"])
    return here


def _all_here(pallet_ids: Collection[int]) -> list[Pallet]:
    """Return the pallets and lock them, where each is still here."""
    # The runs first: an undoing and a shipping of the same run wait for each other there.
    runs = AllocationRun.objects.filter(carts__pallets__in=pallet_ids).values_list("pk", flat=True)
    list(locked(AllocationRun.objects.filter(pk__in=set(runs)).order_by("pk")))
    pallets = _pallets_of(pallet_ids)
    missing = set(pallet_ids) - {pallet.pk for pallet in pallets}
    if missing:
        raise PalletMissing(f"there is no pallet {min(missing)}", field="pallet")
    for pallet in pallets:
        require_here(pallet.code, PalletPlace(pallet.status))
    return pallets


def _pallets_of(pallet_ids: Collection[int]) -> list[Pallet]:
    return list(locked(Pallet.objects.filter(pk__in=list(pallet_ids)).order_by("pk")))


def _cancel(pallets: Sequence[Pallet], act: Act) -> None:
    _require_all_held(pallets)
    owners = {pallet.client_id for pallet in pallets}
    cart_ids = {pallet.cart_id for pallet in pallets}
    payers = Client.objects.filter(pk__in=owners | contributors_to(cart_ids))
    clients = [client for client in locked(payers.order_by("pk")) if client.pk in owners]
    _give_stock_back(pallets)
    _unserve(pallets)
    for pallet in pallets:
        pallet.status = PalletStatus.CANCELLED
        pallet.cancelled_at, pallet.closed_by = act.at, act.by
    Pallet.objects.bulk_update(pallets, ["status", "cancelled_at", "closed_by"], batch_size=_BATCH)
    _void_carts(pallets, act)
    _count_less(clients, pallets, act)
    _book(pallets, act, lambda purse: purse.release)
    book(give_shares_back(pallets, at=act.at), booked_at=act.at, booked_by=act.by)


def _book(
    pallets: Sequence[Pallet], act: Act, of: Callable[[Purse], Callable[..., Booking]]
) -> None:
    """Book a capture or release of just what was held for each pallet."""
    holds = dict(
        LedgerEntry.objects.filter(
            kind=LedgerEntryKind.HOLD, cart_id__in={pallet.cart_id for pallet in pallets}
        ).values_list("cart_id", "number")
    )
    bookings = [
        of(Purse(client_id=ClientId(pallet.client_id), currency=pallet.currency))(
            pallet.held_minor,
            place=HeldFor(cart_id=pallet.cart_id, pallet_id=pallet.pk, hold=holds[pallet.cart_id]),
        )
        for pallet in pallets
        # Paid preorders cost nothing.
        if pallet.held_minor
    ]
    book(bookings, booked_at=act.at, booked_by=act.by)


def _require_all_held(pallets: Sequence[Pallet]) -> None:
    # Whoever ships or cancels has locked the runs, so that nobody else takes from these holds.
    postings = LedgerPosting.objects.filter(
        entry__cart_id__in={pallet.cart_id for pallet in pallets},
        account__kind=LedgerAccountKind.HELD,
    )
    held = postings.order_by().values_list(
        "entry__cart_id", "account__client_id", "account__currency"
    )
    left = {tuple(whose): minor for *whose, minor in held.annotate(Sum("amount_minor"))}
    for pallet in pallets:
        whose = (pallet.cart_id, pallet.client_id, pallet.currency)
        left_minor = left.get(whose, 0)
        require_held(pallet.code, held_minor=pallet.held_minor, left_minor=left_minor)
        left[whose] = left_minor - pallet.held_minor


def _give_stock_back(pallets: Sequence[Pallet]) -> None:
    units: Counter[int] = Counter()
    for asin_id, carton_units in PalletCarton.objects.filter(pallet__in=pallets).values_list(
        "asin_id", "units"
    ):
        units[asin_id] += carton_units
    asins = list(locked(CatalogAsin.objects.filter(pk__in=list(units)).order_by("pk")))
    for asin in asins:
        asin.remaining_units += units[asin.pk]
        # The sheet may have corrected what was bought since; the goods are here all the same.
        asin.bought_units = max(asin.bought_units, asin.remaining_units)
    CatalogAsin.objects.bulk_update(asins, ["remaining_units", "bought_units"], batch_size=_BATCH)


def _unserve(pallets: Sequence[Pallet]) -> None:
    servings = list(PreorderServing.objects.filter(pallet__in=pallets).order_by("preorder_id"))
    preorders = {
        row.pk: row
        for row in locked(
            Preorder.objects.filter(pk__in={serving.preorder_id for serving in servings}).order_by(
                "pk"
            )
        )
    }
    for serving in servings:
        preorder = preorders[serving.preorder_id]
        preorder.allocated_units -= serving.units
        preorder.remaining_due_minor += serving.due_minor
        # As much of it as the panel does not know of: the rest it must take back itself.
        preorder.uncounted_due_minor -= min(serving.due_minor, preorder.uncounted_due_minor)
        # Only what we had fulfilled is open again: who cancelled it meanwhile does not want it.
        if preorder.status == PreorderStatus.FULFILLED:
            preorder.status = serving.status_before
    Preorder.objects.bulk_update(
        preorders.values(),
        ["allocated_units", "remaining_due_minor", "uncounted_due_minor", "status"],
        batch_size=_BATCH,
    )


def _void_carts(pallets: Sequence[Pallet], act: Act) -> None:
    """Mark the carts of which no pallet is left."""
    carts = Cart.objects.filter(pk__in={pallet.cart_id for pallet in pallets})
    left = Pallet.objects.exclude(status=PalletStatus.CANCELLED).values("cart_id")
    carts.exclude(pk__in=left).update(cancelled_at=act.at)


def _count_less(clients: Sequence[Client], pallets: Sequence[Pallet], act: Act) -> None:
    for client in clients:
        own = [pallet for pallet in pallets if pallet.client_id == client.pk]
        client.total_allocated_minor -= sum(pallet.held_minor for pallet in own)
        client.last_pallet_date = _last_pallet_date(client, act)
    Client.objects.bulk_update(
        clients, ["total_allocated_minor", "last_pallet_date"], batch_size=_BATCH
    )


def _last_pallet_date(client: Client, act: Act) -> date | None:
    """Return the date of the newest cart that still stands, else what was known before our first.

    A date that was known before counts where it is later.
    """
    taken = Cart.objects.filter(client=client, run__confirmed_at__isnull=False)
    first = taken.order_by("run__confirmed_at", "pk").first()
    newest = (
        taken.filter(cancelled_at=None)
        .order_by("-run__confirmed_at")
        .values_list("run__confirmed_at", flat=True)
        .first()
    )
    dates = [
        known
        for known in (
            first.client_pallet_date_before if first else client.last_pallet_date,
            act.date_of(newest) if newest else None,
        )
        if known is not None
    ]
    return max(dates, default=None)
