"""The allocation that the main job makes each day: planned anew, and given out once."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet, Sum
from django.utils import timezone

from umschlag.kernel.periods import business_date_of
from umschlag.settings import Settings
from umschlag.storage.records.models import (
    AllocationRun,
    Cart,
    LedgerAccountKind,
    LedgerPosting,
    Notification,
    NotificationKind,
    RunState,
    RunStatus,
    SyncRun,
)
from umschlag.wiring.agency import BUYING_SHEET, UNGATING
from umschlag.wiring.allocation import discard_allocation, plan_allocation


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyPlan:
    """What today's proposal would give."""

    run_id: int
    cart_count: int
    units: int


def plan_daily_allocation(settings: Settings) -> DailyPlan | None:
    """Plan who gets which units, in place of older plans that nobody confirmed or worked on.

    None where there is nothing to give: an empty plan is not kept.
    """
    # Hours of a person may be in lines set by hand, and in what was planned around them.
    untouched = _own_runs().filter(state=RunState.PROPOSED, pins=None, based_on=None)
    for old in untouched.values_list("pk", flat=True):
        discard_allocation(settings, old)
    plan = plan_in_figures(plan_allocation(settings))
    if plan.cart_count == 0:
        discard_allocation(settings, plan.run_id)
        return None
    return plan


def plan_in_figures(run_id: int) -> DailyPlan:
    """Return what the proposal would give."""
    carts = Cart.objects.filter(run_id=run_id)
    units = carts.aggregate(units=Sum("units", default=0))["units"]
    return DailyPlan(run_id=run_id, cart_count=carts.count(), units=units)


def waiting_plan_id() -> int | None:
    """Return the run that the job planned last and nobody decided on; None where there is none."""
    waiting = _own_runs().filter(state=RunState.PROPOSED).order_by("-made_at", "-pk")
    return waiting.values_list("pk", flat=True).first()


def given_out_today_at(settings: Settings) -> datetime | None:
    """Return when today's allocation was confirmed, where nothing came since that makes room.

    None where none was confirmed on this business date, or where new goods, new approvals, more
    balance or a preorder that arrived make room for another one. Without this a second run of the
    same day would hand out what the first one kept back on purpose, by its caps per run.
    """
    confirmed = _own_runs().filter(state=RunState.CONFIRMED, confirmed_at__isnull=False)
    newest = confirmed.order_by("-confirmed_at").values_list("confirmed_at", flat=True).first()
    if newest is None or _news_since(newest):
        return None
    today = business_date_of(timezone.now(), settings.zone)
    return newest if business_date_of(newest, settings.zone) == today else None


def _own_runs() -> QuerySet[AllocationRun]:
    """Return the runs that the job made: none of a person, none for one store."""
    return AllocationRun.objects.filter(made_by__isnull=True, only_store__isnull=True)


def _news_since(instant: datetime) -> bool:
    changes = SyncRun.objects.filter(
        source__in=(BUYING_SHEET, UNGATING), status=RunStatus.COMPLETE, finished_at__gt=instant
    ).aggregate(created=Sum("created_count", default=0), updated=Sum("updated_count", default=0))
    # What a hold gave back makes room as well, and so does a correction.
    more_balance = LedgerPosting.objects.filter(
        account__kind=LedgerAccountKind.SPENDABLE, amount_minor__gt=0, entry__booked_at__gt=instant
    )
    arrivals = Notification.objects.filter(
        kind=NotificationKind.PREORDER_ARRIVED, created_at__gt=instant
    )
    return bool(
        changes["created"] + changes["updated"] or more_balance.exists() or arrivals.exists()
    )
