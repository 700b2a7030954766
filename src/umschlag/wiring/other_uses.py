"""What else could be done with goods that do not sell: whose store could, and what sells with them.

Intelligence does not know allocation; here its records are read and handed over as plain values.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from umschlag.intelligence.forecasting.alternatives import (
    BUNDLE_ORDERS_MIN,
    BundlePartner,
)
from umschlag.intelligence.forecasting.moves import StoreTerms
from umschlag.intelligence.forecasting.ordering import Replenishment
from umschlag.intelligence.movement.model import ArticleFacts, Classification, SpeedClass, Verdict
from umschlag.kernel.identifiers import Asin, Sku
from umschlag.kernel.money import Money
from umschlag.settings import Settings
from umschlag.storage.lake.questions import Question
from umschlag.storage.records.ledger import balances
from umschlag.storage.records.models import (
    LedgerAccountKind,
    StoreStatus,
    UngatingAnswer,
    UngatingStatus,
)
from umschlag.wiring.lake import open_lake

TOGETHER_DAYS = 365
WELL_SELLING = frozenset({SpeedClass.FAST, SpeedClass.STEADY})


def read_store_terms(
    settings: Settings, asins: Collection[Asin | None]
) -> Mapping[Asin, Sequence[StoreTerms]]:
    """Return for each ASIN the active stores that are ungated for it, with all that limits them.

    A client pays the unit cost that the buying sheet says, out of what it can spend above the
    floor; the store's caps on units of an ASIN and in all hold.
    """
    found: dict[Asin, list[StoreTerms]] = defaultdict(list)
    rows = UngatingStatus.objects.filter(
        answer=UngatingAnswer.YES, store__status=StoreStatus.ACTIVE
    ).select_related("store__client", "asin")
    spendable = balances(LedgerAccountKind.SPENDABLE)
    for row in rows.iterator():
        asin, store, client = row.asin, row.store, row.store.client
        if Asin(asin.asin) not in asins or client.currency != asin.currency:
            continue
        found[Asin(asin.asin)].append(
            StoreTerms(
                store_key=store.pk,
                client_key=client.pk,
                store_name=str(store),
                client_name=client.name,
                unit_price=Money(asin.unit_cost_minor, asin.currency),
                spendable_minor=spendable.get(client.pk, 0) - settings.client_balance_floor_minor,
                asin_units_max=store.asin_units_max,
                total_units_max=store.total_units_max,
            )
        )
    return found


def read_partners(
    settings: Settings,
    articles: Sequence[ArticleFacts],
    classifications: Sequence[Classification],
    ordering: Sequence[Replenishment],
) -> dict[Sku, BundlePartner]:
    """Return for each article the well-selling one that most orders of a year hold with it."""
    if not articles:
        return {}
    good = {
        article.sku: (article, by)
        for article, verdict, by in zip(articles, classifications, ordering, strict=True)
        if verdict.verdict is not Verdict.PENNER
        and verdict.figures.speed_class in WELL_SELLING
        and article.is_active
        and not article.is_bundle
        and (by.expected_unsold_units or 0) < 1
        # Nobody can buy a pair of which one half is gone, because it sells so well.
        and _stock_ahead(article) > 0
    }
    until = articles[0].as_of_date + timedelta(days=1)
    pairs = open_lake(settings).ask(
        Question.load("umschlag.intelligence.forecasting", "bought_together"),
        since=until - timedelta(days=TOGETHER_DAYS),
        until=until,
        orders_min=BUNDLE_ORDERS_MIN,
    )
    found: dict[Sku, BundlePartner] = {}
    for row in pairs.to_pylist():
        sku, partner_sku = Sku(row["sku"]), Sku(row["partner_sku"])
        # Most orders in common come first.
        if sku in found or partner_sku not in good:
            continue
        partner, by = good[partner_sku]
        found[sku] = BundlePartner(
            sku=partner_sku,
            name=partner.name,
            orders_together=row["orders"],
            expected_units_90d=by.expected_units_90d or 0.0,
            stock_units=_stock_ahead(partner),
        )
    return found


def _stock_ahead(article: ArticleFacts) -> int:
    return max(article.available_units or 0, 0) + max(article.on_order_units or 0, 0)
