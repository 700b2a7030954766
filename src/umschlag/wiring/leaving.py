"""Pallets that leave or are cancelled, and runs that are undone, put together."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from umschlag.allocation.pallets.leaving import (
    HoldExceeded,
    PalletGone,
    RunHasShipped,
    RunNotConfirmed,
    ShippedBeforeBuilt,
    require_here,
)
from umschlag.allocation.pallets.leaving import PalletPlace as Place
from umschlag.kernel.errors import BadInput
from umschlag.kernel.money import Money
from umschlag.kernel.periods import business_date_of
from umschlag.settings import Settings
from umschlag.storage.records import leaving_pallets
from umschlag.storage.records.leaving_pallets import Act
from umschlag.storage.records.locking import locked
from umschlag.storage.records.models import Pallet, PalletStatus
from umschlag.wiring.pallet_papers import PalletUnknown

CODES_NAMED_MAX = 3


class DateAhead(BadInput):
    """Nothing can have been shipped on a day that has not come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Pallets that were shipped or cancelled together, and what became of their holds."""

    pallet_codes: tuple[str, ...]
    units: int
    held: Money


def ship_pallets(
    settings: Settings, pallet_ids: Collection[int], *, by: str, shipped_date: date | None = None
) -> Left:
    """Mark the pallets shipped, today where no day is told; what was held for them is charged.

    Raises:
        PalletUnknown: there is no such pallet.
        PalletGone: one was shipped or cancelled before.
        HoldExceeded: one asks for more than is left of its cart's hold.
        DateAhead: the day has not come yet.
        ShippedBeforeBuilt: a pallet was built after that day.
    """
    act = _act(settings, by)
    today = act.date_of(act.at)
    if shipped_date is not None and shipped_date > today:
        raise DateAhead(_("%s has not come yet.") % shipped_date, field="shipped_date")
    with _told_plainly():
        pallets = leaving_pallets.ship(pallet_ids, act, shipped_date=shipped_date or today)
    return _left(settings, pallets)


def cancel_pallets(settings: Settings, pallet_ids: Collection[int], *, by: str) -> Left:
    """Cancel pallets that have not left: holds, stock and preorders are given back.

    Raises:
        PalletUnknown: there is no such pallet.
        PalletGone: one was shipped or cancelled before.
        HoldExceeded: one asks for more than is left of its cart's hold.
    """
    with _told_plainly():
        return _left(settings, leaving_pallets.cancel(pallet_ids, _act(settings, by)))


def mark_ready(pallet_id: int, *, is_ready: bool = True) -> None:
    """Say that a pallet is ready for the truck, or that it is not yet.

    Raises:
        PalletUnknown: there is no such pallet.
        PalletGone: it was shipped or cancelled before.
    """
    with transaction.atomic(), _told_plainly():
        pallet = locked(Pallet.objects.filter(pk=pallet_id)).first()
        if pallet is None:
            raise PalletUnknown(_("There is no pallet %s.") % pallet_id, field="pallet")
        require_here(pallet.code, Place(pallet.status))
        pallet.status = PalletStatus.READY if is_ready else PalletStatus.PLANNED
        pallet.save(update_fields=["status"])


def undo_allocation(settings: Settings, run_id: int, *, by: str, reason: str = "") -> Left:
    """Undo a whole confirmed run: its pallets are cancelled, and all it took is given back.

    Raises:
        RunUnknown: there is no such run.
        RunNotConfirmed: it is not confirmed, or was undone before.
        RunHasShipped: something of it has left the building.
        HoldExceeded: a pallet asks for more than is left of its cart's hold.
    """
    with _told_plainly():
        pallets = leaving_pallets.undo(run_id, _act(settings, by), reason=reason)
    return _left(settings, pallets)


def pallet_keys(codes: Sequence[str]) -> list[int]:
    """Return the keys of the pallets with these codes.

    Raises:
        PalletUnknown: there is none with such a code.
    """
    keys = dict(Pallet.objects.filter(code__in=codes).values_list("code", "pk"))
    for code in codes:
        if code not in keys:
            raise PalletUnknown(_("There is no pallet %s.") % code, field="pallet")
    return list(keys.values())


def _act(settings: Settings, by: str) -> Act:
    def date_of(instant: datetime) -> date:
        return business_date_of(instant, settings.zone)

    return Act(at=timezone.now(), by=by, date_of=date_of)


def _left(settings: Settings, pallets: Sequence[Pallet]) -> Left:
    currency = pallets[0].currency if pallets else settings.currency
    return Left(
        pallet_codes=tuple(pallet.code for pallet in pallets),
        units=sum(pallet.units for pallet in pallets),
        held=Money(sum(pallet.held_minor for pallet in pallets), currency),
    )


def before_built_text(code: str, built_date: date) -> str:
    """Say that the pallet cannot have left so early, and what to enter."""
    told = _("Pallet %(pallet)s was built on %(day)s and cannot have left before.")
    remedy = _("Enter the day on which it left.")
    return f"{told % {'pallet': code, 'day': built_date}} {remedy}"


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Put refusals of the rules into the reader's language."""
    try:
        yield
    except leaving_pallets.PalletMissing as error:
        raise PalletUnknown(_("There is no such pallet."), field="pallet") from error
    except PalletGone as error:
        told = {
            Place.SHIPPED: _("Pallet %s was shipped already; nothing was changed."),
            Place.CANCELLED: _("Pallet %s was cancelled already; nothing was changed."),
        }
        message = told[error.place] % error.code
        raise PalletGone(message, code=error.code, place=error.place) from error
    except ShippedBeforeBuilt as error:
        code, built_date = error.code, error.built_date
        message = before_built_text(code, built_date)
        raise ShippedBeforeBuilt(message, code=code, built_date=built_date) from error
    except HoldExceeded as error:
        message = _(
            "More is to be held for pallet %s than is left of its cart’s hold; nothing was changed."
            " “umschlag doctor” says which figures do not agree."
        )
        raise HoldExceeded(message % error.code, code=error.code) from error
    except RunNotConfirmed as error:
        message = _("This run is not confirmed, so there is nothing to undo.")
        raise RunNotConfirmed(message, field="run_id") from error
    except RunHasShipped as error:
        named = ", ".join(error.shipped_codes[:CODES_NAMED_MAX])
        message = _(
            "The run cannot be undone any more, because something of it was shipped (%s). "
            "Cancel its other pallets one by one."
        )
        codes = error.shipped_codes
        raise RunHasShipped(message % named, shipped_codes=codes) from error
