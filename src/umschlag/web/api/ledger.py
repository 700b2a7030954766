"""Clients' statements, and charges found in the panel's deductions, over the API."""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from umschlag.kernel.money import Money
from umschlag.settings import load_settings
from umschlag.storage.records.statements import OpenCharge
from umschlag.web.api.access import demand
from umschlag.web.api.bodies import Body
from umschlag.web.api.paging import Day
from umschlag.web.api.problems import ERRORS, WRITE_ERRORS
from umschlag.web.api.schemas import MoneyOut
from umschlag.wiring.statement_paper import statement_pdf
from umschlag.wiring.statement_words import kind_text, note_text
from umschlag.wiring.statements import client_statement, open_charges, settle_charges

router = Router(tags=["Allocation"])
KEY_MAX = 2**63 - 1
"""Larger ones overflow the integers of the databases."""
PDF = "application/pdf"


PanelId = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[^\x00]+$")]


class StatementAsked(Schema):
    """Which days; all where none is told."""

    since: Day | None = Field(None, description="First day.")
    through: Day | None = Field(None, description="Last day.")


class StatementLineOut(Schema):
    """One entry that changed what the client can spend."""

    entry: int
    booked_at: datetime
    booked_by: str
    kind: str
    what: str = Field(description="The kind in words, as this client sees it: paid or received.")
    note: str
    run: int | None = Field(description="The allocation run whose cart the money was for.")
    pallet_id: str | None = Field(description="The pallet, where it was for one alone.")
    makes_good_entry: int | None = Field(description="As a correction that undoes another.")
    change: MoneyOut
    balance: MoneyOut


class StatementOut(Schema):
    """Opening balance, every entry, and the closing balance that they add up to."""

    client_id: str
    name: str
    since: date | None
    through: date | None
    opening: MoneyOut
    lines: list[StatementLineOut]
    closing: MoneyOut


class ChargeOut(Schema):
    """What was shipped and is not yet found in a deduction of the panel's."""

    entry: int
    client_id: str
    pallet_id: str
    booked_at: datetime
    charge: MoneyOut


class SettleIn(Body):
    """Which charges the panel has deducted."""

    captures: list[Annotated[int, Field(ge=1, le=KEY_MAX)]] = Field(
        min_length=1, max_length=500, description="Numbers of the charges' entries."
    )


@router.get("/clients/{client_id}/statement", response={200: StatementOut, **ERRORS})
def statement(
    request: HttpRequest, client_id: PanelId, asked: Query[StatementAsked]
) -> dict[str, Any]:
    """Tell what happened to what a client can spend; the lines add up to the closing balance."""
    demand(request, "records.view_ledgerentry")
    found = client_statement(load_settings(), client_id, since=asked.since, through=asked.through)
    currency = found.client.currency
    return {
        "client_id": found.client.external_id,
        "name": found.client.name,
        "since": found.since,
        "through": found.through,
        "opening": Money(found.statement.opening_minor, currency),
        "lines": [
            {
                "entry": line.number,
                "booked_at": line.booked_at,
                "booked_by": line.booked_by,
                "kind": line.kind,
                "what": kind_text(line),
                "note": note_text(line),
                "run": line.run,
                "pallet_id": line.pallet or None,
                "makes_good_entry": line.reverses,
                "change": Money(line.change_minor, currency),
                "balance": Money(line.balance_minor, currency),
            }
            for line in found.statement.lines
        ],
        "closing": Money(found.statement.closing_minor, currency),
    }


@router.get(
    "/clients/{client_id}/statement.pdf",
    response={200: None, **ERRORS},
    openapi_extra={
        "responses": {
            200: {
                "description": "The statement on A4 pages.",
                "content": {PDF: {"schema": {"type": "string", "format": "binary"}}},
            }
        }
    },
)
def statement_paper(
    request: HttpRequest, client_id: PanelId, asked: Query[StatementAsked]
) -> HttpResponse:
    """Print the same as PDF, in the language that `Accept-Language` asks for, or the merchant's."""
    demand(request, "records.view_ledgerentry")
    settings = load_settings()
    found = client_statement(settings, client_id, since=asked.since, through=asked.through)
    return HttpResponse(
        statement_pdf(found, agency_name=settings.agency_name, printed_at=timezone.now()),
        content_type=PDF,
        headers={"Content-Disposition": f'attachment; filename="{_("statement")}.pdf"'},
    )


@router.get("/ledger/open-charges", response={200: list[ChargeOut], **ERRORS})
def charges(request: HttpRequest) -> list[dict[str, Any]]:
    """List what was shipped and is not yet found in a deduction of the panel's."""
    demand(request, "records.view_ledgerentry")
    return [_charge(charge) for charge in open_charges()]


@router.post("/ledger/settle", response={200: list[ChargeOut], **WRITE_ERRORS})
def settle(request: HttpRequest, told: SettleIn) -> list[dict[str, Any]]:
    """Say which charges the panel has deducted; refused where it did not deduct so much."""
    demand(request, "records.add_ledgerentry")
    settled = settle_charges(told.captures, by=request.user.get_username())
    return [_charge(charge) for charge in settled]


def _charge(charge: OpenCharge) -> dict[str, Any]:
    return {
        "entry": charge.number,
        "client_id": charge.client.external_id,
        "pallet_id": charge.pallet_code,
        "booked_at": charge.booked_at,
        "charge": Money(charge.charge_minor, charge.client.currency),
    }
