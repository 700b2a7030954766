"""The demo's manager: changes a proposal, takes a cart back, and sends the first pallets off."""

from umschlag.settings import Settings
from umschlag.storage.records.models import (
    AllocationRun,
    CartLine,
    Pallet,
    PalletStatus,
    RunPin,
    RunState,
    Store,
    StoreKind,
    StoreStatus,
)
from umschlag.storage.records.run_edits import HandEdit
from umschlag.wiring.allocation import confirm_allocation, plan_allocation
from umschlag.wiring.leaving import ship_pallets, undo_allocation
from umschlag.wiring.run_edits import plan_the_rest_again, set_line_by_hand

DEMO = "Demo"
_STORES_TRIED_MAX = 5
_PALLETS_SHIPPED = 2


def let_one_be_worked_on(settings: Settings, run_id: int) -> int:
    """Halve the largest line of a proposal by hand and plan the rest again, once; return the run.

    That is the proposal itself where a line was set by hand before, or where it gives too little.
    """
    if RunPin.objects.exists():
        return run_id
    lines = CartLine.objects.filter(cart__run_id=run_id, preorder_units=0)
    largest = lines.select_related("cart", "asin").order_by("-units", "pk").first()
    if largest is None:
        return run_id
    pack_units = largest.asin.case_pack_units
    edit = HandEdit(
        run_id=run_id,
        store_id=largest.cart.store_id,
        asin=largest.asin.asin,
        units=largest.units // 2 // pack_units * pack_units,
        set_by_id=None,
    )
    set_line_by_hand(settings, edit)
    return plan_the_rest_again(settings, run_id)


def let_one_be_undone(settings: Settings) -> int | None:
    """Confirm the cart of one store and undo it again, once; return its run.

    Before the day's own plan: what it gives back would count as news that make room for another.
    None where a run was confirmed before, or where the first stores could be given nothing.
    """
    if AllocationRun.objects.filter(state__in=(RunState.CONFIRMED, RunState.UNDONE)).exists():
        return None
    stores = Store.objects.filter(kind=StoreKind.OWN, status=StoreStatus.ACTIVE)
    for store_id in stores.order_by("external_id").values_list("pk", flat=True)[:_STORES_TRIED_MAX]:
        run_id = plan_allocation(settings, only_store_id=store_id)
        if CartLine.objects.filter(cart__run_id=run_id).exists():
            confirm_allocation(settings, run_id, by=DEMO)
            undo_allocation(settings, run_id, by=DEMO, reason="Demo")
            return run_id
    return None


def let_some_leave(settings: Settings, run_id: int) -> int:
    """Send the run's first pallets off, once; return how many left."""
    if Pallet.objects.filter(status=PalletStatus.SHIPPED).exists():
        return 0
    first = Pallet.objects.filter(cart__run_id=run_id).order_by("code")[:_PALLETS_SHIPPED]
    keys = [pallet.pk for pallet in first]
    if keys:
        ship_pallets(settings, keys, by=DEMO)
    return len(keys)
