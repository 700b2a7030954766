"""What to order and what to do, over the API: lists, decisions and what became of them."""

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from umschlag.kernel.errors import BadInput
from umschlag.kernel.money import Money
from umschlag.settings import load_settings
from umschlag.storage.records.models import (
    Proposal,
    ProposalKind,
    ProposalState,
    Replenishment,
)
from umschlag.web.api.access import demand
from umschlag.web.api.bodies import Body
from umschlag.web.api.paging import Asked, Page, Text, narrowed, paged, paged_list
from umschlag.web.api.problems import ERRORS
from umschlag.web.api.schemas import MoneyOut
from umschlag.web.loose import Loose
from umschlag.wiring.act_list import ActsWanted, outcomes
from umschlag.wiring.acting import decide, undo
from umschlag.wiring.order_list import OrderLine, OrdersWanted, order_list
from umschlag.wiring.stored_reasons import reason_text

router = Router(tags=["Intelligence"])
KEYS_MAX = 5_000
KEY_MAX = 2**63 - 1
"""Larger ones overflow the integers of the databases."""


def _minor(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)


class SumLine(Schema):
    """One line of an order's arithmetic; lines add up to the next one whose sign is =."""

    sign: str
    text: str
    figure: int | float | MoneyOut


class OrderLineOut(Schema):
    """One article to order. Amounts are null where a price or the cost is unknown."""

    id: int = Field(alias="proposal.pk")
    sku: str = Field(alias="article.sku")
    name: str = Field(alias="article.name")
    supplier: str = Field(alias="article.supplier")
    category: str = Field(alias="article.category")
    made_date: date = Field(alias="proposal.made_date")
    units: int = Field(description="With a budget, what of it is within.")
    cost: MoneyOut | None
    expected_money: MoneyOut | None = Field(
        alias="money",
        description="Margin of the sales that would be lost without the order over lead time and "
        "review, less holding.",
    )
    money_per_cost: float | None
    order_by: date | None = Field(alias="proposal.due_date")
    is_urgent: bool
    reason: str = Field(alias="why")
    when: list[SumLine] = Field(alias="arithmetic.when")
    how_much: list[SumLine] = Field(alias="arithmetic.how_much")
    what_for: list[SumLine] = Field(alias="arithmetic.money")


class OrdersPage(Page[OrderLineOut]):
    """One page of the order lines, and what all of them come to."""

    cost: MoneyOut
    cost_unknown_count: int = Field(description="Lines that the cost leaves out: it is unknown.")
    expected_money: MoneyOut
    beyond_budget_count: int = Field(description="Lines of which the budget buys nothing.")
    losing_count: int = Field(description="Lines that are expected to lose money.")
    unpriced_count: int = Field(description="Lines left out of a budget for want of a price.")


class OrdersAsked(Asked):
    """Filters, order and budget."""

    supplier: Text = ""
    category: Text = ""
    search: Text = Field("", description="Part of SKU or name.")
    urgent: bool = False
    budget_minor: int | None = Field(
        None, ge=0, le=10**15, description="In minor units of the merchant's currency."
    )
    sort: Literal["money", "return", "due", "cost"] = "money"


class ReplenishmentOut(Schema):
    """What ordering one article goes by."""

    sku: str = Field(alias="article.sku")
    made_date: date
    available_units: int
    on_order_units: int
    lead_time_days: int
    lead_time_source: str = Field(description="measured, erp, supplier or setting.")
    lead_time_orders: int = Field(description="Orders of the supplier that were measured.")
    service_percent: int
    service_basis: str = Field(description="one, class or money.")
    lead_time_mean_units: float
    safety_stock_units: float
    reorder_point_units: int
    order_up_to_units: int
    stockout_date: date | None
    runs_out_before_arrival: float | None
    expected_unsold_units: float | None
    demand: list[list[float]] = Field(
        description="Days, and the demand over them that is exceeded nine, five, one of ten times."
    )


class ReplenishmentAsked(Asked):
    """Filters."""

    sku: Text | None = None


class ActOut(Schema):
    """One thing to do with an article, or what was decided on it."""

    id: int = Field(alias="pk")
    sku: str = Field(alias="article.sku")
    name: str = Field(alias="article.name")
    kind: str
    state: str
    made_date: date
    units: int = Field(alias="units_to_order")
    price: MoneyOut | None
    price_with_vat: bool = Field(
        alias="is_price_with_vat", description="False where the price is net, between merchants."
    )
    proceeds: MoneyOut | None
    value: MoneyOut | None = Field(description="Cost of the units.")
    available_units: int | None = Field(alias="stock_units")
    expected_unsold_units: float | None
    reason: str
    decided_date: date | None
    decided_by: str

    @staticmethod
    def resolve_price(record: Loose) -> Money | None:
        """Return the proposed price."""
        return _minor(record.price_minor, record.article.currency)

    @staticmethod
    def resolve_proceeds(record: Loose) -> Money | None:
        """Return the expected proceeds, net."""
        return _minor(record.proceeds_minor, record.article.currency)

    @staticmethod
    def resolve_value(record: Loose) -> Money | None:
        """Return the units' cost."""
        return _minor(record.value_minor, record.article.currency)

    @staticmethod
    def resolve_reason(record: Loose) -> str:
        """Return why, as a sentence."""
        return reason_text(record)


class ActsAsked(Asked):
    """Filters. Without a kind, open orders are left out: they have a list of their own."""

    kind: ProposalKind | None = None
    state: ProposalState = ProposalState.OPEN
    category: Text = ""
    search: Text = Field("", description="Part of SKU or name.")
    sort: Literal["proceeds", "value", "unsold", "decided"] = "proceeds"


class OutcomeOut(Schema):
    """What became of an accepted act."""

    act_id: int = Field(alias="proposal_id")
    sku: str = Field(alias="proposal.article.sku")
    kind: str = Field(alias="proposal.kind")
    decided_date: date | None = Field(alias="proposal.decided_date")
    decided_by: str = Field(alias="proposal.decided_by")
    stock_units_then: int | None = Field(alias="proposal.stock_units")
    after_days: int
    measured_date: date
    sold_units: int
    revenue: MoneyOut | None = Field(description="VAT included.")
    stock_units: int | None
    expected_units: float | None = Field(description="Expected to sell without the act.")
    expected_stock_units: float | None

    @staticmethod
    def resolve_revenue(record: Loose) -> Money | None:
        """Return the revenue since the decision."""
        return _minor(record.revenue_minor, record.proposal.article.currency)


class DecisionIn(Body):
    """What is decided on which acts."""

    acts: list[Annotated[int, Field(ge=1, le=KEY_MAX)]] = Field(min_length=1, max_length=KEYS_MAX)
    decision: Literal["accepted", "dismissed", "undo"]


class DecisionOut(Schema):
    """How many acts that changed; those decided before stay as they are."""

    changed: int


@router.get("/orders", response={200: OrdersPage, **ERRORS})
def orders(request: HttpRequest, asked: Query[OrdersAsked]) -> dict[str, Any]:
    """List what to order, with why so much of it; with a budget what earns most for it."""
    demand(request, "records.view_proposal")
    found = order_list(
        load_settings(),
        OrdersWanted(
            supplier=asked.supplier,
            category=asked.category,
            q=asked.search,
            urgent=asked.urgent,
            budget_minor=asked.budget_minor,
            sort=asked.sort,
        ),
    )
    lines: list[OrderLine] = list(found.lines)
    return {
        **paged_list(lines, asked),
        "cost": found.total.cost,
        "cost_unknown_count": found.total.unknown_count,
        "expected_money": found.total.money,
        "beyond_budget_count": found.beyond_budget_count,
        "losing_count": found.losing_count,
        "unpriced_count": found.unpriced_count,
    }


@router.get("/replenishment", response={200: Page[ReplenishmentOut], **ERRORS})
def replenishment(request: HttpRequest, asked: Query[ReplenishmentAsked]) -> Loose:
    """List reorder points, safety stock and lead times."""
    demand(request, "records.view_proposal")
    rows = Replenishment.objects.select_related("article").order_by("article__sku")
    return paged(narrowed(rows, article__sku=asked.sku), asked)


@router.get("/acts", response={200: Page[ActOut], **ERRORS})
def acts(request: HttpRequest, asked: Query[ActsAsked]) -> Loose:
    """List what to do, or what was decided."""
    demand(request, "records.view_proposal")
    wanted = ActsWanted(
        kind=asked.kind or "",
        state=asked.state,
        category=asked.category,
        q=asked.search,
        sort=asked.sort,
    )
    return paged(wanted.acts(), asked)


@router.get("/acts/outcomes", response={200: Page[OutcomeOut], **ERRORS})
def act_outcomes(request: HttpRequest, asked: Query[Asked]) -> Loose:
    """List what became of accepted acts after 28 and 90 days, newest first."""
    demand(request, "records.view_proposal")
    return paged(outcomes(), asked)


@router.post("/acts/decide", response={200: DecisionOut, **ERRORS})
def decide_acts(request: HttpRequest, decision: DecisionIn) -> dict[str, int]:
    """Accept or dismiss open acts, or take decisions back."""
    demand(request, "records.change_proposal")
    known = set(Proposal.objects.filter(pk__in=decision.acts).values_list("pk", flat=True))
    missing = [key for key in decision.acts if key not in known]
    if missing:
        raise BadInput(f"there is no act {missing[0]}", field="acts")
    if decision.decision == "undo":
        return {"changed": undo(decision.acts)}
    changed = decide(
        load_settings(),
        decision.acts,
        ProposalState(decision.decision),
        by=request.user.get_username() or "API",
        at=timezone.now(),
    )
    return {"changed": changed}
