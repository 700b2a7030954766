"""Try a list of changes, or send it and look up every row again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from umschlag.intelligence.corrections.model import (
    Change,
    Line,
    Outcome,
    Places,
    Ready,
    Standing,
    WriteBack,
    WriteBackPlan,
    WriteRequest,
)
from umschlag.intelligence.corrections.ports import AnswerLost, Erp, Journal, RowsRefused
from umschlag.intelligence.corrections.rules import judged, portions, prepared, verdict
from umschlag.kernel.errors import OutsideSystemFailed
from umschlag.kernel.progress import Progress, untold

SENDS_MAX = 2
"""A write that was lost is sent once more, where the look-up shows that it did not happen."""


def write_back(
    plan: WriteBackPlan, *, erp: Erp, journal: Journal, progress: Progress = untold
) -> WriteBack:
    """Bring the changes into the ERP and return the whole list with a verdict a row.

    Each portion is looked up just before it is sent and again afterwards; rows whose figure is not
    the one they are based on are refused. A dry plan is looked up and sends nothing. Trouble on
    the way ends the run: what was not sent says so, and nothing is sent twice unseen.

    Raises:
        OutsideSystemFailed: the ERP could not be asked before anything was sent.
    """
    places = erp.places()
    fit, refused = prepared(plan.changes, places)
    journal.settled(refused)
    run = _Run(plan=plan, erp=erp, journal=journal, places=places, lines=list(refused))
    for portion in portions(plan.kind, fit):
        run.work_off(portion)
        progress(len(run.lines), len(plan.changes), plan.kind)
    return run.report()


@dataclass(slots=True, kw_only=True)
class _Run:
    """One list on its way."""

    plan: WriteBackPlan
    erp: Erp
    journal: Journal
    places: Places
    lines: list[Line]
    requests: list[WriteRequest] = field(default_factory=list)
    stopped_by: str = ""

    def work_off(self, portion: Sequence[Change]) -> None:
        """Look up the portion, send what is ready, and look it up again."""
        if self.stopped_by:
            self._settle(self._left_out(portion))
            return
        try:
            standings = self.erp.standing(portion)
        except OutsideSystemFailed as error:
            # A list that is only tried is shown whole or not at all.
            if self.plan.is_dry:
                raise
            self.stopped_by = error.message
            self._settle(self._left_out(portion))
            return
        judgements = [
            judged(change, standings.get(change.key), self.places.by_id[change.key[1]])
            for change in portion
        ]
        self._settle([found for found in judgements if isinstance(found, Line)])
        ready = [found for found in judgements if isinstance(found, Ready)]
        for batch in _of_one_sort(ready):
            if self.plan.is_dry:
                self.requests.append(self.erp.request_for(batch))
                self._settle([_line(row, Outcome.WOULD_SEND) for row in batch])
            else:
                self._send(batch)

    def _send(self, batch: Sequence[Ready], *, sends_left: int = SENDS_MAX) -> None:
        if self.stopped_by:
            self._settle([_line(row, Outcome.NOT_SENT) for row in batch])
            return
        request = self.erp.request_for(batch)
        self.journal.about_to_send(request, batch)
        self.requests.append(request)
        problem: OutsideSystemFailed | None = None
        try:
            self.erp.send(request)
        except (AnswerLost, RowsRefused) as error:
            problem = error
        except OutsideSystemFailed as error:
            self.stopped_by = error.message
            self._settle([_line(row, Outcome.NOT_SENT, message=error.message) for row in batch])
            return
        self._look_again(batch, problem, sends_left - 1)

    def _look_again(
        self, batch: Sequence[Ready], problem: OutsideSystemFailed | None, sends_left: int
    ) -> None:
        try:
            standings = self.erp.standing([row.change for row in batch])
        except OutsideSystemFailed as error:
            self.stopped_by = error.message
            self._settle([_line(row, Outcome.UNCONFIRMED, message=error.message) for row in batch])
            return
        message = problem.message if problem else ""
        untouched: list[Ready] = []
        for row in batch:
            standing = standings.get(row.change.key)
            outcome = verdict(row, standing)
            if problem and outcome is Outcome.NOT_TAKEN_OVER:
                untouched.append(row)
            else:
                self._settle([_line(row, outcome, standing=standing, message=message)])
        for again in _smaller(batch, untouched, problem, sends_left):
            self._send(again, sends_left=sends_left)
            untouched = [row for row in untouched if row not in again]
        self._settle([_untouched(row, message) for row in untouched])

    def _settle(self, lines: Sequence[Line]) -> None:
        self.lines += lines
        self.journal.settled(lines)

    def _left_out(self, portion: Sequence[Change]) -> list[Line]:
        return [
            Line(
                change=change,
                outcome=Outcome.NOT_SENT,
                place_name=self.places.by_id[change.key[1]].name,
            )
            for change in portion
        ]

    def report(self) -> WriteBack:
        """Return the rows in the list's own order."""
        order = {_name(change): place for place, change in enumerate(self.plan.changes)}
        lines = sorted(self.lines, key=lambda line: order[_name(line.change)])
        return WriteBack(
            lines=tuple(lines), requests=tuple(self.requests), stopped_by=self.stopped_by
        )


def _name(change: Change) -> tuple[object, ...]:
    # Not the place, because a list may leave it open.
    return change.sku, change.row, change.asked


def _of_one_sort(ready: Sequence[Ready]) -> Iterator[list[Ready]]:
    for is_new in (False, True):
        batch = [row for row in ready if row.is_new is is_new]
        if batch:
            yield batch


def _smaller(
    batch: Sequence[Ready],
    untouched: Sequence[Ready],
    problem: OutsideSystemFailed | None,
    sends_left: int,
) -> Iterator[list[Ready]]:
    """Yield what of the batch is worth another call, now that it is known not to have happened."""
    if isinstance(problem, AnswerLost) and sends_left > 0 and untouched:
        yield list(untouched)
    elif isinstance(problem, RowsRefused) and len(batch) > 1:
        # One bad row spoils the whole call: alone, the others pass.
        yield from ([row] for row in untouched)


def _line(
    row: Ready, outcome: Outcome, *, standing: Standing | None = None, message: str = ""
) -> Line:
    return Line(
        change=row.change,
        outcome=outcome,
        place_name=row.place.name,
        variation_id=row.standing.variation_id,
        before=row.standing.figure,
        after=standing.figure if standing else None,
        cautions=row.cautions,
        message=message,
    )


def _untouched(row: Ready, message: str) -> Line:
    return _line(row, Outcome.NOT_TAKEN_OVER, standing=row.standing, message=message)
