"""The worklist of closed gates: by brand, a brand's stores, and the same as a file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Max, Min, OrderBy, Q, QuerySet, Sum
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from umschlag.allocation.ungating.evidence import (
    AGE_DAYS_MAX,
    UNITS_MIN,
    EvidenceFault,
    evidence_faults,
)
from umschlag.kernel.money import Money
from umschlag.storage.records.models import (
    CaseEventKind,
    CaseState,
    UngatingAnswer,
    UngatingCase,
    UngatingEvent,
    UngatingEvidence,
    UngatingStatus,
)
from umschlag.storage.records.ungating_cases import invoices_of, is_waiting, never_asked_pairs
from umschlag.wiring.spreadsheets import Row

SORTS: Mapping[str, OrderBy] = {
    "worth": F("worth_minor").desc(),
    "check": F("next_check_date").asc(nulls_last=True),
    "asins": (F("invoice_asins") + F("gated_asins") + F("unknown_asins")).desc(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesWanted:
    """Which cases are asked for; empty asks for all that wait."""

    brand: str | None = None
    state: str = ""
    responsible: str = ""
    due_by: date | None = None
    """Only cases to be looked at by the day."""
    q: str = ""
    sort: str = "worth"

    def cases(self) -> QuerySet[UngatingCase]:
        """Return the cases asked for, in the order asked for."""
        rows = UngatingCase.objects.select_related("store__client", "responsible")
        rows = rows.filter(state=self.state) if self.state else rows.filter(is_waiting())
        if self.brand is not None:
            rows = rows.filter(brand=self.brand)
        if self.responsible:
            rows = rows.filter(responsible__username=self.responsible)
        if self.due_by:
            rows = rows.filter(next_check_date__lte=self.due_by)
        if self.q:
            named = Q(brand__icontains=self.q) | Q(store__name__icontains=self.q)
            rows = rows.filter(named | Q(store__client__name__icontains=self.q))
        return rows.order_by(SORTS.get(self.sort, SORTS["worth"]), "brand", "store__name", "pk")


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandWaiting:
    """All cases of one brand: one invoice of ten units, made out to a store, opens it there."""

    brand: str
    store_count: int
    invoice_pairs: int
    gated_pairs: int
    unknown_pairs: int
    """Pairs of ASIN and store, as those before."""
    contradicted_pairs: int
    worth: Money
    is_assumed: bool
    next_check_date: date | None

    @property
    def title(self) -> str:
        """The brand, or that the sheet tells none."""
        return self.brand or _("no brand in the sheet")


def brands_waiting(wanted: CasesWanted | None = None) -> list[BrandWaiting]:
    """Return the brands that wait somewhere, those first that are worth most."""
    rows = (wanted or CasesWanted()).cases().order_by().values("brand")
    never_asked = never_asked_pairs()
    found = [
        BrandWaiting(
            brand=row["brand"],
            store_count=row["stores"],
            invoice_pairs=row["invoice"],
            gated_pairs=row["gated"],
            unknown_pairs=never_asked.get(row["brand"], 0),
            contradicted_pairs=row["contradicted"],
            worth=Money(row["worth"], row["money"]),
            is_assumed=bool(row["assumed"]),
            next_check_date=row["check_date"],
        )
        for row in rows.annotate(
            stores=Count("pk"),
            invoice=Sum("invoice_asins"),
            gated=Sum("gated_asins"),
            contradicted=Sum("contradicted_asins"),
            worth=Sum("shared_minor"),
            money=Max("currency"),
            assumed=Count("pk", filter=Q(is_assumed=True)),
            check_date=Min("next_check_date"),
        )
    ]
    return sorted(found, key=lambda one: (-one.worth.minor, one.brand.casefold()))


def attempts_of(case: UngatingCase) -> int:
    """Return how often it was applied for."""
    return case.events.filter(kind=CaseEventKind.ATTEMPT).count()


def gates_of(case: UngatingCase) -> list[UngatingStatus]:
    """Return what the sources say of the case's ASINs with stock, closed ones first."""
    rows = UngatingStatus.objects.select_related("asin").filter(
        store_id=case.store_id, asin__brand=case.brand, asin__remaining_units__gt=0
    )
    return sorted(rows, key=lambda one: (one.answer == UngatingAnswer.YES, one.asin.asin))


_FAULTS: Mapping[EvidenceFault, str] = {
    EvidenceFault.NONE: gettext_noop("There is no invoice yet."),
    EvidenceFault.DATE_UNKNOWN: gettext_noop("The date of an invoice is missing."),
    EvidenceFault.FUTURE: gettext_noop("An invoice is dated in the future."),
    EvidenceFault.TOO_OLD: gettext_noop("An invoice is older than %(days)s days."),
    EvidenceFault.BUYER_UNKNOWN: gettext_noop(
        "Nobody said whether an invoice is made out to the seller account."
    ),
    EvidenceFault.BUYER_DIFFERS: gettext_noop(
        "An invoice is made out to another name or address than the seller account’s."
    ),
    EvidenceFault.TOO_FEW_UNITS: gettext_noop(
        "The invoices that do have fewer than %(units)s units of the brand together."
    ),
}


def evidence_texts(evidence: Sequence[UngatingEvidence], *, as_of_date: date) -> list[str]:
    """Return what stands in the way of applying with this evidence; empty when nothing does."""
    faults = evidence_faults(invoices_of(evidence), as_of_date=as_of_date)
    return [_(_FAULTS[fault]) % {"days": AGE_DAYS_MAX, "units": UNITS_MIN} for fault in faults]


def event_text(event: UngatingEvent) -> str:
    """Return what the entry of the history says."""
    if event.kind in (CaseEventKind.STATE, CaseEventKind.ATTEMPT):
        labels = dict(CaseState.choices)
        return str(labels.get(CaseState(event.text), event.text))
    if event.kind == CaseEventKind.PLAN:
        who, _comma, day = event.text.rpartition(", ")
        told = _("%(who)s, next check %(day)s")
        checked_on = parse_date(day) if day != "–" else None
        return told % {"who": who, "day": date_format(checked_on) if checked_on else day}
    return event.text


def case_rows(cases: QuerySet[UngatingCase]) -> Iterator[Row]:
    """Return the column names and a row for each case, amounts in major units."""
    yield [
        *("brand", "store", "client", "marketplace", "state", "responsible", "next_check"),
        *("asins_invoice_needed", "asins_refused", "asins_not_asked", "asins_contradicted"),
        *("units_possible", "worth_at_least", "balance_needed", "currency", "margin_assumed"),
        "as_of",
    ]
    for case in cases.iterator():
        yield [
            case.brand,
            case.store.name,
            case.store.client.name,
            case.store.marketplace,
            str(CaseState(case.state).label),
            case.responsible.get_username() if case.responsible else "",
            case.next_check_date,
            case.invoice_asins,
            case.gated_asins,
            case.unknown_asins,
            case.contradicted_asins,
            case.units,
            Money(case.worth_minor, case.currency).decimal,
            Money(case.cost_minor, case.currency).decimal,
            case.currency,
            case.is_assumed,
            case.figures_at.date(),
        ]
