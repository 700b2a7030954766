"""The ledger in the back office: read, never rewritten."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from umschlag.storage.records.models import (
    LedgerAccountKind,
    LedgerEntry,
    LedgerEntryKind,
    LedgerPosting,
)
from umschlag.web.admin.base import ReadOnlyAdmin, ReadOnlyInline
from umschlag.web.admin.columns import label_column, money_column, page_column, text_column
from umschlag.wiring.statement_words import stored_note_text

ENTRY_COLOURS = {
    LedgerEntryKind.PANEL: "note",
    LedgerEntryKind.HOLD: "warn",
    LedgerEntryKind.RELEASE: "good",
    LedgerEntryKind.SETTLEMENT: "good",
    LedgerEntryKind.CORRECTION: "bad",
}


class PostingsInline(ReadOnlyInline):
    """What the entry adds to which account; it sums to zero."""

    model = LedgerPosting
    fields = ["account", "amount"]
    readonly_fields = ["account", "amount"]

    @admin.display(description=_("amount"))
    def amount(self, line: LedgerPosting) -> str:
        """Write the amount in the account's currency."""
        from umschlag.web.amounts import minor_text

        return minor_text(line.amount_minor, line.account.currency)


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    """What happened to the clients' money."""

    list_display = [
        "number",
        "booked_at",
        text_column("client.name", _("client")),
        label_column("kind", _("kind"), ENTRY_COLOURS),
        money_column("spendable_change_minor", _("can spend"), currency="client.currency"),
        page_column("cart", _("cart"), page="pages:run", key="cart.run_id"),
        "booked_by",
        "told",
    ]
    list_select_related = ["client", "cart__run"]
    search_fields = ["client__name", "client__external_id", "note", "hash"]
    # No date hierarchy: for an instant, MariaDB needs time zone tables that few servers have.
    list_filter = ["kind", "booked_at"]
    fields = [
        ("number", "kind"),
        ("client", "booked_at"),
        ("cart", "pallet"),
        ("reverses", "booked_by"),
        "told",
        "previous_hash",
        "hash",
    ]
    readonly_fields = ["told"]
    inlines = [PostingsInline]

    @admin.display(description=_("note"))
    def told(self, entry: LedgerEntry) -> str:
        """Put the note into the reader's language."""
        return stored_note_text(entry.kind, entry.note)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Add by how much each entry changed what its client can spend."""
        change = (
            LedgerPosting.objects.filter(
                entry=OuterRef("pk"),
                account__client=OuterRef("client"),
                account__kind=LedgerAccountKind.SPENDABLE,
            )
            .order_by()
            .values("entry")
            .annotate(sum=Sum("amount_minor"))
            .values("sum")
        )
        changed: QuerySet[Any] = (
            super().get_queryset(request).annotate(spendable_change_minor=Subquery(change))
        )
        return changed
