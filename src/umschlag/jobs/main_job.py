"""The steps of the main job, each one use case of the wiring."""

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Protocol

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from umschlag.jobs.steps import Step
from umschlag.kernel.outcomes import SyncOutcome
from umschlag.kernel.progress import ProgressFor
from umschlag.settings import Settings
from umschlag.storage.records.models import (
    ArrivalState,
    Cart,
    MutualTransfer,
    Notification,
    PreorderArrival,
    TransferState,
)
from umschlag.wiring.amounts import clock_text, count_text, money_text

if TYPE_CHECKING:
    from umschlag.wiring.upkeep import Upkeep


class Sync(Protocol):
    """Reads one outside system into the records or the lake."""

    def __call__(self, settings: Settings, *, progress_for: ProgressFor) -> SyncOutcome:
        """Read it."""


def main_steps() -> tuple[Step, ...]:
    """Return the main job: what the demo shows, and what production runs after each night."""
    history = ("snapshot", "backfill", "orders")
    return (
        Step(name="snapshot", title=_("Snapshot"), act=snapshot),
        Step(name="backfill", title=_("History"), act=backfill, needs=("snapshot",)),
        Step(name="compact", title=_("Compaction"), act=compact),
        Step(name="orders", title=_("Orders"), act=partial(sync, "orders")),
        Step(name="sellerboard", title=_("Sellerboard"), act=partial(sync, "sellerboard")),
        Step(name="sheet", title=_("Buying sheet"), act=partial(sync, "sheet")),
        Step(name="panel", title=_("Clients and stores"), act=partial(sync, "panel")),
        Step(
            name="ungating",
            title=_("Ungating"),
            act=partial(sync, "ungating"),
            needs=("sheet", "panel"),
        ),
        Step(name="classify", title=_("Penner and Renner"), act=classify, needs=history),
        Step(name="forecast", title=_("Forecast"), act=forecast, needs=history),
        Step(
            name="propose",
            title=_("Proposals"),
            act=propose,
            needs=(*history, "classify", "forecast"),
        ),
        Step(
            name="arrivals",
            title=_("Preorder arrivals"),
            act=arrivals,
            needs=("sheet", "panel"),
        ),
        Step(
            name="allocate",
            title=_("Allocation"),
            act=allocate,
            # Yesterday's balances or approvals would give goods to the wrong client.
            needs=("sheet", "panel", "ungating"),
        ),
        Step(name="pallets", title=_("Pallets"), act=pallets, needs=("allocate",)),
        Step(name="gates", title=_("Closed gates"), act=gates, needs=("allocate",)),
        Step(
            name="transfers",
            title=_("Mutual stores"),
            act=transfers,
            needs=("allocate", "pallets"),
        ),
        Step(name="notify", title=_("Notices"), act=notices),
    )


def snapshot(settings: Settings, progress_for: ProgressFor) -> str:
    """Take today's picture of the ERP."""
    from umschlag.wiring.history import take_snapshot

    taken = take_snapshot(settings, progress_for=progress_for)
    articles = _("%s articles") % count_text(taken.article_count)
    if taken.was_there_already:
        return _("%s, taken earlier today") % articles
    text = _("%(articles)s, %(vanished)s vanished, %(calls)s calls") % {
        "articles": articles,
        "vanished": count_text(taken.vanished_count),
        "calls": count_text(taken.calls_used),
    }
    return text + _skipped(len(taken.problems))


def backfill(settings: Settings, progress_for: ProgressFor) -> str:
    """Rebuild the days before today that are missing."""
    from umschlag.wiring.history import backfill_history

    made = backfill_history(settings, progress_for=progress_for)
    if not made.days_made:
        return _("no day is missing, %s stock movements read") % count_text(made.movement_count)
    text = _("%(days)s days rebuilt from %(movements)s stock movements, %(calls)s calls") % {
        "days": count_text(made.days_made),
        "movements": count_text(made.movement_count),
        "calls": count_text(made.calls_used),
    }
    return text + _skipped(len(made.problems))


def compact(settings: Settings, progress_for: ProgressFor) -> str:
    """Put older days into their months' files, and drop what nothing needs any more."""
    from umschlag.wiring.upkeep import forget_old_answers, keep_lake_in_order

    forget_old_answers()
    return upkeep_text(keep_lake_in_order(settings, progress_for=progress_for))


def upkeep_text(done: "Upkeep") -> str:
    """Return what keeping the lake in order came to, in one line."""
    if not done.days:
        text = _("no day is due")
    else:
        text = _("%(days)s days put into the files of %(months)s months") % {
            "days": count_text(done.days),
            "months": count_text(done.months),
        }
    if not done.removed_files:
        return text
    return text + _(", %s files removed") % count_text(done.removed_files)


def _skipped(number: int) -> str:
    return _(", %s skipped") % count_text(number) if number else ""


def sync_of(source: str) -> Sync:
    """Return the use case that reads the source; the sources are those of `umschlag sync`."""
    # Each is imported when it runs: one broken connector must not stop the others.
    if source == "orders":
        from umschlag.wiring.history import import_orders

        return import_orders
    if source == "sellerboard":
        from umschlag.wiring.facts import import_sellerboard

        return import_sellerboard
    from umschlag.wiring import agency

    by_name: dict[str, Sync] = {
        "sheet": agency.sync_buying_sheet,
        "panel": agency.sync_panel,
        "ungating": agency.sync_ungating,
    }
    return by_name[source]


def sync(source: str, settings: Settings, progress_for: ProgressFor) -> str:
    """Read one source and say what that came to."""
    return sync_text(sync_of(source)(settings, progress_for=progress_for))


def sync_text(outcome: SyncOutcome) -> str:
    """Return the counts of an import in one line."""
    text = _("%(read)s rows read, %(created)s new, %(updated)s changed") % {
        "read": count_text(outcome.read_count),
        "created": count_text(outcome.created_count),
        "updated": count_text(outcome.updated_count),
    }
    return text + _skipped(outcome.skipped_count)


def classify(settings: Settings, progress_for: ProgressFor) -> str:
    """Tell Penner from Renner."""
    from umschlag.wiring.classifying import classify

    return str(classify(settings, progress_for=progress_for))


def forecast(settings: Settings, progress_for: ProgressFor) -> str:
    """Forecast demand and tell what runs out when."""
    from umschlag.wiring.forecasting import forecast

    return str(forecast(settings, progress_for=progress_for))


def propose(settings: Settings, progress_for: ProgressFor) -> str:
    """Propose what to order and to clear, and measure what became of what was accepted."""
    from umschlag.wiring.acting import measure_outcomes
    from umschlag.wiring.proposing import propose

    del progress_for
    text = _("%s open") % count_text(len(propose(settings)))
    measured = measure_outcomes(settings)
    if not measured:
        return text
    done = ngettext("%s outcome measured", "%s outcomes measured", measured)
    return f"{text}, {done % count_text(measured)}"


def arrivals(settings: Settings, progress_for: ProgressFor) -> str:
    """Say how many arrivals wait to be confirmed; in the demo, let one come in."""
    from umschlag.wiring.demo_arrival import let_one_arrive

    del progress_for
    if settings.mode == "demo":
        let_one_arrive(settings)
    waiting = PreorderArrival.objects.filter(state=ArrivalState.WAITING).count()
    if not waiting:
        return _("none waits to be confirmed")
    text = ngettext(
        "%s waits for someone to confirm who gets the goods",
        "%s wait for someone to confirm who gets the goods",
        waiting,
    )
    return text % count_text(waiting)


def allocate(settings: Settings, progress_for: ProgressFor) -> str:
    """Plan who gets which units; today's plan takes the place of older ones nobody confirmed."""
    from umschlag.wiring.daily_allocation import (
        given_out_today_at,
        plan_daily_allocation,
        plan_in_figures,
    )
    from umschlag.wiring.demo_run import let_one_be_undone, let_one_be_worked_on

    del progress_for
    if settings.mode == "demo":
        let_one_be_undone(settings)
    plan = plan_daily_allocation(settings)
    if plan is None:
        return _("nothing new to allocate; the report says why")
    if settings.mode == "demo":
        plan = plan_in_figures(let_one_be_worked_on(settings, plan.run_id))
    in_carts = ngettext("in %s cart", "in %s carts", plan.cart_count)
    text = _("%(units)s %(carts)s planned") % {
        "units": ngettext("%s unit", "%s units", plan.units) % count_text(plan.units),
        "carts": in_carts % count_text(plan.cart_count),
    }
    given_out_at = given_out_today_at(settings)
    if given_out_at is None:
        return text
    return text + _(", on top of those given out today at %s") % clock_text(given_out_at)


def pallets(settings: Settings, progress_for: ProgressFor) -> str:
    """Confirm the plan in the demo, which builds its pallets; production leaves that to people."""
    from umschlag.wiring.allocation import confirm_allocation
    from umschlag.wiring.daily_allocation import given_out_today_at, waiting_plan_id
    from umschlag.wiring.demo_run import let_some_leave

    del progress_for
    plan_id = waiting_plan_id()
    if plan_id is None:
        return _("none to build")
    if settings.mode != "demo":
        return _("the plan waits for someone to confirm it in the back office")
    given_out_at = given_out_today_at(settings)
    if given_out_at is not None:
        return _not_confirmed(settings, plan_id, given_out_at)
    done = confirm_allocation(settings, plan_id)
    let_some_leave(settings, plan_id)
    pallets_built = ngettext("%s pallet built", "%s pallets built", done.pallet_count)
    for_carts = ngettext("for %s cart", "for %s carts", done.cart_count)
    return _("%(pallets)s %(carts)s, freight %(freight)s") % {
        "pallets": pallets_built % count_text(done.pallet_count),
        "carts": for_carts % count_text(done.cart_count),
        "freight": money_text(done.freight, whole=True),
    }


def _not_confirmed(settings: Settings, plan_id: int, given_out_at: datetime) -> str:
    """Discard a further plan of the day, and say so."""
    from umschlag.wiring.allocation import discard_allocation

    carts = Cart.objects.filter(run_id=plan_id).count()
    discard_allocation(settings, plan_id)
    text = ngettext(
        "none: the plan of %(carts)s more cart was discarded, since nothing has arrived since "
        "%(at)s; what was given out then stands, and is what the report shows",
        "none: the plan of %(carts)s more carts was discarded, since nothing has arrived since "
        "%(at)s; what was given out then stands, and is what the report shows",
        carts,
    )
    return text % {"carts": count_text(carts), "at": clock_text(given_out_at)}


def gates(settings: Settings, progress_for: ProgressFor) -> str:
    """Count the closed gates and tell what they would be worth."""
    from umschlag.wiring.ungating_list import brands_waiting
    from umschlag.wiring.ungating_work import refresh_cases

    del progress_for
    number = refresh_cases(settings)
    if not number:
        return _("no gate is closed to goods in stock")
    first = brands_waiting()[0]
    cases = ngettext("%s brand at a store waits", "%s brands at stores wait", number)
    return _("%(cases)s; worth most: %(brand)s, %(worth)s") % {
        "cases": cases % count_text(number),
        "brand": first.title,
        "worth": money_text(first.worth, whole=True),
    }


def transfers(settings: Settings, progress_for: ProgressFor) -> str:
    """Say how many transfers wait for approval; in the demo, work one out."""
    from umschlag.wiring.demo_transfer import let_one_be_proposed

    del progress_for
    if settings.mode == "demo":
        let_one_be_proposed(settings)
    waiting = MutualTransfer.objects.filter(state=TransferState.PROPOSED).count()
    if not waiting:
        return _("no transfer waits for approval")
    text = ngettext(
        "%s transfer waits for both sides' approval",
        "%s transfers wait for both sides' approval",
        waiting,
    )
    return text % count_text(waiting)


def notices(settings: Settings, progress_for: ProgressFor) -> str:
    """Say how many notices the last hour made and whether they reached a mail box."""
    del progress_for
    recent = Notification.objects.filter(created_at__gte=timezone.now() - timedelta(hours=1))
    number = recent.count()
    text = _("%s on the dashboard") % count_text(number)
    if not settings.smtp_host:
        return text + _("; no mail server is set (UMSCHLAG_SMTP_HOST), so no e-mail went out")
    failed = recent.exclude(email_error="").count()
    mailed = recent.filter(emailed_at__isnull=False).count()
    text += _(", %s e-mailed") % count_text(mailed)
    return text + (_(", %s could not be") % count_text(failed) if failed else "")
