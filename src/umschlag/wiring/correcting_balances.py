"""Balances corrected by hand: shown first, booked by a further entry, made good by another."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from umschlag.allocation.balances.correction import (
    BalanceMoved,
    Correction,
    CorrectionBelowFloor,
    MadeGoodBefore,
)
from umschlag.allocation.balances.model import ReasonMissing
from umschlag.kernel.errors import BadInput
from umschlag.kernel.money import Money
from umschlag.settings import Settings
from umschlag.storage.records.balance_corrections import (
    CorrectionUnknown,
    WantedCorrection,
    change_to_make_good,
    correction_now,
    keep_correction,
)
from umschlag.storage.records.ledger import balances
from umschlag.storage.records.models import Client, LedgerAccountKind
from umschlag.wiring.amounts import money_text
from umschlag.wiring.statements import NoSuchClient

REASON_LENGTH_MAX = 250
CHANGE_MINOR_MAX = 10**15 - 1


class NothingToCorrect(BadInput):
    """The amount is zero, or beyond all sense."""


class ReasonTooLong(BadInput):
    """The ledger has no room for such a reason, and shortening it is for its writer."""


class OtherCurrency(BadInput):
    """The account is in another currency than the amount."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionAsked:
    """A correction as a person asks for it; `undoes` names the correction that it makes good."""

    client: Client
    change_minor: int
    reason: str
    undoes: int | None = None
    based_on_minor: int | None = None
    """What could be spent when it was decided on; refused where that has changed."""
    may_go_below: bool = False
    """Whether it is meant that less than the floor can be spent then."""

    @property
    def change(self) -> Money:
        """By how much it changes what the client can spend."""
        return Money(self.change_minor, self.client.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionView:
    """What a correction does to a balance; `number` is its entry, None before it is booked."""

    asked: CorrectionAsked
    before: Money
    after: Money
    floor: Money
    held: Money
    """Promised to confirmed carts; no correction touches it."""
    below_floor: Money
    number: int | None = None


def client_to_correct(external_id: str) -> Client:
    """Return the client with this panel id.

    Raises:
        NoSuchClient: there is none.
    """
    client = Client.objects.filter(external_id=external_id).first()
    if client is None:
        raise NoSuchClient(_("There is no client with the id %s.") % external_id, field="client_id")
    return client


def correction_to_undo(number: int, *, reason: str = "") -> CorrectionAsked:
    """Return what makes the correction with this number good.

    Raises:
        CorrectionUnknown: there is none.
        MadeGoodBefore: it was made good before, or makes another one good itself.
    """
    with _told_plainly(number):
        client, change_minor = change_to_make_good(number)
    return CorrectionAsked(client=client, change_minor=change_minor, reason=reason, undoes=number)


def preview_correction(settings: Settings, asked: CorrectionAsked) -> CorrectionView:
    """Return what the correction would do now; nothing is booked.

    Raises:
        NothingToCorrect, ReasonMissing, ReasonTooLong: it could not be booked.
    """
    wanted = _wanted(settings, asked)
    return _view(asked, correction_now(wanted))


def correct_balance(settings: Settings, asked: CorrectionAsked, *, by: str) -> CorrectionView:
    """Book the correction and return what it did.

    Raises:
        NothingToCorrect, ReasonMissing, ReasonTooLong: it cannot be booked.
        BalanceMoved, CorrectionBelowFloor: it is not what was shown, or not said to be meant.
        CorrectionUnknown, MadeGoodBefore: there is nothing to make good.
    """
    wanted = _wanted(settings, asked)
    with _told_plainly(asked.undoes or 0, asked.client.currency):
        booked = keep_correction(wanted, at=timezone.now(), by=by)
    return _view(asked, booked.correction, number=booked.number)


def _wanted(settings: Settings, asked: CorrectionAsked) -> WantedCorrection:
    # What no column holds is no reason either, and a line break would break lists.
    reason = " ".join("".join(c if c.isprintable() else " " for c in asked.reason).split())
    if not reason:
        raise ReasonMissing(_("Say why the balance is corrected."), field="reason")
    if len(reason) > REASON_LENGTH_MAX:
        text = _("The reason has %(length)d characters; the ledger has room for %(max)d.")
        raise ReasonTooLong(
            text % {"length": len(reason), "max": REASON_LENGTH_MAX}, field="reason"
        )
    if not 0 < abs(asked.change_minor) <= CHANGE_MINOR_MAX:
        text = _("Enter by how much the balance is wrong, as in -12.50 or 12.50; not 0.")
        raise NothingToCorrect(text, field="amount")
    return WantedCorrection(
        client_id=asked.client.pk,
        change_minor=asked.change_minor,
        reason=reason,
        floor_minor=settings.client_balance_floor_minor,
        undoes=asked.undoes,
        based_on_minor=asked.based_on_minor,
        may_go_below=asked.may_go_below,
    )


def _view(
    asked: CorrectionAsked, correction: Correction, *, number: int | None = None
) -> CorrectionView:
    currency = asked.client.currency
    held_minor = balances(LedgerAccountKind.HELD, [asked.client.pk]).get(asked.client.pk, 0)
    return CorrectionView(
        asked=asked,
        before=Money(correction.before_minor, currency),
        after=Money(correction.after_minor, currency),
        floor=Money(correction.floor_minor, currency),
        held=Money(held_minor, currency),
        below_floor=Money(correction.below_floor_minor, currency),
        number=number,
    )


@contextmanager
def _told_plainly(number: int, currency: str = "") -> Iterator[None]:
    """Put refusals of the rules into the reader's language."""
    try:
        yield
    except CorrectionUnknown as error:
        text = _("Entry %d is no correction by hand; only those are made good here.")
        raise CorrectionUnknown(text % number, field="entry") from error
    except MadeGoodBefore as error:
        text = _(
            "Entry %d was made good before, or makes another one good. Nothing was booked; "
            "if the balance is still wrong, correct it anew."
        )
        raise MadeGoodBefore(text % number, field="entry") from error
    except BalanceMoved as error:
        text = _(
            "Something was booked meanwhile, so the client can spend another sum than was shown. "
            "Nothing was booked; look again."
        )
        raise BalanceMoved(text, field="spendable_before_minor") from error
    except CorrectionBelowFloor as error:
        raise CorrectionBelowFloor(
            _below_floor_text(error.correction, currency)
            + " "
            + _("Nothing was booked: correct less, or say that this is meant."),
            correction=error.correction,
        ) from error


def _below_floor_text(correction: Correction, currency: str) -> str:
    """Say what the client could spend then, and by how much that is too little."""
    text = _(
        "The client could spend %(after)s then, %(below)s less than the %(floor)s that an "
        "allocation must leave it."
    )
    return text % {
        "after": money_text(Money(correction.after_minor, currency)),
        "below": money_text(Money(correction.below_floor_minor, currency)),
        "floor": money_text(Money(correction.floor_minor, currency)),
    }
