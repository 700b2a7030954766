"""The ledger in the records: bookings are appended to its chain, balances are summed from it."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from umschlag.allocation.balances.chain import ChainEnd, sealed
from umschlag.allocation.balances.model import Account, AccountKind, Booking, LedgerEntry, Posting
from umschlag.kernel.identifiers import ClientId
from umschlag.storage.records.locking import locked
from umschlag.storage.records.models import (
    LedgerAccount,
    LedgerAccountKind,
    LedgerEnd,
    LedgerPosting,
)
from umschlag.storage.records.models import LedgerEntry as EntryRow

_BATCH = 500
"""Rows a statement: below SQLite's limit of bound values."""
_NOTE_MAX = 250
_BY_MAX = 150
_READ_ROWS = 2_000


def book(
    bookings: Sequence[Booking], *, booked_at: datetime, booked_by: str = ""
) -> list[LedgerEntry]:
    """Append the bookings to the ledger, in their order, and return them as entries.

    The end of the chain is one row and the last that anybody locks: who books waits there for
    whoever booked before to be done, so that no two entries follow the same one.
    """
    if not bookings:
        return []
    with transaction.atomic():
        end = _locked_end()
        entries = sealed(
            [_fitting(booking) for booking in bookings],
            end=ChainEnd(number=end.number, hash=end.hash),
            booked_at=booked_at,
            booked_by=booked_by[:_BY_MAX],
        )
        keys = _account_keys({posting.account for one in entries for posting in one.postings})
        EntryRow.objects.bulk_create(map(_row_of, entries), batch_size=_BATCH)
        LedgerPosting.objects.bulk_create(
            (
                LedgerPosting(
                    entry_id=entry.number,
                    account_id=keys[posting.account],
                    amount_minor=posting.amount_minor,
                )
                for entry in entries
                for posting in entry.postings
            ),
            batch_size=_BATCH,
        )
        LedgerEnd.objects.filter(pk=LedgerEnd.ONLY).update(
            number=entries[-1].number, hash=entries[-1].hash
        )
    return entries


def _locked_end() -> LedgerEnd:
    rows = locked(LedgerEnd.objects.all())
    end = rows.filter(pk=LedgerEnd.ONLY).first()
    if end is None:
        genesis = ChainEnd()
        LedgerEnd.objects.get_or_create(
            pk=LedgerEnd.ONLY, defaults={"number": genesis.number, "hash": genesis.hash}
        )
        end = rows.get(pk=LedgerEnd.ONLY)
    return end


def _fitting(booking: Booking) -> Booking:
    """Return the booking as its columns can hold it: what is hashed is what is kept."""
    if len(booking.note) <= _NOTE_MAX:
        return booking
    from dataclasses import replace

    return replace(booking, note=booking.note[: _NOTE_MAX - 1] + "…")


def _account_keys(accounts: Collection[Account]) -> dict[Account, int]:
    """Return the accounts' keys; opens those that are new. The chain's end is locked by now."""
    clients = {account.client_id for account in accounts}
    known = _accounts_of(clients)
    new = sorted(account for account in accounts if account not in known)
    if new:
        LedgerAccount.objects.bulk_create(
            LedgerAccount(client_id=one.client_id, kind=one.kind.value, currency=one.currency)
            for one in new
        )
        known = _accounts_of(clients)
    return known


def _accounts_of(clients: Collection[ClientId]) -> dict[Account, int]:
    rows = LedgerAccount.objects.filter(client_id__in=clients).order_by()
    return {
        Account(
            kind=AccountKind(row.kind), client_id=ClientId(row.client_id), currency=row.currency
        ): row.pk
        for row in rows
    }


def _row_of(entry: LedgerEntry) -> EntryRow:
    return EntryRow(
        number=entry.number,
        kind=entry.kind,
        client_id=entry.client_id,
        booked_at=entry.booked_at,
        booked_by=entry.booked_by,
        note=entry.note,
        cart_id=entry.cart_id,
        pallet_id=entry.pallet_id,
        reverses_id=entry.reverses,
        previous_hash=entry.previous_hash,
        hash=entry.hash,
    )


def chain_end() -> ChainEnd:
    """Return the end that the ledger keeps; the genesis where nothing was booked yet."""
    row = LedgerEnd.objects.filter(pk=LedgerEnd.ONLY).first()
    return ChainEnd(number=row.number, hash=row.hash) if row else ChainEnd()


def entries_of(rows: "QuerySet[EntryRow] | None" = None) -> Iterator[LedgerEntry]:
    """Yield entries with their postings by number: all of them, or those of the query."""
    chosen = EntryRow.objects.all() if rows is None else rows
    # Read by stretches of numbers: a long ledger is never in memory as a whole.
    numbers = chosen.order_by("number").values_list("number", flat=True)
    batch: list[int] = []
    for number in numbers.iterator(chunk_size=_READ_ROWS):
        batch.append(number)
        if len(batch) == _BATCH:
            yield from _read(batch)
            batch = []
    yield from _read(batch)


def _read(numbers: Collection[int]) -> Iterator[LedgerEntry]:
    if not numbers:
        return
    lines = (
        LedgerPosting.objects.filter(entry_id__in=numbers)
        .select_related("account")
        .order_by("entry_id", "pk")
    )
    postings = {
        number: tuple(map(_posting_of, of_entry))
        for number, of_entry in groupby(lines, key=lambda line: line.entry_id)
    }
    for row in EntryRow.objects.filter(pk__in=numbers).order_by("number"):
        yield _entry_of(row, postings.get(row.number, ()))


def _posting_of(line: LedgerPosting) -> Posting:
    return Posting(
        account=Account(
            kind=AccountKind(line.account.kind),
            client_id=ClientId(line.account.client_id),
            currency=line.account.currency,
        ),
        amount_minor=line.amount_minor,
    )


def _entry_of(row: EntryRow, postings: tuple[Posting, ...]) -> LedgerEntry:
    return LedgerEntry(
        number=row.number,
        kind=row.kind,
        client_id=row.client_id,
        postings=postings,
        booked_at=row.booked_at,
        booked_by=row.booked_by,
        note=row.note,
        cart_id=row.cart_id,
        pallet_id=row.pallet_id,
        reverses=row.reverses_id,
        previous_hash=row.previous_hash,
        hash=row.hash,
    )


def balances(kind: LedgerAccountKind, client_ids: Iterable[int] | None = None) -> dict[int, int]:
    """Return what stands on the clients' accounts of this kind, in minor units of theirs.

    Clients for whom nothing was booked are not in it.
    """
    lines = LedgerPosting.objects.filter(account__kind=kind)
    if client_ids is not None:
        lines = lines.filter(account__client_id__in=list(client_ids))
    sums = lines.order_by().values("account__client_id").annotate(total=Sum("amount_minor"))
    return {row["account__client_id"]: int(row["total"]) for row in sums}


def spendable_minor(client_id: int) -> int:
    """Return what the client can spend: what stands on that account of its, in minor units."""
    return balances(LedgerAccountKind.SPENDABLE, [client_id]).get(client_id, 0)


def spendable_of_row() -> Coalesce:
    """Return the same as an expression for a query of clients; 0 where nothing was booked."""
    booked = (
        LedgerPosting.objects.filter(
            account__client=OuterRef("pk"), account__kind=LedgerAccountKind.SPENDABLE
        )
        .order_by()
        .values("account__client")
        .annotate(total=Sum("amount_minor"))
        .values("total")
    )
    return Coalesce(Subquery(booked), 0)
