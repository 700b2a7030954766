"""Stores as the planner meets them."""

from dataclasses import dataclass

from umschlag.kernel.identifiers import ClientId, Marketplace, StoreId


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreAccount:
    """One client's seller account on one marketplace; caps are units of one run."""

    store_id: StoreId
    client_id: ClientId
    name: str
    marketplace: Marketplace
    is_active: bool = True
    is_mutual: bool = False
    asin_units_max: int | None = None
    total_units_max: int | None = None
