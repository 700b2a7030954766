"""Lines of a run that a person set by hand."""

from collections.abc import Collection, Mapping

from umschlag.kernel.errors import Refused
from umschlag.kernel.identifiers import Asin, StoreId
from umschlag.storage.records.models import AllocationRun, RunPin
from umschlag.storage.records.run_states import lock_proposed_run


class LinesSetMeanwhile(Refused):
    """Lines of the run were set by hand, or left to the planner again, while it planned.

    `pairs` are their stores and ASINs. Nothing was changed.
    """

    def __init__(self, run_id: int, pairs: Collection[tuple[StoreId, Asin]]) -> None:
        super().__init__(f"{len(pairs)} lines of run {run_id} were changed by hand meanwhile")
        self.pairs = pairs


def pins_of(run_id: int) -> Mapping[tuple[StoreId, Asin], int]:
    """Return the units that were set by hand in the run, by store and ASIN; 0: taken out."""
    rows = RunPin.objects.filter(run_id=run_id).order_by()
    return {
        (StoreId(store_id), Asin(asin)): units
        for store_id, asin, units in rows.values_list("store_id", "asin__asin", "units")
    }


def lock_with_pins(run_id: int, pins: Mapping[tuple[StoreId, Asin], int]) -> None:
    """Lock the proposed run that was planned again around these pins, in units.

    Raises:
        RunUnknown, RunAlreadyDecided: there is no such proposal any more.
        LinesSetMeanwhile: other lines of it are set by hand by now.
    """
    lock_proposed_run(run_id)
    # Whoever sets a line locks the run first, so this is what stands until we are done.
    changed = {pair for pair, _ in pins_of(run_id).items() ^ pins.items()}
    if changed:
        raise LinesSetMeanwhile(run_id, sorted(changed))


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
