"""What clients can spend, summed from the ledger in the query that lists them."""

from django.db.models import QuerySet

from umschlag.storage.records.ledger import spendable_of_row
from umschlag.web.loose import Loose


def with_spendable(clients: QuerySet[Loose]) -> QuerySet[Loose]:
    """Return the clients with `spendable_minor` in minor units; 0 where nothing was booked."""
    summed: QuerySet[Loose] = clients.annotate(spendable_minor=spendable_of_row())
    return summed
