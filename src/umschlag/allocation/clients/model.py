"""Clients as the planner meets them."""

from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from umschlag.kernel.identifiers import ClientId


class ClientPriority(IntEnum):
    """Who is served first; the lower number wins."""

    HIGH = 1
    MEDIUM = 2
    LOW = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientAccount:
    """One client and its money. `spendable_minor` is the sum of its balance entries."""

    client_id: ClientId
    name: str
    spendable_minor: int
    currency: str
    floor_minor: int = 0
    priority: ClientPriority = ClientPriority.MEDIUM
    last_pallet_date: date | None = None
    received_minor: int = 0
    """What it was given, by cost, in the rolling window that fairness looks at."""

    @property
    def headroom_minor(self) -> int:
        """How far the balance lies above its floor; negative where it lies below."""
        return self.spendable_minor - self.floor_minor

    @property
    def available_minor(self) -> int:
        """What an allocation may take before the balance meets its floor; never negative."""
        return max(self.headroom_minor, 0)


def turn_of(client: ClientAccount) -> tuple[int, date, int]:
    """Return what the order of clients is sorted by.

    Priority decides, then the longest time since the last pallet: whoever never had one comes
    first. The client's number breaks ties, so that a plan can be repeated.
    """
    return client.priority, client.last_pallet_date or date.min, client.client_id
