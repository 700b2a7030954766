"""Allocation runs over the API: planned, changed by hand, compared, confirmed or put aside."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import Field

from umschlag.settings import load_settings
from umschlag.storage.records.models import AllocationRun, CartLine, Store
from umschlag.storage.records.run_edits import HandEdit
from umschlag.storage.records.run_figures import RunFigures, read_figures
from umschlag.web.amounts import default_currency
from umschlag.web.api.access import demand
from umschlag.web.api.idempotency import begin_of, works_long
from umschlag.web.api.paging import Asked, Page, Text, narrowed, paged, paged_list
from umschlag.web.api.problems import ERRORS, WRITE_ERRORS
from umschlag.web.api.run_schemas import (
    ComparisonPage,
    ConfirmedOut,
    PlanAgainIn,
    PlanIn,
    RunDetailOut,
    RunLineIn,
    RunLineOut,
    RunOut,
    RunRefusalOut,
)
from umschlag.web.loose import Loose
from umschlag.wiring import allocation, run_edits
from umschlag.wiring.run_view import open_store_key, run_of, share_views, store_key

router = Router(tags=["Allocation"])
KEY_MAX = 2**63 - 1
"""Larger ones overflow the integers of the databases."""
RunKey = Annotated[int, Field(ge=1, le=KEY_MAX)]
_VIEW, _CHANGE = "records.view_allocationrun", "records.add_allocationrun"


class RunsAsked(Asked):
    """Filters."""

    state: Literal["proposed", "confirmed", "discarded", "undone"] | None = None


class LinesAsked(Asked):
    """Filters."""

    store_id: Text | None = Field(None, description="Panel id of the store.")
    asin: Text | None = None


@router.get("/allocation-runs", response={200: Page[RunOut], **ERRORS})
def runs(request: HttpRequest, asked: Query[RunsAsked]) -> Loose:
    """List the runs, newest first."""
    demand(request, _VIEW)
    rows = AllocationRun.objects.select_related("only_store", "made_by")
    return paged(narrowed(rows.order_by("-made_at", "-pk"), state=asked.state), asked)


@router.post("/allocation-runs", response={200: RunDetailOut, **WRITE_ERRORS})
@works_long
def plan(request: HttpRequest, told: PlanIn) -> dict[str, Any]:
    """Propose an allocation. Nothing is taken before it is confirmed."""
    demand(request, _CHANGE)
    store_id = None if told.store_id is None else open_store_key(told.store_id)
    run_id = allocation.plan_allocation(
        load_settings(),
        made_by_id=request.user.pk,
        only_store_id=store_id,
        policy=told.policy,
        before_keeping=begin_of(request),
    )
    return _detail(run_id)


@router.get("/allocation-runs/{run_id}", response={200: RunDetailOut, **ERRORS})
def show(request: HttpRequest, run_id: RunKey) -> dict[str, Any]:
    """Show how good a run is, what each client comes to, and its carts."""
    demand(request, _VIEW)
    return _detail(run_id)


@router.get("/allocation-runs/{run_id}/lines", response={200: Page[RunLineOut], **ERRORS})
def lines(request: HttpRequest, run_id: RunKey, asked: Query[LinesAsked]) -> Loose:
    """List who gets what, and why."""
    demand(request, _VIEW)
    rows = CartLine.objects.filter(cart__run=run_of(run_id)).select_related(
        "cart__client", "cart__store", "asin"
    )
    found = narrowed(rows, cart__store__external_id=asked.store_id, asin__asin=asked.asin)
    return paged(found.order_by("cart__client__name", "cart__store__name", "asin__asin"), asked)


@router.get("/allocation-runs/{run_id}/refusals", response={200: Page[RunRefusalOut], **ERRORS})
def refusals(request: HttpRequest, run_id: RunKey, asked: Query[LinesAsked]) -> Loose:
    """List what was not given, and why."""
    demand(request, _VIEW)
    rows = run_of(run_id).refusals.select_related("client", "store", "asin")
    found = narrowed(rows, store__external_id=asked.store_id, asin__asin=asked.asin)
    return paged(found.order_by("reason_code", "store__name", "asin__asin", "pk"), asked)


@router.put("/allocation-runs/{run_id}/lines", response={200: RunDetailOut, **WRITE_ERRORS})
def set_line(request: HttpRequest, run_id: RunKey, told: RunLineIn) -> dict[str, Any]:
    """Set the units of one line by hand; every rule is checked at once."""
    demand(request, _CHANGE)
    edit = HandEdit(
        run_id=run_id,
        store_id=store_key(told.store_id),
        asin=told.asin,
        units=told.units,
        set_by_id=request.user.pk,
    )
    run_edits.set_line_by_hand(load_settings(), edit)
    return _detail(run_id)


@router.delete(
    "/allocation-runs/{run_id}/lines/{store_id}/{asin}", response={204: None, **WRITE_ERRORS}
)
def release_line(
    request: HttpRequest,
    run_id: RunKey,
    store_id: Annotated[str, Field(max_length=40)],
    asin: Annotated[str, Field(max_length=40)],
) -> Loose:
    """Leave a line that was set by hand to the planner; planning again may change it."""
    demand(request, _CHANGE)
    run_edits.leave_line_to_planner(load_settings(), run_id, store_key(store_id), asin)
    return Status(204, None)


@router.post("/allocation-runs/{run_id}/plan-again", response={200: RunDetailOut, **WRITE_ERRORS})
@works_long
def plan_again(request: HttpRequest, run_id: RunKey, told: PlanAgainIn) -> dict[str, Any]:
    """Plan anew around the lines set by hand; answers the new run, the old one is put aside."""
    demand(request, _CHANGE)
    new_run_id = run_edits.plan_the_rest_again(
        load_settings(),
        run_id,
        policy=told.policy,
        made_by_id=request.user.pk,
        before_keeping=begin_of(request),
    )
    return _detail(new_run_id)


@router.get(
    "/allocation-runs/{run_id}/compare/{other_id}", response={200: ComparisonPage, **ERRORS}
)
def compare(
    request: HttpRequest, run_id: RunKey, other_id: RunKey, asked: Query[Asked]
) -> dict[str, Any]:
    """Compare with another run: `before` is `run_id`, `after` the other."""
    demand(request, _VIEW)
    found = run_edits.compare_runs(run_id, other_id)
    return {
        **paged_list(found.lines, asked),
        "before": found.before,
        "after": found.after,
        "before_figures": found.before_figures and found.before_figures.plan,
        "after_figures": found.after_figures and found.after_figures.plan,
        "clients": list(found.clients),
        "same_line_count": found.same_line_count,
    }


@router.post("/allocation-runs/{run_id}/confirm", response={200: ConfirmedOut, **WRITE_ERRORS})
def confirm(request: HttpRequest, run_id: RunKey) -> allocation.ConfirmedRun:
    """Take what the run gives: goods, balances and pallets, all of it or nothing."""
    demand(request, _CHANGE)
    return allocation.confirm_allocation(load_settings(), run_id, by=request.user.get_username())


@router.post("/allocation-runs/{run_id}/discard", response={200: RunOut, **WRITE_ERRORS})
def discard(request: HttpRequest, run_id: RunKey) -> AllocationRun:
    """Put a proposal aside; nothing had been taken for it."""
    demand(request, _CHANGE)
    allocation.discard_allocation(load_settings(), run_id)
    return run_of(run_id)


def _detail(run_id: int) -> dict[str, Any]:
    run = run_of(run_id)
    figures = read_figures(run)
    return {
        "run": run,
        "figures": None if figures is None else _figures(figures),
        "shares": share_views(run, default_currency()),
        "carts": list(run.carts.select_related("client", "store")),
        "pins": list(run.pins.select_related("store", "asin", "set_by")),
        "line_count": CartLine.objects.filter(cart__run=run).count(),
        "refusal_count": run.refusals.count(),
    }


def _figures(figures: RunFigures) -> dict[str, Any]:
    stores = dict(Store.objects.filter(pk__in=figures.cap_prices).values_list("pk", "external_id"))
    return {
        "plan": figures.plan,
        "loop": figures.loop,
        "jain_run": figures.jain_run,
        "jain_window": figures.jain_window,
        "is_complete": figures.is_complete,
        "stock_prices": [
            {"asin": asin, "price_minor": price} for asin, price in figures.stock_prices.items()
        ],
        "cap_prices": [
            {"store_id": stores[store_id], "price_minor": price}
            for store_id, price in figures.cap_prices.items()
            if store_id in stores
        ],
    }
