"""Lines of a run that a person set by hand."""

from collections.abc import Mapping

from umschlag.kernel.identifiers import Asin, StoreId
from umschlag.storage.records.models import AllocationRun, RunPin


def pins_of(run_id: int) -> Mapping[tuple[StoreId, Asin], int]:
    """Return the units that were set by hand in the run, by store and ASIN; 0: taken out."""
    rows = RunPin.objects.filter(run_id=run_id).order_by()
    return {
        (StoreId(store_id), Asin(asin)): units
        for store_id, asin, units in rows.values_list("store_id", "asin__asin", "units")
    }


def copy_pins(from_run_id: int | None, run: AllocationRun) -> None:
    """Copy what was set by hand into a run planned again, with who set it and when."""
    if from_run_id is None:
        return
    RunPin.objects.bulk_create(
        (
            RunPin(
                run=run,
                store_id=pin.store_id,
                asin_id=pin.asin_id,
                units=pin.units,
                set_by_id=pin.set_by_id,
                set_at=pin.set_at,
            )
            for pin in RunPin.objects.filter(run_id=from_run_id).order_by("pk")
        ),
        batch_size=500,
    )
