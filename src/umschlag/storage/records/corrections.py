"""The record of every write-back: kept while it runs, so that a run that dies leaves its traces."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from django.db import IntegrityError, transaction
from django.utils import timezone

from umschlag.intelligence.corrections.model import (
    Change,
    Line,
    Outcome,
    PriceChange,
    Ready,
    StockCorrection,
    WriteBack,
    WriteBackPlan,
    WriteKind,
    WriteRequest,
)
from umschlag.kernel.errors import NotFound, Refused
from umschlag.kernel.identifiers import Sku, VariationId
from umschlag.storage.records.models import (
    Article,
    OutcomeChoice,
    RunStatus,
    WriteBackLine,
    WriteBackRun,
)

BATCH_ROWS = 500
GOOD = frozenset({Outcome.WOULD_SEND, Outcome.ALREADY, Outcome.VERIFIED})
_NAME_CHARACTERS_MAX = 120


class SentAlready(Refused):
    """A dry run is sent once; another try shows what stands in the ERP now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks for a write-back, and why."""

    name: str
    user_id: int | None = None
    reason: str = ""


def begin_write_back(
    plan: WriteBackPlan, *, asker: Asker, source: str, tried_as: WriteBackRun | None = None
) -> WriteBackRun:
    """Record that a list is tried or sent, every row of it as not sent yet.

    Raises:
        SentAlready: the dry run was sent before.
    """
    try:
        with transaction.atomic():
            run = WriteBackRun.objects.create(
                kind=plan.kind.value,
                is_dry=plan.is_dry,
                status=RunStatus.RUNNING,
                started_at=timezone.now(),
                made_by_id=asker.user_id,
                asker=asker.name,
                reason=asker.reason,
                source=source,
                tried_as=tried_as,
                row_count=len(plan.changes),
            )
            WriteBackLine.objects.bulk_create(
                (_line_of(run, change) for change in plan.changes), batch_size=BATCH_ROWS
            )
    except IntegrityError:
        # Two people who confirm the same list: the database lets one of them.
        before = WriteBackRun.objects.filter(tried_as=tried_as).first()
        if tried_as is None or before is None:
            raise
        raise SentAlready(
            f"dry run {tried_as.pk} was sent already, as run {before.pk}; try the list again to "
            "see what stands in the ERP now"
        ) from None
    return run


def _line_of(run: WriteBackRun, change: Change) -> WriteBackLine:
    return WriteBackLine(
        run=run,
        row=change.row or 0,
        sku=change.sku,
        place_id=change.place_id,
        based_on=change.based_on,
        asked=change.asked,
        currency=change.currency if isinstance(change, PriceChange) else "",
    )


@dataclass(slots=True)
class JournalOnRecord:
    """Writes down each row before it leaves, and again when its fate is known."""

    run: WriteBackRun
    _lines: dict[int, WriteBackLine] = field(init=False)

    def __post_init__(self) -> None:
        """Fetch the run's rows."""
        self._lines = {line.row: line for line in self.run.lines.all()}

    def about_to_send(self, request: WriteRequest, batch: Sequence[Ready]) -> None:
        """Keep the call and mark its rows as under way."""
        self.run.requests = [*self.run.requests, asdict(request)]
        lines = []
        for ready in batch:
            line = self._of(ready.change)
            line.outcome = OutcomeChoice.SENDING
            line.before = ready.standing.figure
            line.variation_id = ready.standing.variation_id
            lines.append(line)
        with transaction.atomic():
            self.run.save(update_fields=["requests"])
            WriteBackLine.objects.bulk_update(lines, ["outcome", "before", "variation_id"])

    def settled(self, lines: Sequence[Line]) -> None:
        """Keep the verdicts."""
        changed = []
        for told in lines:
            line = self._of(told.change)
            line.place_id = told.change.place_id
            line.place_name = told.place_name[:_NAME_CHARACTERS_MAX]
            line.variation_id = told.variation_id
            line.before = told.before
            line.after = told.after
            line.outcome = told.outcome.value
            line.refusal = told.refusal.value if told.refusal else ""
            line.cautions = [caution.value for caution in told.cautions]
            line.message = told.message
            changed.append(line)
        WriteBackLine.objects.bulk_update(changed, _VERDICT_FIELDS, batch_size=BATCH_ROWS)

    def _of(self, change: Change) -> WriteBackLine:
        return self._lines[change.row or 0]


_VERDICT_FIELDS = [
    "place_id",
    "place_name",
    "variation_id",
    "before",
    "after",
    "outcome",
    "refusal",
    "cautions",
    "message",
]


def finish_write_back(
    run: WriteBackRun, report: WriteBack, *, calls_used: int, retries: int
) -> None:
    """Record that the list was worked off, or what stopped it."""
    run.status = RunStatus.FAILED if report.stopped_by else RunStatus.COMPLETE
    run.error = report.stopped_by
    run.finished_at = timezone.now()
    run.requests = [asdict(request) for request in report.requests]
    run.good_count = sum(report.counts.get(outcome, 0) for outcome in GOOD)
    run.bad_count = len(report.lines) - run.good_count
    run.calls_used = calls_used
    run.retries = retries
    run.save()


def fail_write_back(run: WriteBackRun, error: BaseException) -> None:
    """Record why the run ended before its end."""
    run.status = RunStatus.FAILED
    run.error = str(error) or type(error).__name__
    run.finished_at = timezone.now()
    run.save(update_fields=["status", "error", "finished_at"])


def tried_list(run_id: int) -> tuple[WriteBackRun, WriteBackPlan]:
    """Return a dry run and the list to send: its rows that would be sent, on what stood there.

    Raises:
        NotFound: there is no such dry run.
        Refused: it did not come to its end, or has nothing to send.
    """
    run = WriteBackRun.objects.filter(pk=run_id, is_dry=True).first()
    if run is None:
        raise NotFound(f"there is no dry run {run_id}")
    if run.status != RunStatus.COMPLETE:
        raise Refused(f"dry run {run_id} did not come to its end; try the list again")
    lines = list(run.lines.filter(outcome=OutcomeChoice.WOULD_SEND))
    if not lines:
        raise Refused(f"dry run {run_id} has no row to send")
    kind = WriteKind(run.kind)
    changes = [_change_of(line, kind) for line in lines]
    return run, WriteBackPlan(kind=kind, changes=changes, is_dry=False)


def _change_of(line: WriteBackLine, kind: WriteKind) -> Change:
    if kind is WriteKind.STOCK:
        return StockCorrection(
            sku=Sku(line.sku),
            place_id=line.place_id,
            asked=line.asked,
            based_on=line.before,
            row=line.row,
        )
    return PriceChange(
        sku=Sku(line.sku),
        place_id=line.place_id,
        asked=line.asked,
        based_on=line.before,
        row=line.row,
        currency=line.currency,
    )


def variation_ids_of(skus: Sequence[Sku]) -> Mapping[Sku, VariationId]:
    """Return the variation ids on record; SKUs without one are left out."""
    found = _articles(skus, "sku", "variation_id")
    return {Sku(sku): VariationId(number) for sku, number in found if number is not None}


def unit_costs_minor_of(skus: Sequence[Sku]) -> Mapping[Sku, int]:
    """Return the net unit costs on record; SKUs without one are left out."""
    found = _articles(skus, "sku", "unit_cost_minor")
    return {Sku(sku): cost for sku, cost in found if cost is not None}


def _articles(skus: Sequence[Sku], *columns: str) -> list[tuple[str, int | None]]:
    rows: list[tuple[str, int | None]] = []
    for start in range(0, len(skus), BATCH_ROWS):
        wanted = skus[start : start + BATCH_ROWS]
        rows += Article.objects.filter(sku__in=wanted).values_list(*columns)
    return rows
