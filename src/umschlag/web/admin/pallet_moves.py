"""Where a pallet is, told by a form or a file: what is shipped or cancelled moves its hold."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from umschlag.allocation.pallets.leaving import HERE
from umschlag.settings import load_settings
from umschlag.storage.records.models import Pallet, PalletStatus
from umschlag.web.admin.exchange import ExchangeRules, Field, FileResource, money_field
from umschlag.web.loose import Loose
from umschlag.wiring.leaving import before_built_text, cancel_pallets, mark_ready, ship_pallets


def move_faults(pallet: Pallet, *, before: Pallet) -> dict[str, str]:
    """Return by field what is wrong with where the pallet now is; nothing where it may be there."""
    if pallet.status != before.status and before.status not in HERE:
        told = _("It is “%s” already, and that stays.") % before.get_status_display()
        return {"status": told}
    shipped_date = pallet.shipped_date
    if shipped_date and pallet.status != PalletStatus.SHIPPED:
        return {"shipped_date": _("Only a shipped pallet has a day of shipping.")}
    if shipped_date and shipped_date > timezone.localdate():
        return {"shipped_date": _("%s has not come yet.") % shipped_date}
    built_date = timezone.localdate(before.built_at)
    if shipped_date and shipped_date < built_date and shipped_date != before.shipped_date:
        return {"shipped_date": before_built_text(before.code, built_date)}
    return {}


def move(pallet: Pallet, *, by: str) -> None:
    """Keep where the pallet now is, and its day of shipping; nothing else of it."""
    settings = load_settings()
    before = Pallet.objects.get(pk=pallet.pk)
    if before.status == pallet.status:
        shipped = Pallet.objects.filter(pk=pallet.pk, status=PalletStatus.SHIPPED)
        shipped.update(shipped_date=pallet.shipped_date or before.shipped_date)
    elif pallet.status == PalletStatus.SHIPPED:
        ship_pallets(settings, [pallet.pk], by=by, shipped_date=pallet.shipped_date)
    elif pallet.status == PalletStatus.CANCELLED:
        cancel_pallets(settings, [pallet.pk], by=by)
    else:
        mark_ready(pallet.pk, is_ready=pallet.status == PalletStatus.READY)
    pallet.refresh_from_db()


class PalletResource(FileResource):
    """Pallets, by their code. What one carries was built by us; its status may come in."""

    client = Field(attribute="client__external_id", column_name="client_id")
    store = Field(attribute="store__external_id", column_name="store_id")
    freight = money_field("freight_minor")
    charged_shipping = money_field("charged_shipping_minor")

    class Meta(ExchangeRules):
        model = Pallet
        import_id_fields = ["code"]
        fields = [
            "code",
            "client",
            "store",
            "destination",
            "status",
            "shipped_date",
            "pallet_type",
            "carton_count",
            "units",
            "load_height_mm",
            "gross_weight_g",
            "volume_mm3",
            "cube_utilisation",
            "freight",
            "charged_shipping",
            "currency",
        ]

    def get_import_fields(self) -> list[Field]:
        """Only where the pallet is can be told from outside."""
        return [self.fields[name] for name in ("code", "status", "shipped_date")]

    def lock_records(self) -> None:
        """Leave it to shipping and cancelling, which lock the pallets' runs before them."""

    def skip_row(
        self, instance: Loose, original: Loose, row: Loose, import_validation_errors: Loose = None
    ) -> bool:
        """Refuse a code we never built, and a pallet that is gone already."""
        if instance.pk is None:
            raise ValidationError(
                {"code": _("No such pallet: pallets are made by the cart generator.")}
            )
        faults = move_faults(instance, before=original)
        if faults:
            raise ValidationError(faults)
        return super().skip_row(instance, original, row, import_validation_errors)

    def save_instance(self, instance: Loose, is_create: bool, row: Loose, **rest: Loose) -> None:  # noqa: ARG002 - the library's signature
        """Ship or cancel the pallet where the file says so: its hold goes with it."""
        move(instance, by=rest["user"].get_username())
