"""Credentials of the merchant's Plentymarkets system."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from umschlag.storage.records.encryption import EncryptedTextField


class PlentymarketsCredential(models.Model):
    """Login of one Plentymarkets system. Password and token are encrypted and never shown."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    base_url = models.URLField(_("address, without /rest"))
    username = models.CharField(_("user"), max_length=120)
    password = EncryptedTextField(_("password"))
    plenty_id = models.PositiveIntegerField(_("plenty id"), null=True, blank=True)
    token = EncryptedTextField(_("token"), blank=True, default="", editable=False)
    token_expires_at = models.DateTimeField(_("token expires"), null=True, editable=False)

    class Meta:
        verbose_name = _("Plentymarkets login")
        verbose_name_plural = _("Plentymarkets logins")
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.username})"
