"""ASINs in the back office."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from umschlag.storage.records.models import CatalogAsin
from umschlag.web.admin.base import ExchangeAdmin
from umschlag.web.admin.columns import count_column, money_column
from umschlag.web.admin.exchange import AsinResource


@admin.register(CatalogAsin)
class CatalogAsinAdmin(ExchangeAdmin):
    """What was bought and is left to allocate."""

    resource_classes = [AsinResource]
    list_display = [
        "asin",
        "title",
        money_column("unit_cost_minor", _("unit cost")),
        count_column("bought_units", _("bought")),
        count_column("remaining_units", _("remaining")),
        count_column("case_pack_units", _("case pack")),
        money_column("shipping_price_minor_min", _("shipping, least")),
        money_column("shipping_price_minor_max", _("shipping, highest")),
        "added_date",
    ]
    search_fields = ["asin", "title", "brand"]
    list_filter = ["added_date", "currency", "brand"]
    date_hierarchy = "added_date"
    readonly_fields = ["sheet_remaining_units"]
    fieldsets = [
        (None, {"fields": [("asin", "brand"), "title"]}),
        (
            _("Stock"),
            {
                "fields": [
                    ("bought_units", "remaining_units"),
                    ("case_pack_units", "added_date"),
                    ("sheet_remaining_units",),
                ]
            },
        ),
        (
            _("Money"),
            {
                "fields": [
                    ("unit_cost_minor", "currency"),
                    ("shipping_price_minor_min", "shipping_price_minor_max"),
                ]
            },
        ),
        (
            _("One packed unit"),
            {"fields": [("weight_g", "length_mm"), ("width_mm", "height_mm")]},
        ),
    ]
