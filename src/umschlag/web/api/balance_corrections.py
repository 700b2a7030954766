"""Balances corrected by hand over the API: by a further entry, made good by another."""

from typing import Annotated

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Path, Router, Schema
from pydantic import Field, StrictBool, StrictInt

from umschlag.kernel.money import Money
from umschlag.settings import load_settings
from umschlag.web.api.access import demand
from umschlag.web.api.bodies import Body
from umschlag.web.api.ledger import KEY_MAX, PanelId
from umschlag.web.api.problems import WRITE_ERRORS
from umschlag.web.api.schemas import MoneyOut
from umschlag.wiring.correcting_balances import (
    CHANGE_MINOR_MAX,
    REASON_LENGTH_MAX,
    CorrectionAsked,
    CorrectionView,
    OtherCurrency,
    client_to_correct,
    correct_balance,
    correction_to_undo,
)

router = Router(tags=["Allocation"])
_RIGHT = "records.correct_balance"
EntryKey = Annotated[int, Path(ge=1, le=KEY_MAX)]


class _Meant(Body):
    reason: str = Field(
        min_length=1, max_length=REASON_LENGTH_MAX, description="Why; kept in the ledger."
    )
    spendable_before_minor: StrictInt | None = Field(
        None,
        ge=-CHANGE_MINOR_MAX,
        le=CHANGE_MINOR_MAX,
        description="What the client could spend when this was decided, in minor units; refused "
        "where something was booked since. Left out, that does not matter.",
    )
    allow_below_floor: StrictBool = Field(
        False,
        description="Book it also where the client could then spend less than "
        "UMSCHLAG_CLIENT_BALANCE_FLOOR_MINOR.",
    )


class CorrectionIn(_Meant):
    """By how much what a client can spend is wrong, and why."""

    change_minor: StrictInt = Field(
        ge=-CHANGE_MINOR_MAX,
        le=CHANGE_MINOR_MAX,
        description="In minor units; above zero where the client can spend more then. Not 0.",
    )
    currency: str = Field(pattern="^[A-Z]{3}$", description="The account's own.")


class UndoneCorrectionIn(_Meant):
    """Why a correction is made good."""


class CorrectionOut(Schema):
    """The correction in the ledger, and what it did."""

    entry: int = Field(description="Number of its entry.")
    client_id: str
    change: MoneyOut
    before: MoneyOut = Field(description="What the client could spend.")
    after: MoneyOut
    makes_good_entry: int | None


@router.post("/clients/{client_id}/corrections", response={200: CorrectionOut, **WRITE_ERRORS})
def correct(request: HttpRequest, client_id: PanelId, told: CorrectionIn) -> dict[str, object]:
    """Correct what a client can spend by a further entry of the ledger."""
    demand(request, _RIGHT)
    client = client_to_correct(client_id)
    if told.currency != client.currency:
        text = _("The account of %(client)s is in %(currency)s.")
        raise OtherCurrency(
            text % {"client": client.name, "currency": client.currency}, field="currency"
        )
    asked = CorrectionAsked(
        client=client,
        change_minor=told.change_minor,
        reason=told.reason,
        based_on_minor=told.spendable_before_minor,
        may_go_below=told.allow_below_floor,
    )
    return _booked(request, asked)


@router.post("/ledger/corrections/{entry}/undo", response={200: CorrectionOut, **WRITE_ERRORS})
def undo(request: HttpRequest, entry: EntryKey, told: UndoneCorrectionIn) -> dict[str, object]:
    """Make a correction good by an entry of the opposite amount; each one once."""
    demand(request, _RIGHT)
    found = correction_to_undo(entry)
    asked = CorrectionAsked(
        client=found.client,
        change_minor=found.change_minor,
        reason=told.reason,
        undoes=entry,
        based_on_minor=told.spendable_before_minor,
        may_go_below=told.allow_below_floor,
    )
    return _booked(request, asked)


def _booked(request: HttpRequest, asked: CorrectionAsked) -> dict[str, object]:
    done = correct_balance(load_settings(), asked, by=request.user.get_username())
    return _told(done, asked.change)


def _told(done: CorrectionView, change: Money) -> dict[str, object]:
    return {
        "entry": done.number,
        "client_id": done.asked.client.external_id,
        "change": change,
        "before": done.before,
        "after": done.after,
        "makes_good_entry": done.asked.undoes,
    }
