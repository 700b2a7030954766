"""What writing back needs from outside."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from umschlag.intelligence.corrections.model import (
    Change,
    ChangeKey,
    Line,
    Places,
    Ready,
    Standing,
    WriteRequest,
)
from umschlag.kernel.errors import OutsideSystemFailed


class AnswerLost(OutsideSystemFailed):
    """A write was sent and its answer never came: it may have happened or not."""


class RowsRefused(OutsideSystemFailed):
    """The ERP refuses a call for what its rows say; smaller portions may pass."""


class Erp(Protocol):
    """The ERP as far as one kind of change goes."""

    def places(self) -> Places:
        """Return its warehouses or its sales prices."""

    def standing(self, changes: Sequence[Change]) -> Mapping[ChangeKey, Standing]:
        """Return what stands there now; articles that it does not know are left out.

        Raises:
            OutsideSystemFailed: it cannot be asked.
        """

    def request_for(self, batch: Sequence[Ready]) -> WriteRequest:
        """Return the call for rows of one place that all change, or all make, something."""

    def send(self, request: WriteRequest) -> None:
        """Make the call.

        Raises:
            AnswerLost: nobody knows whether it happened.
            RowsRefused: it did not happen, because of a row in it.
            OutsideSystemFailed: it did not happen, and no other call will fare better.
        """


class Journal(Protocol):
    """Keeps what is done while it is done, so that a run that dies leaves its traces."""

    def about_to_send(self, request: WriteRequest, batch: Sequence[Ready]) -> None:
        """Keep that these rows are on their way."""

    def settled(self, lines: Sequence[Line]) -> None:
        """Keep what became of these rows."""
