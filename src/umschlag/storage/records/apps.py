"""The records as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordsConfig(AppConfig):
    """Names the app `records`, whatever folder it lies in."""

    name = "umschlag.storage.records"
    label = "records"
    verbose_name = _("Umschlag")
    default_auto_field = "django.db.models.BigAutoField"
