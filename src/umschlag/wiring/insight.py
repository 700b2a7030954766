"""What moves, what will sell, and what to do: from the lake into the records."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

from django.utils.translation import gettext as _

from umschlag.intelligence.forecasting.days_of_cover import YEAR_DAYS, days_of_cover
from umschlag.intelligence.forecasting.model import ForecastMethod, ProposedAct
from umschlag.intelligence.forecasting.patterns import demand_patterns
from umschlag.intelligence.forecasting.proposals import proposed_act
from umschlag.intelligence.forecasting.stockout import is_running_out
from umschlag.intelligence.forecasting.usecases import forecast_rows, replenishments
from umschlag.intelligence.movement.classification import classified_articles, match_reason
from umschlag.intelligence.movement.figures import movement_figures
from umschlag.intelligence.movement.model import (
    ArticleFacts,
    Classification,
    MovementRule,
    MovementThresholds,
    RuleScope,
    Verdict,
)
from umschlag.intelligence.published import MovementFacts, facts_by_asin
from umschlag.kernel.errors import BadInput
from umschlag.kernel.identifiers import Asin
from umschlag.kernel.money import Money
from umschlag.kernel.progress import ProgressFor
from umschlag.settings import Settings
from umschlag.storage.lake.article_facts import article_facts, newest_date, receipts_by_sku
from umschlag.storage.lake.demand import read_demand
from umschlag.storage.lake.lake import Lake
from umschlag.storage.records import forecasting as forecast_records
from umschlag.storage.records import movement as movement_records
from umschlag.wiring.amounts import count_text
from umschlag.wiring.lake import open_lake


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementReport:
    """What a classification came to. Values leave out articles whose stock or cost is unknown."""

    as_of_date: date
    article_count: int
    penner_count: int
    renner_count: int
    stock_value: Money | None
    """None where no article's stock value is known."""
    dead_value: Money | None
    stock_unknown_count: int
    cost_unknown_count: int
    changed_count: int

    def __str__(self) -> str:
        """Return it as one line."""
        return _("%(articles)s articles: %(penner)s Penner, %(renner)s Renner, %(changed)s new") % {
            "articles": count_text(self.article_count),
            "penner": count_text(self.penner_count),
            "renner": count_text(self.renner_count),
            "changed": count_text(self.changed_count),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastOutcome:
    """What a forecast came to."""

    as_of_date: date
    horizon_days: int
    article_count: int
    running_out_count: int
    """Active articles with units to sell that run out within the horizon; not those sold out."""
    changed_count: int
    count_by_method: Mapping[ForecastMethod, int]

    def __str__(self) -> str:
        """Return it as one line."""
        return _("%(articles)s articles over %(days)s days, %(out)s run out within them") % {
            "articles": count_text(self.article_count),
            "days": self.horizon_days,
            "out": count_text(self.running_out_count),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePreview:
    """How many articles a rule would match now, and the value of their stock."""

    count: int
    value: Money
    value_unknown_count: int
    """Matched articles that `value` leaves out: their stock or cost is unknown."""


def classify(
    settings: Settings, *, as_of: date | None = None, progress_for: ProgressFor
) -> MovementReport:
    """Judge every article by the merchant's rules and keep the newest verdicts.

    Raises:
        NotFound: the history is empty.
    """
    progress = progress_for(_("Penner and Renner"))
    progress(0, 2, _("reading and judging"))
    lake = open_lake(settings)
    day = as_of or _newest_date(lake)
    facts, classifications = _judged(settings, lake, day)
    history = read_demand(lake, facts, as_of_date=day, day_count=YEAR_DAYS)
    progress(1, 2, _("writing"))
    pairs = list(zip(facts, classifications, strict=True))
    written = movement_records.replace_movements(pairs, demand_patterns(history), as_of_date=day)
    progress(2, 2, _("done"))
    return _movement_report(settings, day, pairs, written.changed_count)


def forecast(
    settings: Settings, *, as_of: date | None = None, progress_for: ProgressFor
) -> ForecastOutcome:
    """Forecast every article's demand over the horizon and tell when it runs out.

    Raises:
        NotFound: the history is empty.
    """
    progress = progress_for(_("Forecast"))
    progress(0, 3, _("reading the history"))
    lake = open_lake(settings)
    day = as_of or _newest_date(lake)
    facts = _read_facts(settings, lake, day, idle_days_max=0)
    history = read_demand(lake, facts, as_of_date=day, day_count=YEAR_DAYS)
    progress(1, 3, _("forecasting"))
    forecasts = days_of_cover(
        history,
        horizon_days=settings.forecast_horizon_days,
        groups=[article.category for article in facts],
    )
    rows = forecast_rows(
        facts, forecasts, as_of_date=day, lead_time_days_default=settings.lead_time_days_default
    )
    progress(2, 3, _("writing"))
    written = forecast_records.replace_forecasts(rows, made_date=day)
    progress(3, 3, _("done"))
    horizon_end_date = day + timedelta(days=settings.forecast_horizon_days)
    return ForecastOutcome(
        as_of_date=day,
        horizon_days=settings.forecast_horizon_days,
        article_count=len(rows),
        running_out_count=sum(
            is_running_out(
                is_active=article.is_active,
                available_units=article.available_units,
                stockout_date=row.stockout_date,
                horizon_end_date=horizon_end_date,
            )
            for article, row in zip(facts, rows, strict=True)
        ),
        changed_count=written.changed_count,
        count_by_method=Counter(forecasts.methods),
    )


def propose(settings: Settings, *, as_of: date | None = None) -> tuple[ProposedAct, ...]:
    """Propose what to discount, liquidate and reorder, and keep it as the open proposals.

    Acts that a person decided on lately are not proposed again.

    Raises:
        NotFound: the history is empty.
    """
    lake = open_lake(settings)
    day = as_of or _newest_date(lake)
    facts, classifications = _judged(settings, lake, day)
    history = read_demand(lake, facts, as_of_date=day, day_count=YEAR_DAYS)
    replenishment = replenishments(
        facts,
        history,
        lead_time_days_default=settings.lead_time_days_default,
        service_level_percent=settings.service_level_percent,
    )
    acts = []
    for article, classification, by in zip(facts, classifications, replenishment, strict=True):
        act = proposed_act(
            article, classification, by, sales_vat_percent=settings.sales_vat_percent
        )
        if act is not None:
            acts.append(act)
    return forecast_records.replace_open_proposals(acts, made_date=day)


def preview_rule(settings: Settings, rule_values: Mapping[str, object]) -> RulePreview:
    """Return what a rule of these values would match now if it were asked first.

    The values are those of the rule's form; `name`, `priority` and whether it is enabled do not
    matter.

    Raises:
        BadInput: the rule could never match, or a value is none of its field; it is named.
        NotFound: the history is empty.
    """
    rule = _rule_from(rule_values)
    lake = open_lake(settings)
    day = _newest_date(lake)
    thresholds = MovementThresholds()
    facts = _read_facts(settings, lake, day, idle_days_max=rule.days_sold_threshold or 0)
    matched = []
    for article in facts:
        figures = movement_figures(article, (), thresholds)
        if match_reason(rule, article, figures, thresholds) is not None:
            matched.append(article)
    return RulePreview(
        count=len(matched),
        value=_stock_value(settings, matched),
        value_unknown_count=sum(article.stock_value_minor is None for article in matched),
    )


def published_facts(settings: Settings) -> Mapping[Asin, MovementFacts]:
    """Return how every ASIN moves, by the newest classification and forecast."""
    mean_units = forecast_records.newest_mean_units(horizon_days=settings.forecast_horizon_days)
    # The mean of the days-of-cover forecast is a rate times days, so any horizon scales.
    scale = PUBLISHED_HORIZON_DAYS / settings.forecast_horizon_days
    return facts_by_asin(
        replace(facts, forecast_units_28d=mean_units[sku] * scale) if sku in mean_units else facts
        for sku, facts in movement_records.facts_of_skus()
    )


PUBLISHED_HORIZON_DAYS = 28


def _newest_date(lake: Lake) -> date:
    # The catalogue knows the newest picture without a look into the files.
    return lake.newest_business_date() or newest_date(lake)


def _read_facts(
    settings: Settings, lake: Lake, day: date, *, idle_days_max: int
) -> list[ArticleFacts]:
    found = article_facts(
        lake,
        as_of_date=day,
        currency=settings.currency,
        idle_days_max=idle_days_max,
    )
    # The lake also holds sales of articles that were deleted before anybody took their picture;
    # there is nothing left to do with them, and no record to show.
    kept = movement_records.article_ids()
    return [facts for facts in found if facts.sku in kept]


def _judged(
    settings: Settings, lake: Lake, day: date
) -> tuple[list[ArticleFacts], list[Classification]]:
    movement_records.create_default_rules(penner_days=settings.penner_days_sold_threshold)
    rules = movement_records.enabled_rules()
    idle_days_max = max((rule.days_sold_threshold or 0 for rule in rules), default=0)
    facts = _read_facts(settings, lake, day, idle_days_max=idle_days_max)
    classifications = classified_articles(
        facts,
        receipts=receipts_by_sku(lake, as_of_date=day),
        rules=rules,
        thresholds=MovementThresholds(),
    )
    return facts, classifications


def _movement_report(
    settings: Settings,
    day: date,
    pairs: Sequence[tuple[ArticleFacts, Classification]],
    changed_count: int,
) -> MovementReport:
    verdicts = [classification.verdict for _facts, classification in pairs]
    facts_of_all = [facts for facts, _classification in pairs]
    known = [
        classification.figures.dead_value_minor
        for facts, classification in pairs
        if classification.figures.dead_value_minor is not None
        and facts.currency == settings.currency
    ]
    has_value = any(facts.stock_value_minor is not None for facts in facts_of_all)
    return MovementReport(
        as_of_date=day,
        article_count=len(pairs),
        penner_count=verdicts.count(Verdict.PENNER),
        renner_count=verdicts.count(Verdict.RENNER),
        stock_value=_stock_value(settings, facts_of_all) if has_value else None,
        dead_value=Money(sum(known), settings.currency) if known else None,
        stock_unknown_count=sum(facts.on_hand_units is None for facts in facts_of_all),
        cost_unknown_count=sum(facts.unit_cost_minor is None for facts in facts_of_all),
        changed_count=changed_count,
    )


def _stock_value(settings: Settings, articles: Sequence[ArticleFacts]) -> Money:
    # Only one currency, because a sum over two says nothing.
    minor = sum(
        facts.stock_value_minor or 0 for facts in articles if facts.currency == settings.currency
    )
    return Money(minor, settings.currency)


def _rule_from(values: Mapping[str, object]) -> MovementRule:
    return MovementRule(
        name=str(values.get("name") or "preview"),
        verdict=_choice(Verdict, values, "verdict"),
        scope=_choice(RuleScope, values, "scope", default=RuleScope.ALL),
        scope_value=str(values.get("scope_value") or ""),
        days_sold_threshold=_number(values, "days_sold_threshold", int),
        stock_turnover_threshold=_number(values, "stock_turnover_threshold", float),
        stock_units_min=_number(values, "stock_units_min", int),
        stock_value_minor_min=_number(values, "stock_value_minor_min", int),
        days_of_supply_max=_number(values, "days_of_supply_max", int),
    )


_Choice = TypeVar("_Choice", bound=StrEnum)
_Number = TypeVar("_Number", int, float)


def _choice(
    kind: type[_Choice], values: Mapping[str, object], field: str, default: _Choice | None = None
) -> _Choice:
    value = values.get(field) or default
    try:
        return kind(str(value))
    except ValueError:
        known = ", ".join(kind)
        raise BadInput(f"{field} is one of {known}, not {value!r}", field=field) from None


def _number(
    values: Mapping[str, object], field: str, kind: Callable[[str], _Number]
) -> _Number | None:
    value = values.get(field)
    if value is None or value == "":
        return None
    try:
        number = kind(str(value))
    except ValueError:
        raise BadInput(f"{field}: {value!r} is no number", field=field) from None
    if not 0 <= number < math.inf:
        raise BadInput(f"{field} cannot be {value}", field=field)
    return number
