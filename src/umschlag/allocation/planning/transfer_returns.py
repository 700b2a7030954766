"""Whose units of a mutual store come back when a pallet of a transfer is cancelled."""

from collections.abc import Mapping

from umschlag.kernel.identifiers import ClientId


def units_given_back(owned_units: Mapping[ClientId, int], *, units: int) -> dict[ClientId, int]:
    """Share units of one ASIN that come back over those who own it, as they own it.

    Nobody's name is on a carton, so each comes back to all of them in proportion. The largest
    remainders are rounded up; of equal ones first whose owner has more, then the lower number.
    Never more than anybody owns, and together just the units, or all that is owned where that is
    less. Owners to whom nothing comes back are left out.
    """
    total = sum(owned_units.values())
    if total <= 0:
        return {}
    back = min(units, total)
    given = {client_id: back * owned // total for client_id, owned in owned_units.items()}
    order = sorted(
        owned_units, key=lambda one: (-(back * owned_units[one] % total), -owned_units[one], one)
    )
    for client_id in order[: back - sum(given.values())]:
        given[client_id] += 1
    return {client_id: count for client_id, count in given.items() if count}
