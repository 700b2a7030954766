"""The work on closed gates over the API: what waits, what it is worth, and what is done."""

from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router, Schema
from pydantic import Field

from umschlag.kernel.money import Money
from umschlag.storage.records.models import CaseState, UngatingCase
from umschlag.web.api.access import demand
from umschlag.web.api.bodies import Body
from umschlag.web.api.paging import Asked, Day, Page, Text, paged
from umschlag.web.api.problems import ERRORS, WRITE_ERRORS
from umschlag.web.api.schemas import MoneyOut
from umschlag.web.loose import Loose
from umschlag.wiring.ungating_list import CasesWanted
from umschlag.wiring.ungating_work import NOTE_MAX, CaseChange, change_case

router = Router(tags=["Allocation"])
CaseKey = Annotated[int, Path(ge=1, le=2**63 - 1)]


class UngatingCaseOut(Schema):
    """One brand that one store may not list, or not all of; ASINs with stock are counted."""

    id: int = Field(alias="pk")
    brand: str
    store_id: str = Field(alias="store.external_id")
    client_id: str = Field(alias="store.client.external_id")
    state: str
    responsible: str | None
    next_check_date: date | None
    invoice_asins: int = Field(description="Answered: No, Invoice Needed.")
    gated_asins: int = Field(description="Answered: No.")
    unknown_asins: int = Field(description="Nobody was asked.")
    contradicted_asins: int
    units: int = Field(description="That could be given on top of the newest plan.")
    worth: MoneyOut = Field(description="What they earn after their cost, at least.")
    cost: MoneyOut = Field(description="Of the client's balance.")
    is_assumed: bool = Field(description="Nobody told what a unit earns.")
    figures_at: datetime

    @staticmethod
    def resolve_responsible(record: Loose) -> str | None:
        """Return the user name."""
        return record.responsible.get_username() if record.responsible else None

    @staticmethod
    def resolve_worth(record: Loose) -> Money:
        """Return what the gates are worth."""
        return Money(record.worth_minor, record.currency)

    @staticmethod
    def resolve_cost(record: Loose) -> Money:
        """Return the balance it takes."""
        return Money(record.cost_minor, record.currency)


class UngatingCasesAsked(Asked):
    """Filters. Without a state, what waits."""

    brand: Text | None = None
    store_id: Text | None = Field(None, description="Panel id of the store.")
    state: CaseState | None = None
    responsible: Text = Field("", description="User name.")
    due_by: Day | None = Field(None, description="To be checked by this day.")


class UngatingCaseIn(Body):
    """What is changed; what is left out stays."""

    state: CaseState | None = None
    responsible: str | None = Field(None, max_length=150, description="User name; empty: nobody.")
    next_check_date: Day | None = None
    note: str = Field("", max_length=NOTE_MAX)


@router.get("/ungating-cases", response={200: Page[UngatingCaseOut], **ERRORS})
def ungating_cases(request: HttpRequest, asked: Query[UngatingCasesAsked]) -> Loose:
    """List the brands that wait at stores, worth most first."""
    demand(request, "records.view_ungatingcase")
    wanted = CasesWanted(
        brand=asked.brand,
        state=asked.state or "",
        responsible=asked.responsible,
        due_by=asked.due_by,
    )
    rows = wanted.cases()
    if asked.store_id is not None:
        rows = rows.filter(store__external_id=asked.store_id)
    return paged(rows, asked)


@router.post("/ungating-cases/{case_id}", response={200: UngatingCaseOut, **WRITE_ERRORS})
def change_ungating_case(
    request: HttpRequest, case_id: CaseKey, entered: UngatingCaseIn
) -> UngatingCase:
    """Change a case's state, who is responsible or when it is checked, or add a note."""
    demand(request, "records.change_ungatingcase")
    change = CaseChange(
        state=entered.state,
        responsible=entered.responsible,
        next_check_date=entered.next_check_date,
        note=entered.note,
    )
    by = request.user.get_username() or "API"
    changed = change_case(case_id, change, by=by, at=timezone.now())
    return UngatingCase.objects.select_related("store__client", "responsible").get(pk=changed.pk)
