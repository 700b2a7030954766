"""The worklist of closed gates: brands, a brand's stores, and one case with its history."""

from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from umschlag.allocation.ungating.evidence import AGE_DAYS_MAX, UNITS_MIN, Invoice, usable_units
from umschlag.kernel.errors import BadInput, UmschlagError
from umschlag.kernel.periods import business_date_of
from umschlag.settings import load_settings
from umschlag.storage.records.models import CaseState, UngatingCase, UngatingEvidence
from umschlag.storage.records.ungating_cases import EvidenceThereAlready, invoices_of
from umschlag.web.pages.frame import page, staff_page, typed_count
from umschlag.web.pages.report import ROWS_PER_PAGE
from umschlag.web.pages.table_files import table_file
from umschlag.wiring.ungating_list import (
    SORTS,
    CasesWanted,
    attempts_of,
    brands_waiting,
    case_rows,
    event_text,
    evidence_texts,
    gates_of,
)
from umschlag.wiring.ungating_work import FILE_BYTES_MAX, CaseChange, add_evidence, change_case


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesAsked:
    """What the reader asked to see."""

    brand: str | None
    state: str
    who: str
    due: str
    q: str
    sort: str

    @classmethod
    def of(cls, request: HttpRequest) -> "CasesAsked":
        """Return what the address asks for; words we do not know count as not asked."""
        given = request.GET
        state, sort = given.get("state", ""), given.get("sort", "")
        return cls(
            brand=given.get("brand"),
            state=state if state in CaseState.values else "",
            who=given.get("who", ""),
            due="1" if given.get("due") else "",
            q=given.get("q", "").strip(),
            sort=sort if sort in SORTS else "worth",
        )

    @property
    def wanted(self) -> CasesWanted:
        """The cases that are asked for."""
        return CasesWanted(
            brand=self.brand,
            state=self.state,
            responsible=self.who,
            due_by=_today() if self.due else None,
            q=self.q,
            sort=self.sort,
        )

    @property
    def query(self) -> str:
        """The part of the address that asks for this."""
        asked = asdict(self)
        return urlencode({name: asked[name] for name in asked if asked[name] not in (None, "")})


@staff_page("records.view_ungatingcase")
def show(request: HttpRequest) -> HttpResponse:
    """Show the brands that wait, or the stores of one of them."""
    asked = CasesAsked.of(request)
    cases = asked.wanted.cases()
    in_stores = asked.brand is not None or bool(asked.who or asked.due or asked.state)
    newest = UngatingCase.objects.order_by("-figures_at").first()
    return page(
        request,
        "ungating.html",
        title=_("Closed gates") if not asked.brand else asked.brand,
        asked=asked,
        brands=[] if in_stores else brands_waiting(asked.wanted),
        rows=Paginator(cases, ROWS_PER_PAGE).get_page(request.GET.get("page")) if in_stores else (),
        in_stores=in_stores,
        is_empty=newest is None,
        figures_at=newest.figures_at if newest else None,
        states=CaseState.choices,
        people=_people(),
        sorts=_sorts(),
        today=_today(),
        units_min=UNITS_MIN,
        days_max=AGE_DAYS_MAX,
    )


@staff_page("records.view_ungatingcase")
def export(request: HttpRequest, ending: str) -> HttpResponse:
    """Hand out the cases shown, one row a brand and store."""
    rows = case_rows(CasesAsked.of(request).wanted.cases())
    return table_file(rows, ending, name=_("closed-gates"))


@staff_page("records.view_ungatingcase")
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """Show one case: what waits, what it is worth, its evidence and its history."""
    record = get_object_or_404(
        UngatingCase.objects.select_related("store__client", "responsible"), pk=case_id
    )
    evidence = list(record.evidence.defer("content"))
    return page(
        request,
        "ungating_case.html",
        title=f"{record.brand or _('no brand in the sheet')} · {record.store.name}",
        case=record,
        gates=gates_of(record),
        evidence=evidence,
        faults=evidence_texts(evidence, as_of_date=_today()),
        usable=usable_units(invoices_of(evidence), as_of_date=_today()),
        events=[(one, event_text(one)) for one in record.events.all()],
        attempts=attempts_of(record),
        states=CaseState.choices,
        people=_people(),
        today=_today(),
        units_min=UNITS_MIN,
        days_max=AGE_DAYS_MAX,
        megabytes_max=FILE_BYTES_MAX // 2**20,
    )


@staff_page("records.change_ungatingcase")
@require_POST
def change(request: HttpRequest, case_id: int) -> HttpResponse:
    """Keep a case's state, who looks after it, when it is looked at next, and a note."""
    back = redirect("pages:ungating-case", case_id=case_id)
    given = request.POST
    try:
        next_check = parse_date(given.get("next_check", ""))
    except ValueError:
        next_check = None
    if given.get("next_check") and next_check is None:
        messages.error(request, _("“%s” is no day. Write it as 2026-08-31.") % given["next_check"])
        return back
    state = given.get("state", "")
    wanted = CaseChange(
        state=CaseState(state) if state in CaseState.values else None,
        responsible=given.get("responsible", ""),
        next_check_date=next_check,
        clears_next_check=not given.get("next_check"),
        note=given.get("note", ""),
    )
    try:
        change_case(case_id, wanted, by=request.user.get_username(), at=timezone.now())
    except UmschlagError as error:
        messages.error(request, error.message)
        return back
    messages.success(request, _("Saved."))
    return back


@staff_page("records.add_ungatingevidence")
@require_POST
def upload(request: HttpRequest, case_id: int) -> HttpResponse:
    """Keep a file as evidence."""
    back = redirect("pages:ungating-case", case_id=case_id)
    file = request.FILES.get("file")
    if file is None or not file.name:
        messages.error(request, _("Choose a file first."))
        return back
    # A byte too many is enough to be refused, however large the file is.
    content = file.read(FILE_BYTES_MAX + 1)
    try:
        add_evidence(
            case_id,
            request.POST.get("name", "").strip() or file.name,
            content,
            _invoice(request),
            by=request.user.get_username(),
            at=timezone.now(),
        )
    except EvidenceThereAlready:
        messages.warning(
            request,
            _(
                "The case has this very file already. To correct its units, date or buyer, add it "
                "again with what is right."
            ),
        )
        return back
    except UmschlagError as error:
        messages.error(request, error.message)
        return back
    messages.success(request, _("%s is kept with the case.") % file.name)
    return back


@staff_page("records.view_ungatingevidence")
def download(request: HttpRequest, evidence_id: int) -> HttpResponse:
    """Hand out a file of evidence as it was handed in."""
    del request
    kept = get_object_or_404(UngatingEvidence, pk=evidence_id)
    plain = kept.name.encode("ascii", "replace").decode()
    name = "".join(sign if sign.isalnum() or sign in "-_. " else "_" for sign in plain)
    return HttpResponse(
        bytes(kept.content),
        content_type=kept.content_type,
        headers={
            # Never shown within our pages: a file of a stranger must not run there.
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def _invoice(request: HttpRequest) -> Invoice:
    given = request.POST
    typed_day, typed_units = given.get("invoice_date", "").strip(), given.get("units", "").strip()
    try:
        day = parse_date(typed_day)
    except ValueError:
        day = None
    units = typed_count(typed_units)
    if typed_day and day is None:
        raise BadInput(_("“%s” is no day. Write it as 2026-08-31.") % typed_day[:40])
    if typed_units and units is None:
        raise BadInput(_("“%s” is no whole number of units, as in 12.") % typed_units[:40])
    buyer = {"yes": True, "no": False}.get(given.get("buyer", ""))
    return Invoice(invoice_date=day, units=units, is_buyer_the_seller=buyer)


def _today() -> Any:  # noqa: ANN401 - a date, which templates compare
    return business_date_of(timezone.now(), load_settings().zone)


def _people() -> list[str]:
    staff = User.objects.filter(is_active=True, is_staff=True).order_by("username")
    return list(staff.values_list("username", flat=True))


def _sorts() -> list[tuple[str, str]]:
    return [
        ("worth", _("Worth most")),
        ("check", _("Next check first")),
        ("asins", _("Most ASINs")),
    ]
