"""Ungating answers as the software tells them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from umschlag.allocation.ungating.model import GateAnswer, GateClaim, GateSource
from umschlag.allocation.ungating.rules import verdict_of
from umschlag.allocation.ungating.software import ToldAnswer
from umschlag.storage.records.agency.landing import Landing
from umschlag.storage.records.models import (
    CatalogAsin,
    Store,
    UngatingAnswer,
    UngatingSource,
    UngatingStatus,
)

_ANSWERS = {
    GateAnswer.YES: UngatingAnswer.YES,
    GateAnswer.NO: UngatingAnswer.NO,
    GateAnswer.INVOICE_NEEDED: UngatingAnswer.INVOICE_NEEDED,
}
_GATE_ANSWERS = {answer: gate for gate, answer in _ANSWERS.items()}
_SOURCES = {
    UngatingSource.MANUAL: GateSource.MANUAL,
    UngatingSource.AMAZON: GateSource.AMAZON,
    UngatingSource.SOFTWARE: GateSource.SOFTWARE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerChange:
    """One answer that is no longer what it was, or that is contradicted."""

    store: Store
    asin: str
    before: str
    after: str
    is_disagreement: bool
    updated_at: datetime


@dataclass(kw_only=True, slots=True)
class UngatingLanding(Landing):
    """What keeping answers came to."""

    changes: list[AnswerChange] = field(default_factory=list)
    contradicted: list[UngatingStatus] = field(default_factory=list)
    """Answers by hand or from Amazon, with what the software says to them by now."""
    unresolved_since: datetime | None = None
    """Oldest row about a store or ASIN we do not know yet: it has to be asked for again."""

    def refuse_unresolved(self, row: ToldAnswer, message: str) -> None:
        """Count a row as one that cannot be kept yet."""
        self.refuse(f"ungating, row {row.row}", message)
        if self.unresolved_since is None or row.updated_at < self.unresolved_since:
            self.unresolved_since = row.updated_at


def keep_answers(rows: Sequence[ToldAnswer]) -> UngatingLanding:
    """Create and update statuses. An answer by hand or from Amazon outranks the software's.

    A word that is no answer we know takes back what the software said before: unknown is never
    Yes.
    """
    landing = UngatingLanding()
    stores = {store.external_id: store for store in Store.objects.all()}
    asins = dict(CatalogAsin.objects.values_list("asin", "pk"))
    kept = _kept_statuses(rows)
    created: dict[tuple[int, int], UngatingStatus] = {}
    updated: dict[tuple[int, int], UngatingStatus] = {}
    for row in sorted(rows, key=lambda told: told.updated_at):
        store, asin_id = stores.get(row.store_external_id), asins.get(row.asin)
        if store is None or asin_id is None:
            landing.refuse_unresolved(row, _unresolved(row, store))
            continue
        key = (store.pk, asin_id)
        status = kept.get(key)
        if row.answer is GateAnswer.UNKNOWN:
            _take_back(status, row, store, landing)
            if status is not None and status.source == UngatingSource.SOFTWARE:
                del kept[key]
                created.pop(key, None)
                updated.pop(key, None)
        elif status is None:
            status = UngatingStatus(store=store, asin_id=asin_id, source=UngatingSource.SOFTWARE)
            status.answer, status.checked_at = _ANSWERS[row.answer], row.updated_at
            kept[key] = created[key] = status
        elif _overrules(status, row, store, landing):
            updated[key] = status
    UngatingStatus.objects.bulk_create(created.values(), batch_size=500)
    in_place = [status for key, status in updated.items() if key not in created]
    UngatingStatus.objects.bulk_update(in_place, ["answer", "checked_at"], batch_size=200)
    UngatingStatus.objects.bulk_update(landing.contradicted, ["contradicted_by"], batch_size=200)
    landing.created_count, landing.updated_count = len(created), len(in_place)
    return landing


def _kept_statuses(rows: Sequence[ToldAnswer]) -> dict[tuple[int, int], UngatingStatus]:
    told_stores = {row.store_external_id for row in rows}
    statuses = UngatingStatus.objects.select_for_update().filter(store__external_id__in=told_stores)
    return {(status.store_id, status.asin_id): status for status in statuses}


def _unresolved(row: ToldAnswer, store: Store | None) -> str:
    if store is None:
        return f"there is no store {row.store_external_id} in the panel yet"
    return f"{row.asin} is not in the buying sheet yet"


def _overrules(
    status: UngatingStatus, row: ToldAnswer, store: Store, landing: UngatingLanding
) -> bool:
    """Put the software's answer into the status where it counts; tell whether it did."""
    if status.source == UngatingSource.SOFTWARE:
        if row.updated_at < status.checked_at:
            return False
        if _answer_of(status) is not row.answer:
            landing.changes.append(_change(status, row, store, is_disagreement=False))
        elif row.updated_at == status.checked_at:
            return False
        status.answer, status.checked_at = _ANSWERS[row.answer], row.updated_at
        return True
    ours = GateClaim(
        answer=_answer_of(status),
        source=_SOURCES[UngatingSource(status.source)],
        checked_at=status.checked_at,
    )
    theirs = GateClaim(answer=row.answer, source=GateSource.SOFTWARE, checked_at=row.updated_at)
    is_contradicted = verdict_of([ours, theirs]).is_contradicted
    said = _ANSWERS[row.answer] if is_contradicted else ""
    if status.contradicted_by != said:
        status.contradicted_by = said
        landing.contradicted.append(status)
    if is_contradicted:
        change = _change(status, row, store, is_disagreement=True)
        landing.changes.append(change)
        landing.remark(
            f"ungating, row {row.row}",
            f"{store.name}, {row.asin}: the software says {change.after!r}, and"
            f" {change.before!r} ({status.source}) stays",
        )
    return False


def _take_back(
    status: UngatingStatus | None, row: ToldAnswer, store: Store, landing: UngatingLanding
) -> None:
    landing.refuse(
        f"ungating, row {row.row}, answer",
        f"{row.said!r} for {store.name}, {row.asin} is no answer we know; it counts as unknown",
    )
    if status is None:
        return
    if status.source != UngatingSource.SOFTWARE:
        # Who says nothing that we understand contradicts nobody.
        if status.contradicted_by:
            status.contradicted_by = ""
            landing.contradicted.append(status)
        return
    landing.changes.append(_change(status, row, store, is_disagreement=False))
    if status.pk is not None:
        status.delete()


def _change(
    status: UngatingStatus, row: ToldAnswer, store: Store, *, is_disagreement: bool
) -> AnswerChange:
    known = _ANSWERS.get(row.answer)
    return AnswerChange(
        store=store,
        asin=row.asin,
        before=str(status.answer),
        after=known.value if known else row.said,
        is_disagreement=is_disagreement,
        updated_at=row.updated_at,
    )


def _answer_of(status: UngatingStatus) -> GateAnswer:
    return _GATE_ANSWERS.get(UngatingAnswer(status.answer), GateAnswer.UNKNOWN)
