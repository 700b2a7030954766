"""Forecasts and proposals in the back office."""

from datetime import date
from typing import Any

from django.contrib import admin, messages
from django.db.models import Case, F, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from umschlag.storage.records.models import (
    ArticleForecast,
    Proposal,
    ProposalKind,
    ProposalState,
    Verdict,
)
from umschlag.web.admin.base import ReadOnlyAdmin
from umschlag.web.admin.columns import (
    article_column,
    count_column,
    day_column,
    decimal_column,
    label_column,
    money_column,
    reason_column,
    share_column,
)

KIND_COLOURS = {
    ProposalKind.DISCOUNT: "warn",
    ProposalKind.LIQUIDATE: "bad",
    ProposalKind.REORDER: "good",
}

SOLD_OUT_RENNER_FIRST = Case(
    When(
        kind=ProposalKind.REORDER,
        article__movement__verdict=Verdict.RENNER,
        article__on_hand_units__lte=Coalesce(F("article__reserved_units"), 0),
        then=Value(0),
    ),
    default=Value(1),
).asc()
"""Every day without what sells fastest costs most."""


@admin.register(ArticleForecast)
class ArticleForecastAdmin(ReadOnlyAdmin):
    """Demand as it was forecast, day by day."""

    list_before_template = "umschlag/list_freshness.html"
    list_display = [
        article_column("article", _("article"), key="article_id"),
        "made_date",
        count_column("horizon_days", _("horizon, days")),
        decimal_column("mean_units", _("expected units")),
        decimal_column("q50_units", _("median")),
        decimal_column("q80_units", _("80 % quantile")),
        decimal_column("q95_units", _("95 % quantile")),
        "runs_out",
        share_column("stockout_probability", _("risk of running out")),
        "method",
    ]
    list_display_links = None
    list_select_related = ["article"]
    search_fields = ["article__sku", "article__name"]
    list_filter = ["made_date", "method", "horizon_days"]
    date_hierarchy = "made_date"

    @admin.display(description=_("runs out on"), ordering="stockout_date")
    def runs_out(self, record: ArticleForecast) -> date | str | None:
        """Say the day, or that it is there already."""
        return gettext("out now") if record.is_out else record.stockout_date


@admin.register(Proposal)
class ProposalAdmin(ReadOnlyAdmin):
    """What to discount, liquidate and reorder; a person accepts or dismisses."""

    list_before_template = "umschlag/list_freshness.html"
    list_display = [
        label_column("kind", _("act"), KIND_COLOURS),
        label_column(
            "state", _("state"), {ProposalState.OPEN: "note", ProposalState.ACCEPTED: "good"}
        ),
        article_column("article", _("article"), key="article_id"),
        reason_column(_("why")),
        count_column("units", _("units")),
        money_column("value_minor", _("cost of the units"), currency="article.currency"),
        money_column("price_minor", _("proposed price"), currency="article.currency"),
        day_column("due_date", _("Order by")),
    ]
    list_display_links = None
    list_select_related = ["article"]
    search_fields = ["article__sku", "article__name"]
    list_filter = ["state", "kind", "made_date"]
    ordering = ["kind", SOLD_OUT_RENNER_FIRST, "due_date", "-value_minor"]
    actions = ["accept", "dismiss"]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Who may change proposals may decide on them; nobody edits their figures."""
        allowed: bool = request.user.has_perm("records.change_proposal")
        return allowed

    @admin.action(description=_("Accept"), permissions=["decide"])
    def accept(self, request: HttpRequest, proposals: QuerySet[Any]) -> None:
        """Mark the chosen ones accepted."""
        self._decide(request, proposals, ProposalState.ACCEPTED)

    @admin.action(description=_("Dismiss"), permissions=["decide"])
    def dismiss(self, request: HttpRequest, proposals: QuerySet[Any]) -> None:
        """Mark the chosen ones dismissed."""
        self._decide(request, proposals, ProposalState.DISMISSED)

    def _decide(self, request: HttpRequest, proposals: QuerySet[Any], state: ProposalState) -> None:
        # MariaDB keeps the list's order in the update, and the order joins other tables.
        count = proposals.order_by().update(state=state)
        message = ngettext("%d proposal: %s.", "%d proposals: %s.", count) % (count, state.label)
        self.message_user(request, message, messages.SUCCESS)
