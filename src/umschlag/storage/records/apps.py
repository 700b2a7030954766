"""The records as a Django app."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class RecordsConfig(AppConfig):
    """Names the app `records`, whatever folder it lies in."""

    name = "umschlag.storage.records"
    label = "records"
    verbose_name = _("Umschlag")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have every migration end with the ledger guarded, every file of SQLite with its log."""
        from umschlag.storage.records.sqlite_log import keep_a_write_ahead_log

        connection_created.connect(keep_a_write_ahead_log)
        post_migrate.connect(_guard_the_ledger, sender=self)


def _guard_the_ledger(*, using: str, **_signal: Any) -> None:  # noqa: ANN401 - Django's own
    from umschlag.storage.records import ledger_guard

    ledger_guard.install(connections[using])
