"""What to do: proposals for all articles, from the lake into the records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.alternatives import Outlook
from umschlag.intelligence.forecasting.clearing import unsold_units
from umschlag.intelligence.forecasting.lines import with_successions
from umschlag.intelligence.forecasting.model import ActKind, ProposedAct
from umschlag.intelligence.forecasting.moves import (
    StoreTerms,
    WantedMove,
    offer_alone,
    shared_offers,
)
from umschlag.intelligence.forecasting.ordering import (
    UNSOLD_DAYS,
    Replenishment,
    horizons_needed,
    replenishments,
)
from umschlag.intelligence.forecasting.proposals import proposed_acts
from umschlag.intelligence.forecasting.season import sold_a_year_ago
from umschlag.intelligence.forecasting.service_level import LevelBasis, LevelRule
from umschlag.intelligence.forecasting.succession import joined_history
from umschlag.intelligence.movement.model import ArticleFacts, Classification
from umschlag.kernel.identifiers import Asin
from umschlag.settings import Settings
from umschlag.storage.records import proposals as proposal_records
from umschlag.storage.records.replenishment import replace_replenishments
from umschlag.wiring.classifying import judged_articles
from umschlag.wiring.demand_models import best_model, read_history
from umschlag.wiring.existing_articles import newest_date_of
from umschlag.wiring.lake import open_lake
from umschlag.wiring.order_basis import read_order_basis
from umschlag.wiring.other_uses import read_partners, read_store_terms
from umschlag.wiring.whole_days import sold_before


def propose(settings: Settings, *, as_of: date | None = None) -> tuple[ProposedAct, ...]:
    """Propose what to order, what to clear and how, and keep it as the open proposals.

    What ordering each article goes by is kept too. Goods that go to clients' stores keep to the
    limits of these together, those that bring most first. Acts that a person decided on lately
    are not proposed again.

    Raises:
        NotFound: the history is empty.
    """
    lake = open_lake(settings)
    day = as_of or newest_date_of(lake)
    articles, classifications = judged_articles(settings, lake, day)
    facts = list(articles)
    history = read_history(lake, facts, as_of_date=sold_before(settings, day))
    basis = read_order_basis(settings, lake, facts, classifications, as_of_date=day)
    learned = best_model(history, horizons_days=horizons_needed(basis.lead_times))
    model = with_successions(learned, history, basis.successions)
    ordering = replenishments(facts, history, model, basis=basis, rule=level_rule(settings))
    replace_replenishments(zip(facts, ordering, strict=True), made_date=history.last_date)
    year_ago = sold_a_year_ago(joined_history(history, basis.successions), days=UNSOLD_DAYS)
    outlooks = _outlooks(settings, facts, classifications, ordering, year_ago=year_ago)
    every = _Every(
        settings=settings,
        facts=facts,
        classifications=classifications,
        ordering=ordering,
    )
    return proposal_records.replace_open_proposals(
        every.acts_together(outlooks, made_date=day), made_date=day
    )


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outlooks:
    """What else could be done with each article as if it were the only one, and the stores."""

    alone: Sequence[Outlook]
    stores: Mapping[Asin, Sequence[StoreTerms]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Every:
    """All articles, in one order."""

    settings: Settings
    facts: Sequence[ArticleFacts]
    classifications: Sequence[Classification]
    ordering: Sequence[Replenishment]

    def acts_together(self, outlooks: _Outlooks, *, made_date: date) -> list[ProposedAct]:
        """Return the acts of all articles, none of whose moves exceed a limit together."""
        acts = [self._acts(place, one) for place, one in enumerate(outlooks.alone)]
        # What a person does not want takes no room from others; what one accepted still does.
        refused = proposal_records.refused_lately(ActKind.MOVE, made_date=made_date)
        wanted = [
            move
            for place, of_article in enumerate(acts)
            if self.facts[place].sku not in refused
            for move in self._wanted(place, of_article, outlooks)
        ]
        offers = shared_offers(wanted)
        for place, one in enumerate(outlooks.alone):
            offer = offers.get(self.facts[place].sku)
            if offer is not None and offer != one.store:
                acts[place] = self._acts(place, replace(one, store=offer))
        return [act for of_article in acts for act in of_article]

    def _acts(self, place: int, outlook: Outlook) -> list[ProposedAct]:
        return proposed_acts(
            self.facts[place],
            self.classifications[place],
            self.ordering[place],
            outlook,
            sales_vat_percent=self.settings.sales_vat_percent,
            holding_percent_per_year=self.settings.holding_cost_percent_per_year,
        )

    def _wanted(
        self, place: int, acts: Sequence[ProposedAct], outlooks: _Outlooks
    ) -> list[WantedMove]:
        facts = self.facts[place]
        if facts.asin is None or all(act.kind is not ActKind.MOVE for act in acts):
            return []
        units = unsold_units(facts, self.classifications[place], outlooks.alone[place])
        stores = outlooks.stores[facts.asin]
        return [WantedMove(sku=facts.sku, asin=facts.asin, units=units, stores=stores)]


def _outlooks(
    settings: Settings,
    facts: Sequence[ArticleFacts],
    classifications: Sequence[Classification],
    ordering: Sequence[Replenishment],
    *,
    year_ago: NDArray[np.float64],
) -> _Outlooks:
    """Return what else could be done with each article, where some of it will not sell."""
    unsold = {
        article.sku
        for article, by in zip(facts, ordering, strict=True)
        if (by.expected_unsold_units or 0) >= 1
    }
    stores = read_store_terms(settings, {one.asin for one in facts if one.sku in unsold})
    offers = {asin: offer_alone(asin, terms) for asin, terms in stores.items()}
    partners = read_partners(settings, facts, classifications, ordering)
    alone = [
        Outlook(
            expected_unsold_units=by.expected_unsold_units,
            median_units_90d=by.median_units_90d,
            year_ago_units_90d=None if np.isnan(units) else float(units),
            store=offers.get(article.asin) if article.asin else None,
            partner=partners.get(article.sku),
        )
        for article, by, units in zip(facts, ordering, year_ago, strict=True)
    ]
    return _Outlooks(alone=alone, stores=stores)
