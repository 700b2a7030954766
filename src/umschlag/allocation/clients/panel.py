"""What the panel says of a client."""

from dataclasses import dataclass
from datetime import date, datetime

from umschlag.allocation.clients.model import ClientPriority
from umschlag.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelClient:
    """One client. The balance is the book of record: deposits, fees and shipping live there."""

    row: int
    external_id: str
    name: str
    email: str
    balance: Money
    priority: ClientPriority | None
    last_pallet_date: date | None
    updated_at: datetime
