"""What Sellerboard told, added up, and what follows from the sums."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfitSums:
    """What Sellerboard told, added up. Amounts are minor units of one currency, costs negative."""

    units: int = 0
    refunds: int = 0
    sales_minor: int = 0
    """Gross, VAT included."""
    ads_minor: int = 0
    fees_minor: int = 0
    refund_cost_minor: int = 0
    cost_of_goods_minor: int = 0
    vat_minor: int = 0
    net_profit_minor: int = 0
    settled_sales_minor: int = 0
    settled_net_profit_minor: int = 0
    row_count: int = 0
    """Days of a product on a marketplace that are in these sums."""
    estimated_row_count: int = 0
    """Those of them whose fees are not settled."""
    before_sales_minor: int = 0
    before_net_profit_minor: int = 0
    """The same keys in the period before."""
    before_left_out_count: int = 0
    """Rows of the period before that no rate converts."""

    def __add__(self, other: "ProfitSums") -> "ProfitSums":
        """Return both together."""
        return ProfitSums(
            **{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)}
        )

    @property
    def revenue_minor(self) -> int:
        """Sales net of VAT. The VAT of what came back is in `vat_minor` again."""
        return self.sales_minor + self.vat_minor

    @property
    def parts_minor(self) -> int:
        """What the parts that Sellerboard tells come to."""
        return (
            self.sales_minor
            + self.ads_minor
            + self.fees_minor
            + self.refund_cost_minor
            + self.cost_of_goods_minor
            + self.vat_minor
        )

    @property
    def unexplained_minor(self) -> int:
        """By how much the net profit told differs from the sum of its parts."""
        return self.net_profit_minor - self.parts_minor

    @property
    def estimated_net_profit_minor(self) -> int:
        """The part of the net profit whose fees are not settled."""
        return self.net_profit_minor - self.settled_net_profit_minor

    @property
    def estimated_sales_minor(self) -> int:
        """The part of the sales whose fees are not settled."""
        return self.sales_minor - self.settled_sales_minor

    @property
    def gross_margin_minor(self) -> int:
        """Revenue less refund cost and cost of goods, before fees and advertising."""
        return self.revenue_minor + self.refund_cost_minor + self.cost_of_goods_minor
