"""Statements of clients, and charges that wait to be found in the panel's deductions."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Sum

from umschlag.allocation.balances.bookings import Purse
from umschlag.allocation.balances.statement import (
    SettledTwice,
    Statement,
    StatementLine,
    require_deducted,
    statement_of,
)
from umschlag.kernel.errors import NotFound
from umschlag.kernel.identifiers import ClientId
from umschlag.storage.records.ledger import book
from umschlag.storage.records.locking import in_one_transaction, locked
from umschlag.storage.records.models import (
    Client,
    LedgerAccountKind,
    LedgerEntry,
    LedgerEntryKind,
    LedgerPosting,
)

_TOLD_WITH = [
    *("entry__cart__store", "entry__pallet"),
    *("entry__reverses__cart__store", "entry__reverses__pallet"),
]


class ChargeUnknown(NotFound):
    """There is no charge with this number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCharge:
    """What was shipped and is not yet found in a deduction, by the number of its entry."""

    number: int
    client: Client
    pallet_code: str
    booked_at: datetime
    charge_minor: int


def statement(client: Client, *, since: datetime | None, until: datetime | None) -> Statement:
    """Return what happened from `since` to before `until` to what the client can spend."""
    lines = LedgerPosting.objects.filter(
        account__client=client, account__kind=LedgerAccountKind.SPENDABLE
    )
    opening = 0
    if since is not None:
        before = lines.filter(entry__booked_at__lt=since)
        opening = int(before.aggregate(sum=Sum("amount_minor", default=0))["sum"])
        lines = lines.filter(entry__booked_at__gte=since)
    if until is not None:
        lines = lines.filter(entry__booked_at__lt=until)
    told = lines.select_related(*_TOLD_WITH).order_by("entry_id", "pk")
    return statement_of(map(_line_of, told), opening_minor=opening)


def _line_of(line: LedgerPosting) -> StatementLine:
    entry = line.entry
    # A settlement names the charge that it was found for, and that one its cart and pallet.
    place = entry if entry.cart or not entry.reverses else entry.reverses
    return StatementLine(
        number=entry.number,
        booked_at=entry.booked_at,
        kind=entry.kind,
        note=entry.note,
        change_minor=line.amount_minor,
        booked_by=entry.booked_by,
        reverses=entry.reverses_id,
        run=place.cart.run_id if place.cart else None,
        store=str(place.cart.store) if place.cart else "",
        pallet=place.pallet.code if place.pallet else "",
    )


def open_charges(numbers: Collection[int] | None = None) -> list[OpenCharge]:
    """Return the charges that no settlement was booked for, the oldest first."""
    entries = _captures().filter(is_settled=False)
    if numbers is not None:
        entries = entries.filter(pk__in=list(numbers))
    return [
        OpenCharge(
            number=entry.number,
            client=entry.client,
            pallet_code=entry.pallet.code if entry.pallet else "",
            booked_at=entry.booked_at,
            charge_minor=int(entry.charge_minor),
        )
        for entry in entries.select_related("client", "pallet").order_by("number")
    ]


def settle(numbers: Collection[int], *, at: datetime, by: str) -> list[OpenCharge]:
    """Book that these charges are in what the panel deducted; all of them or none.

    Raises:
        ChargeUnknown: there is no charge with such a number.
        SettledTwice: one was settled before.
        NotDeducted: the panel has not deducted so much.
    """
    return in_one_transaction(lambda: _settle(set(numbers), at, by))


def _settle(numbers: set[int], at: datetime, by: str) -> list[OpenCharge]:
    owners = LedgerEntry.objects.filter(pk__in=numbers).values("client_id")
    list(locked(Client.objects.filter(pk__in=owners).order_by("pk")))
    charges = open_charges(numbers)
    missing = numbers - {charge.number for charge in charges}
    if missing:
        number = min(missing)
        if _captures().filter(pk=number).exists():
            raise SettledTwice(f"charge {number} was settled before", field="captures")
        raise ChargeUnknown(f"there is no charge {number}", field="captures")
    for charge in charges:
        client = charge.client
        require_deducted(
            charge.charge_minor,
            settled_minor=_sum(client, LedgerEntryKind.SETTLEMENT, amount_minor__gt=0),
            deducted_minor=-_sum(client, LedgerEntryKind.PANEL, amount_minor__lt=0),
        )
        purse = Purse(client_id=ClientId(client.pk), currency=client.currency)
        settlement = purse.settle(charge.charge_minor, captured=charge.number)
        book([settlement], booked_at=at, booked_by=by)
    return charges


def _sum(client: Client, kind: LedgerEntryKind, **values: int) -> int:
    lines = LedgerPosting.objects.filter(
        account__client=client,
        account__kind=LedgerAccountKind.SPENDABLE,
        entry__kind=kind,
        **values,
    )
    return int(lines.aggregate(sum=Sum("amount_minor", default=0))["sum"])


def _captures() -> "QuerySet[Any]":
    settled = LedgerEntry.objects.filter(reverses=OuterRef("pk"), kind=LedgerEntryKind.SETTLEMENT)
    captures: QuerySet[Any] = LedgerEntry.objects.filter(
        kind=LedgerEntryKind.CAPTURE, postings__account__kind=LedgerAccountKind.CHARGED
    ).annotate(is_settled=Exists(settled), charge_minor=Sum("postings__amount_minor"))
    return captures
