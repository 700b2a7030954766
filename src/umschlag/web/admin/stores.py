"""Stores in the back office."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from umschlag.storage.records.models import Store, StoreKind, StoreStatus
from umschlag.web.admin.base import ExchangeAdmin
from umschlag.web.admin.columns import count_column, label_column
from umschlag.web.admin.exchange import StoreResource


@admin.register(Store)
class StoreAdmin(ExchangeAdmin):
    """Seller accounts of the clients."""

    resource_classes = [StoreResource]
    list_display = [
        "external_id",
        "name",
        "client",
        "marketplace",
        label_column(
            "status", _("status"), {StoreStatus.ACTIVE: "good", StoreStatus.SUSPENDED: "bad"}
        ),
        label_column("kind", _("kind"), {StoreKind.MUTUAL: "note"}),
        count_column("asin_units_max", _("units per ASIN at most")),
        count_column("total_units_max", _("units per run at most")),
    ]
    list_display_links = ["external_id", "name"]
    list_select_related = ["client"]
    search_fields = ["external_id", "name", "client__name"]
    list_filter = ["status", "marketplace", "kind"]
    autocomplete_fields = ["client"]
    fieldsets = [
        (None, {"fields": [("name", "external_id"), ("client", "marketplace")]}),
        (None, {"fields": [("status", "kind"), ("asin_units_max", "total_units_max")]}),
    ]
