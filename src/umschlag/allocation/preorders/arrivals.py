"""How goods that arrive are shared by those who wait for them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from umschlag.allocation.clients.model import ClientPriority
from umschlag.allocation.preorders.model import PreorderClaim
from umschlag.allocation.preorders.rules import due_of_arrived
from umschlag.kernel.identifiers import Asin, ClientId


class ArrivalRule(StrEnum):
    """Who gets how much where fewer units arrive than are waited for."""

    OLDEST_FIRST = "oldest_first"
    SAME_SHARE = "same_share"
    BY_PRIORITY = "by_priority"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingClaim:
    """One preorder that waits for units of the ASIN that arrives."""

    preorder_id: int
    client_id: ClientId
    asin: Asin
    priority: ClientPriority
    open_units: int
    """Units ordered that no cart has been given."""
    there_units: int = 0
    """Of these, units that arrived before."""
    open_due_minor: int = 0
    """What is still owed for all open units, in minor units."""
    expected_arrival_date: date | None = None
    external_id: str = ""
    """The panel's number, by which people know the preorder."""

    @property
    def waiting_units(self) -> int:
        """Open units that have not arrived."""
        return self.open_units - self.there_units

    def due_minor(self, more_units: int) -> int:
        """Return what falls due when so many more units arrive."""
        return self.arrived(more_units).due_minor - self.arrived(0).due_minor

    def arrived(self, more_units: int) -> PreorderClaim:
        """Return the claim that a run will meet once so many more units have arrived."""
        there_units = self.there_units + more_units
        return PreorderClaim(
            preorder_id=self.preorder_id,
            client_id=self.client_id,
            asin=self.asin,
            outstanding_units=there_units,
            due_minor=due_of_arrived(
                due_minor=self.open_due_minor, arrived_units=there_units, open_units=self.open_units
            ),
            expected_arrival_date=self.expected_arrival_date,
            external_id=self.external_id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalShares:
    """How one arrival is shared; a preorder that gets nothing stands with 0."""

    units: dict[int, int]
    """Units by preorder, never more than it waits for."""
    packs: dict[ClientId, int]
    """Whole case packs by client: what they hold beyond its units is paid in full."""
    free_units: int
    """Units for which nobody waits, or that make no whole case pack."""


def shared_arrival(
    claims: Iterable[WaitingClaim], *, arrived_units: int, pack_units: int, rule: ArrivalRule
) -> ArrivalShares:
    """Return who gets how many of the arrived units, in whole case packs.

    The same for the same claims, in whatever order they are handed in. With more units nobody
    ever gets fewer.
    """
    waiting = sorted((one for one in claims if one.waiting_units > 0), key=_age)
    packs = max(arrived_units, 0) // pack_units
    if rule is ArrivalRule.SAME_SHARE:
        shares = _same_share(waiting, packs=packs, pack_units=pack_units)
    else:
        turn = waiting
        if rule is ArrivalRule.BY_PRIORITY:
            turn = sorted(waiting, key=lambda one: (one.priority, *_age(one)))
        shares = _in_turn(turn, packs=packs, pack_units=pack_units)
    units, by_client = shares
    return ArrivalShares(
        units=units,
        packs=by_client,
        free_units=max(arrived_units, 0) - sum(by_client.values()) * pack_units,
    )


def _age(claim: WaitingClaim) -> tuple[date, int]:
    # As preorders are served: who was to have it first is first, without a date last.
    return claim.expected_arrival_date or date.max, claim.preorder_id


def _in_turn(
    turn: Sequence[WaitingClaim], *, packs: int, pack_units: int
) -> tuple[dict[int, int], dict[ClientId, int]]:
    units: dict[int, int] = {}
    given_packs: defaultdict[ClientId, int] = defaultdict(int)
    room_units: defaultdict[ClientId, int] = defaultdict(int)
    for claim in turn:
        # What a client's last pack holds beyond its older claims belongs to its next one.
        lacking_units = max(claim.waiting_units - room_units[claim.client_id], 0)
        more = min(_packs_of(lacking_units, pack_units), packs)
        packs -= more
        given_packs[claim.client_id] += more
        room_units[claim.client_id] += more * pack_units
        units[claim.preorder_id] = min(claim.waiting_units, room_units[claim.client_id])
        room_units[claim.client_id] -= units[claim.preorder_id]
    return units, dict(given_packs)


def _same_share(
    waiting: Sequence[WaitingClaim], *, packs: int, pack_units: int
) -> tuple[dict[int, int], dict[ClientId, int]]:
    wanted_units: defaultdict[ClientId, int] = defaultdict(int)
    for claim in waiting:
        wanted_units[claim.client_id] += claim.waiting_units
    wanted = {client: _packs_of(units, pack_units) for client, units in wanted_units.items()}
    by_client = _packs_by_share(wanted, packs)
    left_units = {client: given * pack_units for client, given in by_client.items()}
    units = {}
    for claim in waiting:
        units[claim.preorder_id] = min(claim.waiting_units, left_units[claim.client_id])
        left_units[claim.client_id] -= units[claim.preorder_id]
    return units, by_client


def _packs_by_share(wanted: dict[ClientId, int], packs: int) -> dict[ClientId, int]:
    """Return the packs of each client, as near to the same share as whole packs allow.

    Pack by pack to whom most is lacking of its share of the packs so far: the largest remainder
    in steps. Worked out at once for all, the largest remainder could give a client fewer packs
    of a larger arrival. Of equal remainders the client is first whose oldest preorder is.
    """
    given = dict.fromkeys(wanted, 0)
    all_wanted = sum(wanted.values())
    for number in range(1, min(packs, all_wanted) + 1):
        lacking = {
            client: number * wanted[client] - given[client] * all_wanted for client in wanted
        }
        given[max(lacking, key=lambda client: lacking[client])] += 1
    return given


def _packs_of(units: int, pack_units: int) -> int:
    return -(-units // pack_units)
