"""What may be written to the ERP, and in which portions."""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby

from umschlag.intelligence.corrections.model import (
    Caution,
    Change,
    Line,
    Outcome,
    Place,
    Places,
    PriceChange,
    Ready,
    Refusal,
    Standing,
    StockCorrection,
    WriteKind,
)
from umschlag.kernel.money import minor_digits

ROWS_PER_CALL_MAX = {WriteKind.STOCK: 20, WriteKind.PRICE: 50}
"""Corrections as the connectors in use batch them; prices as the vendor's bulk guide allows."""
FIGURE_MAX = Decimal("999999.99")
"""The ERP keeps quantities as NUMERIC(8,2); a price beyond it is a slip of the decimal mark."""


def prepared(changes: Sequence[Change], places: Places) -> tuple[list[Change], list[Line]]:
    """Return the rows that may be sent as far as can be told without looking, and the others.

    Every row that is returned as a change has its place.
    """
    settled = [_settled(change, places) for change in changes]
    named = Counter(change.key for change in settled if change.place_id is not None)
    fit: list[Change] = []
    refused: list[Line] = []
    for change in settled:
        refusal = refusal_of(change, places)
        if refusal is None and named[change.key] > 1:
            refusal = Refusal.TWICE
        if refusal is None:
            fit.append(change)
        else:
            place = places.by_id.get(change.place_id or 0)
            name = place.name if place else ""
            refused.append(
                Line(change=change, outcome=Outcome.REFUSED, refusal=refusal, place_name=name)
            )
    return fit, refused


def _settled(change: Change, places: Places) -> Change:
    if change.place_id is None and places.usual_id is not None:
        return change.at(places.usual_id)
    return change


def refusal_of(change: Change, places: Places) -> Refusal | None:
    """Return why the row must not be sent whatever stands in the ERP; None where it may be."""
    if change.place_id is None:
        return Refusal.PLACE_MISSING
    place = places.by_id.get(change.place_id)
    if place is None:
        return Refusal.UNKNOWN_PLACE
    if isinstance(change, StockCorrection):
        return _refusal_of_units(change, place)
    return _refusal_of_price(change, place)


def _refusal_of_units(change: StockCorrection, place: Place) -> Refusal | None:
    if not place.is_usable:
        return Refusal.NO_SALES_WAREHOUSE
    if change.asked < 0:
        return Refusal.NEGATIVE_UNITS
    if change.asked != change.asked.to_integral_value():
        return Refusal.BROKEN_UNITS
    return Refusal.TOO_LARGE if change.asked > FIGURE_MAX else None


def _refusal_of_price(change: PriceChange, place: Place) -> Refusal | None:
    if place.currencies and change.currency not in place.currencies:
        return Refusal.OTHER_CURRENCY
    # Zero as well, because a shop gives away what costs nothing.
    if change.asked <= 0:
        return Refusal.PRICE_NOT_POSITIVE
    if change.asked > FIGURE_MAX:
        return Refusal.TOO_LARGE
    step = Decimal(1).scaleb(-minor_digits(change.currency))
    return Refusal.PRICE_TOO_FINE if change.asked % step else None


def judged(change: Change, standing: Standing | None, place: Place) -> Ready | Line:
    """Return the row as ready to be sent, or settled without sending it."""
    if standing is None:
        return Line(
            change=change,
            outcome=Outcome.REFUSED,
            refusal=Refusal.UNKNOWN_ARTICLE,
            place_name=place.name,
        )
    refusal = _refusal_by_standing(change, standing)
    if refusal is None and standing.figure != change.asked:
        return Ready(
            change=change, standing=standing, place=place, cautions=cautions_of(change, standing)
        )
    return Line(
        change=change,
        outcome=Outcome.ALREADY if refusal is None else Outcome.REFUSED,
        refusal=refusal,
        place_name=place.name,
        variation_id=standing.variation_id,
        before=standing.figure,
        after=standing.figure,
        message=standing.problem,
    )


def _refusal_by_standing(change: Change, standing: Standing) -> Refusal | None:
    if standing.problem:
        return Refusal.UNREADABLE
    if isinstance(change, StockCorrection):
        # Sold out of its components: a booking on the bundle itself fails.
        if standing.is_bundle:
            return Refusal.BUNDLE
        # A correction sets one location; the others would be counted on top.
        if len(standing.location_ids) > 1:
            return Refusal.SEVERAL_LOCATIONS
    # What was counted or calculated on another figure would undo what happened since.
    if change.based_on is not None and change.based_on != standing.figure:
        return Refusal.MOVED
    return None


def cautions_of(change: Change, standing: Standing) -> tuple[Caution, ...]:
    """Return what a person should know before the row is sent."""
    if not isinstance(change, PriceChange):
        return ()
    found = []
    if change.covering_price is not None and change.asked < change.covering_price:
        found.append(Caution.BELOW_COST)
    if standing.figure is None:
        found.append(Caution.NEW_PRICE)
    return tuple(found)


def portions(kind: WriteKind, changes: Sequence[Change]) -> Iterator[list[Change]]:
    """Yield the rows in portions that fit one call, each of one place, in the list's order."""
    most = ROWS_PER_CALL_MAX[kind]
    by_place = sorted(changes, key=lambda change: change.key[1])
    for _place, same in groupby(by_place, key=lambda change: change.key[1]):
        members = list(same)
        for start in range(0, len(members), most):
            yield members[start : start + most]


def verdict(ready: Ready, standing: Standing | None) -> Outcome:
    """Return what the second look says of a row that was sent."""
    if standing is None or standing.problem:
        return Outcome.UNCONFIRMED
    if standing.figure == ready.change.asked:
        return Outcome.VERIFIED
    if standing.figure == ready.standing.figure:
        return Outcome.NOT_TAKEN_OVER
    return Outcome.CHANGED_MEANWHILE
