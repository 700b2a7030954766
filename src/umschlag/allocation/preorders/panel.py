"""What the panel says of a preorder, and how far the preorder then is."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from umschlag.kernel.identifiers import Asin
from umschlag.kernel.money import Money


class PreorderStage(StrEnum):
    """How far a preorder is."""

    WAITING = "waiting"
    ARRIVED = "arrived"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelPreorder:
    """One preorder."""

    row: int
    external_id: str
    client_external_id: str
    asin: Asin
    ordered_units: int
    amount: Money
    remaining_due: Money
    expected_arrival_date: date | None
    stage: PreorderStage


def stage_after(*, ours: PreorderStage | None, told: PreorderStage) -> PreorderStage:
    """Return the stage once the panel has spoken; `ours` is None for a new preorder.

    What our carts fulfilled stays fulfilled: the panel learns of it later than we do.
    """
    return PreorderStage.FULFILLED if ours is PreorderStage.FULFILLED else told
