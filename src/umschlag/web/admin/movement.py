"""Penner/Renner rules in the back office; the report has a page of its own."""

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from umschlag.settings import load_settings
from umschlag.storage.records.models import Article, ArticleMovement, MovementRule, Verdict
from umschlag.web.admin.base import ExchangeAdmin, ReadOnlyAdmin
from umschlag.web.admin.columns import (
    article_column,
    count_column,
    decimal_column,
    label_column,
    money_column,
    share_column,
)
from umschlag.web.admin.exchange_rules import RuleResource
from umschlag.web.admin.money import AnyField
from umschlag.web.admin.rule_form import RuleForm
from umschlag.web.loose import Loose
from umschlag.wiring.movement_evidence import scope_values
from umschlag.wiring.rule_cautions import rule_cautions
from umschlag.wiring.rule_titles import rule_title

VERDICT_COLOURS = {Verdict.PENNER: "bad", Verdict.RENNER: "good"}


@admin.register(MovementRule)
class MovementRuleAdmin(ExchangeAdmin):
    """The first rule that matches decides; the form shows what a rule would match now."""

    form = RuleForm
    resource_classes = [RuleResource]
    list_display = [
        "priority",
        "shown_name",
        label_column("verdict", _("verdict"), VERDICT_COLOURS),
        "scope",
        "scope_value",
        count_column("days_sold_threshold", _("days without a sale")),
        decimal_column("stock_turnover_threshold", _("stock turnover per year"), digits=2),
        money_column("stock_value_minor_min", _("stock worth at least")),
        "is_enabled",
    ]
    list_display_links = ["priority", "shown_name"]
    search_fields = ["name", "scope_value"]
    list_filter = ["verdict", "scope", "is_enabled"]
    change_form_after_template = "umschlag/rule_preview.html"
    fieldsets = [
        (None, {"fields": [("name", "verdict"), ("priority", "is_enabled")]}),
        (
            _("Looks at"),
            {
                "description": _(
                    "A warehouse’s rule looks at the stock that lies there and judges it by all "
                    "sales of the article, since no order says where it left from. A "
                    "marketplace’s rule looks at articles that ever sold there and judges all "
                    "their stock by the sales there alone. A price band holds articles whose "
                    "sales price with VAT is at least the one amount and below the other."
                ),
                "fields": [("scope", "scope_value"), ("price_minor_min", "price_minor_max")],
            },
        ),
        (
            _("Matches where"),
            {
                "description": _(
                    "A Penner rule matches articles without a sale for so many days, or with a "
                    "lower turnover; a Renner rule those with at least that turnover."
                ),
                "fields": [("days_sold_threshold", "stock_turnover_threshold")],
            },
        ),
        (
            _("And all of these hold"),
            {
                "description": _("Leave empty what does not matter."),
                "fields": [("stock_units_min", "stock_value_minor_min"), ("days_of_supply_max",)],
            },
        ),
    ]

    @admin.display(description=_("name"), ordering="name")
    def shown_name(self, record: MovementRule) -> str:
        """Return the name; that of a rule to start with in the reader's language."""
        return rule_title(record.name)

    def formfield_for_dbfield(
        self,
        db_field: AnyField,
        request: HttpRequest,
        **kwargs: Loose,
    ) -> forms.Field | None:
        """Tell the two bounds on stock apart, now that one has lost its unit."""
        if db_field.name == "days_sold_threshold":
            kwargs["min_value"] = 1
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name == "stock_value_minor_min":
            field.label = lazy(capfirst, str)(_("stock worth at least"))
        if field and db_field.name == "scope_value":
            field.widget.attrs["list"] = "um-scope-values"
        return field

    def save_model(self, request: HttpRequest, obj: Loose, form: Loose, change: Loose) -> None:
        """Save the rule, and say where it may not do what it was meant to."""
        super().save_model(request, obj, form, change)
        for caution in rule_cautions(load_settings(), obj):
            self.message_user(request, caution, messages.WARNING)

    def render_change_form(
        self, request: HttpRequest, context: Loose, *args: Loose, **kwargs: Loose
    ) -> HttpResponse:
        """Offer the scope values that articles, stock and sales have."""
        names = ("category", "manufacturer", "supplier")
        known = {
            value
            for row in Article.objects.values_list(*names).distinct()
            for value in row
            if value
        }
        known |= set(scope_values(load_settings()))
        context["scope_values"] = sorted(known, key=str.casefold)
        return super().render_change_form(request, context, *args, **kwargs)


@admin.register(ArticleMovement)
class ArticleMovementAdmin(ReadOnlyAdmin):
    """The newest classification, as a plain list."""

    list_before_template = "umschlag/list_freshness.html"
    list_display = [
        article_column("article", _("article"), key="article_id"),
        label_column("verdict", _("verdict"), VERDICT_COLOURS),
        "speed_class",
        "abc_class",
        "abc_class_by_margin",
        "xyz_class",
        "demand_pattern",
        count_column("sold_units_90d", _("sold in 90 days")),
        count_column("bundle_units_90d", _("of these in bundles")),
        decimal_column("daily_sales_units", _("sold per day with stock"), digits=2),
        count_column("days_out_90d", _("days without stock of 90")),
        "rate_leaves_out_days",
        count_column("days_since_last_sale", _("days since sale")),
        decimal_column("days_of_supply", _("days of supply"), digits=0),
        decimal_column("stock_turnover_per_year", _("turnover per year"), digits=2),
        share_column("sell_through_of_received_ratio", _("sell-through of 365 days")),
        count_column("stock_age_days", _("stock age, days")),
        money_column(
            "margin_minor_365d", _("gross margin in 365 days"), currency="article.currency"
        ),
        money_column("dead_value_minor", _("dead stock"), currency="article.currency"),
        count_column("stock_out_count_365d", _("stock-outs in 365 days")),
        decimal_column("lost_units_max_365d", _("units lost to stock-outs, at most"), digits=1),
        money_column(
            "lost_revenue_minor_max_365d",
            _("sales lost to stock-outs, at most"),
            currency="article.currency",
        ),
        "as_of_date",
    ]
    list_display_links = None
    list_select_related = ["article"]
    search_fields = ["article__sku", "article__name"]
    list_filter = [
        "verdict",
        "speed_class",
        "abc_class",
        "abc_class_by_margin",
        "xyz_class",
        "demand_pattern",
        "rule_name",
    ]
