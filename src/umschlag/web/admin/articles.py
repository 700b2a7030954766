"""Articles in the back office."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from umschlag.storage.records.articles import with_as_of_date
from umschlag.storage.records.models import Article, Verdict
from umschlag.web.admin.base import ExchangeAdmin
from umschlag.web.admin.columns import (
    count_column,
    label_column,
    money_column,
    page_column,
)
from umschlag.web.admin.exchange import ArticleResource

VERDICT_COLOURS = {Verdict.PENNER: "bad", Verdict.RENNER: "good", Verdict.NORMAL: "plain"}


@admin.register(Article)
class ArticleAdmin(ExchangeAdmin):
    """Current state of every SKU."""

    resource_classes = [ArticleResource]
    list_before_template = "umschlag/list_freshness.html"
    change_form_before_template = "umschlag/list_freshness.html"
    list_display = [
        "sku",
        page_column("name", _("name"), page="pages:article"),
        "manufacturer",
        count_column("on_hand_units", _("on hand")),
        count_column("reserved_units", _("reserved")),
        count_column("on_order_units", _("on order")),
        money_column("unit_cost_minor", _("unit cost")),
        money_column("sales_price_minor", _("price")),
        label_column("movement.verdict", _("verdict"), VERDICT_COLOURS),
        "is_active",
    ]
    search_fields = ["sku", "name", "asin", "gtin", "manufacturer"]
    list_filter = ["is_active", "is_bundle", "movement__verdict", "manufacturer", "category"]
    readonly_fields = ["first_seen_date", "last_seen_date", "vanished_date", "changed_date"]
    fieldsets = [
        (None, {"fields": [("sku", "name"), ("manufacturer", "category"), ("supplier",)]}),
        (_("Numbers"), {"fields": [("asin", "gtin"), ("variation_id", "item_id")]}),
        (
            _("Stock"),
            {
                "fields": [
                    ("on_hand_units", "reserved_units"),
                    ("on_order_units", "other_on_hand_units"),
                    ("is_active", "is_bundle"),
                ]
            },
        ),
        (_("Money"), {"fields": [("unit_cost_minor", "sales_price_minor"), ("currency",)]}),
        (
            _("Measures and buying"),
            {
                "fields": [
                    ("weight_g", "length_mm"),
                    ("width_mm", "height_mm"),
                    ("lead_time_days", "order_units_min"),
                    ("pack_units",),
                ]
            },
        ),
        (
            _("History"),
            {
                "fields": [
                    ("first_seen_date", "last_seen_date"),
                    ("vanished_date", "changed_date"),
                ]
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Read the verdicts along, in the same query."""
        return super().get_queryset(request).select_related("movement")

    def get_export_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Say in a file as of which day its figures are."""
        return with_as_of_date(super().get_export_queryset(request))
