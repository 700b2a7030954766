"""Allocation, put together: plan, confirm and discard."""

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Sum
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from umschlag.allocation.pallets.leaving import HERE
from umschlag.allocation.planning.model import FairnessPolicy
from umschlag.allocation.planning.usecases import confirm_plan, propose_plan
from umschlag.kernel.errors import NotFound, Refused
from umschlag.kernel.money import Money
from umschlag.kernel.periods import business_date_of
from umschlag.settings import Settings
from umschlag.storage.records.allocation import PlanningTerms
from umschlag.storage.records.allocation_runs import ProposedRuns
from umschlag.storage.records.locked_run import LockedRun
from umschlag.storage.records.locking import in_one_transaction
from umschlag.storage.records.models import (
    AllocationRun,
    Cart,
    Client,
    MutualStoreProposal,
    NotificationKind,
    Pallet,
    Store,
    StoreKind,
)
from umschlag.storage.records.run_states import discard_run
from umschlag.wiring.amounts import count_text, money_text
from umschlag.wiring.notifying import News, tell
from umschlag.wiring.planning_watch import watched
from umschlag.wiring.published_facts import facts_of_run, published_facts
from umschlag.wiring.stored_reasons import reason_text
from umschlag.wiring.violation_words import broken_rules_told


class StoreUnknown(NotFound):
    """No store has this id."""


class StoreSuspended(Refused):
    """The store is suspended and may be given nothing."""


class StoreIsMutual(Refused):
    """What goes into a mutual store needs owners, and only a transfer writes them down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedRun:
    """What a confirmed run came to, in minor units of the settings' currency."""

    run_id: int
    cart_count: int
    pallet_count: int
    units: int
    goods: Money
    shipping: Money
    freight: Money


def plan_allocation(  # noqa: PLR0913 - what a plan can be asked with, each by its name
    settings: Settings,
    *,
    made_by_id: int | None = None,
    only_store_id: int | None = None,
    policy: FairnessPolicy | None = None,
    based_on_id: int | None = None,
    watch_key: str = "",
    before_keeping: Callable[[], None] | None = None,
) -> int:
    """Propose an allocation and return its run's number; nothing is taken yet.

    For one store alone, every refused ASIN gets its own record, and its cart may be small;
    otherwise there is one a store and reason, and no cart that is not worth a pallet. `policy` is
    the settings' where none is named. The new run takes the place of `based_on_id`: lines that
    were set by hand there stay, and it is put aside. A page that waits reads under `watch_key` how
    far it is (`wiring.planning_watch`). `before_keeping` is called once the search is over, and
    begins the transaction of a caller that has more to write with the run.

    Raises:
        StoreUnknown: there is no such store.
        StoreIsMutual: goods come into it by a transfer alone.
        RunUnknown, RunAlreadyDecided: `based_on_id` is no proposal any more.
        LinesSetMeanwhile: lines of `based_on_id` were changed by hand meanwhile.
        PlanBreaksRules: a line set by hand breaks a rule by now.
    """
    if only_store_id is not None:
        store = Store.objects.filter(pk=only_store_id).first()
        if store is None:
            raise StoreUnknown(_("There is no store %s.") % only_store_id, field="store")
        _refuse_mutual(store)
    runs = ProposedRuns(
        terms=planning_terms(settings, policy),
        facts=published_facts(settings),
        made_by_id=made_by_id,
        only_store_id=only_store_id,
        based_on_id=based_on_id,
        before_keeping=before_keeping,
    )
    until = time.monotonic() + settings.allocation_seconds_max
    # No transaction around it all: planning may take long, and others go on writing meanwhile.
    # A proposal takes nothing, and confirming it checks every rule again.
    with watched(watch_key, until=until) as watcher:
        return propose_plan(runs, for_one_store=only_store_id is not None, watcher=watcher)


def confirm_allocation(settings: Settings, run_id: int, *, by: str = "") -> ConfirmedRun:
    """Take what a proposed run gives: all of it in one transaction, or nothing.

    Every rule is checked again on the locked records. Then people are told. `by` names who
    confirms it in the ledger; nobody where the clock does.

    Raises:
        RunUnknown: there is no such run.
        RunAlreadyDecided: it was confirmed or discarded before.
        StoreIsMutual: a store of the run has become a mutual one.
        PlanBreaksRules: stock, balances or anything else changed so that it no longer holds.
    """
    with broken_rules_told(settings.currency):
        confirmed = in_one_transaction(lambda: take_run(settings, run_id, by=by))
    tell_of_run(settings, confirmed)
    return confirmed


def discard_allocation(settings: Settings, run_id: int) -> None:
    """Put a proposed run aside.

    Raises:
        RunUnknown: there is no such run.
        RunAlreadyDecided: it was confirmed or discarded before.
    """
    del settings  # every wiring takes them; this one needs none
    discard_run(run_id)


def planning_terms(settings: Settings, policy: FairnessPolicy | None = None) -> PlanningTerms:
    """Return what settings and clock say about a plan made now; the policy may be another one."""
    now = timezone.now()
    return PlanningTerms(
        as_of_date=business_date_of(now, settings.zone),
        now_at=now,
        currency=settings.currency,
        floor_minor=settings.client_balance_floor_minor,
        stores_per_asin_max=settings.asin_stores_max,
        policy=policy or FairnessPolicy(settings.allocation_policy),
        cover_days=settings.allocation_cover_days,
        pallet_freight_minor=settings.pallet_freight_minor,
    )


def take_run(settings: Settings, run_id: int, *, by: str) -> ConfirmedRun:
    """Take what a proposed run gives, inside the caller's transaction, and tell nobody.

    Raises as `confirm_allocation` does, with the rules in the program's words.
    """
    run = LockedRun(run_id, planning_terms(settings), facts_of_run(run_id), by=by)
    for store in run.rows.stores:
        _refuse_mutual(store)
    confirm_plan(run, pallet_freight_minor=settings.pallet_freight_minor)
    carts = Cart.objects.filter(run_id=run_id)
    sums = carts.aggregate(units=Sum("units"), goods=Sum("goods_minor"), ship=Sum("shipping_minor"))
    pallets = Pallet.objects.filter(cart__run_id=run_id)
    freight = pallets.aggregate(freight=Sum("freight_minor"))["freight"]
    return ConfirmedRun(
        run_id=run_id,
        cart_count=carts.count(),
        pallet_count=pallets.count(),
        units=int(sums["units"] or 0),
        goods=Money(int(sums["goods"] or 0), settings.currency),
        shipping=Money(int(sums["ship"] or 0), settings.currency),
        freight=Money(int(freight or 0), settings.currency),
    )


def _refuse_mutual(store: Store) -> None:
    if store.kind == StoreKind.MUTUAL:
        raise StoreIsMutual(
            _(
                "%s is a mutual store. Goods come into it by a transfer, which says who pays and "
                "owns them: work one out for the store that they are meant for."
            )
            % store.name,
            field="store",
        )


def tell_of_run(settings: Settings, confirmed: ConfirmedRun) -> None:
    """Tell people of a confirmed run, of balances that are short, and of a full truck."""
    # News are kept and mailed as texts; whoever confirmed may read another language.
    with translation.override(settings.language):
        tell(settings, _news(settings, confirmed))


def _news(settings: Settings, confirmed: ConfirmedRun) -> list[News]:
    news = [_allocation_done(confirmed), *_balances_short(confirmed.run_id)]
    unshipped = Pallet.objects.filter(status__in=HERE).count()
    truck = settings.truckload_pallets
    # Told once a truck: when this run's pallets filled one that was not full before.
    if unshipped // truck > (unshipped - confirmed.pallet_count) // truck:
        news.append(
            News(
                kind=NotificationKind.TRUCKLOAD_READY,
                title=_("A truckload is ready"),
                body=ngettext(
                    "%(count)d pallet waits to be shipped; a truck takes %(truck)d.",
                    "%(count)d pallets wait to be shipped; a truck takes %(truck)d.",
                    unshipped,
                )
                % {"count": unshipped, "truck": truck},
            )
        )
    return news


def _allocation_done(confirmed: ConfirmedRun) -> News:
    carts = Cart.objects.filter(run_id=confirmed.run_id).select_related("client", "store")
    lines = [
        ngettext(
            "%(client)s, %(store)s: %(units)d unit, %(total)s",
            "%(client)s, %(store)s: %(units)d units, %(total)s",
            cart.units,
        )
        % {
            "client": cart.client.name,
            "store": cart.store.name,
            "units": cart.units,
            "total": money_text(Money(cart.total_minor, cart.currency)),
        }
        for cart in carts
    ]
    run = AllocationRun.objects.get(pk=confirmed.run_id)
    return News(
        kind=NotificationKind.ALLOCATION_DONE,
        title=_("Allocation %(run)d is done: %(units)s %(carts)s, %(pallets)s")
        % {
            "run": run.pk,
            "units": ngettext("%s unit", "%s units", confirmed.units) % count_text(confirmed.units),
            "carts": ngettext("in %s cart", "in %s carts", confirmed.cart_count)
            % count_text(confirmed.cart_count),
            "pallets": ngettext("%s pallet", "%s pallets", confirmed.pallet_count)
            % count_text(confirmed.pallet_count),
        },
        body="\n".join(lines),
    )


def _balances_short(run_id: int) -> list[News]:
    short = MutualStoreProposal.objects.filter(run_id=run_id, missing_minor__gt=0)
    messages: defaultdict[Client, list[str]] = defaultdict(list)
    for proposal in short.select_related("client").order_by("client__name", "pk"):
        messages[proposal.client].append(reason_text(proposal))
    return [
        News(
            kind=NotificationKind.INSUFFICIENT_BALANCE,
            title=_("%s: the balance is too low") % client.name,
            body="\n".join(about_stores),
            client_id=client.pk,
        )
        for client, about_stores in messages.items()
    ]
