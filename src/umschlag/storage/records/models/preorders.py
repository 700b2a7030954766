"""What clients ordered before it arrived."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from umschlag.storage.records.models.catalog import CatalogAsin
from umschlag.storage.records.models.clients import Client


class PreorderStatus(models.TextChoices):
    """How far a preorder is."""

    WAITING = "waiting", _("waiting for the goods")
    ARRIVED = "arrived", _("arrived")
    FULFILLED = "fulfilled", _("fulfilled")
    CANCELLED = "cancelled", _("cancelled")


class Preorder(models.Model):
    """Units of an ASIN that a client ordered before they arrived."""

    external_id = models.CharField(_("panel id"), max_length=40, unique=True)
    client = models.ForeignKey(
        Client, models.PROTECT, related_name="preorders", verbose_name=_("client")
    )
    asin = models.ForeignKey(
        CatalogAsin, models.PROTECT, related_name="preorders", verbose_name=_("ASIN")
    )
    ordered_units = models.PositiveIntegerField(_("ordered"))
    allocated_units = models.PositiveIntegerField(_("allocated"), default=0)
    amount_minor = models.PositiveBigIntegerField(_("amount (minor units)"))
    remaining_due_minor = models.PositiveBigIntegerField(_("still due (minor units)"), default=0)
    currency = models.CharField(_("currency"), max_length=3)
    expected_arrival_date = models.DateField(_("expected"), null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=12, choices=PreorderStatus.choices, default=PreorderStatus.WAITING
    )

    class Meta:
        verbose_name = _("preorder")
        verbose_name_plural = _("preorders")
        ordering = ["expected_arrival_date", "external_id"]

    def __str__(self) -> str:
        return f"{self.external_id}: {self.ordered_units} × {self.asin_id}"
