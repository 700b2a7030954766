"""What to do: proposals for all articles, from the lake into the records."""

from collections.abc import Sequence
from datetime import date

from umschlag.intelligence.forecasting.alternatives import Outlook
from umschlag.intelligence.forecasting.model import ProposedAct
from umschlag.intelligence.forecasting.ordering import (
    Replenishment,
    horizons_needed,
    replenishments,
)
from umschlag.intelligence.forecasting.proposals import proposed_acts
from umschlag.intelligence.forecasting.service_level import LevelBasis, LevelRule
from umschlag.intelligence.movement.model import ArticleFacts, Classification
from umschlag.settings import Settings
from umschlag.storage.records import proposals as proposal_records
from umschlag.storage.records.replenishment import replace_replenishments
from umschlag.wiring.classifying import judged_articles
from umschlag.wiring.demand_models import best_model, read_history
from umschlag.wiring.existing_articles import newest_date_of
from umschlag.wiring.lake import open_lake
from umschlag.wiring.order_basis import read_order_basis
from umschlag.wiring.other_uses import read_partners, read_store_offers


def propose(settings: Settings, *, as_of: date | None = None) -> tuple[ProposedAct, ...]:
    """Propose what to order, what to clear and how, and keep it as the open proposals.

    What ordering each article goes by is kept too. Acts that a person decided on lately are not
    proposed again.

    Raises:
        NotFound: the history is empty.
    """
    lake = open_lake(settings)
    day = as_of or newest_date_of(lake)
    articles, classifications = judged_articles(settings, lake, day)
    facts = list(articles)
    history = read_history(lake, facts, as_of_date=day)
    basis = read_order_basis(settings, lake, facts, classifications, as_of_date=day)
    model = best_model(history, horizons_days=horizons_needed(basis.lead_times))
    ordering = replenishments(facts, history, model, basis=basis, rule=level_rule(settings))
    replace_replenishments(zip(facts, ordering, strict=True), made_date=day)
    outlooks = _outlooks(settings, facts, classifications, ordering)
    acts = [
        act
        for article, classification, by, outlook in zip(
            facts, classifications, ordering, outlooks, strict=True
        )
        for act in proposed_acts(
            article,
            classification,
            by,
            outlook,
            sales_vat_percent=settings.sales_vat_percent,
            holding_percent_per_year=settings.holding_cost_percent_per_year,
        )
    ]
    return proposal_records.replace_open_proposals(acts, made_date=day)


def level_rule(settings: Settings) -> LevelRule:
    """Return how the merchant wants service levels chosen."""
    return LevelRule(
        basis=LevelBasis(settings.service_level_by),
        percent=settings.service_level_percent,
        percent_by_class={
            "A": settings.service_level_percent_a,
            "B": settings.service_level_percent_b,
            "C": settings.service_level_percent_c,
        },
        holding_percent_per_year=settings.holding_cost_percent_per_year,
    )


def _outlooks(
    settings: Settings,
    facts: Sequence[ArticleFacts],
    classifications: Sequence[Classification],
    ordering: Sequence[Replenishment],
) -> list[Outlook]:
    """Return what else could be done with each article, where some of it will not sell."""
    unsold = {
        article.sku
        for article, by in zip(facts, ordering, strict=True)
        if (by.expected_unsold_units or 0) >= 1
    }
    stores = read_store_offers(settings, {one.asin for one in facts if one.sku in unsold})
    partners = read_partners(settings, facts, classifications, ordering)
    return [
        Outlook(
            expected_unsold_units=by.expected_unsold_units,
            store=stores.get(article.asin) if article.asin else None,
            partner=partners.get(article.sku),
        )
        for article, by in zip(facts, ordering, strict=True)
    ]
