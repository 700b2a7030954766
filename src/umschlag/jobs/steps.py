"""The main job as steps that know what they need; the clock and the terminal run the same ones."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from umschlag.kernel.errors import UmschlagError
from umschlag.kernel.progress import ProgressFor
from umschlag.settings import Settings

logger = logging.getLogger(__name__)

Act = Callable[[Settings, ProgressFor], str]
"""Does one step and returns what came of it in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One piece of the main job. It is left out where a step that it needs did not work."""

    name: str
    title: str
    act: Act
    needs: tuple[str, ...] = ()


class StepState(StrEnum):
    """How a step went."""

    DONE = "done"
    FAILED = "failed"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepOutcome:
    """How one step went, how long it took, and what it said."""

    step: Step
    state: StepState
    seconds: float
    said: str
    error: Exception | None = None


def run_steps(
    steps: Sequence[Step],
    settings: Settings,
    *,
    progress_for: ProgressFor,
    told: Callable[[StepOutcome], None],
    clock: Callable[[], float] = time.monotonic,
) -> list[StepOutcome]:
    """Run the steps in order and return how each went; `told` hears of each as it ends.

    A step that fails stops only those that need it.
    """
    outcomes: dict[str, StepOutcome] = {}
    for step in steps:
        outcome = _left_out(step, outcomes) or _run(step, settings, progress_for, clock)
        outcomes[step.name] = outcome
        told(outcome)
    return list(outcomes.values())


def _left_out(step: Step, outcomes: Mapping[str, StepOutcome]) -> StepOutcome | None:
    missing = [
        outcomes[name].step.title
        for name in step.needs
        if name in outcomes and outcomes[name].state is not StepState.DONE
    ]
    if not missing:
        return None
    said = _("left out, as it needs: %s") % ", ".join(missing)
    return StepOutcome(step=step, state=StepState.LEFT_OUT, seconds=0.0, said=said)


def _run(
    step: Step, settings: Settings, progress_for: ProgressFor, clock: Callable[[], float]
) -> StepOutcome:
    started = clock()
    try:
        said = step.act(settings, progress_for)
    # One step's bug must not hide what the others came to.
    except Exception as error:
        logger.debug("step %s failed", step.name, exc_info=error)
        said = (
            str(error) if isinstance(error, UmschlagError) else f"{type(error).__name__}: {error}"
        )
        return StepOutcome(
            step=step, state=StepState.FAILED, seconds=clock() - started, said=said, error=error
        )
    return StepOutcome(step=step, state=StepState.DONE, seconds=clock() - started, said=said)


def failures_in(outcomes: Iterable[StepOutcome]) -> str:
    """Return which steps failed and why, in one line; nothing where none did."""
    return "; ".join(
        f"{outcome.step.title}: {outcome.said}"
        for outcome in outcomes
        if outcome.state is StepState.FAILED
    )


def chosen(steps: Iterable[Step], names: Iterable[str]) -> tuple[Step, ...]:
    """Return the steps with these names, in their own order."""
    wanted = set(names)
    return tuple(step for step in steps if step.name in wanted)
