"""Pallets in the back office."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from umschlag.kernel.errors import UmschlagError
from umschlag.storage.records.locking import locked
from umschlag.storage.records.models import AllocationRun, Pallet, PalletCarton, PalletStatus
from umschlag.web.admin.base import ExchangeAdmin, ReadOnlyInline
from umschlag.web.admin.columns import (
    count_column,
    kilograms_column,
    label_column,
    money_column,
    page_column,
    share_column,
    text_column,
)
from umschlag.web.admin.money import MoneyForm
from umschlag.web.admin.pallet_moves import PalletResource, move, move_faults
from umschlag.web.loose import Loose

PALLET_COLOURS = {
    PalletStatus.PLANNED: "note",
    PalletStatus.READY: "warn",
    PalletStatus.SHIPPED: "good",
    PalletStatus.CANCELLED: "plain",
}
_BUILT_BY_US = [
    "code",
    "cart",
    "client",
    "store",
    "destination",
    "pallet_type",
    "base_length_mm",
    "base_width_mm",
    "deck_height_mm",
    "load_height_mm",
    "gross_weight_g",
    "volume_mm3",
    "cube_utilisation",
    "carton_count",
    "units",
    "freight_minor",
    "charged_shipping_minor",
    "held_minor",
    "currency",
    "built_at",
]


_CARTON = ["length_mm", "width_mm", "height_mm", "gross_weight_g"]


class CartonsInline(ReadOnlyInline):
    """What stands on the pallet."""

    model = PalletCarton
    fields = ["tier", "asin", "units", *_CARTON]
    readonly_fields = ["tier", "asin", "units", *_CARTON]
    tab = True


class PalletForm(MoneyForm):
    """Says where a pallet may not go."""

    def clean(self) -> dict[str, Any]:
        """Hold where the pallet shall be against where it is."""
        cleaned = super().clean()
        if self.instance.pk and not self.errors:
            before = Pallet.objects.get(pk=self.instance.pk)
            told = Pallet(status=cleaned["status"], shipped_date=cleaned["shipped_date"])
            for field, fault in move_faults(told, before=before).items():
                self.add_error(field, fault)
        return cleaned


@admin.register(Pallet)
class PalletAdmin(ExchangeAdmin):
    """Loaded pallets. What is on one is the builder's; where it is, people say."""

    form = PalletForm
    resource_classes = [PalletResource]
    list_display = [
        page_column("code", _("pallet id"), page="pages:pallet"),
        text_column("client.name", _("client")),
        text_column("store.name", _("store")),
        label_column("status", _("status"), PALLET_COLOURS),
        count_column("carton_count", _("cartons")),
        count_column("units", _("units")),
        kilograms_column("gross_weight_g", _("Weight")),
        share_column("cube_utilisation", _("volume used")),
        money_column("freight_minor", _("freight")),
        money_column("charged_shipping_minor", _("charged")),
    ]
    list_display_links = None
    list_select_related = ["client", "store"]
    search_fields = ["code", "client__name", "store__name", "cartons__asin__asin"]
    list_filter = ["status", "destination", "pallet_type", "built_at"]
    readonly_fields = _BUILT_BY_US
    inlines = [CartonsInline]
    fieldsets = [
        (None, {"fields": [("code", "status"), ("shipped_date", "destination")]}),
        (_("Goes to"), {"fields": [("client", "store"), ("cart", "built_at")]}),
        (
            _("Load"),
            {
                "fields": [
                    ("pallet_type", "carton_count"),
                    ("units", "gross_weight_g"),
                    ("load_height_mm", "deck_height_mm"),
                    ("base_length_mm", "base_width_mm"),
                    ("volume_mm3", "cube_utilisation"),
                ]
            },
        ),
        (
            _("Money"),
            {"fields": [("freight_minor", "charged_shipping_minor"), ("held_minor", "currency")]},
        ),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        """Nobody adds one by hand: a pallet stands for what a cart took and holds."""
        return False

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Who may say where a pallet is may say it by a file."""
        return self.has_change_permission(request)

    def lock(self, record: Loose) -> None:
        """Keep others from moving the pallet: by its run first, as whoever ships or undoes does."""
        list(locked(AllocationRun.objects.filter(carts=record.cart_id)))
        super().lock(record)

    def has_delete_permission(self, request: HttpRequest, obj: Loose = None) -> bool:  # noqa: ARG002 - Django's signature
        """Nobody deletes one: cancelled, it gives back its hold, units and preorders."""
        return False

    def changeform_view(self, request: HttpRequest, *args: Loose, **options: Loose) -> Loose:
        """Show the pallet, or move it; what a rule refuses is said, with nothing changed."""
        try:
            return super().changeform_view(request, *args, **options)
        except UmschlagError as error:
            self.message_user(request, error.message, messages.ERROR)
            return redirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: Loose, form: Loose, change: bool) -> None:  # noqa: ARG002 - Django's signature
        """Ship or cancel the pallet where that was said: its hold goes with it."""
        move(obj, by=request.user.get_username())
