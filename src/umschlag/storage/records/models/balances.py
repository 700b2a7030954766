"""What happened to a client's balance on our side."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from umschlag.storage.records.models.clients import Client
from umschlag.storage.records.models.planning import Cart


class BalanceEntryKind(models.TextChoices):
    """Why the balance changed."""

    PANEL = "panel", _("balance told by the panel")
    HOLD = "hold", _("held for a cart")
    RELEASE = "release", _("hold released")
    CAPTURE = "capture", _("held amount shipped")


class BalanceEntry(models.Model):
    """One entry; never edited. Holds are negative, releases positive, panel entries a difference.

    What a client can spend is the sum of the entries.
    """

    client = models.ForeignKey(
        Client, models.PROTECT, related_name="balance_entries", verbose_name=_("client")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=BalanceEntryKind.choices)
    amount_minor = models.BigIntegerField(_("amount (minor units)"))
    currency = models.CharField(_("currency"), max_length=3)
    booked_at = models.DateTimeField(_("booked"))
    cart = models.ForeignKey(
        Cart, models.PROTECT, null=True, blank=True, related_name="balance_entries"
    )
    note = models.CharField(_("note"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("balance entry")
        verbose_name_plural = _("balance entries")
        ordering = ["-booked_at", "-id"]
        indexes = [models.Index(fields=["client", "booked_at"])]

    def __str__(self) -> str:
        return f"{self.client_id} {self.amount_minor} {self.currency}"
