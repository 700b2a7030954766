"""Ungating statuses in the back office."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from umschlag.storage.records.models import UngatingAnswer, UngatingStatus
from umschlag.web.admin.base import ExchangeAdmin
from umschlag.web.admin.columns import label_column
from umschlag.web.admin.exchange import UngatingResource


@admin.register(UngatingStatus)
class UngatingStatusAdmin(ExchangeAdmin):
    """May this store list this ASIN?"""

    resource_classes = [UngatingResource]
    list_display = [
        "asin",
        "store",
        label_column(
            "answer",
            _("ungated"),
            {
                UngatingAnswer.YES: "good",
                UngatingAnswer.NO: "bad",
                UngatingAnswer.INVOICE_NEEDED: "warn",
            },
        ),
        "source",
        "checked_at",
    ]
    list_select_related = ["store", "asin"]
    search_fields = ["asin__asin", "asin__title", "store__name", "store__client__name"]
    list_filter = ["answer", "source", "store__marketplace", "checked_at"]
    autocomplete_fields = ["store", "asin"]
    fieldsets = [
        (None, {"fields": [("store", "asin"), ("answer", "source"), ("checked_at",)]}),
    ]
