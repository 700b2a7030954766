"""Allocation runs and carts in the back office: made by the cart generator, only read here."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from umschlag.storage.records.models import AllocationRun, Cart, CartLine, RunState
from umschlag.web.admin.base import ReadOnlyAdmin, ReadOnlyInline
from umschlag.web.admin.columns import (
    count_column,
    label_column,
    money_column,
    page_column,
)
from umschlag.web.words import method_title
from umschlag.wiring.stored_reasons import reason_text

RUN_COLOURS = {RunState.PROPOSED: "note", RunState.CONFIRMED: "good"}


class CartsInline(ReadOnlyInline):
    """What the run gives each store."""

    model = Cart
    fields = ["client", "store", "units"]
    readonly_fields = ["client", "store", "units"]
    show_change_link = True
    tab = True


class LinesInline(ReadOnlyInline):
    """What is in the cart, and why."""

    model = CartLine
    fields = ["asin", "units", "preorder_units", "why"]
    readonly_fields = ["asin", "units", "preorder_units", "why"]
    tab = True

    @admin.display(description=_("why"))
    def why(self, line: CartLine) -> str:
        """Say why the line is there."""
        return reason_text(line)


@admin.display(description=_("method"), ordering="method")
def _method(run: AllocationRun) -> str:
    return method_title(run.method)


@admin.register(AllocationRun)
class AllocationRunAdmin(ReadOnlyAdmin):
    """Every computed allocation."""

    list_display = [
        page_column("made_at", _("made"), page="pages:run"),
        label_column("state", _("state"), RUN_COLOURS),
        "made_by",
        "only_store",
        count_column("cart_count", _("carts")),
        count_column("unit_count", _("units")),
        _method,
        "confirmed_at",
    ]
    list_display_links = None
    list_select_related = ["made_by", "only_store"]
    search_fields = ["method", "only_store__name"]
    list_filter = ["state", "made_at"]
    inlines = [CartsInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Count carts and units along."""
        runs = super().get_queryset(request)
        counted: QuerySet[Any] = runs.annotate(
            cart_count=Count("carts"), unit_count=Sum("carts__units")
        )
        return counted


@admin.register(Cart)
class CartAdmin(ReadOnlyAdmin):
    """What one run gives one store."""

    list_display = [
        "run",
        "client",
        "store",
        count_column("units", _("units")),
        money_column("goods_minor", _("goods")),
        money_column("shipping_minor", _("shipping")),
        money_column("total_minor", _("total"), sort="goods_minor"),
    ]
    list_select_related = ["run", "client", "store"]
    search_fields = ["client__name", "store__name", "lines__asin__asin"]
    list_filter = ["run__state", "store__marketplace"]
    fields = ["run", "client", "store", "units", "goods_minor", "shipping_minor"]
    inlines = [LinesInline]
