"""A person waits for a plan: how far it is, and the wish to take what there is by now."""

import logging
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from umschlag.allocation.planning.ports import PlanningStage
from umschlag.storage.records.models import PlanningWork

logger = logging.getLogger(__name__)

ASKED_EVERY_SECONDS = 0.5
"""How often a planner looks whether it shall end: it asks itself thousands of times."""
FORGOTTEN_AFTER = timedelta(days=1)
"""A planner that was killed leaves its row; no plan takes so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningProgress:
    """How far a plan is: stages done of all, what it is at, and for how long it has worked."""

    done: int
    total: int
    doing: str
    seconds: int
    is_end_wanted: bool


class WatchedPlanner:
    """Writes the stage where the waiting page reads it; the planner's `Watcher`."""

    def __init__(self, key: str, *, until: float, clock: Callable[[], float]) -> None:
        self._key = key
        self._clock = clock
        self._until = until
        self._asked_at = -math.inf
        self._is_end_wanted = False

    def at(self, stage: PlanningStage) -> None:
        """Tell the page what the planner is at."""
        if self._key:
            self._quietly(lambda: self._row.update(stage=stage))

    def wants_end(self) -> bool:
        """Tell whether time is up, or somebody wants what there is by now."""
        now = self._clock()
        if now > self._until or self._is_end_wanted:
            return True
        if self._key and now - self._asked_at >= ASKED_EVERY_SECONDS:
            self._asked_at = now
            self._quietly(self._look)
        return self._is_end_wanted

    @property
    def _row(self) -> QuerySet[PlanningWork]:
        return PlanningWork.objects.filter(key=self._key)

    def _look(self) -> None:
        self._is_end_wanted = self._row.filter(is_end_wanted=True).exists()

    def _quietly(self, act: Callable[[], object]) -> None:
        # Records that are busy for a moment must not cost anybody the plan.
        try:
            act()
        except DatabaseError:
            logger.warning("the progress of a plan could not be told", exc_info=True)


@contextmanager
def watched(
    key: str, *, until: float, clock: Callable[[], float] = time.monotonic
) -> Iterator[WatchedPlanner]:
    """Let the page with this key see how far the planner is, for as long as the block runs.

    Without a key nobody watches, and the planner ends at `until` by the clock all the same.
    """
    if not key:
        yield WatchedPlanner("", until=until, clock=clock)
        return
    now = timezone.now()
    PlanningWork.objects.filter(begun_at__lt=now - FORGOTTEN_AFTER).delete()
    PlanningWork.objects.update_or_create(
        key=key,
        defaults={"stage": PlanningStage.READING, "begun_at": now, "is_end_wanted": False},
    )
    try:
        yield WatchedPlanner(key, until=until, clock=clock)
    finally:
        PlanningWork.objects.filter(key=key).delete()


def planning_progress(key: str, *, now: datetime | None = None) -> PlanningProgress | None:
    """Return how far the plan with this key is; None before it began and after its end."""
    work = PlanningWork.objects.filter(key=key).first()
    if work is None:
        return None
    stages = list(PlanningStage)
    stage = PlanningStage(work.stage)
    return PlanningProgress(
        done=stages.index(stage),
        total=len(stages),
        doing=_stage_text(stage),
        seconds=max(int(((now or timezone.now()) - work.begun_at).total_seconds()), 0),
        is_end_wanted=work.is_end_wanted,
    )


def end_planning(key: str) -> bool:
    """Ask a planner to end with the best that there is by now; tell whether one is at work."""
    return bool(PlanningWork.objects.filter(key=key).update(is_end_wanted=True))


def _stage_text(stage: PlanningStage) -> str:
    return {
        PlanningStage.READING: _("reading stock, balances and gates"),
        PlanningStage.SEARCHING: _("looking for the best plan"),
        PlanningStage.COMPARING: _("comparing with the sorted list"),
        PlanningStage.EXPLAINING: _("giving every line its reason"),
        PlanningStage.KEEPING: _("keeping the proposal"),
    }[stage]
