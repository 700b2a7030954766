"""Transfers into mutual stores: worked out, approved by both sides, carried out at once."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from umschlag.allocation.planning.model import AllocationProblem
from umschlag.allocation.planning.transfer_model import (
    NoMutualStoreFits,
    StoreTransfer,
    TransferNotNeeded,
)
from umschlag.allocation.planning.transfer_violations import transfer_violations
from umschlag.allocation.planning.transfers import TransferTerms, pallets_of, propose_transfer
from umschlag.kernel.errors import Refused
from umschlag.kernel.identifiers import ClientId, StoreId
from umschlag.kernel.money import Money
from umschlag.settings import Settings
from umschlag.storage.records.locking import in_one_transaction, locked
from umschlag.storage.records.models import (
    MutualTransfer,
    Store,
    StoreKind,
    StoreStatus,
    TransferState,
)
from umschlag.storage.records.transfers import LockedTransfer, keep_transfer, question_about
from umschlag.wiring.allocation import StoreSuspended, StoreUnknown, planning_terms
from umschlag.wiring.notifying import tell
from umschlag.wiring.published_facts import published_facts
from umschlag.wiring.transfer_view import state_text
from umschlag.wiring.transfer_words import (
    faults_text,
    news_of_executed,
    news_of_proposed,
    news_of_rejected,
    no_store_text,
)

CoOwners = Mapping[StoreId, AbstractSet[ClientId]]
Side = Literal["client", "mutual"]


class TransferImpossible(Refused):
    """No transfer can be proposed; the message says why, and what would help."""


class TransferAlreadyDecided(Refused):
    """The transfer was done or rejected before, or this side approved it already."""


class TransferBreaksRules(Refused):
    """What was proposed does not hold any more; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """What an approval came to."""

    transfer_id: int
    is_executed: bool


def propose_for_store(settings: Settings, store_id: int, *, by: str) -> int:
    """Work out a transfer for an own store, keep it for approval, and return its number.

    Raises:
        StoreUnknown: there is no such store.
        StoreSuspended: it is suspended.
        TransferImpossible: none is needed, none can be, or one waits already.
    """
    own = Store.objects.filter(pk=store_id, kind=StoreKind.OWN).first()
    if own is None:
        raise StoreUnknown(_("There is no store %s of a client.") % store_id, field="store")
    if own.status != StoreStatus.ACTIVE:
        raise StoreSuspended(
            _("The store %s is suspended: nothing may be given to it.") % own.name, field="store"
        )
    record = in_one_transaction(lambda: _proposed(settings, own, by=by))
    with translation.override(settings.language):
        tell(settings, [news_of_proposed(record)])
    return record.pk


def approve_transfer(settings: Settings, transfer_id: int, side: Side, *, by: str) -> Approved:
    """Record that one side approves; with the second approval everything is carried out.

    Every rule is checked again on the locked records: where one is broken, nothing is changed and
    the approval is not kept either.

    Raises:
        TransferUnknown: there is no such transfer.
        TransferAlreadyDecided: it does not wait for this side.
        TransferBreaksRules: it does not hold any more.
    """
    record = in_one_transaction(lambda: _approved(settings, transfer_id, side, by=by))
    is_executed = record.state == TransferState.EXECUTED
    if is_executed:
        with translation.override(settings.language):
            tell(settings, [news_of_executed(record)])
    return Approved(transfer_id=transfer_id, is_executed=is_executed)


def reject_transfer(settings: Settings, transfer_id: int, *, reason: str, by: str) -> None:
    """Put a proposed transfer aside, with the reason why.

    Raises:
        TransferUnknown: there is no such transfer.
        TransferAlreadyDecided: it was done or rejected before.
        TransferImpossible: no reason is given.
    """
    if not reason.strip():
        raise TransferImpossible(_("Say why the transfer is rejected."), field="reason")
    record = in_one_transaction(
        lambda: _rejected(settings, transfer_id, reason=reason.strip(), by=by)
    )
    with translation.override(settings.language):
        tell(settings, [news_of_rejected(record)])


def _proposed(settings: Settings, own: Store, *, by: str) -> MutualTransfer:
    terms = planning_terms(settings)
    _require_none_waits(own)
    question = question_about(own, terms, facts=published_facts(settings))
    transfer = _worked_out(settings, own, question.problem, question.co_owners)
    return keep_transfer(transfer, terms, by=by)


def _approved(settings: Settings, transfer_id: int, side: Side, *, by: str) -> MutualTransfer:
    held = LockedTransfer(transfer_id, planning_terms(settings))
    record = held.record
    _require_waiting(record)
    if getattr(record, f"{side}_approved_at") is not None:
        raise TransferAlreadyDecided(_("This side has approved the transfer already."))
    setattr(record, f"{side}_approved_at", timezone.now())
    setattr(record, f"{side}_approved_by", by[:150])
    if record.client_approved_at is not None and record.mutual_approved_at is not None:
        _carry_out(settings, held, by=by)
    else:
        record.save()
    return record


def _rejected(settings: Settings, transfer_id: int, *, reason: str, by: str) -> MutualTransfer:
    record = LockedTransfer(transfer_id, planning_terms(settings)).record
    _require_waiting(record)
    record.state = TransferState.REJECTED
    record.rejected_at, record.rejected_by = timezone.now(), by[:150]
    record.rejected_reason = reason[:250]
    record.save()
    return record


def _require_none_waits(own: Store) -> None:
    # Locked, so that two who ask at once do not both find none.
    locked(Store.objects.filter(pk=own.pk)).get()
    waiting = MutualTransfer.objects.filter(own_store=own, state=TransferState.PROPOSED).first()
    if waiting is not None:
        raise TransferImpossible(
            _("Transfer %d of this store waits for approval: approve or reject it first.")
            % waiting.pk,
            field="store",
        )


def _require_waiting(record: MutualTransfer) -> None:
    if record.state != TransferState.PROPOSED:
        raise TransferAlreadyDecided(
            _("Transfer %(number)d: %(state)s. Nothing was changed.")
            % {"number": record.pk, "state": state_text(record)}
        )


def _worked_out(
    settings: Settings, own: Store, problem: AllocationProblem, co_owners: CoOwners
) -> StoreTransfer:
    terms = TransferTerms(co_owners=co_owners, pallet_freight_minor=settings.pallet_freight_minor)
    try:
        return propose_transfer(problem, StoreId(own.pk), terms)
    except TransferNotNeeded:
        raise TransferImpossible(
            _("%s can be sent a pallet of its own: plan a cart for it.") % own.name, field="store"
        ) from None
    except NoMutualStoreFits as refused:
        missing = Money(refused.missing_minor, settings.currency)
        raise TransferImpossible(
            no_store_text(own, missing, refused.obstacles), field="store"
        ) from None


def _carry_out(settings: Settings, locked: LockedTransfer, *, by: str) -> None:
    transfer = locked.transfer()
    broken = transfer_violations(locked.problem, transfer, locked.co_owners)
    if broken:
        raise TransferBreaksRules(faults_text(broken, currency=settings.currency))
    freight_minor = settings.pallet_freight_minor
    pallets = pallets_of(locked.problem, transfer.lines(), freight_minor=freight_minor)
    prices = {one.asin: one.unit_shipping_minor for one in transfer.funded}
    if dict(pallets.share.unit_shipping_minor) != prices:
        raise TransferBreaksRules(
            _(
                "Freight, measures or shipping prices have changed since this was proposed."
                " Nothing was changed: reject it and propose it anew."
            )
        )
    locked.carry_out(pallets, by=by)
