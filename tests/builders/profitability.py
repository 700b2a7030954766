"""Facts of articles that sold, in two systems that agree."""

from dataclasses import fields
from datetime import date

from umschlag.intelligence.profitability.model import (
    ArticleFacts,
    ProfitFacts,
    StockOfPeriod,
)
from umschlag.intelligence.profitability.sums import ProfitSums
from umschlag.kernel.identifiers import Sku
from umschlag.kernel.periods import last_days

_SUMS = {one.name for one in fields(ProfitSums)}


def a_period(days=30):
    return last_days(days, through_date=date(2026, 4, 20))


def sums_of(**values):
    """Return what was told of ten units that sold for 100.00; 20.00 are left, all settled."""
    told = {
        "units": 10,
        "sales_minor": 10_000,
        "ads_minor": -500,
        "fees_minor": -2_000,
        "cost_of_goods_minor": -4_000,
        "vat_minor": -1_500,
        "net_profit_minor": 2_000,
        "row_count": 5,
    } | values
    settled = {"settled_sales_minor": told["sales_minor"]}
    settled["settled_net_profit_minor"] = told["net_profit_minor"]
    return ProfitSums(**settled | told)


def a_stock(**values):
    """Return stock of 100.00 on every day of the period."""
    days = dict.fromkeys(("picture_days", "stock_days", "on_hand_days", "value_days"), 30)
    return StockOfPeriod(**days | {"value_minor_days": 300_000} | values)


def facts_of(**values):
    """Return an article with such sums; each of its fields and of theirs can be given."""
    told = {name: value for name, value in values.items() if name in _SUMS}
    known = {
        "sku": Sku("HX-1"),
        "name": "Desk lamp",
        "sums": sums_of(**told),
        "is_known_to_erp": True,
        "erp_unit_cost_minor": 400,
        "on_hand_units": 20,
        "stock": a_stock(),
        "erp_sold_units": 10,
    }
    return ArticleFacts(
        **known | {name: value for name, value in values.items() if name not in told}
    )


def profit_facts(*articles, period=None, **values):
    """Return the facts of a report; marketplaces and days say the same as the articles."""
    total = sum((article.sums for article in articles), ProfitSums())
    days = period or a_period()
    return ProfitFacts(
        **{
            "period": days,
            "before": None,
            "currency": "EUR",
            "articles": articles,
            "by_marketplace": [("Amazon.de", total)],
            "by_day": [(days.start_date, total)],
        }
        | values
    )
