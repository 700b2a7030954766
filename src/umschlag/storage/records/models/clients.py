"""Clients: the firms we supply."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ClientPriority(models.IntegerChoices):
    """Who is served first; the lower number wins."""

    HIGH = 1, _("High")
    MEDIUM = 2, _("Medium")
    LOW = 3, _("Low")


class Client(models.Model):
    """One client. The balance mirrors the panel; what we hold stands in the ledger."""

    external_id = models.CharField(_("panel id"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=160)
    email = models.EmailField(_("e-mail"), blank=True)
    balance_minor = models.BigIntegerField(_("panel balance (minor units)"), default=0)
    currency = models.CharField(_("currency"), max_length=3)
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=ClientPriority.choices, default=ClientPriority.MEDIUM
    )
    last_pallet_date = models.DateField(_("last pallet"), null=True, blank=True)
    total_allocated_minor = models.PositiveBigIntegerField(
        _("total allocated (minor units)"), default=0
    )
    panel_updated_at = models.DateTimeField(_("panel changed"), null=True, editable=False)

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
