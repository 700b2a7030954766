"""Goods that came in for preorders and that a proposal gives to others."""

from collections import defaultdict
from dataclasses import dataclass

from umschlag.storage.records.allocation import arrived_preorders
from umschlag.storage.records.models import AllocationRun, CartLine, CatalogAsin, RunState


@dataclass(frozen=True, slots=True, kw_only=True)
class GoneElsewhere:
    """Units of one ASIN that came in for preorders, with who would go without how many."""

    asin: CatalogAsin
    units: int
    waiting: tuple[tuple[str, int], ...]
    """Names of clients with the units that came in for them and that the run does not give."""


def promised_to_others(run: AllocationRun) -> list[GoneElsewhere]:
    """Return what the proposal gives others though it came in for preorders, most units first.

    Arrived preorders are served before everything else, as far as their clients can pay and their
    stores may have the goods; what is left of them is not reserved (docs/decisions/0017). So
    whoever confirms must see it. Empty once the run is decided on.
    """
    if run.state != RunState.PROPOSED:
        return []
    given: defaultdict[int, int] = defaultdict(int)
    served: defaultdict[tuple[int, int], int] = defaultdict(int)
    for line in CartLine.objects.filter(cart__run=run).select_related("cart"):
        given[line.asin_id] += line.units
        served[line.asin_id, line.cart.client_id] += line.preorder_units
    waiting: defaultdict[int, dict[tuple[int, str], int]] = defaultdict(dict)
    for preorder in arrived_preorders().filter(asin__in=given).select_related("client", "asin"):
        who = preorder.client_id, preorder.client.name
        units = waiting[preorder.asin_id].get(who, 0) + preorder.there_units
        waiting[preorder.asin_id][who] = units
    found = []
    for asin in CatalogAsin.objects.filter(pk__in=waiting):
        short = {
            name: units - served[asin.pk, client_id]
            for (client_id, name), units in waiting[asin.pk].items()
            if units > served[asin.pk, client_id]
        }
        left_units = max(asin.remaining_units - given[asin.pk], 0)
        own_units = sum(units for (key, _), units in served.items() if key == asin.pk)
        units = min(sum(short.values()) - left_units, given[asin.pk] - own_units)
        if units > 0:
            found.append(GoneElsewhere(asin=asin, units=units, waiting=tuple(short.items())))
    return sorted(found, key=lambda one: (-one.units, one.asin.asin))
