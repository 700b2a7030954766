"""What the panel says of a preorder, and how far the preorder then is."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from umschlag.kernel.identifiers import Asin
from umschlag.kernel.money import Money


class PreorderStage(StrEnum):
    """How far a preorder is."""

    WAITING = "waiting"
    PARTLY_ARRIVED = "part_arrived"
    """Only we say so: some of its units were booked in, others still wait."""
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


def stage_after(
    *, ours: PreorderStage | None, told: PreorderStage, allocated_units: int, ordered_units: int
) -> PreorderStage:
    """Return the stage once the panel has spoken; `ours` is None for a new preorder.

    What our carts fulfilled stays fulfilled: the panel learns of it later than we do. Where they
    gave less than is ordered, it was the panel that said fulfilled, or less was ordered then, and
    what it says now counts.
    """
    is_given = ours is PreorderStage.FULFILLED and allocated_units >= ordered_units
    return PreorderStage.FULFILLED if is_given else told


def stage_of_arrived(
    stage: PreorderStage, *, ordered_units: int, arrived_units: int
) -> PreorderStage:
    """Return the stage of a preorder of which we booked in so many units.

    Only waiting gives way: the panel may say that all is there, and what is fulfilled or
    cancelled stays so.
    """
    if stage is not PreorderStage.WAITING or arrived_units <= 0:
        return stage
    return PreorderStage.ARRIVED if arrived_units >= ordered_units else PreorderStage.PARTLY_ARRIVED


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLeft:
    """What a preorder still owes, and what our carts charged that the panel does not count yet."""

    due_minor: int
    uncounted_minor: int


def due_left(*, told_minor: int, told_before_minor: int | None, charged_minor: int) -> DueLeft:
    """Return what a preorder still owes once the panel speaks again, in minor units.

    `charged_minor` fell due with our carts and the panel did not count it so far. By what the
    panel's amount has fallen since, it has learnt of that much; the rest is still taken off, or
    it would be charged a second time.
    """
    fallen_minor = max((told_before_minor or told_minor) - told_minor, 0)
    uncounted_minor = max(charged_minor - fallen_minor, 0)
    return DueLeft(due_minor=max(told_minor - uncounted_minor, 0), uncounted_minor=uncounted_minor)
