"""Pallets for one store in one go: planned and confirmed."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import OperationalError, connection
from django.utils.translation import gettext as _

from umschlag.allocation.planning.usecases import PlanBreaksRules
from umschlag.kernel.errors import NotFound, Refused
from umschlag.kernel.money import Money
from umschlag.settings import Settings
from umschlag.storage.records.locking import begun_late, is_crossed
from umschlag.storage.records.models import Cart, Client, Pallet, RunRefusal, Store, StoreStatus
from umschlag.wiring.allocation import (
    ConfirmedRun,
    StoreSuspended,
    StoreUnknown,
    plan_allocation,
    take_run,
    tell_of_run,
)
from umschlag.wiring.stored_reasons import reason_text
from umschlag.wiring.violation_words import broken_rules_told

PLANS_MAX = 3
"""So often the goods are planned anew where others take them first."""


class ClientUnknown(NotFound):
    """No client has this panel id."""


class ClientNameMismatch(Refused):
    """The name is not the one of the client with this id."""


class StoreOfAnotherClient(Refused):
    """The store belongs to another client."""


class NothingToAllocate(Refused):
    """Not one case pack can be given to the store; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PalletRequest:
    """What `POST /generate_pallets` is asked with; the ids are the panel's."""

    client_name: str
    client_id: str
    store_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedPallets:
    """The pallets made for one store, and what they cost its client."""

    run_id: int
    cart_id: int
    pallet_ids: tuple[int, ...]
    pallet_codes: tuple[str, ...]
    units: int
    goods: Money
    shipping: Money
    freight: Money


def generate_pallets(
    settings: Settings,
    request: PalletRequest,
    *,
    made_by_id: int | None = None,
    by: str = "",
    before_keeping: Callable[[], None] | None = None,
) -> GeneratedPallets:
    """Plan and confirm for one store in one go; changes nothing when it refuses.

    `made_by_id` and `by` are the key and the name of who asks. The search runs outside any
    transaction, for it may take long; `before_keeping` begins one that the caller has more to
    write in.

    Raises:
        ClientUnknown, StoreUnknown: no record has the panel id.
        ClientNameMismatch: the name is not this client's.
        StoreOfAnotherClient: the store is not this client's.
        StoreSuspended: the store may be given nothing.
        StoreIsMutual: goods come into it by a transfer alone.
        NothingToAllocate: there is nothing to give; the message says why.
        PlanBreaksRules: others took the goods or the money while it was planned, again and again.
    """
    store = _store_asked_for(request)

    def plan_and_confirm() -> ConfirmedRun:
        with broken_rules_told(settings.currency), begun_late() as begin:

            def begin_whole() -> None:
                if before_keeping is not None:
                    before_keeping()
                begin()

            run_id = plan_allocation(
                settings,
                made_by_id=made_by_id,
                only_store_id=store.pk,
                before_keeping=begin_whole,
            )
            if not Cart.objects.filter(run_id=run_id).exists():
                raise NothingToAllocate(_why_nothing(store, run_id), field="storeID")
            return take_run(settings, run_id, by=by)

    confirmed = _tried_again(plan_and_confirm)
    run_id = confirmed.run_id
    tell_of_run(settings, confirmed)
    pallets = Pallet.objects.filter(cart__run_id=run_id).order_by("code")
    return GeneratedPallets(
        run_id=run_id,
        cart_id=Cart.objects.get(run_id=run_id).pk,
        pallet_ids=tuple(pallet.pk for pallet in pallets),
        pallet_codes=tuple(pallet.code for pallet in pallets),
        units=confirmed.units,
        goods=confirmed.goods,
        shipping=confirmed.shipping,
        freight=confirmed.freight,
    )


def _tried_again(plan_and_confirm: Callable[[], ConfirmedRun]) -> ConfirmedRun:
    """Return what it returns, done again where others took what was planned meanwhile."""
    for _try in range(1, PLANS_MAX):
        try:
            return plan_and_confirm()
        except (PlanBreaksRules, OperationalError) as error:
            is_crossing = isinstance(error, PlanBreaksRules) or is_crossed(error)
            # Inside a transaction, whoever began it must begin anew.
            if connection.in_atomic_block or not is_crossing:
                raise
    return plan_and_confirm()


def _store_asked_for(request: PalletRequest) -> Store:
    client = Client.objects.filter(external_id=request.client_id).first()
    if client is None:
        raise ClientUnknown(
            _("There is no client with the id %s.") % request.client_id, field="clientID"
        )
    if client.name.strip().casefold() != request.client_name.strip().casefold():
        raise ClientNameMismatch(
            _("The client with the id %(id)s is not called %(name)s.")
            % {"id": request.client_id, "name": request.client_name},
            field="clientName",
        )
    store = Store.objects.filter(external_id=request.store_id).first()
    if store is None:
        raise StoreUnknown(
            _("There is no store with the id %s.") % request.store_id, field="storeID"
        )
    if store.client_id != client.pk:
        raise StoreOfAnotherClient(
            _("The store %(store)s does not belong to %(client)s.")
            % {"store": request.store_id, "client": client.name},
            field="storeID",
        )
    if store.status != StoreStatus.ACTIVE:
        raise StoreSuspended(
            _("The store %s is suspended: nothing may be given to it.") % store.name,
            field="storeID",
        )
    return store


def _why_nothing(store: Store, run_id: int) -> str:
    refusals = list(RunRefusal.objects.filter(run_id=run_id).order_by("missing_minor", "pk")[:500])
    # The least amount that would help is the most useful thing to say; without one, the first.
    payable = [refusal for refusal in refusals if refusal.missing_minor is not None]
    named = (payable or refusals)[:3]
    if not named:
        return _("Nothing can be given to %s: no stock is left.") % store.name
    return _("Nothing can be given to %(store)s. %(why)s") % {
        "store": store.name,
        "why": " ".join(reason_text(refusal) for refusal in named),
    }
