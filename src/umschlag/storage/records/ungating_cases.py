"""Cases of closed gates in the records: counted anew, worked on, with evidence and history."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from hashlib import sha256

from django.db import transaction
from django.db.models import Q

from umschlag.allocation.ungating.evidence import Invoice
from umschlag.kernel.errors import NotFound, Refused
from umschlag.storage.records.models import (
    CaseEventKind,
    CaseState,
    CatalogAsin,
    Store,
    StoreKind,
    StoreStatus,
    UngatingAnswer,
    UngatingCase,
    UngatingEvent,
    UngatingEvidence,
    UngatingStatus,
)

_BATCH = 300
CaseKey = tuple[str, int]
"""Brand and store."""


class CaseUnknown(NotFound):
    """There is no such case."""


class EvidenceThereAlready(Refused):
    """The case has this very file."""


@dataclass(slots=True, kw_only=True)
class Waiting:
    """The gates of one brand at one store, of ASINs with stock."""

    answers: dict[str, str] = field(default_factory=dict)
    """ASIN → what the sources say; empty: nobody was asked."""
    contradicted: int = 0

    def count(self, answer: str) -> int:
        """Return how many ASINs have the answer."""
        return sum(told == answer for told in self.answers.values())

    @property
    def closed_asins(self) -> list[str]:
        """ASINs that the store may not list."""
        return [asin for asin, told in self.answers.items() if told != UngatingAnswer.YES]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseWorth:
    """What a case's gates are worth; minor units of the settings' currency."""

    units: int = 0
    worth_minor: int = 0
    shared_minor: int = 0
    cost_minor: int = 0
    is_assumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvidence:
    """A file as it was handed in, checked for kind and size."""

    name: str
    content_type: str
    content: bytes
    invoice: Invoice


def waiting_gates() -> dict[CaseKey, Waiting]:
    """Return the gates of every brand at every active store of a client that was asked for one.

    A store of which nobody ever asked about a brand is no case: there is nothing to go by.
    """
    asins = CatalogAsin.objects.filter(remaining_units__gt=0)
    of_brand: dict[str, list[str]] = defaultdict(list)
    for brand, asin in asins.order_by("asin").values_list("brand", "asin"):
        of_brand[brand].append(asin)
    rows = UngatingStatus.objects.filter(
        store__status=StoreStatus.ACTIVE,
        store__kind=StoreKind.OWN,
        asin__remaining_units__gt=0,
    ).order_by()
    found: dict[CaseKey, Waiting] = {}
    for store_id, brand, asin, answer, contradicted in rows.values_list(
        "store_id", "asin__brand", "asin__asin", "answer", "contradicted_by"
    ).iterator():
        waiting = found.get((brand, store_id))
        if waiting is None:
            waiting = found[brand, store_id] = Waiting(answers=dict.fromkeys(of_brand[brand], ""))
        waiting.answers[asin] = answer
        waiting.contradicted += bool(contradicted)
    return found


def never_asked_pairs() -> dict[str, int]:
    """Return by brand how many pairs of ASIN with stock and active store nobody asked about."""
    stores = Store.objects.filter(status=StoreStatus.ACTIVE, kind=StoreKind.OWN).count()
    pairs: dict[str, int] = defaultdict(int)
    for brand in CatalogAsin.objects.filter(remaining_units__gt=0).values_list("brand", flat=True):
        pairs[brand] += stores
    told = UngatingStatus.objects.filter(
        store__status=StoreStatus.ACTIVE, store__kind=StoreKind.OWN, asin__remaining_units__gt=0
    ).order_by()
    for brand in told.values_list("asin__brand", flat=True).iterator():
        pairs[brand] -= 1
    return dict(pairs)


@transaction.atomic
def count_cases(
    gates: Mapping[CaseKey, Waiting],
    worths: Mapping[CaseKey, CaseWorth],
    *,
    currency: str,
    at: datetime,
) -> int:
    """Keep what waits where and what it is worth; return how many cases wait.

    A case comes up with its first closed gate. Where all gates are open it is marked opened, and
    to do again where one closes. What people wrote on a case stays.
    """
    known = {(case.brand, case.store_id): case for case in UngatingCase.objects.all()}
    new, events = [], []
    for key, waiting in gates.items():
        if key in known:
            events += _state_events(known[key], waiting, at)
        elif waiting.closed_asins:
            new.append(UngatingCase(brand=key[0], store_id=key[1]))
    for case in (*known.values(), *new):
        key = (case.brand, case.store_id)
        case.currency, case.figures_at = currency, at
        _fill(case, gates.get(key, Waiting()), worths.get(key, CaseWorth()))
    UngatingCase.objects.bulk_create(new, batch_size=_BATCH)
    UngatingCase.objects.bulk_update(known.values(), _COUNTED, batch_size=_BATCH)
    UngatingEvent.objects.bulk_create(events, batch_size=_BATCH)
    return UngatingCase.objects.filter(is_waiting()).count()


_COUNTED = [
    *("state", "invoice_asins", "gated_asins", "unknown_asins", "contradicted_asins"),
    *("units", "worth_minor", "shared_minor", "cost_minor", "currency", "is_assumed"),
    "figures_at",
]


def is_waiting() -> Q:
    """Select the cases with a closed gate before stock, but those that nobody pursues."""
    closed = Q(invoice_asins__gt=0) | Q(gated_asins__gt=0) | Q(unknown_asins__gt=0)
    return closed & ~Q(state__in=[CaseState.DROPPED, CaseState.OPENED])


def _state_events(case: UngatingCase, waiting: Waiting, at: datetime) -> list[UngatingEvent]:
    """Bring the state in line with the gates, and return the entry that says so."""
    if not waiting.closed_asins and case.state != CaseState.OPENED:
        case.state = CaseState.OPENED
    elif waiting.closed_asins and case.state == CaseState.OPENED:
        case.state = CaseState.OPEN
    else:
        return []
    return [UngatingEvent(case=case, kind=CaseEventKind.STATE, text=case.state, at=at)]


def _fill(case: UngatingCase, waiting: Waiting, worth: CaseWorth) -> None:
    case.invoice_asins = waiting.count(UngatingAnswer.INVOICE_NEEDED)
    case.gated_asins = waiting.count(UngatingAnswer.NO)
    case.unknown_asins = waiting.count("")
    case.contradicted_asins = waiting.contradicted
    case.units, case.cost_minor = worth.units, worth.cost_minor
    case.worth_minor, case.shared_minor = worth.worth_minor, worth.shared_minor
    case.is_assumed = worth.is_assumed


def locked_case(case_id: int) -> UngatingCase:
    """Return the case, locked until the transaction ends.

    Raises:
        CaseUnknown: there is none.
    """
    case = UngatingCase.objects.select_for_update().filter(pk=case_id).first()
    if case is None:
        raise CaseUnknown(f"there is no ungating case {case_id}", field="case")
    return case


def note(case: UngatingCase, kind: CaseEventKind, text: str, *, by: str, at: datetime) -> None:
    """Add an entry to the case's history."""
    UngatingEvent.objects.create(case=case, kind=kind, text=text, by=by, at=at)


def note_answers(changes: Iterable[tuple[int, str, str]], *, at: datetime) -> int:
    """Add answers that changed to the cases they belong to: store, ASIN, and what is told."""
    told = list(changes)
    brands = dict(
        CatalogAsin.objects.filter(asin__in={asin for _, asin, _ in told}).values_list(
            "asin", "brand"
        )
    )
    cases = {
        (case.brand, case.store_id): case
        for case in UngatingCase.objects.filter(store_id__in={store_id for store_id, _, _ in told})
    }
    events = [
        UngatingEvent(case=case, kind=CaseEventKind.ANSWER, text=text, at=at)
        for store_id, asin, text in told
        if (case := cases.get((brands.get(asin, ""), store_id)))
    ]
    UngatingEvent.objects.bulk_create(events, batch_size=_BATCH)
    return len(events)


def add_evidence(
    case: UngatingCase, new: NewEvidence, *, by: str, at: datetime
) -> UngatingEvidence:
    """Keep a file with its (locked) case, and say so in the history.

    A file that the case has is not kept twice: what is told of it otherwise now replaces what was
    told before, and what is not told stays.

    Raises:
        EvidenceThereAlready: the case has this very file, and nothing else is told of it.
    """
    checksum = sha256(new.content).hexdigest()
    there = UngatingEvidence.objects.filter(case=case, sha256=checksum).first()
    if there is not None:
        _correct(there, new)
        note(case, CaseEventKind.CORRECTED, there.name, by=by, at=at)
        return there
    kept = UngatingEvidence.objects.create(
        case=case,
        name=new.name,
        content_type=new.content_type,
        content=new.content,
        byte_count=len(new.content),
        sha256=checksum,
        invoice_date=new.invoice.invoice_date,
        units=new.invoice.units,
        is_buyer_the_seller=new.invoice.is_buyer_the_seller,
        added_at=at,
        added_by=by,
    )
    note(case, CaseEventKind.EVIDENCE, new.name, by=by, at=at)
    return kept


def _correct(kept: UngatingEvidence, new: NewEvidence) -> None:
    told = {name: value for name, value in asdict(new.invoice).items() if value is not None}
    corrected = {name: value for name, value in told.items() if value != getattr(kept, name)}
    if not corrected:
        raise EvidenceThereAlready(f"the case has {new.name} already", field="file")
    for name, value in corrected.items():
        setattr(kept, name, value)
    kept.save(update_fields=list(corrected))


def invoices_of(evidence: Sequence[UngatingEvidence]) -> list[Invoice]:
    """Return the evidence as the rules look at it."""
    return [
        Invoice(
            invoice_date=one.invoice_date,
            units=one.units,
            is_buyer_the_seller=one.is_buyer_the_seller,
        )
        for one in evidence
    ]


def is_overdue(case: UngatingCase, today: date) -> bool:
    """Tell whether the case was to be looked at by today."""
    return case.next_check_date is not None and case.next_check_date <= today
