"""Arrivals of preordered goods over the API: reported, shown with their effect, confirmed."""

from datetime import datetime

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, StrictInt

from umschlag.allocation.preorders.arrivals import ArrivalRule
from umschlag.settings import load_settings
from umschlag.storage.records.models import PreorderArrival
from umschlag.web.api.access import demand
from umschlag.web.api.bodies import Body
from umschlag.web.api.paging import Asked, Page, Text, narrowed, paged
from umschlag.web.api.problems import ERRORS, WRITE_ERRORS
from umschlag.web.api.schemas import MoneyOut
from umschlag.web.loose import Loose
from umschlag.wiring import arrivals as wired
from umschlag.wiring.arrival_preview import ArrivalPreview
from umschlag.wiring.arrivals import ReportedArrival

router = Router(tags=["Allocation"])
KEY_MAX = 2**63 - 1


class ArrivalOut(Schema):
    """Goods that came in for preorders."""

    arrival: int = Field(alias="pk")
    asin: str = Field(alias="asin.asin")
    arrived_units: int
    note: str
    state: str = Field(description="waiting, confirmed, undone or discarded.")
    rule: str = Field(description="By which it was shared; empty before.")
    reported_at: datetime
    reported_by: str
    decided_at: datetime | None
    decided_by: str


class ArrivalIn(Body):
    """What has come in."""

    asin: str = Field(min_length=1, max_length=20)
    units: StrictInt = Field(ge=1, le=wired.UNITS_MAX)
    note: str = Field("", max_length=120, description="Such as the delivery note's number.")


class ClaimOut(Schema):
    """What one preorder gets."""

    preorder_id: str = Field(alias="external_id")
    waiting_units: int
    units: int
    waits_on_units: int
    due: MoneyOut


class EffectOut(Schema):
    """What it means for one client; amounts are null where they cannot be told."""

    client_id: str = Field(alias="client.external_id")
    client_name: str = Field(alias="client.name")
    waiting_units: int
    units: int
    waits_on_units: int
    preorders: list[ClaimOut] = Field(alias="claims")
    due: MoneyOut = Field(description="Falls due for the units.")
    packs: MoneyOut | None = Field(description="For units that fill up the last case pack.")
    shipping: MoneyOut | None = Field(description="At most.")
    total: MoneyOut | None = Field(description="What the next run asks for at most.")
    available: MoneyOut = Field(description="What the client can spend.")
    already: MoneyOut | None = Field(description="Other arrived preorders ask for it first.")
    missing: MoneyOut | None = Field(description="By how much the balance is short; 0 if not.")
    run_units_max: int | None = Field(
        description="What its store's caps let one run give, where that is less."
    )
    blocked: str = Field(description="Why no store could be given them; empty where one can.")


class PreviewOut(Schema):
    """The effect of confirming by this rule."""

    arrival: ArrivalOut
    rule: ArrivalRule
    waiting_units: int
    given_units: int
    free_units: int = Field(description="Go into stock and are nobody's preorder.")
    clients: list[EffectOut] = Field(alias="lines")
    shown: str = Field(description="To be sent when confirming exactly this.")


class ArrivalsAsked(Asked):
    """Filters."""

    asin: Text | None = None
    state: Text | None = Field(None, description="waiting, confirmed, undone or discarded.")


class PreviewAsked(Schema):
    """How it shall be shared."""

    rule: ArrivalRule = ArrivalRule.OLDEST_FIRST


class ConfirmIn(Body):
    """What was looked at."""

    rule: ArrivalRule
    shown: str = Field(min_length=1, max_length=64, description="As the effect named it.")


@router.get("/arrivals", response={200: Page[ArrivalOut], **ERRORS})
def arrivals(request: HttpRequest, asked: Query[ArrivalsAsked]) -> Loose:
    """List arrivals for preorders, newest first."""
    demand(request, "records.view_preorderarrival")
    rows = PreorderArrival.objects.select_related("asin")
    return paged(narrowed(rows, asin__asin=asked.asin, state=asked.state), asked)


@router.post("/arrivals", response={200: ArrivalOut, **WRITE_ERRORS})
def report_arrival(request: HttpRequest, told: ArrivalIn) -> PreorderArrival:
    """Report goods that came in for preorders; nothing is moved before it is confirmed."""
    demand(request, "records.add_preorderarrival")
    reported = ReportedArrival(asin=told.asin, units=told.units, note=told.note)
    return _arrival(wired.report_arrival(load_settings(), reported, by=_name(request)))


@router.get("/arrivals/{arrival_id}/effect", response={200: PreviewOut, **ERRORS})
def arrival_effect(
    request: HttpRequest, arrival_id: int, asked: Query[PreviewAsked]
) -> ArrivalPreview:
    """Show what confirming by the rule would mean for every client that waits."""
    demand(request, "records.view_preorderarrival")
    return wired.preview_arrival(load_settings(), _key(arrival_id), asked.rule)


@router.post("/arrivals/{arrival_id}/confirm", response={200: PreviewOut, **WRITE_ERRORS})
def confirm_arrival(request: HttpRequest, arrival_id: int, told: ConfirmIn) -> ArrivalPreview:
    """Move the units into stock and mark the preorders, exactly as it was shown, or refuse."""
    demand(request, "records.change_preorderarrival")
    return wired.confirm_arrival(
        load_settings(), _key(arrival_id), told.rule, shown=told.shown, by=_name(request)
    )


@router.post("/arrivals/{arrival_id}/discard", response={200: ArrivalOut, **WRITE_ERRORS})
def discard_arrival(request: HttpRequest, arrival_id: int) -> PreorderArrival:
    """Put an arrival aside that was reported by mistake."""
    demand(request, "records.change_preorderarrival")
    wired.discard_arrival(load_settings(), _key(arrival_id), by=_name(request))
    return _arrival(arrival_id)


@router.post("/arrivals/{arrival_id}/undo", response={200: ArrivalOut, **WRITE_ERRORS})
def undo_arrival(request: HttpRequest, arrival_id: int) -> PreorderArrival:
    """Take a confirmed arrival back, as long as no allocation has used it."""
    demand(request, "records.change_preorderarrival")
    wired.undo_arrival(load_settings(), _key(arrival_id), by=_name(request))
    return _arrival(arrival_id)


def _arrival(arrival_id: int) -> PreorderArrival:
    return PreorderArrival.objects.select_related("asin").get(pk=arrival_id)


def _key(arrival_id: int) -> int:
    # Larger ones overflow the integers of the databases; no record has the key 0.
    return arrival_id if 0 <= arrival_id <= KEY_MAX else 0


def _name(request: HttpRequest) -> str:
    return request.user.get_username() or "API"
