"""Whether a run may still be decided on, and what locks it while somebody does."""

from umschlag.kernel.errors import NotFound, Refused
from umschlag.storage.records.locking import locked
from umschlag.storage.records.models import AllocationRun, RunState


class RunUnknown(NotFound):
    """There is no such allocation run."""


class RunAlreadyDecided(Refused):
    """The run was confirmed or discarded before; nothing was changed."""


def lock_proposed_run(run_id: int) -> AllocationRun:
    """Return a run that nobody decided on yet, locked until the transaction ends.

    Raises:
        RunUnknown: there is no such run.
        RunAlreadyDecided: it was confirmed or discarded before.
    """
    run = locked(AllocationRun.objects.filter(pk=run_id)).first()
    if run is None or run.state != RunState.PROPOSED:
        raise _undecidable(run_id, run)
    return run


def require_proposed(run_id: int) -> AllocationRun:
    """Return a run that nobody decided on yet, without locking it.

    Raises:
        RunUnknown: there is no such run.
        RunAlreadyDecided: it was confirmed or discarded before.
    """
    run = AllocationRun.objects.filter(pk=run_id).first()
    if run is None or run.state != RunState.PROPOSED:
        raise _undecidable(run_id, run)
    return run


def discard_run(run_id: int) -> None:
    """Mark a proposed run discarded; nothing had been taken for it.

    Raises:
        RunUnknown: there is no such run.
        RunAlreadyDecided: it was confirmed or discarded before.
    """
    proposed = AllocationRun.objects.filter(pk=run_id, state=RunState.PROPOSED)
    if not proposed.update(state=RunState.DISCARDED):
        run = AllocationRun.objects.filter(pk=run_id).first()
        raise _undecidable(run_id, run)


def _undecidable(run_id: int, run: AllocationRun | None) -> Refused | NotFound:
    if run is None:
        return RunUnknown(f"there is no allocation run {run_id}", field="run_id")
    return RunAlreadyDecided(
        f"allocation run {run_id} is {run.state} already; nothing was changed", field="run_id"
    )
