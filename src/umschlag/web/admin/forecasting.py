"""Forecasts and proposals in the back office."""

from datetime import date
from typing import Any

from django.contrib import admin, messages
from django.db.models import Case, F, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from umschlag.settings import load_settings
from umschlag.storage.records.models import (
    ActOutcome,
    ArticleForecast,
    ArticleSuccession,
    Proposal,
    ProposalKind,
    ProposalState,
    Replenishment,
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
from umschlag.wiring.acting import decide

KIND_COLOURS = {
    ProposalKind.DISCOUNT: "warn",
    ProposalKind.LIQUIDATE: "bad",
    ProposalKind.REORDER: "good",
    ProposalKind.MOVE: "note",
    ProposalKind.BUNDLE: "note",
    ProposalKind.STOP_REORDERING: "warn",
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


@admin.register(ArticleSuccession)
class ArticleSuccessionAdmin(ReadOnlyAdmin):
    """Which article follows which; told and taken back on the articles' pages."""

    list_display = [
        article_column("successor", _("successor"), key="successor_id"),
        article_column("predecessor", _("predecessor"), key="predecessor_id"),
        "from_date",
        "told_by",
        "told_at",
    ]
    list_display_links = None
    list_select_related = ["predecessor", "successor"]
    search_fields = ["predecessor__sku", "predecessor__name", "successor__sku", "successor__name"]
    date_hierarchy = "from_date"


@admin.register(Replenishment)
class ReplenishmentAdmin(ReadOnlyAdmin):
    """What ordering every article goes by."""

    list_before_template = "umschlag/list_freshness.html"
    list_display = [
        article_column("article", _("article"), key="article_id"),
        count_column("available_units", _("available")),
        count_column("on_order_units", _("on order")),
        day_column("stockout_date", _("runs out on")),
        share_column("runs_out_before_arrival", _("risk until goods arrive")),
        count_column("lead_time_days", _("lead time, days")),
        "lead_time_source",
        count_column("service_percent", _("service level, %")),
        decimal_column("safety_stock_units", _("safety stock")),
        count_column("reorder_point_units", _("reorder point")),
        count_column("order_up_to_units", _("order up to")),
        decimal_column("expected_unsold_units", _("expected unsold units after 90 days")),
    ]
    list_display_links = None
    list_select_related = ["article"]
    search_fields = ["article__sku", "article__name"]
    list_filter = ["lead_time_source", "service_basis"]


@admin.register(ActOutcome)
class ActOutcomeAdmin(ReadOnlyAdmin):
    """What became of accepted acts."""

    list_display = [
        "article",
        "act",
        count_column("after_days", _("after, days")),
        day_column("measured_date", _("measured on")),
        count_column("sold_units", _("units sold since")),
        decimal_column("expected_units", _("expected without the act")),
        count_column("stock_units", _("available units left")),
        decimal_column("expected_stock_units", _("expected stock without the act")),
    ]
    list_display_links = None
    list_select_related = ["proposal__article"]
    search_fields = ["proposal__article__sku", "proposal__article__name"]
    list_filter = ["after_days", "proposal__kind"]

    @admin.display(description=_("article"), ordering="proposal__article__sku")
    def article(self, record: ActOutcome) -> str:
        """Name the article."""
        return str(record.proposal.article)

    @admin.display(description=_("act"), ordering="proposal__kind")
    def act(self, record: ActOutcome) -> str:
        """Say what was done."""
        return str(record.proposal.get_kind_display())


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
        money_column("expected_money_minor", _("expected to earn"), currency="article.currency"),
        day_column("due_date", _("Order by")),
        day_column("decided_date", _("decided on")),
        "decided_by",
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
        """Mark the open ones among these accepted."""
        self._decide(request, proposals, ProposalState.ACCEPTED)

    @admin.action(description=_("Dismiss"), permissions=["decide"])
    def dismiss(self, request: HttpRequest, proposals: QuerySet[Any]) -> None:
        """Mark the open ones among these dismissed."""
        self._decide(request, proposals, ProposalState.DISMISSED)

    def _decide(self, request: HttpRequest, proposals: QuerySet[Any], state: ProposalState) -> None:
        keys = list(proposals.order_by().values_list("pk", flat=True))
        count = decide(
            load_settings(), keys, state, by=request.user.get_username(), at=timezone.now()
        )
        message = ngettext("%d proposal: %s.", "%d proposals: %s.", count) % (count, state.label)
        self.message_user(request, message, messages.SUCCESS)
