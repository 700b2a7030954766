"""Facts of articles that sold, in two systems that agree."""

from datetime import date

from umschlag.intelligence.profitability.model import ArticleFacts
from umschlag.kernel.identifiers import Sku
from umschlag.kernel.periods import last_days


def a_period(days=30):
    return last_days(days, through_date=date(2026, 4, 20))


def facts_of(**values):
    """Return an article of which ten units sold for 100.00; 20.00 are left."""
    return ArticleFacts(
        **{
            "sku": Sku("HX-1"),
            "name": "Desk lamp",
            "units": 10,
            "refunds": 0,
            "sales_minor": 10_000,
            "ads_minor": -500,
            "fees_minor": -2_000,
            "refund_cost_minor": 0,
            "cost_of_goods_minor": -4_000,
            "vat_minor": -1_500,
            "net_profit_minor": 2_000,
            "estimated_day_count": 0,
            "is_known_to_erp": True,
            "erp_unit_cost_minor": 400,
            "on_hand_units": 20,
            "stock_units_mean": 25.0,
            "stock_day_count": 30,
            "erp_sold_units": 10,
            **values,
        }
    )
