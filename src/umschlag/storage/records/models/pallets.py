"""Pallets as built, with every carton's place."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from umschlag.storage.records.models.catalog import CatalogAsin
from umschlag.storage.records.models.clients import Client
from umschlag.storage.records.models.planning import Cart
from umschlag.storage.records.models.preorders import Preorder, PreorderStatus
from umschlag.storage.records.models.stores import Store


class PalletStatus(models.TextChoices):
    """Where a pallet is."""

    PLANNED = "planned", _("planned")
    READY = "ready", _("ready for the truck")
    SHIPPED = "shipped", _("shipped")
    CANCELLED = "cancelled", _("cancelled")


class PalletDestination(models.TextChoices):
    """Whose store it goes to."""

    CLIENT_STORE = "Client Store", _("Client Store")
    MUTUAL_STORE = "Mutual Store", _("Mutual Store")


class Pallet(models.Model):
    """One loaded pallet. Weights include the wood, heights are from the floor."""

    code = models.CharField(_("pallet id"), max_length=40, unique=True)
    cart = models.ForeignKey(Cart, models.CASCADE, related_name="pallets")
    client = models.ForeignKey(Client, models.PROTECT, related_name="pallets")
    store = models.ForeignKey(Store, models.PROTECT, related_name="pallets")
    destination = models.CharField(
        _("destination"), max_length=16, choices=PalletDestination.choices
    )
    status = models.CharField(
        _("status"), max_length=10, choices=PalletStatus.choices, default=PalletStatus.PLANNED
    )
    pallet_type = models.CharField(_("pallet type"), max_length=20)
    base_length_mm = models.PositiveIntegerField(_("base length, mm"))
    base_width_mm = models.PositiveIntegerField(_("base width, mm"))
    deck_height_mm = models.PositiveIntegerField(_("deck height, mm"))
    load_height_mm = models.PositiveIntegerField(_("height, mm"))
    gross_weight_g = models.PositiveIntegerField(_("gross weight, g"))
    volume_mm3 = models.PositiveBigIntegerField(_("goods' volume, mm³"))
    cube_utilisation = models.FloatField(_("volume used"))
    carton_count = models.PositiveIntegerField(_("cartons"))
    units = models.PositiveIntegerField(_("units"))
    freight_minor = models.PositiveBigIntegerField(_("freight (minor units)"))
    charged_shipping_minor = models.PositiveBigIntegerField(_("shipping charged (minor units)"))
    held_minor = models.PositiveBigIntegerField(
        _("held of the client's balance (minor units)"), default=0
    )
    currency = models.CharField(_("currency"), max_length=3)
    built_at = models.DateTimeField(_("planned at"))
    shipped_date = models.DateField(_("date shipped"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True, editable=False)
    closed_by = models.CharField(
        _("shipped or cancelled by"), max_length=150, blank=True, editable=False
    )

    class Meta:
        verbose_name = _("pallet")
        verbose_name_plural = _("pallets")
        ordering = ["-built_at", "code"]

    def __str__(self) -> str:
        return self.code


class PalletCarton(models.Model):
    """One carton on a pallet: its place is its lowest corner, from the pallet's own corner."""

    pallet = models.ForeignKey(Pallet, models.CASCADE, related_name="cartons")
    asin = models.ForeignKey(CatalogAsin, models.PROTECT, related_name="+")
    units = models.PositiveIntegerField(_("units"))
    tier = models.PositiveIntegerField(_("tier"))
    x_mm = models.PositiveIntegerField()
    y_mm = models.PositiveIntegerField()
    z_mm = models.PositiveIntegerField()
    length_mm = models.PositiveIntegerField(_("length, mm"))
    width_mm = models.PositiveIntegerField(_("width, mm"))
    height_mm = models.PositiveIntegerField(_("height, mm"))
    gross_weight_g = models.PositiveIntegerField(_("gross weight, g"))

    class Meta:
        verbose_name = _("carton")
        verbose_name_plural = _("cartons")
        ordering = ["pallet", "tier", "y_mm", "x_mm"]

    def __str__(self) -> str:
        return f"{self.units} × {self.asin_id} @ {self.x_mm},{self.y_mm},{self.z_mm}"


class PreorderServing(models.Model):
    """Units of a preorder on a pallet: what is given back when the pallet is cancelled."""

    pallet = models.ForeignKey(Pallet, models.CASCADE, related_name="servings")
    preorder = models.ForeignKey(Preorder, models.PROTECT, related_name="servings")
    units = models.PositiveIntegerField(_("units"))
    due_minor = models.PositiveBigIntegerField(_("fell due (minor units)"))
    status_before = models.CharField(
        _("status before"), max_length=12, choices=PreorderStatus.choices
    )

    class Meta:
        verbose_name = _("served preorder")
        verbose_name_plural = _("served preorders")
        ordering = ["pallet", "preorder"]
        constraints = [
            models.UniqueConstraint(fields=["pallet", "preorder"], name="preorder_once_a_pallet")
        ]

    def __str__(self) -> str:
        return f"{self.pallet_id}: {self.units} of {self.preorder_id}"
