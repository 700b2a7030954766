"""Preorders in the back office."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from umschlag.storage.records.models import Preorder, PreorderStatus
from umschlag.web.admin.base import ExchangeAdmin
from umschlag.web.admin.columns import count_column, label_column, money_column
from umschlag.web.admin.exchange import PreorderResource
from umschlag.web.admin.money import MoneyForm
from umschlag.web.loose import Loose

_CLOSED = {PreorderStatus.FULFILLED, PreorderStatus.CANCELLED}


class PreorderForm(MoneyForm):
    """Says where a preorder may not be opened again."""

    def clean(self) -> dict[str, Any]:
        """Leave closed what was given out whole: only its pallets' cancelling opens it again."""
        cleaned = super().clean()
        before: Preorder = self.instance
        is_given_out = before.status == PreorderStatus.FULFILLED and not before.open_units
        if before.pk and is_given_out and cleaned.get("status", before.status) not in _CLOSED:
            told = gettext(
                "All %d units were given out. What a cart gave is taken back by cancelling its"
                " pallet, and the preorder is then open again."
            )
            self.add_error("status", told % before.allocated_units)
        return cleaned


@admin.register(Preorder)
class PreorderAdmin(ExchangeAdmin):
    """What clients ordered before it arrived."""

    form = PreorderForm
    resource_classes = [PreorderResource]
    list_display = [
        "external_id",
        "client",
        "asin",
        count_column("ordered_units", _("ordered")),
        count_column("there_units", _("there"), sort="arrived_units"),
        count_column("allocated_units", _("allocated")),
        money_column("amount_minor", _("amount")),
        money_column("remaining_due_minor", _("still due")),
        "expected_arrival_date",
        label_column(
            "status",
            _("status"),
            {
                PreorderStatus.WAITING: "note",
                PreorderStatus.PARTLY_ARRIVED: "warn",
                PreorderStatus.ARRIVED: "warn",
                PreorderStatus.FULFILLED: "good",
            },
        ),
    ]
    list_before_template = "umschlag/preorders_above.html"
    list_select_related = ["client", "asin"]
    search_fields = ["external_id", "client__name", "asin__asin", "asin__title"]
    list_filter = ["status", "expected_arrival_date"]
    autocomplete_fields = ["client", "asin"]
    readonly_fields = ["arrived_units"]
    fieldsets = [
        (None, {"fields": [("external_id", "status"), ("client", "asin")]}),
        (
            None,
            {
                "fields": [
                    ("ordered_units", "arrived_units"),
                    ("allocated_units", "expected_arrival_date"),
                ]
            },
        ),
        (
            _("Money"),
            {"fields": [("amount_minor", "remaining_due_minor"), ("currency",)]},
        ),
    ]

    def fixed_fields(self, request: HttpRequest, obj: Loose) -> list[str]:
        """Return what is only shown; what was given out, once there is a preorder, carts say."""
        return [*super().fixed_fields(request, obj), *(["allocated_units"] if obj else [])]
