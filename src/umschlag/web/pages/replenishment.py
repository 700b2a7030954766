"""What to order: the list with its budget, one article's projection, and accepting of lines."""

from dataclasses import dataclass
from itertools import zip_longest
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from umschlag.intelligence.forecasting.replenishment import REVIEW_DAYS
from umschlag.intelligence.forecasting.stock_projection import ProjectedDay, projected_stock
from umschlag.kernel.money import Money
from umschlag.settings import load_settings
from umschlag.storage.records.models import (
    Article,
    Proposal,
    ProposalKind,
    ProposalState,
    Replenishment,
)
from umschlag.storage.records.replenishment import demand_points
from umschlag.web.pages.frame import page, staff_page
from umschlag.web.pages.report import ROWS_PER_PAGE
from umschlag.web.pages.table_files import table_file
from umschlag.wiring.acting import decide
from umschlag.wiring.amounts import count_text, money_text, typed_amount
from umschlag.wiring.order_arithmetic import lead_time_text, level_text
from umschlag.wiring.order_list import (
    SORTS,
    OrderList,
    OrdersWanted,
    order_choices,
    order_list,
    order_of,
    order_rows,
)
from umschlag.wiring.successions import line_of


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersAsked:
    """What the reader asked to see."""

    supplier: str
    category: str
    q: str
    urgent: str
    sort: str
    budget: str
    """As it was typed."""
    budget_money: Money | None
    """None where there is none, or none that can be read."""

    @classmethod
    def of(cls, given: Any) -> "OrdersAsked":  # noqa: ANN401 - an address' or a form's values
        """Return what the address or the form asks for; words we do not know count as not asked."""
        typed = given.get("budget", "").strip()
        return cls(
            supplier=given.get("supplier", ""),
            category=given.get("category", ""),
            q=given.get("q", "").strip(),
            urgent="1" if given.get("urgent") else "",
            sort=given.get("sort") if given.get("sort") in SORTS else "money",
            budget=typed,
            budget_money=typed_amount(typed, load_settings().currency),
        )

    @property
    def is_budget_unreadable(self) -> bool:
        """Whether something was typed that is no amount."""
        return bool(self.budget) and self.budget_money is None

    @property
    def wanted(self) -> OrdersWanted:
        """The lines that are asked for."""
        return OrdersWanted(
            supplier=self.supplier,
            category=self.category,
            q=self.q,
            urgent=bool(self.urgent),
            budget_minor=None if self.budget_money is None else self.budget_money.minor,
            sort=self.sort,
        )

    @property
    def query(self) -> str:
        """The part of the address that asks for this."""
        return urlencode([(name, value) for name, value in self.typed if value])

    @property
    def typed(self) -> list[tuple[str, str]]:
        """What was typed and chosen, by the names of the form's fields."""
        names = ("supplier", "category", "q", "urgent", "sort", "budget")
        return [(name, getattr(self, name)) for name in names]


@staff_page("records.view_proposal")
def show(request: HttpRequest) -> HttpResponse:
    """Show what to order."""
    asked = OrdersAsked.of(request.GET)
    found = order_list(load_settings(), asked.wanted)
    is_narrowed = any((asked.supplier, asked.category, asked.q, asked.urgent))
    return page(
        request,
        "replenishment.html",
        title=_("Replenishment"),
        asked=asked,
        hidden=asked.typed,
        found=found,
        rows=Paginator(found.lines, ROWS_PER_PAGE).get_page(request.GET.get("page")),
        is_empty=not found.lines and not is_narrowed and not found.beyond_budget_count,
        is_planned=Replenishment.objects.exists(),
        sorts=_sorts(),
        currency=load_settings().currency,
        review_days=REVIEW_DAYS,
        budget_left=_left(found, asked),
        **order_choices(),
    )


@staff_page("records.view_proposal")
def export(request: HttpRequest, ending: str) -> HttpResponse:
    """Hand out the lines that are shown, as CSV or Excel."""
    found = order_list(load_settings(), OrdersAsked.of(request.GET).wanted)
    return table_file(order_rows(found), ending, name=_("order-list"))


@staff_page("records.change_proposal")
@require_POST
def accept(request: HttpRequest) -> HttpResponse:
    """Accept the chosen lines, or all that the filters show, in the quantities shown."""
    asked = OrdersAsked.of(request.POST)
    shown = {line.proposal.pk: line for line in order_list(load_settings(), asked.wanted).lines}
    chosen = request.POST.getlist("line")
    keys = list(shown) if "all" in request.POST else [pk for pk in shown if str(pk) in set(chosen)]
    back = redirect(f"{reverse('pages:replenishment')}?{asked.query}")
    if not keys:
        messages.warning(request, _("Nothing was accepted: choose lines first."))
        return back
    count = decide(
        load_settings(),
        keys,
        ProposalState.ACCEPTED,
        by=request.user.get_username(),
        at=timezone.now(),
        units={pk: shown[pk].units for pk in keys},
    )
    text = ngettext("%s order line accepted.", "%s order lines accepted.", count)
    messages.success(request, text % count_text(count))
    return back


@staff_page("records.view_proposal")
def article(request: HttpRequest, article_id: int) -> HttpResponse:
    """Show one article's projected stock and why so much of it is ordered."""
    record = get_object_or_404(Article, pk=article_id)
    by = Replenishment.objects.filter(article=record).first()
    newest = Proposal.objects.filter(article=record, kind=ProposalKind.REORDER)
    order = newest.select_related("article").order_by("-made_date", "-pk").first()
    ordered = order.units_to_order if order and order.state != ProposalState.DISMISSED else 0
    days = _projection(by) if by else []
    with_order = _projection(by, ordered) if by and ordered else []
    return page(
        request,
        "replenishment_article.html",
        title=record.name or record.sku,
        article=record,
        line=line_of(load_settings(), record),
        by=by,
        lead_time=lead_time_text(_values(by)) if by else "",
        rate_days=by.lead_time_days + REVIEW_DAYS if by else None,
        level=level_text(_values(by)) if by else "",
        order=order_of(order) if order else None,
        chart=_chart(days, with_order) if days else None,
        days=list(zip_longest(days, with_order)),
        with_order=bool(with_order),
        last_date=days[-1].business_date if days else None,
    )


def _values(by: Replenishment) -> dict[str, Any]:
    return {
        "lead_time_source": by.lead_time_source,
        "lead_time_orders": by.lead_time_orders,
        "service_basis": by.service_basis,
    }


def _projection(by: Replenishment, ordered_units: int = 0) -> list[ProjectedDay]:
    points = demand_points(by)
    if not points:
        return []
    return projected_stock(
        points,
        available_units=by.available_units,
        on_order_units=by.on_order_units + ordered_units,
        lead_time_days=by.lead_time_days,
        as_of_date=by.made_date,
    )


def _chart(days: list[ProjectedDay], with_order: list[ProjectedDay]) -> dict[str, Any]:
    def line(label: str, tone: str, name: str, *, dashed: bool) -> dict[str, Any]:
        values = [round(getattr(day, name), 1) for day in days]
        return {"label": label, "tone": tone, "dashed": dashed, "values": values}

    ordered = [round(day.middle_units, 1) for day in with_order]
    extra = [{"label": _("expected with the order"), "tone": "good", "values": ordered}]
    return {
        "labels": [day.business_date.isoformat() for day in days],
        "legend": True,
        "series": [
            line(_("Expected stock"), "primary", "middle_units", dashed=False),
            line(_("if little sells (1 of 10)"), "muted", "high_units", dashed=True),
            line(_("if much sells (1 of 10)"), "warn", "low_units", dashed=True),
            *(extra if with_order else []),
        ],
    }


def _left(found: OrderList, asked: OrdersAsked) -> str:
    if asked.budget_money is None:
        return ""
    return money_text(asked.budget_money - found.total.cost)


def _sorts() -> list[tuple[str, str]]:
    return [
        ("money", _("Highest expected earnings")),
        ("return", _("Most earned for each euro")),
        ("due", _("Order by, earliest first")),
        ("cost", _("Highest order value")),
    ]
