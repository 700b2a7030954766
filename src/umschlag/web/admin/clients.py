"""Clients in the back office."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from umschlag.storage.records.models import Client, ClientPriority, Store
from umschlag.web.admin.base import ExchangeAdmin, ReadOnlyInline
from umschlag.web.admin.columns import count_column, label_column, money_column
from umschlag.web.admin.exchange import ClientResource
from umschlag.web.loose import Loose
from umschlag.web.spendable import with_spendable
from umschlag.wiring.amounts import UNKNOWN


class StoresInline(ReadOnlyInline):
    """The client's stores."""

    model = Store
    fields = ["external_id", "name", "marketplace", "kind", "status"]
    readonly_fields = ["external_id", "name", "marketplace", "kind", "status"]
    show_change_link = True
    tab = True


@admin.register(Client)
class ClientAdmin(ExchangeAdmin):
    """The firms we supply. Balances are the panel's; what they can spend is ours less holds."""

    resource_classes = [ClientResource]
    list_display = [
        "external_id",
        "name",
        label_column(
            "priority",
            _("priority"),
            {
                ClientPriority.HIGH: "bad",
                ClientPriority.MEDIUM: "note",
                ClientPriority.LOW: "plain",
            },
        ),
        money_column("balance_minor", _("panel balance")),
        money_column("spendable_minor", _("can spend")),
        money_column("total_allocated_minor", _("allocated in total")),
        count_column("store_count", _("stores")),
        "last_pallet_date",
        "statement",
    ]
    list_display_links = ["external_id", "name"]
    search_fields = ["external_id", "name", "email"]
    list_filter = ["priority", "last_pallet_date"]
    readonly_fields = [
        "statement",
        "balance_minor",
        "total_allocated_minor",
        "last_pallet_date",
        "panel_updated_at",
    ]
    inlines = [StoresInline]
    fieldsets = [
        (None, {"fields": [("name", "external_id"), ("email", "priority"), ("currency",)]}),
        (
            _("Told by the panel and our carts"),
            {
                "fields": [
                    ("balance_minor", "total_allocated_minor"),
                    ("last_pallet_date", "panel_updated_at"),
                    "statement",
                ]
            },
        ),
    ]

    def fixed_fields(self, request: HttpRequest, obj: Loose) -> list[str]:
        """Return what is only shown; the currency too, once amounts can stand in it."""
        return [*super().fixed_fields(request, obj), *(["currency"] if obj else [])]

    @admin.display(description=_("statement"))
    def statement(self, client: Client) -> str | SafeString:
        """Lead to what happened to the client's money."""
        if not client.pk:
            return UNKNOWN
        address = f"{reverse('pages:statement')}?client={client.pk}"
        return format_html('<a class="um-link" href="{}">{}</a>', address, gettext("Statement"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Add what each client can spend, and how many stores it has."""
        summed: QuerySet[Any] = with_spendable(super().get_queryset(request)).annotate(
            store_count=Count("stores")
        )
        return summed
