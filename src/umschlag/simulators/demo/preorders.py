"""What the demo agency's clients ordered before it arrives."""

from datetime import timedelta

from umschlag.kernel.identifiers import Asin
from umschlag.simulators.demo.agency_facts import (
    DemoLot,
    DemoPreorder,
    DemoStore,
    DemoUngating,
    anchor_date_of,
    instant_on,
)
from umschlag.simulators.demo.scale import DemoScale

SHARED_PREORDERS = 4
"""So many clients wait for one ASIN at the most, of which fewer units come than they want."""


def preorders_of(
    scale: DemoScale,
    stores: tuple[DemoStore, ...],
    lots: tuple[DemoLot, ...],
    ungating: tuple[DemoUngating, ...],
) -> tuple[DemoPreorder, ...]:
    """Return the agency's preorders; each of the first kind arrives on its own day."""
    anchor = anchor_date_of(scale)
    yes = {(row.store_number, row.asin) for row in ungating if row.answer == "Yes"}
    own = [store for store in stores if not (store.is_mutual or store.is_suspended)]
    preorders: list[DemoPreorder] = []
    taken: set[Asin] = set()
    for index in range(scale.preorder_count if own and lots else 0):
        store = own[index * 3 % len(own)]
        stocked = [lot for lot in lots if lot.remaining_units and lot.asin not in taken]
        lot = next((lot for lot in stocked if (store.number, lot.asin) in yes), lots[0])
        taken.add(lot.asin)
        # Four have arrived when the story is complete; then one arrives every third day.
        expected = anchor + timedelta(days=3 * (index - 3))
        units = lot.case_pack_units * (1 + index % 3)
        amount = units * lot.unit_cost_minor
        has_arrived = expected <= scale.today
        preorders.append(
            DemoPreorder(
                number=7_001 + index,
                client_number=store.client_number,
                asin=lot.asin,
                units=units,
                amount_minor=amount,
                remaining_due_minor=amount * (index % 3) // 4,
                expected_date=expected,
                status=_preorder_status(index, has_arrived),
                updated_at=instant_on(expected if has_arrived else anchor - timedelta(days=20)),
            )
        )
    free = [lot for lot in lots if lot.asin not in taken and lot.remaining_units]
    return (*preorders, *_shared_preorders(scale, own, free, yes))


def _shared_preorders(
    scale: DemoScale,
    own: list[DemoStore],
    free: list[DemoLot],
    yes: set[tuple[int, Asin]],
) -> list[DemoPreorder]:
    """Return preorders of several clients for one ASIN that wait, whatever day it is.

    Their goods come in part by part, and the panel learns of it from the agency alone.
    """
    anchor = anchor_date_of(scale)
    if not free or not scale.preorder_count:
        return []
    lot = max(free, key=lambda one: sum((store.number, one.asin) in yes for store in own))
    first_store: dict[int, DemoStore] = {}
    for store in own:
        if (store.number, lot.asin) in yes:
            first_store.setdefault(store.client_number, store)
    waiting = list(first_store)[:SHARED_PREORDERS]
    return [
        DemoPreorder(
            number=7_501 + place,
            client_number=client,
            asin=lot.asin,
            units=(units := lot.case_pack_units * (4, 2, 6, 3)[place]),
            amount_minor=units * lot.unit_cost_minor,
            remaining_due_minor=units * lot.unit_cost_minor * (2, 3, 1, 2)[place] // 4,
            expected_date=anchor - timedelta(days=(5, 9, 2, 0)[place]),
            status="waiting",
            updated_at=instant_on(anchor - timedelta(days=20)),
        )
        for place, client in enumerate(waiting)
    ]


def _preorder_status(index: int, has_arrived: bool) -> str:
    if index % 12 == 0:
        return "fulfilled"
    if index % 12 == 11:
        return "cancelled"
    return "arrived" if has_arrived else "waiting"
