"""Whose preorder is served first, and what falls due with it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from umschlag.allocation.preorders.model import PreorderClaim, ServedClaim
from umschlag.kernel.identifiers import Asin, ClientId


def serving_order(claims: Iterable[PreorderClaim]) -> list[PreorderClaim]:
    """Return the claims whose goods have arrived, the one that was to arrive first in front.

    A claim without an expected date comes last; the preorder's number breaks ties.
    """
    arrived = [claim for claim in claims if claim.is_arrived and claim.outstanding_units > 0]
    return sorted(arrived, key=lambda one: (one.expected_arrival_date or date.max, one.preorder_id))


def claims_on(
    claims: Iterable[PreorderClaim], client_id: ClientId, asin: Asin
) -> list[PreorderClaim]:
    """Return one client's claims on one ASIN whose goods have arrived, in serving order."""
    return serving_order(
        claim for claim in claims if claim.client_id == client_id and claim.asin == asin
    )


def served_claims(claims: Iterable[PreorderClaim], *, units: int) -> list[ServedClaim]:
    """Return how the units fill one client's claims on one ASIN, in serving order.

    A claim served in part owes its share of the due amount, rounded down; what is left falls due
    with the rest, so nothing is ever charged twice or forgotten.
    """
    served = []
    for claim in serving_order(claims):
        taken_units = min(units, claim.outstanding_units)
        if taken_units <= 0:
            break
        due_minor = claim.due_minor * taken_units // claim.outstanding_units
        served.append(
            ServedClaim(preorder_id=claim.preorder_id, units=taken_units, due_minor=due_minor)
        )
        units -= taken_units
    return served


def claims_after(
    claims: Iterable[PreorderClaim], served: Iterable[ServedClaim]
) -> list[PreorderClaim]:
    """Return the claims as they stand once these units were given and their amounts charged."""
    given = {one.preorder_id: one for one in served}
    return [
        replace(
            claim,
            outstanding_units=claim.outstanding_units - given[claim.preorder_id].units,
            due_minor=claim.due_minor - given[claim.preorder_id].due_minor,
        )
        if claim.preorder_id in given
        else claim
        for claim in claims
    ]


def due_minor_of(claims: Iterable[PreorderClaim], *, units: int) -> int:
    """Return what falls due when one client's claims on one ASIN get the units."""
    return sum(served.due_minor for served in served_claims(claims, units=units))


def due_of_arrived(*, due_minor: int, arrived_units: int, open_units: int) -> int:
    """Return what falls due with the arrived units of a preorder, in minor units.

    `due_minor` is owed for all open units: those that arrived and those that still wait. Rounded
    down, so that the last units carry the rest and together exactly all of it falls due.
    """
    if open_units <= 0:
        return 0
    return due_minor * min(arrived_units, open_units) // open_units
