"""Penner/Renner rules as a file: how they are written into one and read back."""

from umschlag.storage.records.models import MovementRule
from umschlag.web.admin.exchange import ExchangeRules, FileResource, money_field


class RuleResource(FileResource):
    """Penner/Renner rules, by name."""

    stock_value_min = money_field("stock_value_minor_min")
    price_min = money_field("price_minor_min")
    price_max = money_field("price_minor_max")

    class Meta(ExchangeRules):
        model = MovementRule
        import_id_fields = ["name"]
        fields = [
            "name",
            "verdict",
            "priority",
            "is_enabled",
            "scope",
            "scope_value",
            "price_min",
            "price_max",
            "days_sold_threshold",
            "stock_turnover_threshold",
            "stock_units_min",
            "stock_value_min",
            "days_of_supply_max",
        ]
