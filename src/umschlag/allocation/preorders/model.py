"""What clients ordered before it arrived."""

from dataclasses import dataclass
from datetime import date

from umschlag.kernel.identifiers import Asin, ClientId


@dataclass(frozen=True, slots=True, kw_only=True)
class PreorderClaim:
    """A client's claim on units of an ASIN; of a preorder that arrived in part, on that part.

    `outstanding_units` are there and not yet allocated, and `due_minor` is what it still owes
    for just those: what has not arrived neither counts nor falls due.
    """

    preorder_id: int
    client_id: ClientId
    asin: Asin
    outstanding_units: int
    due_minor: int
    expected_arrival_date: date | None = None
    is_arrived: bool = True
    external_id: str = ""
    """The panel's number, by which people know the preorder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedClaim:
    """How many units a claim is given, and how much of what it owes falls due with them."""

    preorder_id: int
    units: int
    due_minor: int
