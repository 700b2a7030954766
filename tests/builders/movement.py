"""Facts of an article, rules and figures, with defaults that no rule finds remarkable."""

from dataclasses import fields, replace
from datetime import date, timedelta

import numpy as np

from umschlag.intelligence.movement import columns as columns_module
from umschlag.intelligence.movement.classification import Evidence, judged
from umschlag.intelligence.movement.columns import ArticleColumns, SalesColumns, ShelfColumns
from umschlag.intelligence.movement.figures import movement_figures
from umschlag.intelligence.movement.model import (
    AbcClass,
    ArticleFacts,
    Classification,
    MovementFigures,
    MovementRule,
    MovementThresholds,
    Reason,
    SpeedClass,
    Verdict,
)
from umschlag.kernel.identifiers import Sku

AS_OF = date(2026, 9, 2)
THRESHOLDS = MovementThresholds()


SMOOTH = {
    "weeks_with_stock": 52,
    "weeks_with_demand": 50,
    "week_units": 120,
    "week_units_squared": 300,
}
LUMPY = {
    "weeks_with_stock": 52,
    "weeks_with_demand": 4,
    "week_units": 23,
    "week_units_squared": 403,
}


def reckoned(values):
    """Return the facts of one article, with the days that its columns reckon."""
    facts = ArticleFacts(**values)
    columns = columns_of([facts])
    told = {"days_known": int(columns.days_known[0]), "idle_days": int(columns.idle_days[0])}
    return replace(facts, **told)


_UNKNOWN = {"f": np.nan, "M": np.datetime64("NaT"), "O": "", "i": 0, "b": False}


def columns_of(articles, **columns):
    """Return the articles side by side; `columns` are what no single article tells."""
    articles = list(articles)

    def group(kind, **known):
        return kind(
            **{
                field.name: _column(field, articles)
                if field.name not in known
                else known[field.name]
                for field in fields(kind)
            }
        )

    told = group(ShelfColumns)
    days = [facts.days_with_stock_90d for facts in articles]
    observed = np.array([facts.days_observed_90d or 90 for facts in articles])
    shelf = replace(
        told,
        days_observed_90d=np.where([day is None for day in days], 0, observed),
        days_with_stock_365d=np.array([day or 0 for day in days]),
    )
    as_of_date = articles[0].as_of_date if articles else AS_OF
    return group(
        ArticleColumns,
        as_of_date=as_of_date,
        sold_through_date=as_of_date,
        sales=group(SalesColumns),
        shelf=shelf,
        **columns,
    )


def _column(field, articles):
    kind = {"Numbers": "f", "Days": "M", "Texts": "O", "Counts": "i", "Flags": "b"}[
        _kind_of(field.type)
    ]
    values = [getattr(facts, field.name, None) for facts in articles]
    known = [_UNKNOWN[kind] if value is None else value for value in values]
    dtype = {"f": "float64", "M": "datetime64[D]", "O": object, "i": "int64", "b": bool}[kind]
    return np.array(known, dtype=dtype)


def _kind_of(annotation):
    names = {
        str(columns_module.Numbers): "Numbers",
        str(columns_module.Days): "Days",
        str(columns_module.Texts): "Texts",
        str(columns_module.Counts): "Counts",
        str(columns_module.Flags): "Flags",
    }
    return names[str(annotation)]


def days_ago(days):
    return AS_OF - timedelta(days=days)


def an_article(sku="HX-1", **values):
    """Return an article that sells a unit every third day and has ten on hand."""
    return reckoned(
        {
            "sku": Sku(sku),
            "as_of_date": AS_OF,
            "currency": "EUR",
            "name": "Desk lamp",
            "category": "Lamps",
            "on_hand_units": 10,
            "reserved_units": 0,
            "on_order_units": 0,
            "unit_cost_minor": 500,
            "sales_price_minor": 1_000,
            "first_seen_date": days_ago(364),
            "stock_since_date": days_ago(364),
            "first_sale_date": days_ago(360),
            "last_sale_date": days_ago(2),
            "sale_day_count": 120,
            "sold_units_total": 120,
            "sold_units_30d": 10,
            "sold_units_90d": 30,
            "sold_units_365d": 120,
            "revenue_minor_365d": 120_000,
            "days_with_stock_90d": 90,
            "days_observed_365d": 365,
            "sold_units_observed_365d": 120,
            "cost_of_goods_minor_365d": 60_000,
            "average_stock_value_minor_365d": 15_000.0,
            "average_stock_units_365d": 30.0,
            **SMOOTH,
            **values,
        }
    )


def an_idle_article(sku="HX-1", *, idle_days=120, **values):
    """Return an article with stock that stopped selling so many days ago."""
    return an_article(
        sku,
        **{
            "last_sale_date": days_ago(idle_days),
            "sold_units_30d": 0,
            "sold_units_90d": 0,
            **values,
        },
    )


def a_sold_article(sku="85048", **values):
    """Return an article known by its sales alone, as after a file import."""
    return reckoned(
        {
            "sku": Sku(sku),
            "as_of_date": AS_OF,
            "currency": "GBP",
            "first_sale_date": days_ago(700),
            "last_sale_date": days_ago(3),
            "sale_day_count": 200,
            "sold_units_total": 1_400,
            "sold_units_90d": 180,
            "sold_units_365d": 700,
            "revenue_minor_365d": 70_000,
            **SMOOTH,
            **values,
        }
    )


def a_penner_rule(name="idle", **values):
    return MovementRule(
        **{
            "name": name,
            "verdict": Verdict.PENNER,
            "days_sold_threshold": 90,
            "stock_units_min": 1,
            **values,
        }
    )


def a_turnover_rule(name="slow", **values):
    return MovementRule(
        **{"name": name, "verdict": Verdict.PENNER, "stock_turnover_threshold": 1.0, **values}
    )


def a_renner_rule(name="fast", **values):
    return MovementRule(
        **{
            "name": name,
            "verdict": Verdict.RENNER,
            "stock_turnover_threshold": 8.0,
            "days_of_supply_max": 30,
            **values,
        }
    )


def figures_of(facts, thresholds=THRESHOLDS, *, vat_percent=19.0, **columns):
    """Return the figures of one article."""
    figures = movement_figures(columns_of([facts], **columns), thresholds, vat_percent=vat_percent)
    return next(figures.rows())


def alone(function, **values):
    """Return what a function of columns says of one article, None for what it does not know."""
    found = function(
        **{
            name: value if name in _NO_COLUMNS else np.array([np.nan if value is None else value])
            for name, value in values.items()
        }
    )[0].item()
    return None if np.isnan(found) else found


_NO_COLUMNS = {"horizon_days", "receipts"}


def judged_by(rules, *articles, **evidence):
    """Return the articles' classifications by these rules."""
    of_columns = {name: evidence.pop(name) for name in _OF_COLUMNS & evidence.keys()}
    return judged(Evidence(articles=columns_of(articles, **of_columns), **evidence), rules)


_OF_COLUMNS = {"stock_age_days", "received_units_365d"}


def a_classification(sku="HX-1", verdict=Verdict.NORMAL, **figures):
    return Classification(
        sku=Sku(sku),
        verdict=verdict,
        rule_name="",
        reason=Reason(code="no_rule_never_sold"),
        abc_class=AbcClass.C,
        figures=MovementFigures(
            **{
                "daily_sales_units": 0.5,
                "stock_turnover_per_year": 4.0,
                "turnover_in_units": False,
                "days_of_supply": 20.0,
                "stock_age_days": 10,
                "stock_value_minor": 5_000,
                "dead_units": 0,
                "dead_value_minor": 0,
                "speed_class": SpeedClass.STEADY,
                **figures,
            }
        ),
    )
