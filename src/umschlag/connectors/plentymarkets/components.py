"""What a bundle is put together from, as its variation tells it: all of it, or nothing."""

from typing import Any, NamedTuple

from umschlag.connectors.plentymarkets.values import decimal_of, id_of, part_of, positive_of
from umschlag.kernel.identifiers import VariationId

_UNITS_MAX = 2**31 - 1


class Component(NamedTuple):
    """How many units of a variation one bundle takes."""

    variation_id: VariationId
    units: int


def components_in(rows: Any) -> tuple[tuple[Component, ...], list[Any]]:  # noqa: ANN401 - outside data
    """Return the components, each variation once, and the rows that cannot be used.

    With such a row there are no components at all: the others alone would let more bundles be
    sold than can be put together.
    """
    units: dict[VariationId, int] = {}
    unusable = []
    for row in rows if isinstance(rows, list) else ():
        component = _component_in(row)
        total = component.units + units.get(component.variation_id, 0) if component else 0
        if component is None or total > _UNITS_MAX:
            unusable.append(row)
        else:
            units[component.variation_id] = total
    if unusable:
        return (), unusable
    return tuple(Component(number, total) for number, total in units.items()), []


def _component_in(row: Any) -> Component | None:  # noqa: ANN401 - outside data
    fields = part_of(row)
    variation_id = id_of(fields.get("componentVariationId"))
    quantity = decimal_of(fields.get("componentQuantity"))
    units = positive_of(quantity)
    # Half a unit cannot be meant, and rounded it would promise too much or too little.
    if variation_id is None or units is None or units != quantity:
        return None
    return Component(VariationId(variation_id), units)
