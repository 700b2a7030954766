"""The nouns of movement: what is known of an article, the rules, and what they say of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from umschlag.intelligence.movement import stock_value
from umschlag.intelligence.movement.demand_pattern import DemandPattern
from umschlag.kernel.errors import BadInput
from umschlag.kernel.identifiers import Asin, Sku
from umschlag.kernel.money import Money

ReasonValue = str | int | float | date | Money
"""What may stand in a sentence; whoever shows it formats it for the reader's language."""


class Verdict(StrEnum):
    """What a rule calls an article. Penner are slow movers, Renner fast ones."""

    PENNER = "penner"
    RENNER = "renner"
    NORMAL = "normal"


class SpeedClass(StrEnum):
    """Sales rate and last sale in one word."""

    FAST = "fast"
    STEADY = "steady"
    SLOW = "slow"
    DEAD = "dead"


class AbcClass(StrEnum):
    """Place in the ranking by revenue, or by margin."""

    A = "A"
    B = "B"
    C = "C"


class XyzClass(StrEnum):
    """How much demand varies from week to week."""

    X = "X"
    Y = "Y"
    Z = "Z"


class RuleScope(StrEnum):
    """Which articles a rule looks at."""

    ALL = "all"
    CATEGORY = "category"
    MANUFACTURER = "manufacturer"
    SUPPLIER = "supplier"
    WAREHOUSE = "warehouse"
    MARKETPLACE = "marketplace"
    PRICE_BAND = "price_band"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why something was decided: a code that stands for a sentence, and the figures in it."""

    code: str
    values: Mapping[str, ReasonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Goods of one SKU that came in on one business date."""

    business_date: date
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFacts:
    """What the history knows of one SKU as of the close of one business date.

    Where only sales were imported, stock was never told: then every field about stock is None,
    which is not zero. Sales are net of returns. A day counts as one with stock if units were
    available at its close or were sold on it: a day that sells the last unit had stock.
    """

    sku: Sku
    as_of_date: date
    currency: str
    asin: Asin | None = None
    name: str = ""
    category: str = ""
    manufacturer: str = ""
    supplier: str = ""
    is_active: bool = True
    is_bundle: bool = False
    on_hand_units: int | None = None
    reserved_units: int | None = None
    on_order_units: int | None = None
    unit_cost_minor: int | None = None
    sales_price_minor: int | None = None
    lead_time_days: int | None = None
    order_units_min: int | None = None
    pack_units: int | None = None
    first_seen_date: date | None = None
    stock_since_date: date | None = None
    """First day of the present run of days with stock, as far back as was looked."""
    last_receipt_date: date | None = None
    first_sale_date: date | None = None
    last_sale_date: date | None = None
    sale_day_count: int = 0
    """Days with a sale: in the whole history where stock was never told, else within the year."""
    sold_units_total: int = 0
    sold_units_30d: int = 0
    sold_units_90d: int = 0
    sold_units_365d: int = 0
    revenue_minor_365d: int = 0
    bundle_units_90d: int = 0
    """Of the units sold, those that went as a part of a bundle."""
    bundle_units_365d: int = 0
    days_with_stock_90d: int | None = None
    days_observed_90d: int = 0
    days_observed_365d: int = 0
    """Days of the last 365 of which the stock is known: what averages are taken over."""
    sold_units_observed_365d: int = 0
    cost_of_goods_minor_365d: int | None = None
    average_stock_value_minor_365d: float | None = None
    average_stock_units_365d: float | None = None
    weeks_with_stock: int = 0
    """Of the last 52 since the article is known; see `day_table`."""
    weeks_with_demand: int = 0
    week_units: int = 0
    week_units_squared: int = 0
    days_known: int = 0
    """Days since it was first seen or first sold, as `ArticleColumns` reckons them."""
    idle_days: int = 0
    """Days in which it could have been bought and was not, as `ArticleColumns` reckons them."""

    @property
    def available_units(self) -> int | None:
        """On hand less reserved, None where stock was never told; negative when oversold."""
        return stock_value.available_units(
            on_hand_units=self.on_hand_units, reserved_units=self.reserved_units
        )

    @property
    def stock_value_minor(self) -> int | None:
        """On hand × unit cost; None where either is unknown. Oversold stock is worth nothing."""
        return stock_value.stock_value_minor(
            on_hand_units=self.on_hand_units, unit_cost_minor=self.unit_cost_minor
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementRule:
    """A Penner or Renner rule. The first that matches, by priority and then name, decides.

    A Penner rule matches where an article lay idle for `days_sold_threshold` days or turns over
    less than `stock_turnover_threshold` times a year; a Renner rule where it turns over at least
    that often, is active and still sells, at least `MovementThresholds.renner_daily_units_min` a
    day. Every other bound that is set must hold as well.

    By `scope` a rule looks at some articles alone, and at some with other eyes:

    * category, manufacturer, supplier: articles whose own is `scope_value`, in any case;
    * warehouse: articles of which units lie in that warehouse. Stock, its value and the days of
      supply are those of that warehouse alone; sales and turnover are the article's, since no
      order says which warehouse it left;
    * marketplace: articles that sold there at least once. The last sale, units, turnover and days
      of supply go by the sales there; the stock is all of it, since it serves every marketplace.
      So an article that sells elsewhere may be a Penner of this one;
    * price band: articles whose sales price is at least `price_minor_min` and below
      `price_minor_max`, in the rule's currency; with an unknown price none.

    Raises:
        BadInput: the rule could never match; the field to fill in is named.
    """

    name: str
    verdict: Verdict
    priority: int = 10
    scope: RuleScope = RuleScope.ALL
    scope_value: str = ""
    days_sold_threshold: int | None = None
    stock_turnover_threshold: float | None = None
    stock_units_min: int | None = None
    stock_value_minor_min: int | None = None
    days_of_supply_max: int | None = None
    price_minor_min: int | None = None
    price_minor_max: int | None = None

    def __post_init__(self) -> None:
        if self.verdict is Verdict.NORMAL:
            raise BadInput("a rule finds Penner or Renner", field="verdict")
        if self.days_sold_threshold is None and self.stock_turnover_threshold is None:
            raise BadInput(
                "fill in days without a sale, or a stock turnover", field="days_sold_threshold"
            )
        if self.verdict is Verdict.RENNER and self.stock_turnover_threshold is None:
            raise BadInput("a Renner rule needs a stock turnover", field="stock_turnover_threshold")
        if self.scope is RuleScope.PRICE_BAND:
            self._check_price_band()
        elif self.scope is not RuleScope.ALL and not self.scope_value:
            raise BadInput("name what the scope is limited to", field="scope_value")

    def _check_price_band(self) -> None:
        low, high = self.price_minor_min, self.price_minor_max
        if low is None and high is None:
            raise BadInput("fill in a price from, or a price below", field="price_minor_min")
        if low is not None and high is not None and low >= high:
            raise BadInput("the price below must be above the price from", field="price_minor_max")


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementThresholds:
    """Bounds that are not part of a rule."""

    new_article_days: int = 90
    """An article known for less is no Penner: it has not had its chance."""
    dead_after_days: int = 90
    """Idle days after which the whole stock counts as dead."""
    dead_horizon_days: int = 90
    """Units beyond what sells in so many days at the present rate are dead stock."""
    fast_daily_units_min: float = 1.0
    slow_daily_units_max: float = 0.1
    renner_daily_units_min: float = 0.1
    """What sells less on a day with stock is no Renner, however little stock turns over fast."""
    rate_days_min: int = 28
    """With fewer days of stock in the last 90, the rate is too young to call units dead."""
    regular_sale_days_min: int = 5
    """With fewer days of sale, or all within four weeks, nobody can say that sales stopped."""
    regular_span_days_min: int = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementFigures:
    """What was calculated from the facts; None where stock, cost or time do not allow it."""

    daily_sales_units: float
    stock_turnover_per_year: float | None
    turnover_in_units: bool
    """True where cost is missing, so that units were turned over and not money."""
    days_of_supply: float | None
    stock_age_days: int | None
    stock_value_minor: int | None
    dead_units: int | None
    dead_value_minor: int | None
    speed_class: SpeedClass
    rate_days: int = 0
    """What the sales rate was divided by."""
    rate_leaves_out_days: bool = False
    """Whether days without stock were left out of them: not where demand is sporadic."""
    days_out_90d: int | None = None
    sell_through_of_received_ratio: float | None = None
    margin_minor_365d: int | None = None
    xyz_class: XyzClass | None = None
    demand_pattern: DemandPattern = DemandPattern.NONE
    stock_out_count_365d: int | None = None
    lost_units_max_365d: float | None = None
    """What was lost to stock-outs at most; at least nothing. None where demand is sporadic."""
    lost_revenue_minor_max_365d: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """The verdict on one article, the rule that gave it and the figures it stands on."""

    sku: Sku
    verdict: Verdict
    rule_name: str
    """Empty where no rule matched."""
    reason: Reason
    figures: MovementFigures
    abc_class: AbcClass = AbcClass.C
    abc_class_by_margin: AbcClass | None = None
    """None where the cost of what was sold is unknown."""
