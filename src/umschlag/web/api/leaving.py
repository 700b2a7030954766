"""Pallets that leave or are cancelled, and runs that are undone, over the API."""

from datetime import date
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from umschlag.settings import load_settings
from umschlag.web.api.access import demand
from umschlag.web.api.bodies import Body
from umschlag.web.api.paging import Day
from umschlag.web.api.problems import WRITE_ERRORS
from umschlag.web.api.schemas import MoneyOut
from umschlag.wiring.leaving import (
    Left,
    cancel_pallets,
    pallet_keys,
    ship_pallets,
    undo_allocation,
)

router = Router(tags=["Allocation"])
PALLETS_MAX = 500
KEY_MAX = 2**63 - 1
"""Larger ones overflow the integers of the databases."""

Codes = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=40)]],
    Field(min_length=1, max_length=PALLETS_MAX, description="Pallet ids, as in P000012-01."),
]


class ShipIn(Body):
    """Which pallets have left, and when: today where no day is told."""

    pallet_ids: Codes
    shipped_date: Day | None = None


class CancelIn(Body):
    """Which pallets are cancelled."""

    pallet_ids: Codes


class UndoIn(Body):
    """Why the run is undone; kept with it."""

    reason: str = Field("", max_length=250)


class LeftOut(Schema):
    """The pallets, and what was held for them: charged, or given back."""

    pallet_ids: list[str] = Field(alias="pallet_codes")
    units: int
    held: MoneyOut


@router.post("/pallets/ship", response={200: LeftOut, **WRITE_ERRORS})
def ship(request: HttpRequest, told: ShipIn) -> Left:
    """Say that pallets have left: what was held for each is charged. All of them or none."""
    demand(request, "records.change_pallet")
    shipped_date: date | None = told.shipped_date
    return ship_pallets(
        load_settings(),
        pallet_keys(told.pallet_ids),
        by=request.user.get_username(),
        shipped_date=shipped_date,
    )


@router.post("/pallets/cancel", response={200: LeftOut, **WRITE_ERRORS})
def cancel(request: HttpRequest, told: CancelIn) -> Left:
    """Cancel pallets that are still here: holds, stock and preorders are given back."""
    demand(request, "records.change_pallet")
    keys = pallet_keys(told.pallet_ids)
    return cancel_pallets(load_settings(), keys, by=request.user.get_username())


@router.post("/allocation-runs/{run_id}/undo", response={200: LeftOut, **WRITE_ERRORS})
def undo(
    request: HttpRequest, run_id: Annotated[int, Field(ge=1, le=KEY_MAX)], told: UndoIn
) -> Left:
    """Undo a confirmed run as a whole; refused once something of it was shipped."""
    demand(request, "records.add_allocationrun")
    return undo_allocation(
        load_settings(), run_id, by=request.user.get_username(), reason=told.reason
    )
