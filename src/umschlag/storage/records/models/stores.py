"""Stores: each client's seller account on one marketplace."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from umschlag.kernel.identifiers import Marketplace
from umschlag.storage.records.models.clients import Client

MARKETPLACE_CHOICES = [(marketplace.value, marketplace.value) for marketplace in Marketplace]


class StoreStatus(models.TextChoices):
    """Whether a store may be given goods."""

    ACTIVE = "Active", _("Active")
    SUSPENDED = "Suspended", _("Suspended")


class StoreKind(models.TextChoices):
    """Whose goods a store sells."""

    OWN = "own", _("own")
    MUTUAL = "mutual", _("mutual")


class Store(models.Model):
    """One seller account."""

    external_id = models.CharField(_("panel id"), max_length=40, unique=True)
    client = models.ForeignKey(
        Client, models.PROTECT, related_name="stores", verbose_name=_("client")
    )
    name = models.CharField(_("name"), max_length=160)
    status = models.CharField(
        _("status"), max_length=12, choices=StoreStatus.choices, default=StoreStatus.ACTIVE
    )
    is_suspended_by_panel = models.BooleanField(
        _("suspended by the panel"), default=False, editable=False
    )
    marketplace = models.CharField(_("marketplace"), max_length=20, choices=MARKETPLACE_CHOICES)
    kind = models.CharField(
        _("kind"), max_length=8, choices=StoreKind.choices, default=StoreKind.OWN
    )
    asin_units_max = models.PositiveIntegerField(_("units per ASIN at most"), null=True, blank=True)
    total_units_max = models.PositiveIntegerField(_("units per run at most"), null=True, blank=True)

    class Meta:
        verbose_name = _("store")
        verbose_name_plural = _("stores")
        ordering = ["client__name", "name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.marketplace})"
