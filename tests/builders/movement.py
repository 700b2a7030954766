"""Facts of an article, rules and figures, with defaults that no rule finds remarkable."""

from datetime import date, timedelta

from umschlag.intelligence.movement.figures import movement_figures
from umschlag.intelligence.movement.model import (
    AbcClass,
    ArticleFacts,
    Classification,
    MovementFigures,
    MovementRule,
    MovementThresholds,
    Reason,
    Receipt,
    SpeedClass,
    Verdict,
)
from umschlag.kernel.identifiers import Sku

AS_OF = date(2026, 9, 2)
THRESHOLDS = MovementThresholds()


def days_ago(days):
    return AS_OF - timedelta(days=days)


def an_article(sku="HX-1", **values):
    """Return an article that sells a unit every third day and has ten on hand."""
    return ArticleFacts(
        **{
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
    return ArticleFacts(
        **{
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


def a_receipt(days, units):
    return Receipt(business_date=days_ago(days), units=units)


def figures_of(facts, receipts=(), thresholds=THRESHOLDS):
    return movement_figures(facts, receipts, thresholds)


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
