"""An allocation run as programs and the terminal are told it: how good it is, whom it serves."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from umschlag.kernel.money import Money
from umschlag.storage.records.models import AllocationRun, Client, Store, StoreStatus
from umschlag.storage.records.run_figures import RunFigures
from umschlag.storage.records.run_states import RunUnknown
from umschlag.wiring.allocation import StoreSuspended, StoreUnknown


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareView:
    """What one client is given of its means; shares are 0 to 1, None where it has no means."""

    client: Client
    given: Money
    available: Money
    received: Money
    """In the 90 days before the run."""
    run_share: float | None
    window_share: float | None
    waited_days: int | None
    balance_price: float | None
    """Worth that one more of balance would have added, in the same currency; None: nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """One figure of two runs; both are amounts, or counts, or indexes from 0 to 1."""

    title: str
    before: Money | int | float
    after: Money | int | float
    is_money: bool = False
    is_index: bool = False


def run_of(run_id: int) -> AllocationRun:
    """Return the run with what its page names.

    Raises:
        RunUnknown: there is no such run.
    """
    runs = AllocationRun.objects.select_related("only_store", "made_by")
    run = runs.filter(pk=run_id).first()
    if run is None:
        raise RunUnknown(_("There is no allocation run %d.") % run_id, field="run_id")
    return run


def store_key(external_id: str) -> int:
    """Return the key of the store with this panel id.

    Raises:
        StoreUnknown: there is none.
    """
    return _store(external_id).pk


def open_store_key(external_id: str) -> int:
    """Return the key of the store with this panel id, where it may be given goods.

    Raises:
        StoreUnknown: there is none.
        StoreSuspended: it is suspended.
    """
    store = _store(external_id)
    if store.status != StoreStatus.ACTIVE:
        raise StoreSuspended(
            _("%s is suspended and is given no goods.") % store.name, field="store_id"
        )
    return store.pk


def share_views(run: AllocationRun, currency: str) -> list[ShareView]:
    """Return what every client of the run is given, by name."""
    views = []
    for share in run.shares.select_related("client"):
        means_minor = share.available_minor + share.received_minor
        views.append(
            ShareView(
                client=share.client,
                given=Money(share.given_minor, currency),
                available=Money(share.available_minor, currency),
                received=Money(share.received_minor, currency),
                run_share=share.given_minor / share.available_minor
                if share.available_minor
                else None,
                window_share=(share.given_minor + share.received_minor) / means_minor
                if means_minor
                else None,
                waited_days=share.waited_days,
                balance_price=share.balance_price if share.balance_price > 0 else None,
            )
        )
    return views


def figure_rows(
    before: RunFigures | None, after: RunFigures | None, currency: str
) -> list[FigureRow]:
    """Return the figures of both runs, row by row; empty where one of them kept none."""
    if before is None or after is None:
        return []
    money = (
        (_("Worth, as the planner counts"), "worth_minor"),
        (_("Margin before Amazon's fees"), "margin_minor"),
        (_("Freight"), "freight_minor"),
        (_("Aged stock that leaves, by cost"), "aged_minor"),
    )
    counts = ((_("Units"), "units"), (_("Of these preordered"), "preorder_units"))
    rows = [
        FigureRow(
            title=title,
            before=Money(getattr(before.plan, name), currency),
            after=Money(getattr(after.plan, name), currency),
            is_money=True,
        )
        for title, name in money
    ]
    rows += [
        FigureRow(title=title, before=getattr(before.plan, name), after=getattr(after.plan, name))
        for title, name in counts
    ]
    even = _("How even the clients come off (1 is even)")
    rows.append(FigureRow(title=even, before=before.jain_run, after=after.jain_run, is_index=True))
    return rows


def _store(external_id: str) -> Store:
    store = Store.objects.filter(external_id=external_id).first()
    if store is None:
        raise StoreUnknown(_("There is no store with the id %s.") % external_id, field="store_id")
    return store
