"""What the demo agency consists of, and the days its story hangs on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from umschlag.kernel.identifiers import Asin, Marketplace
from umschlag.simulators.demo.scale import DemoScale

FULL_STORY_DAYS = 400
"""Days after which the agency's story is complete; a shorter world is squeezed into its days."""


class MerchantFacts(Protocol):
    """What the agency knows of the merchant's articles; arrays as in `DemoWorld.merchant`."""

    @property
    def name(self) -> Sequence[str]:
        """Names by article."""

    @property
    def brand(self) -> Sequence[str]:
        """Brands by article."""

    @property
    def weight_g(self) -> NDArray[np.int64]:
        """Grams by article."""

    @property
    def dimensions_mm(self) -> NDArray[np.int64]:
        """Three edges by article."""

    @property
    def unit_cost_minor(self) -> NDArray[np.int64]:
        """Cents by day and article."""


class AgencyWorld(Protocol):
    """The part of the demo world that the agency is drawn from."""

    @property
    def scale(self) -> DemoScale:
        """Its sizes."""

    @property
    def merchant(self) -> MerchantFacts:
        """Its articles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoClient:
    """One client as the panel knows it."""

    number: int
    name: str
    email: str
    balance_minor: int
    priority: str
    last_pallet_date: date | None
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoStore:
    """One store as the panel knows it."""

    number: int
    client_number: int
    name: str
    is_suspended: bool
    marketplace: Marketplace
    is_mutual: bool
    asin_units_max: int | None
    total_units_max: int | None
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoLot:
    """One bought ASIN with the truth about it, before the sheet's users lost some of it."""

    article: int
    asin: Asin
    title: str
    brand: str
    weight_g: int
    dimensions_mm: tuple[int, int, int]
    unit_cost_minor: int
    bought_units: int
    remaining_units: int
    case_pack_units: int
    added_date: date
    shipping_price_minor_min: int
    shipping_price_minor_max: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoUngating:
    """One answer of the ungating software, as it writes it."""

    number: int
    store_number: int
    asin: Asin
    answer: str
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPreorder:
    """One preorder as the panel knows it."""

    number: int
    client_number: int
    asin: Asin
    units: int
    amount_minor: int
    remaining_due_minor: int
    expected_date: date
    status: str
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAgency:
    """The whole agency."""

    clients: tuple[DemoClient, ...]
    stores: tuple[DemoStore, ...]
    lots: tuple[DemoLot, ...]
    ungating: tuple[DemoUngating, ...]
    preorders: tuple[DemoPreorder, ...]


def anchor_date_of(scale: DemoScale) -> date:
    """Return the day on which the story is complete; the world's today where it is younger."""
    return min(scale.first_date + timedelta(days=FULL_STORY_DAYS - 1), scale.today)


def instant_on(day: date, minute: int = 0) -> datetime:
    """Return the instant on the day at which a system writes its rows, minutes after 6 UTC."""
    return datetime.combine(day, time(6), tzinfo=UTC) + timedelta(minutes=minute)
