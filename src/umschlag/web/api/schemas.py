"""What the API answers. Money is minor units with their currency; dates are ISO 8601."""

from datetime import date, datetime
from typing import Any

from ninja import Schema
from pydantic import Field, StrictBool, StrictFloat, StrictInt

from umschlag.storage.records.models import RuleScope, Verdict
from umschlag.web.amounts import default_currency
from umschlag.web.api.bodies import Body
from umschlag.web.loose import Loose


class MoneyOut(Schema):
    """An amount: 1250 and EUR are 12.50 €."""

    minor: int
    currency: str


def _money(minor: int | None, currency: str | None = None) -> dict[str, Any] | None:
    if minor is None:
        return None
    return {"minor": minor, "currency": currency or default_currency()}


class AsinOut(Schema):
    """One ASIN that was bought."""

    asin: str
    title: str
    brand: str
    unit_cost: MoneyOut
    bought_units: int
    remaining_units: int
    case_pack_units: int
    added_date: date
    weight_g: int | None
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None
    shipping_price_min: MoneyOut | None
    shipping_price_max: MoneyOut | None

    @staticmethod
    def resolve_unit_cost(record: Loose) -> Loose:
        """Put amount and currency together."""
        return _money(record.unit_cost_minor, record.currency)

    @staticmethod
    def resolve_shipping_price_min(record: Loose) -> Loose:
        """Put amount and currency together."""
        return _money(record.shipping_price_minor_min, record.currency)

    @staticmethod
    def resolve_shipping_price_max(record: Loose) -> Loose:
        """Put amount and currency together."""
        return _money(record.shipping_price_minor_max, record.currency)


class ClientOut(Schema):
    """One client, by the panel's id."""

    client_id: str = Field(alias="external_id")
    name: str
    email: str
    balance: MoneyOut = Field(description="As the panel told it last.")
    spendable: MoneyOut = Field(
        description="What carts may cost now, summed from the ledger: the panel's balance less "
        "what carts hold and what was shipped and is not yet deducted there."
    )
    priority: str
    last_pallet_date: date | None
    total_allocated: MoneyOut

    @staticmethod
    def resolve_balance(record: Loose) -> Loose:
        """Put amount and currency together."""
        return _money(record.balance_minor, record.currency)

    @staticmethod
    def resolve_spendable(record: Loose) -> Loose:
        """Put amount and currency together."""
        return _money(record.spendable_minor, record.currency)

    @staticmethod
    def resolve_total_allocated(record: Loose) -> Loose:
        """Put amount and currency together."""
        return _money(record.total_allocated_minor, record.currency)

    @staticmethod
    def resolve_priority(record: Loose) -> str:
        """Say it in the panel's words, whatever the reader's language."""
        return {1: "High", 2: "Medium", 3: "Low"}[record.priority]


class StoreOut(Schema):
    """One store, by the panel's id."""

    store_id: str = Field(alias="external_id")
    name: str
    client_id: str = Field(alias="client.external_id")
    client_name: str = Field(alias="client.name")
    status: str
    marketplace: str
    kind: str
    asin_units_max: int | None
    total_units_max: int | None


class UngatingOut(Schema):
    """May this store list this ASIN?"""

    store_id: str = Field(alias="store.external_id")
    asin: str = Field(alias="asin.asin")
    answer: str
    source: str
    checked_at: datetime


class PreorderOut(Schema):
    """Units that a client ordered before they arrived."""

    preorder_id: str = Field(alias="external_id")
    client_id: str = Field(alias="client.external_id")
    asin: str = Field(alias="asin.asin")
    ordered_units: int
    there_units: int = Field(description="Arrived and not yet allocated.")
    waiting_units: int = Field(description="Not yet arrived.")
    allocated_units: int
    amount: MoneyOut
    remaining_due: MoneyOut
    expected_arrival_date: date | None
    status: str

    @staticmethod
    def resolve_amount(record: Loose) -> Loose:
        """Put amount and currency together."""
        return _money(record.amount_minor, record.currency)

    @staticmethod
    def resolve_remaining_due(record: Loose) -> Loose:
        """Put amount and currency together."""
        return _money(record.remaining_due_minor, record.currency)


class PalletOut(Schema):
    """One loaded pallet."""

    pallet_id: str = Field(alias="code")
    client_id: str = Field(alias="client.external_id")
    store_id: str = Field(alias="store.external_id")
    destination: str
    status: str
    pallet_type: str
    carton_count: int
    units: int
    load_height_mm: int
    gross_weight_g: int
    volume_mm3: int
    cube_utilisation: float
    freight: MoneyOut
    charged_shipping: MoneyOut
    built_at: datetime
    shipped_date: date | None

    @staticmethod
    def resolve_freight(record: Loose) -> Loose:
        """Put amount and currency together."""
        return _money(record.freight_minor, record.currency)

    @staticmethod
    def resolve_charged_shipping(record: Loose) -> Loose:
        """Put amount and currency together."""
        return _money(record.charged_shipping_minor, record.currency)


class ArticleOut(Schema):
    """Current state of one SKU. Stock is null where it was never told."""

    sku: str
    name: str
    manufacturer: str
    category: str
    supplier: str
    asin: str
    gtin: str
    is_active: bool
    is_bundle: bool
    on_hand_units: int | None
    reserved_units: int | None
    available_units: int | None
    on_order_units: int | None
    unit_cost: MoneyOut | None
    sales_price: MoneyOut | None
    stock_value: MoneyOut | None
    as_of_date: date | None = Field(description="Null where no snapshot ever told the article.")
    vanished_date: date | None = Field(description="Since when the ERP no longer has it.")

    @staticmethod
    def resolve_unit_cost(record: Loose) -> Loose:
        """Put amount and currency together."""
        return _money(record.unit_cost_minor, record.currency)

    @staticmethod
    def resolve_sales_price(record: Loose) -> Loose:
        """Put amount and currency together."""
        return _money(record.sales_price_minor, record.currency)

    @staticmethod
    def resolve_stock_value(record: Loose) -> Loose:
        """Put amount and currency together."""
        return _money(record.stock_value_minor, record.currency)


class SnapshotOut(Schema):
    """One attempt to publish a day."""

    business_date: date
    origin: str
    status: str
    started_at: datetime
    finished_at: datetime | None
    row_count: int
    expected_row_count: int
    vanished_count: int
    error: str


class SyncRunOut(Schema):
    """One import."""

    source: str
    status: str
    started_at: datetime
    finished_at: datetime | None
    read_count: int
    created_count: int
    updated_count: int
    skipped_count: int
    problems: list[str]
    error: str


class ForecastOut(Schema):
    """Demand of one article over a horizon."""

    sku: str = Field(alias="article.sku")
    made_date: date = Field(description="Its sales are the last it knows; it begins the day after.")
    horizon_days: int
    method: str
    mean_units: float
    q50_units: float
    q80_units: float
    q95_units: float
    is_out: bool = Field(
        description="Nothing was available at the close of `made_date`: out, not running out."
    )
    stockout_date: date | None
    stockout_probability: float | None


class RuleIn(Body):
    """A Penner or Renner rule as it is entered."""

    name: str = Field(min_length=1, max_length=120)
    verdict: str = Field(pattern="^(penner|renner)$")
    priority: StrictInt = Field(10, ge=0, le=1_000_000)
    is_enabled: StrictBool = True
    scope: RuleScope = RuleScope.ALL
    scope_value: str = Field(
        "",
        max_length=120,
        description="The category, manufacturer, supplier, warehouse or marketplace, in any case.",
    )
    price_minor_min: StrictInt | None = Field(
        None, ge=0, le=1_000_000_000_000, description="With the scope price_band alone."
    )
    price_minor_max: StrictInt | None = Field(
        None, ge=0, le=1_000_000_000_000, description="Excluded."
    )
    days_sold_threshold: StrictInt | None = Field(None, ge=1, le=36_500)
    stock_turnover_threshold: StrictFloat | None = Field(
        None, ge=0, le=100_000, description="Times a year; kept to two decimals."
    )
    stock_units_min: StrictInt | None = Field(None, ge=0, le=1_000_000_000)
    stock_value_minor_min: StrictInt | None = Field(None, ge=0, le=1_000_000_000_000)
    days_of_supply_max: StrictInt | None = Field(None, ge=0, le=1_000_000)


class RuleOut(RuleIn):
    """A stored rule."""

    id: int


VERDICTS = "^(" + "|".join(Verdict.values) + ")$"


class GeneratePallets(Schema):
    """For whom pallets are to be made: ids and name as the panel knows them."""

    client_name: str = Field(alias="clientName", min_length=1, max_length=160)
    client_id: str = Field(alias="clientID", min_length=1, max_length=40)
    store_id: str = Field(alias="storeID", min_length=1, max_length=40)


class GeneratedOut(Schema):
    """What was made. Where nothing could be given, the refusals say why."""

    run_id: int
    units: int
    goods: MoneyOut
    shipping: MoneyOut
    pallets: list[PalletOut]
    refusals: list[str]


class Health(Schema):
    """That the web process answers and reads its records."""

    status: str
