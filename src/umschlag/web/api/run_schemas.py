"""What the API answers about allocation runs."""

from datetime import datetime

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field, StrictInt, model_validator

from umschlag.allocation.planning.model import FairnessPolicy
from umschlag.storage.records.run_figures import above_share_max
from umschlag.web.amounts import default_currency
from umschlag.web.api.bodies import Body
from umschlag.web.api.paging import Page
from umschlag.web.api.schemas import MoneyOut
from umschlag.web.loose import Loose
from umschlag.wiring.stored_reasons import reason_text

UNITS_MAX = 1_000_000_000


def _money(minor: int | None, currency: str | None = None) -> Loose:
    return None if minor is None else {"minor": minor, "currency": currency or default_currency()}


class RunOut(Schema):
    """One allocation run. It takes nothing until it is confirmed."""

    run_id: int = Field(alias="pk")
    state: str = Field(description="proposed, confirmed, discarded or undone.")
    made_at: datetime
    made_by: str = Field(description="Empty where the clock planned it.")
    policy: str = Field(description="priority, proportional or max_min; empty for older runs.")
    method: str = Field(description="optimal, or priority_loop where the time was up.")
    only_store_id: str | None = Field(description="Panel id; null for a run over all stores.")
    based_on_run_id: int | None = Field(alias="based_on_id")
    confirmed_at: datetime | None
    undone_at: datetime | None
    undone_reason: str
    worth: MoneyOut | None = Field(description="As the planner counts; docs/allocation.md.")
    bound: MoneyOut | None = Field(
        description="No plan can be worth more; null where nothing was proven."
    )
    gap: float | None = Field(
        description="How much more than this plan another could be worth at most, as a share of "
        "it; null where nothing was proven, or where the plan is worth nothing but another might "
        "be."
    )

    @staticmethod
    def resolve_made_by(run: Loose) -> str:
        """Return the user's name."""
        return run.made_by.get_username() if run.made_by else ""

    @staticmethod
    def resolve_only_store_id(run: Loose) -> Loose:
        """Return the panel's id of the store."""
        return run.only_store.external_id if run.only_store else None

    @staticmethod
    def resolve_worth(run: Loose) -> Loose:
        """Put amount and currency together."""
        return _money(run.worth_minor)

    @staticmethod
    def resolve_bound(run: Loose) -> Loose:
        """Put amount and currency together."""
        return _money(run.bound_minor)

    @staticmethod
    def resolve_gap(run: Loose) -> float | None:
        """Return how far the plan can be from the best."""
        return above_share_max(run)


class PlanFiguresOut(Schema):
    """What a plan comes to."""

    worth: MoneyOut = Field(description="What the planner counts: margin, age, fairness, freight.")
    margin: MoneyOut = Field(description="Before Amazon's fees and before freight.")
    freight: MoneyOut
    aged: MoneyOut = Field(description="Cost of the aged stock that leaves.")
    units: int
    preorder_units: int
    assumed_margin_units: int = Field(
        description="Units whose margin is assumed, because nobody published one."
    )

    @staticmethod
    def resolve_worth(figures: Loose) -> Loose:
        """Put amount and currency together."""
        return _money(figures.worth_minor)

    @staticmethod
    def resolve_margin(figures: Loose) -> Loose:
        """Put amount and currency together."""
        return _money(figures.margin_minor)

    @staticmethod
    def resolve_freight(figures: Loose) -> Loose:
        """Put amount and currency together."""
        return _money(figures.freight_minor)

    @staticmethod
    def resolve_aged(figures: Loose) -> Loose:
        """Put amount and currency together."""
        return _money(figures.aged_minor)


class StockPriceOut(Schema):
    """What one more unit in stock would have added to the worth."""

    asin: str
    price_minor: float


class CapPriceOut(Schema):
    """What one more unit under a store's cap would have added to the worth."""

    store_id: str
    price_minor: float


class RunFiguresOut(Schema):
    """How good the plan is, and how even; prices are of the dearest fifty alone."""

    plan: PlanFiguresOut
    loop: PlanFiguresOut = Field(description="Going down the sorted lists, on the same question.")
    jain_run: float = Field(description="1 where every client uses the same share; 1/n: one all.")
    jain_window: float = Field(description="The same over 90 days, this run included.")
    is_complete: bool = Field(description="False where the time was up before the search ended.")
    stock_prices: list[StockPriceOut]
    cap_prices: list[CapPriceOut]


class RunShareOut(Schema):
    """What one client is given of its means."""

    client_id: str = Field(alias="client.external_id")
    given: MoneyOut
    available: MoneyOut = Field(description="What it could spend when the run was made.")
    received: MoneyOut = Field(description="Given in the 90 days before.")
    run_share: float | None
    window_share: float | None
    waited_days: int | None = Field(description="Since its last pallet; null: it never had one.")
    balance_price: float | None = Field(
        description="Worth that one more of balance would have added; null: nothing."
    )


class CartOut(Schema):
    """What the run gives one store."""

    cart_id: int = Field(alias="pk")
    client_id: str = Field(alias="client.external_id")
    store_id: str = Field(alias="store.external_id")
    units: int
    goods: MoneyOut
    shipping: MoneyOut = Field(description="The most it can be before confirming, then what it is.")
    total: MoneyOut

    @staticmethod
    def resolve_goods(cart: Loose) -> Loose:
        """Put amount and currency together."""
        return _money(cart.goods_minor, cart.currency)

    @staticmethod
    def resolve_shipping(cart: Loose) -> Loose:
        """Put amount and currency together."""
        return _money(cart.shipping_minor, cart.currency)

    @staticmethod
    def resolve_total(cart: Loose) -> Loose:
        """Put amount and currency together."""
        return _money(cart.total_minor, cart.currency)


class PinOut(Schema):
    """A line that a person set; 0 units: the store is not to have the ASIN."""

    store_id: str = Field(alias="store.external_id")
    asin: str = Field(alias="asin.asin")
    units: int
    set_by: str
    set_at: datetime

    @staticmethod
    def resolve_set_by(pin: Loose) -> str:
        """Return the user's name."""
        return pin.set_by.get_username() if pin.set_by else ""


class RunDetailOut(Schema):
    """A run with its figures; lines and refusals have lists of their own."""

    run: RunOut
    figures: RunFiguresOut | None = Field(description="Null for a run of an older version.")
    shares: list[RunShareOut]
    carts: list[CartOut]
    pins: list[PinOut]
    line_count: int
    refusal_count: int


class RunLineOut(Schema):
    """Units of one ASIN for one store."""

    client_id: str = Field(alias="cart.client.external_id")
    store_id: str = Field(alias="cart.store.external_id")
    asin: str = Field(alias="asin.asin")
    units: int
    unit_cost_minor: int
    unit_shipping_minor: int
    preorder_units: int
    currency: str = Field(alias="cart.currency")
    reason: str

    @staticmethod
    def resolve_reason(line: Loose) -> str:
        """Return why, as a sentence."""
        return reason_text(line)


class RunRefusalOut(Schema):
    """What a store was not given, and why; the ASIN is null where it speaks of several."""

    client_id: str | None
    store_id: str | None
    asin: str | None
    code: str = Field(alias="reason_code")
    reason: str
    missing: MoneyOut | None = Field(description="The least balance that would have helped.")

    @staticmethod
    def resolve_client_id(refusal: Loose) -> str | None:
        """Return the panel's id."""
        return refusal.client.external_id if refusal.client else None

    @staticmethod
    def resolve_store_id(refusal: Loose) -> str | None:
        """Return the panel's id."""
        return refusal.store.external_id if refusal.store else None

    @staticmethod
    def resolve_asin(refusal: Loose) -> str | None:
        """Return the ASIN's text."""
        return refusal.asin.asin if refusal.asin else None

    @staticmethod
    def resolve_reason(refusal: Loose) -> str:
        """Return why, as a sentence."""
        return reason_text(refusal)

    @staticmethod
    def resolve_missing(refusal: Loose) -> Loose:
        """Put amount and currency together."""
        currency = refusal.client.currency if refusal.client else None
        return _money(refusal.missing_minor, currency)


class _Told(Body):
    @model_validator(mode="before")
    @classmethod
    def _is_an_object(cls, told: Loose) -> Loose:
        # Where no field is demanded, a list would be taken for an object that names none.
        if isinstance(getattr(told, "_obj", told), dict | _Told):
            return told
        raise ValueError(_("An object is asked for, as in {}."))


class PlanIn(_Told):
    """What is to be planned: for all own stores, or for one alone."""

    policy: FairnessPolicy | None = Field(None, description="The settings' where none is named.")
    store_id: str | None = Field(
        None, min_length=1, max_length=40, description="Panel id of the one store to plan for."
    )


class PlanAgainIn(_Told):
    """How clients share what is scarce: as before where no policy is named."""

    policy: FairnessPolicy | None = None


class RunLineIn(Body):
    """Units that a store is to have of an ASIN; 0 takes the line out."""

    store_id: str = Field(min_length=1, max_length=40, description="Panel id of the store.")
    asin: str = Field(pattern="^[A-Z0-9]{10}$")
    units: StrictInt = Field(ge=0, le=UNITS_MAX)


class ConfirmedOut(Schema):
    """What a confirmed run came to."""

    run_id: int
    cart_count: int
    pallet_count: int
    units: int
    goods: MoneyOut
    shipping: MoneyOut
    freight: MoneyOut


class ComparedLineOut(Schema):
    """What two runs give one store of one ASIN."""

    client_name: str
    store_name: str
    asin: str
    title: str
    before_units: int
    after_units: int


class ComparedClientOut(Schema):
    """What two runs ask of one client's balance."""

    client_name: str
    before_minor: int
    after_minor: int


class ComparisonPage(Page[ComparedLineOut]):
    """Lines that differ, the largest difference first, and both runs' figures."""

    before: RunOut
    after: RunOut
    before_figures: PlanFiguresOut | None
    after_figures: PlanFiguresOut | None
    clients: list[ComparedClientOut]
    same_line_count: int
