"""What clients can spend: the sum of their balance entries, in the query that lists them."""

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from umschlag.storage.records.models import BalanceEntry
from umschlag.web.loose import Loose


def with_spendable(clients: QuerySet[Loose]) -> QuerySet[Loose]:
    """Return the clients with `spendable_minor` in minor units; 0 where nothing was booked."""
    booked = (
        BalanceEntry.objects.filter(client=OuterRef("pk"))
        .order_by()
        .values("client")
        .annotate(total=Sum("amount_minor"))
        .values("total")
    )
    summed: QuerySet[Loose] = clients.annotate(spendable_minor=Coalesce(Subquery(booked), 0))
    return summed
