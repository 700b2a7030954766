"""What the ungating software says."""

from dataclasses import dataclass
from datetime import datetime

from umschlag.allocation.ungating.model import GateAnswer
from umschlag.kernel.identifiers import Asin


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldAnswer:
    """One answer of the software: what we take it for, and what it said word for word."""

    row: int
    store_external_id: str
    asin: Asin
    answer: GateAnswer
    said: str
    updated_at: datetime
