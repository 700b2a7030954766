"""What taking a snapshot needs from outside."""

from collections.abc import Collection
from contextlib import AbstractContextManager
from datetime import date
from typing import Protocol

from umschlag.intelligence.snapshots.model import FormerSnapshot, Origin, Reading, Snapshot
from umschlag.kernel.identifiers import Sku
from umschlag.kernel.progress import Progress


class SnapshotSource(Protocol):
    """Delivers the state of every article on one business date."""

    @property
    def origin(self) -> Origin:
        """Whether it reads the day or rebuilds it."""

    def read(self, business_date: date, progress: Progress) -> Reading:
        """Return the whole of it.

        Raises:
            SnapshotIncomplete: the outside system would not give a consistent picture.
            OutsideSystemFailed: it did not answer, or not as its contract says.
        """


class Attempt(Protocol):
    """One recorded attempt at one business date."""

    def publish(self, snapshot: Snapshot, *, reading: Reading, vanished_count: int) -> None:
        """Make the snapshot visible, files and records in one step."""


class SnapshotStore(Protocol):
    """Keeps the snapshots."""

    def article_count_on(self, business_date: date) -> int | None:
        """Return how many articles the day's snapshot has; None where the day has none."""

    def attempt(self, business_date: date, origin: Origin) -> AbstractContextManager[Attempt]:
        """Record an attempt; leaving it by an error records the failure and shows nothing.

        Raises:
            SnapshotUnderWay: another attempt at this day is running.
        """

    def before(self, business_date: date, *, without: Collection[Sku]) -> FormerSnapshot:
        """Return the newest earlier snapshot, its states without those of the given SKUs."""
