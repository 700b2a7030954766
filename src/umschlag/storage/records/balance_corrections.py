"""Corrections of balances in the records: booked under a lock, and made good once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from umschlag.allocation.balances.bookings import Purse
from umschlag.allocation.balances.correction import Correction, MadeGoodBefore, require_meant
from umschlag.kernel.errors import NotFound
from umschlag.kernel.identifiers import ClientId
from umschlag.storage.records.ledger import book, spendable_minor
from umschlag.storage.records.locking import in_one_transaction, locked
from umschlag.storage.records.models import (
    Client,
    LedgerAccountKind,
    LedgerEntry,
    LedgerEntryKind,
    LedgerPosting,
)


class CorrectionUnknown(NotFound):
    """There is no correction with this number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedCorrection:
    """What a person wants to correct of one client's balance, and why."""

    client_id: int
    change_minor: int
    reason: str
    floor_minor: int
    undoes: int | None = None
    """The number of the correction that this one makes good."""
    based_on_minor: int | None = None
    """What could be spent when it was decided on; None: that does not matter."""
    may_go_below: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedCorrection:
    """A correction in the ledger, by the number of its entry."""

    number: int
    correction: Correction


def correction_now(wanted: WantedCorrection) -> Correction:
    """Return what the correction would do to the balance as it is now."""
    return Correction(
        change_minor=wanted.change_minor,
        before_minor=spendable_minor(wanted.client_id),
        floor_minor=wanted.floor_minor,
    )


def change_to_make_good(number: int) -> tuple[Client, int]:
    """Return whose balance the correction with this number changed, and what makes it good.

    Raises:
        CorrectionUnknown: there is no such correction.
        MadeGoodBefore: it was made good, or makes another one good itself.
    """
    entries = LedgerEntry.objects.filter(pk=number, kind=LedgerEntryKind.CORRECTION)
    entry = entries.select_related("client").first()
    if entry is None:
        raise CorrectionUnknown(f"entry {number} is no correction", field="entry")
    undone = LedgerEntry.objects.filter(reverses=entry, kind=LedgerEntryKind.CORRECTION)
    if entry.reverses_id is not None or undone.exists():
        raise MadeGoodBefore(f"correction {number} was made good, or makes one good", field="entry")
    lines = LedgerPosting.objects.filter(entry=entry, account__kind=LedgerAccountKind.SPENDABLE)
    change_minor = int(lines.aggregate(sum=Sum("amount_minor", default=0))["sum"])
    return entry.client, -change_minor


def corrections_to_undo(numbers: Iterable[int]) -> set[int]:
    """Return those of the entries that are corrections which nobody has made good yet."""
    corrections = LedgerEntry.objects.filter(
        pk__in=list(numbers), kind=LedgerEntryKind.CORRECTION, reverses=None
    )
    undone = LedgerEntry.objects.filter(reverses__in=corrections, kind=LedgerEntryKind.CORRECTION)
    return set(corrections.exclude(pk__in=undone.values("reverses")).values_list("pk", flat=True))


def keep_correction(wanted: WantedCorrection, *, at: datetime, by: str) -> BookedCorrection:
    """Book the correction, or nothing.

    Raises:
        ReasonMissing, UnbalancedBooking: nobody says why, or there is nothing to correct.
        BalanceMoved, CorrectionBelowFloor: it is not what was shown, or not said to be meant.
        CorrectionUnknown, MadeGoodBefore: there is nothing to make good.
    """
    return in_one_transaction(lambda: _keep(wanted, at, by))


def _keep(wanted: WantedCorrection, at: datetime, by: str) -> BookedCorrection:
    # Whoever else spends or corrects this balance waits here, and sees what was booked.
    client = locked(Client.objects.filter(pk=wanted.client_id)).get()
    purse = Purse(client_id=ClientId(client.pk), currency=client.currency)
    change_minor = wanted.change_minor
    if wanted.undoes is not None:
        _, change_minor = change_to_make_good(wanted.undoes)
    booking = purse.correct(change_minor, reason=wanted.reason, undoes=wanted.undoes)
    correction = correction_now(wanted)
    require_meant(
        correction, may_go_below=wanted.may_go_below, based_on_minor=wanted.based_on_minor
    )
    (entry,) = book([booking], booked_at=at, booked_by=by)
    return BookedCorrection(number=entry.number, correction=correction)
