"""What taking a snapshot needs from outside."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Protocol

from umschlag.intelligence.snapshots.model import (
    FormerSnapshot,
    Missing,
    Origin,
    ReadingBatch,
    SnapshotOutcome,
    StandingDay,
)
from umschlag.kernel.identifiers import VariationId
from umschlag.kernel.outcomes import Problem
from umschlag.kernel.progress import Progress


class Reading(Protocol):
    """One business date's whole picture, delivered in batches so that it need not fit in memory."""

    @property
    def expected_count(self) -> int:
        """How many articles the source says it has."""

    @property
    def was_resumed(self) -> bool:
        """Whether a part of it had been read by an earlier attempt."""

    def batches(self) -> Iterator[ReadingBatch]:
        """Deliver every usable article once; may be asked for once.

        Raises:
            SnapshotIncomplete: the outside system would not give a consistent picture.
            OutsideSystemFailed: it did not answer, or not as its contract says.
        """

    @property
    def unusable_count(self) -> int:
        """Articles that could not be used, once the batches are through; each has its problem."""

    @property
    def problems(self) -> Sequence[Problem]:
        """What was wrong with rows, once the batches are through."""


class SnapshotSource(Protocol):
    """Delivers the state of every article on one business date."""

    @property
    def origin(self) -> Origin:
        """Whether it reads the day or rebuilds it."""

    @property
    def calls_used(self) -> int:
        """Calls to the outside system since the source was made, failed attempts included."""

    @property
    def retries(self) -> int:
        """How many of them were repeated."""

    def read(self, business_date: date, progress: Progress) -> Reading:
        """Return the whole of it.

        Raises:
            SnapshotIncomplete: the outside system would not give a consistent picture.
            OutsideSystemFailed: it did not answer, or not as its contract says.
        """

    def look_for(self, missing: Collection[VariationId], *, since: date) -> Missing:
        """Say of each variation that the day's reading lacks whether it was deleted.

        They were there on the business date `since`. Each of them is in exactly one of the
        answer's parts; of very many, a source may leave those its delete log does not know
        unexplained without asking for each. Found ones carry the date that was read.
        """

    def published(self, business_date: date) -> None:
        """Hear that the day is visible: whatever was kept for resuming may go."""


class Attempt(Protocol):
    """One recorded attempt at one business date: a draft that nobody sees until published."""

    def keep_alive(self) -> None:
        """Record that it is still at work; may be called often."""

    def add(self, batch: ReadingBatch) -> None:
        """Put the articles into the draft."""

    @property
    def article_count(self) -> int:
        """How many articles are in the draft."""

    def sku_count(self) -> int:
        """Return how many different SKUs are in the draft."""

    def former(self) -> FormerSnapshot:
        """Return what the newest snapshot before the day had and the draft lacks."""

    def publish(self, outcome: SnapshotOutcome) -> None:
        """Make the draft visible, files and records in one step.

        What earlier snapshots knew and the draft lacks is carried on as tombstones.
        """


class SnapshotStore(Protocol):
    """Keeps the snapshots."""

    def standing(self, business_date: date) -> StandingDay | None:
        """Return what the day has; None where it has no snapshot."""

    def attempt(
        self, business_date: date, source: SnapshotSource, *, replacing: StandingDay | None = None
    ) -> AbstractContextManager[Attempt]:
        """Record an attempt; leaving it by an error records the failure and shows nothing.

        `replacing` is the day's published version that the attempt is to supersede.

        Raises:
            SnapshotUnderWay: another attempt at this day is running.
        """
