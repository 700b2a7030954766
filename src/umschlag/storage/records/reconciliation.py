"""What stands between the panel's balances and what clients can spend, summed from the ledger."""

from django.db.models import Sum

from umschlag.allocation.balances.reconciliation import Reconciliation
from umschlag.storage.records.ledger import balances
from umschlag.storage.records.models import (
    Client,
    LedgerAccountKind,
    LedgerEntryKind,
    LedgerPosting,
)


def reconciliations() -> list[tuple[Client, Reconciliation]]:
    """Return every client with what explains the sum that it can spend, by name."""
    held = balances(LedgerAccountKind.HELD)
    charged = balances(LedgerAccountKind.CHARGED)
    corrected = balances(LedgerAccountKind.CORRECTION)
    spendable = balances(LedgerAccountKind.SPENDABLE)
    contributed = _contributed()
    return [
        (
            client,
            Reconciliation(
                panel_minor=client.balance_minor,
                held_minor=held.get(client.pk, 0),
                charged_minor=charged.get(client.pk, 0),
                # The account holds corrections the other way round.
                corrected_minor=-corrected.get(client.pk, 0),
                contributed_minor=contributed.get(client.pk, 0),
                spendable_minor=spendable.get(client.pk, 0),
            ),
        )
        for client in Client.objects.order_by("name", "pk")
    ]


def _contributed() -> dict[int, int]:
    lines = LedgerPosting.objects.filter(
        entry__kind=LedgerEntryKind.CONTRIBUTION, account__kind=LedgerAccountKind.SPENDABLE
    )
    sums = lines.order_by().values("account__client_id").annotate(total=Sum("amount_minor"))
    return {row["account__client_id"]: int(row["total"]) for row in sums}
