"""The work on closed gates: counted and valued after each plan, then worked on by people."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from umschlag.allocation.planning.model import AllocationLine, AllocationPlan, AllocationProblem
from umschlag.allocation.planning.opened_gates import Gate, OpenedLine, opened_gates
from umschlag.allocation.ungating.evidence import Invoice
from umschlag.kernel.errors import BadInput
from umschlag.kernel.identifiers import Asin, StoreId
from umschlag.settings import Settings
from umschlag.storage.records import ungating_cases as records
from umschlag.storage.records.agency.ungating import AnswerChange
from umschlag.storage.records.allocation_runs import ProposedRuns
from umschlag.storage.records.models import (
    CartLine,
    CaseEventKind,
    CaseState,
    RunState,
    UngatingCase,
    UngatingEvidence,
)
from umschlag.storage.records.ungating_cases import CaseKey, CaseWorth, NewEvidence, Waiting
from umschlag.wiring.allocation import planning_terms
from umschlag.wiring.published_facts import published_facts

FILE_BYTES_MAX = 8 * 2**20
"""A scanned invoice has one or two megabytes; MariaDB takes 16 in one piece."""
_KINDS = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}
"""How files of each kind begin: a name can say anything."""
NOTE_MAX = 2_000
NAME_MAX = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseChange:
    """What somebody changes in a case; None leaves it as it is."""

    state: CaseState | None = None
    responsible: str | None = None
    """User name; empty: nobody."""
    next_check_date: date | None = None
    clears_next_check: bool = False
    note: str = ""


def refresh_cases(settings: Settings) -> int:
    """Count what waits and tell what it is worth beside the newest plan; return the cases."""
    gates = records.waiting_gates()
    problem = ProposedRuns(
        terms=planning_terms(settings), facts=published_facts(settings)
    ).problem()
    worths = _worths(problem, _waiting_plan(problem), gates)
    return records.count_cases(gates, worths, currency=settings.currency, at=timezone.now())


def note_answer_changes(changes: list[AnswerChange]) -> int:
    """Add what the sources say by now to the histories of the cases."""
    told = [
        (
            change.store.pk,
            change.asin,
            f"{change.asin}: {change.before or '–'} → {change.after or '–'}",
        )
        for change in changes
    ]
    return records.note_answers(told, at=timezone.now())


@transaction.atomic
def change_case(case_id: int, change: CaseChange, *, by: str, at: datetime) -> UngatingCase:
    """Change a case and write down who did.

    Raises:
        CaseUnknown: there is none.
        BadInput: nobody has this user name, or the note is too long.
    """
    case = records.locked_case(case_id)
    if change.state is not None and change.state != case.state:
        case.state = change.state
        is_attempt = change.state == CaseState.APPLIED
        kind = CaseEventKind.ATTEMPT if is_attempt else CaseEventKind.STATE
        records.note(case, kind, change.state.value, by=by, at=at)
    if _is_planned_anew(case, change):
        text = f"{case.responsible or '–'}, {case.next_check_date or '–'}"
        records.note(case, CaseEventKind.PLAN, text, by=by, at=at)
    note = change.note.strip()
    if len(note) > NOTE_MAX:
        raise BadInput(_("The note is longer than %s characters.") % NOTE_MAX, field="note")
    if note:
        records.note(case, CaseEventKind.NOTE, note, by=by, at=at)
    case.save(update_fields=["state", "responsible", "next_check_date"])
    return case


@transaction.atomic
def add_evidence(
    case_id: int, name: str, content: bytes, invoice: Invoice, *, by: str, at: datetime
) -> UngatingEvidence:
    """Keep an invoice or photo with its case.

    Raises:
        CaseUnknown: there is none.
        BadInput: it is empty, too large, or no PDF, PNG or JPEG.
        EvidenceThereAlready: the case has this very file.
    """
    case = records.locked_case(case_id)
    if len(content) > FILE_BYTES_MAX:
        text = _("The file is larger than %s MB. Scan it with fewer dots per inch.")
        raise BadInput(text % (FILE_BYTES_MAX // 2**20), field="file")
    kind = next((kind for start, kind in _KINDS.items() if content.startswith(start)), None)
    if kind is None:
        raise BadInput(_("The file is no PDF, PNG or JPEG."), field="file")
    new = NewEvidence(name=name[:NAME_MAX], content_type=kind, content=content, invoice=invoice)
    return records.add_evidence(case, new, by=by, at=at)


def _is_planned_anew(case: UngatingCase, change: CaseChange) -> bool:
    before = case.responsible_id, case.next_check_date
    if change.responsible is not None:
        case.responsible = _user(change.responsible)
    if change.clears_next_check:
        case.next_check_date = None
    elif change.next_check_date is not None:
        case.next_check_date = change.next_check_date
    return before != (case.responsible_id, case.next_check_date)


def _user(name: str) -> User | None:
    if not name:
        return None
    user = User.objects.filter(username=name, is_active=True, is_staff=True).first()
    if user is None:
        raise BadInput(_("There is no user “%s” of the back office.") % name, field="responsible")
    return user


def _waiting_plan(problem: AllocationProblem) -> AllocationPlan:
    """Return the lines that a plan proposes; what was confirmed is off stock and balances."""
    rows = CartLine.objects.filter(
        cart__run__state=RunState.PROPOSED, cart__run__only_store__isnull=True
    ).order_by("-cart__run__made_at", "cart__run_id", "pk")
    newest = rows.values_list("cart__run_id", flat=True).first()
    lines = [
        AllocationLine(
            store_id=StoreId(row["cart__store_id"]),
            asin=Asin(row["asin__asin"]),
            units=row["units"],
            unit_cost_minor=row["unit_cost_minor"],
            unit_shipping_minor=row["unit_shipping_minor"],
        )
        for row in rows.filter(cart__run_id=newest).values(
            *("cart__store_id", "asin__asin", "units", "unit_cost_minor", "unit_shipping_minor")
        )
    ]
    # Preordered units are taken at their full cost, so that no balance is thought larger.
    known = [
        line for line in lines if line.asin in problem.lots and line.store_id in problem.stores
    ]
    return AllocationPlan(lines=tuple(known), method="")


def _worths(
    problem: AllocationProblem, plan: AllocationPlan, gates: Mapping[CaseKey, Waiting]
) -> dict[CaseKey, CaseWorth]:
    """Return what each case is worth by itself, and as a part of all of its brand."""
    closed = {
        (brand, store_id): [(StoreId(store_id), Asin(asin)) for asin in waiting.closed_asins]
        for (brand, store_id), waiting in gates.items()
    }
    found = {
        key: _worth(opened_gates(problem, plan, asked).lines)
        for key, asked in closed.items()
        if asked
    }
    of_brand: dict[str, list[Gate]] = defaultdict(list)
    for (brand, _store_id), asked in closed.items():
        of_brand[brand] += asked
    for brand, asked in of_brand.items():
        shared: dict[int, int] = defaultdict(int)
        for line in opened_gates(problem, plan, asked).lines:
            shared[line.store_id] += line.value_minor
        for store_id, minor in shared.items():
            found[brand, store_id] = replace(found[brand, store_id], shared_minor=minor)
    return found


def _worth(lines: tuple[OpenedLine, ...]) -> CaseWorth:
    return CaseWorth(
        units=sum(line.units for line in lines),
        worth_minor=sum(line.value_minor for line in lines),
        cost_minor=sum(line.cost_minor for line in lines),
        is_assumed=any(line.is_assumed for line in lines),
    )
