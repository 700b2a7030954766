"""What verdicts stand on: the articles, their stock-outs, and what scoped rules look at."""

from collections.abc import Sequence
from datetime import date

from umschlag.intelligence.movement.classification import Evidence
from umschlag.intelligence.movement.figures import patterns_of, sporadic, year_rate_and_revenue
from umschlag.intelligence.movement.lost_sales import StockOuts, stock_outs
from umschlag.intelligence.movement.model import MovementRule, RuleScope
from umschlag.settings import Settings
from umschlag.storage.lake.article_facts import (
    ArticlesRead,
    known_marketplaces,
    known_warehouses,
    marketplace_sales,
    warehouse_stock,
)
from umschlag.storage.lake.engine import EngineUnavailable
from umschlag.storage.lake.lake import Lake
from umschlag.wiring.existing_articles import existing_articles_read
from umschlag.wiring.lake import open_lake


def read_evidence(
    settings: Settings, lake: Lake, day: date, rules: Sequence[MovementRule]
) -> Evidence:
    """Return what the rules judge by as of the day."""
    idle_days_max = max((rule.days_sold_threshold or 0 for rule in rules), default=0)
    read = existing_articles_read(settings, lake, day, idle_days_max=idle_days_max)
    scopes = {rule.scope for rule in rules}
    return Evidence(
        articles=read.articles,
        vat_percent=float(settings.sales_vat_percent),
        stock_outs=_stock_outs(read),
        warehouses=warehouse_stock(lake, read.articles) if RuleScope.WAREHOUSE in scopes else {},
        marketplaces={
            name.casefold(): marketplace_sales(lake, read, name)
            for name in _marketplaces_named(lake, rules)
        },
    )


def _stock_outs(read: ArticlesRead) -> StockOuts:
    """Return the year's stock-outs of all articles, each with what it cost at most."""
    daily_units, unit_revenue_minor = year_rate_and_revenue(read.articles)
    return stock_outs(
        read.table,
        daily_units=daily_units,
        unit_revenue_minor=unit_revenue_minor,
        is_regular=~sporadic(patterns_of(read.articles.sales)),
    )


def scope_values(settings: Settings) -> list[str]:
    """Return the warehouses and marketplaces that a rule can look at.

    None before there is any history, nor while the lake's engine cannot be reached: they are
    offered to whoever writes a rule, and it can be written without.
    """
    lake = open_lake(settings)
    day = lake.newest_business_date()
    try:
        warehouses = known_warehouses(lake, as_of_date=day) if day else []
        return warehouses + known_marketplaces(lake)
    except EngineUnavailable:
        return []


def _marketplaces_named(lake: Lake, rules: Sequence[MovementRule]) -> list[str]:
    asked = {rule.scope_value.casefold() for rule in rules if rule.scope is RuleScope.MARKETPLACE}
    # Names that differ in case alone would be one marketplace; the first of them stands for all.
    found: dict[str, str] = {}
    if asked:
        for name in known_marketplaces(lake):
            found.setdefault(name.casefold(), name)
    return [found[name] for name in sorted(asked & found.keys())]
