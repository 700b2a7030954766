"""The seal on the ledger: each entry carries a hash of itself and of the entry before it.

Whoever changes, removes, adds or re-orders an entry afterwards breaks the chain at that place, and
`chain_faults` names it.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from umschlag.allocation.balances.model import Booking, LedgerEntry, Posting, sums_of

GENESIS = "0" * 64
"""What stands before the first entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainEnd:
    """Number and hash of the newest entry; 0 and `GENESIS` before the first."""

    number: int = 0
    hash: str = GENESIS


class FaultCode(StrEnum):
    """What is wrong with the chain at an entry."""

    CHANGED = "changed"
    """It is not what was booked: its hash is another one's."""
    NOT_FOLLOWING = "not_following"
    """It does not follow the entry that now stands before it."""
    MISSING = "missing"
    """There is no entry with this number."""
    OUT_OF_ORDER = "out_of_order"
    """It comes a second time, or after one with a higher number."""
    NOT_ZERO = "not_zero"
    """Its postings do not sum to zero."""
    AFTER_END = "after_end"
    """It lies behind the end that the ledger keeps."""
    END_CHANGED = "end_changed"
    """It is the last one, and the end that the ledger keeps says another hash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainFault:
    """A fault, and the number of the entry at which it is; of several missing ones, the first."""

    code: FaultCode
    number: int
    count: int = 1


def canonical_text(entry: LedgerEntry) -> str:
    """Return the one text that stands for the entry on every database; its hash is left out."""
    postings = sorted(
        (one.account.kind, one.account.client_id, one.account.currency, one.amount_minor)
        for one in entry.postings
    )
    content = {
        "booked_at": entry.booked_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "booked_by": entry.booked_by,
        "cart": entry.cart_id,
        "client": entry.client_id,
        "kind": entry.kind,
        "note": entry.note,
        "number": entry.number,
        "pallet": entry.pallet_id,
        "postings": postings,
        "reverses": entry.reverses,
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":"))


def hash_of(entry: LedgerEntry) -> str:
    """Return the SHA-256 over the previous entry's hash and this entry's text, in hexadecimal."""
    text = f"{entry.previous_hash}\n{canonical_text(entry)}"
    return hashlib.sha256(text.encode()).hexdigest()


def sealed(
    bookings: Iterable[Booking], *, end: ChainEnd, booked_at: datetime, booked_by: str
) -> list[LedgerEntry]:
    """Return the bookings as entries that follow the end, in their order."""
    entries = []
    for booking in bookings:
        unsealed = LedgerEntry(
            number=end.number + 1,
            kind=booking.kind,
            client_id=booking.client_id,
            postings=booking.postings,
            booked_at=booked_at,
            booked_by=booked_by,
            note=booking.note,
            cart_id=booking.cart_id,
            pallet_id=booking.pallet_id,
            reverses=booking.reverses,
            previous_hash=end.hash,
        )
        entry = replace(unsealed, hash=hash_of(unsealed))
        entries.append(entry)
        end = ChainEnd(number=entry.number, hash=entry.hash)
    return entries


def chain_faults(entries: Iterable[LedgerEntry], *, end: ChainEnd) -> Iterator[ChainFault]:
    """Yield every fault of the chain, in the order of the entries; nothing where it holds.

    Entries that are not there are told gap by gap, also at the end of the ledger.
    """
    before = ChainEnd()
    for entry in entries:
        if entry.number <= before.number:
            yield ChainFault(code=FaultCode.OUT_OF_ORDER, number=entry.number)
            continue
        yield from _missing(before.number + 1, entry.number)
        yield from _own_faults(entry)
        # After a gap nothing can follow: the gap was told.
        if entry.number == before.number + 1 and entry.previous_hash != before.hash:
            yield ChainFault(code=FaultCode.NOT_FOLLOWING, number=entry.number)
        if entry.number > end.number:
            yield ChainFault(code=FaultCode.AFTER_END, number=entry.number)
        before = ChainEnd(number=entry.number, hash=entry.hash)
    yield from _missing(before.number + 1, end.number + 1)
    if before.number == end.number and before.hash != end.hash:
        yield ChainFault(code=FaultCode.END_CHANGED, number=end.number)


def _missing(first: int, until: int) -> Iterator[ChainFault]:
    if until > first:
        yield ChainFault(code=FaultCode.MISSING, number=first, count=until - first)


def _own_faults(entry: LedgerEntry) -> Iterator[ChainFault]:
    if entry.hash != hash_of(entry):
        yield ChainFault(code=FaultCode.CHANGED, number=entry.number)
    if _is_uneven(entry.postings):
        yield ChainFault(code=FaultCode.NOT_ZERO, number=entry.number)


def _is_uneven(postings: tuple[Posting, ...]) -> bool:
    return not postings or any(sums_of(postings).values())
