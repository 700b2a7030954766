"""Balance entries in the back office: a ledger is read, never rewritten."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from umschlag.storage.records.models import BalanceEntry, BalanceEntryKind
from umschlag.web.admin.base import ReadOnlyAdmin
from umschlag.web.admin.columns import label_column, money_column


@admin.register(BalanceEntry)
class BalanceEntryAdmin(ReadOnlyAdmin):
    """What happened to the clients' balances."""

    list_display = [
        "booked_at",
        "client",
        label_column(
            "kind",
            _("kind"),
            {
                BalanceEntryKind.PANEL: "note",
                BalanceEntryKind.HOLD: "warn",
                BalanceEntryKind.RELEASE: "good",
            },
        ),
        money_column("amount_minor", _("amount")),
        "cart",
        "note",
    ]
    list_select_related = ["client", "cart"]
    search_fields = ["client__name", "client__external_id", "note"]
    # No date hierarchy: for an instant, MariaDB needs time zone tables that few servers have.
    list_filter = ["kind", "booked_at"]
    fields = ["booked_at", "client", "kind", "amount_minor", "cart", "note"]
