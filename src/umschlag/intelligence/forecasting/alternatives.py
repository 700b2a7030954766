"""What else can be done with units that will not sell: move them, bundle them, order no more."""

from dataclasses import dataclass

from umschlag.kernel.identifiers import Sku
from umschlag.kernel.money import Money

BUNDLE_ORDERS_MIN = 3
"""Fewer orders that hold both are chance."""
BUNDLE_PERCENT_OFF = 10
"""What a buyer of the pair gets off the slow article's price, by our assumption."""
BUNDLE_DAYS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutMove:
    """Units that a store would take if this article were the only one."""

    units: int
    limit: str
    """What they stop at: one of `moves.Limit`."""
    store_name: str
    client_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreOffer:
    """A client's store that may sell the article's ASIN, and what the client pays for a unit."""

    store_name: str
    client_name: str
    units_max: int
    """What the store's cap and the client's balance allow."""
    unit_price: Money
    """What the client pays, net, without freight."""
    store_key: int = 0
    """Tells stores of one name apart."""
    left_out: LeftOutMove | None = None
    """What more would go but for other articles that bring more; see `moves`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BundlePartner:
    """An article that sells well and is often bought together with the slow one."""

    sku: Sku
    name: str
    orders_together: int
    """Orders of the last year that hold both."""
    expected_units_90d: float
    """Of the partner."""
    stock_units: int
    """Of the partner, available and on order: no more pairs can be made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What is known of an article beside rules and demand."""

    expected_unsold_units: float | None = None
    """Of the available units after 90 days; None where no forecast was made."""
    median_units_90d: float | None = None
    """What sells in 90 days as likely as not; None where no forecast was made."""
    year_ago_units_90d: float | None = None
    """What sold in the same 90 days a year ago; None where it was not there then."""
    store: StoreOffer | None = None
    partner: BundlePartner | None = None


NOTHING_ELSE_KNOWN = Outlook()


def best_store(offers: list[StoreOffer]) -> StoreOffer | None:
    """Return the store that can take most units, by name where two can take as many."""
    able = [offer for offer in offers if offer.units_max > 0]
    return min(able, key=lambda offer: (-offer.units_max, offer.store_name), default=None)
