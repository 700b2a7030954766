"""What each pallet of a cart carries of its money and of its preorders, to the last minor unit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from umschlag.allocation.pallets.model import PalletLoad
from umschlag.allocation.planning.model import AllocationLine
from umschlag.allocation.preorders.model import ServedClaim
from umschlag.kernel.identifiers import Asin


@dataclass(frozen=True, slots=True, kw_only=True)
class PalletShare:
    """One pallet's part of its cart: what is held for it, and which preorders it serves."""

    held_minor: int = 0
    served: tuple[ServedClaim, ...] = ()


def pallet_shares(
    lines: Sequence[AllocationLine],
    served: Mapping[Asin, Sequence[ServedClaim]],
    loads: Sequence[PalletLoad],
) -> tuple[PalletShare, ...]:
    """Return each load's share of one cart, in the order of the loads; together they are all of it.

    Preordered units stand on the first pallets that carry their ASIN. What falls due for a
    preorder whose units stand on several is split by units, rounded down until the last.
    """
    shares = [PalletShare() for _ in loads]
    for line in lines:
        queue = _ClaimQueue(served.get(line.asin, ()))
        for place, load in enumerate(loads):
            units = sum(one.carton.units for one in load.cartons if one.carton.asin == line.asin)
            taken = tuple(queue.take(units))
            paid_units = units - sum(claim.units for claim in taken)
            minor = (
                paid_units * line.unit_cost_minor
                + sum(claim.due_minor for claim in taken)
                + units * line.unit_shipping_minor
            )
            before = shares[place]
            shares[place] = replace(
                before, held_minor=before.held_minor + minor, served=before.served + taken
            )
    return tuple(shares)


class _ClaimQueue:
    """Served claims of one ASIN, given out unit by unit in their order."""

    def __init__(self, claims: Sequence[ServedClaim]) -> None:
        self._claims = list(claims)
        self._given = [0] * len(self._claims)

    def take(self, units: int) -> Iterator[ServedClaim]:
        """Yield the parts of claims that so many units fill; fewer where no more are claimed."""
        for place, claim in enumerate(self._claims):
            part = min(units, claim.units - self._given[place])
            if part <= 0:
                continue
            before = self._given[place]
            self._given[place] += part
            units -= part
            due = _due(claim, before + part) - _due(claim, before)
            yield replace(claim, units=part, due_minor=due)


def _due(claim: ServedClaim, units: int) -> int:
    return claim.due_minor * units // claim.units
