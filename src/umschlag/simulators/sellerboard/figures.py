"""What Sellerboard reckons for the demo merchant: one row a day, marketplace and article sold.

All amounts are cents of the account's currency, costs negative. Fees of days younger than
`SETTLED_AFTER_DAYS` are estimates, a little too high, and are restated later.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from umschlag.simulators.demo.identities import asin_of, sku_of
from umschlag.simulators.demo.scale import DemoScale

WINDOW_DAYS = 32
SETTLED_AFTER_DAYS = 14
MARKETPLACES = ("Amazon.de", "Amazon.co.uk")
VAT_PERCENT = (19, 20)
COMMISSION_PERCENT = 15
ESTIMATE_SURCHARGE_PERCENT = 3
_ADS_STREAM = 7_001
_RETURNS_STREAM = 7_002


class MerchantSales(Protocol):
    """The part of the demo merchant that Sellerboard sees; arrays as in `DemoWorld.merchant`."""

    @property
    def units_sold(self) -> NDArray[np.int32]:
        """Day × article × marketplace."""

    @property
    def units_returned(self) -> NDArray[np.int32]:
        """Day × article × marketplace."""

    @property
    def price_minor(self) -> NDArray[np.int64]:
        """Gross, day × article."""

    @property
    def unit_cost_minor(self) -> NDArray[np.int64]:
        """Net, day × article."""

    @property
    def name(self) -> tuple[str, ...]:
        """By article."""

    @property
    def weight_g(self) -> NDArray[np.int64]:
        """By article."""


class SoldWorld(Protocol):
    """The part of the demo world that Sellerboard sees."""

    @property
    def scale(self) -> DemoScale:
        """Which days there are."""

    @property
    def merchant(self) -> MerchantSales:
        """What sold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductDay:
    """One row of the report, in cents and units."""

    business_date: date
    marketplace: str
    asin: str
    sku: str
    name: str
    units_organic: int
    units_ppc: int
    sales_organic: int
    sales_ppc: int
    refunds: int
    promo: int
    sponsored_products: int
    refund_principal: int
    refund_commission: int
    refund_admin: int
    returned_value: int
    commission: int
    fulfilment: int
    cost_of_goods: int
    vat: int
    further_fees: Mapping[str, int] = field(default_factory=dict)

    @property
    def sales(self) -> int:
        """Gross sales, organic and advertised."""
        return self.sales_organic + self.sales_ppc

    @property
    def refund_cost(self) -> int:
        """All refund parts together; the value of what came back is among them."""
        return (
            self.refund_principal + self.refund_commission + self.refund_admin + self.returned_value
        )

    @property
    def fees(self) -> int:
        """All that Amazon keeps of sales."""
        return self.commission + self.fulfilment + sum(self.further_fees.values())

    @property
    def payout(self) -> int:
        """What Amazon is expected to pay out."""
        return (
            self.sales
            + self.promo
            + self.sponsored_products
            + self.refund_cost
            - self.returned_value
            + self.fees
        )

    @property
    def net_profit(self) -> int:
        """What is left."""
        return self.payout + self.returned_value + self.cost_of_goods + self.vat


def product_days(
    world: SoldWorld, *, further_fees: Mapping[str, int] | None = None
) -> list[ProductDay]:
    """Return the rows of the trailing window, oldest first.

    `further_fees` (name → cents a unit) are fee kinds that only some days have.
    """
    scale = world.scale
    first = max(scale.day_count - WINDOW_DAYS, 0)
    return [
        row
        for day in range(first, scale.day_count)
        for row in _rows_of_day(world, day, further_fees or {})
    ]


def _rows_of_day(world: SoldWorld, day: int, fees: Mapping[str, int]) -> Iterator[ProductDay]:
    scale, merchant = world.scale, world.merchant
    business_date = scale.first_date + timedelta(days=day)
    ordinal = business_date.toordinal()
    ads = np.random.default_rng((scale.seed, ordinal, _ADS_STREAM))
    returns = np.random.default_rng((scale.seed, ordinal, _RETURNS_STREAM))
    sold, returned = merchant.units_sold[day], merchant.units_returned[day]
    shape = sold.shape
    # A third of the articles is advertised, and an eighth to a half of their orders comes from it.
    advertised = _advertised(scale)
    ppc = np.where(advertised[:, None], ads.binomial(sold, 0.3), 0)
    acos = ads.uniform(0.10, 0.40, shape)
    sellable = returns.binomial(returned, 0.7)
    is_estimate = (scale.today - business_date).days < SETTLED_AFTER_DAYS
    for article, place in np.argwhere((sold > 0) | (returned > 0)):
        units, back = int(sold[article, place]), int(returned[article, place])
        price = int(merchant.price_minor[day, article])
        units_ppc = int(ppc[article, place])
        fulfilment = -units * _fulfilment_fee(int(merchant.weight_g[article]))
        if is_estimate:
            fulfilment = fulfilment * (100 + ESTIMATE_SURCHARGE_PERCENT) // 100
        cost = int(merchant.unit_cost_minor[day, article])
        commission_back = back * price * COMMISSION_PERCENT // 100
        percent = VAT_PERCENT[place]
        yield ProductDay(
            business_date=business_date,
            marketplace=MARKETPLACES[place],
            asin=asin_of(int(article)),
            sku=sku_of(int(article)),
            name=merchant.name[article],
            units_organic=units - units_ppc,
            units_ppc=units_ppc,
            sales_organic=(units - units_ppc) * price,
            sales_ppc=units_ppc * price,
            refunds=back,
            promo=0,
            sponsored_products=-round(units_ppc * price * float(acos[article, place])),
            refund_principal=-back * price,
            refund_commission=commission_back,
            refund_admin=-commission_back // 5,
            returned_value=int(sellable[article, place]) * cost,
            commission=-(units * price * COMMISSION_PERCENT // 100),
            fulfilment=fulfilment,
            cost_of_goods=-units * cost,
            vat=-((units - back) * price * percent // (100 + percent)),
            further_fees={name: -units * each for name, each in fees.items()} if units else {},
        )


def _advertised(scale: DemoScale) -> NDArray[np.bool_]:
    draw = np.random.default_rng((scale.seed, 0, _ADS_STREAM))
    return draw.random(scale.article_count) < 0.33


def _fulfilment_fee(weight_g: int) -> int:
    """Return cents a parcel: a base and 40 cents for every begun 500 g (a plausible tariff)."""
    return 260 + 40 * (-(-weight_g // 500))
