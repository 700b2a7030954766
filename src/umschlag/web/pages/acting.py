"""What to do: the list to act on, what was decided, and what became of it."""

from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from umschlag.settings import load_settings
from umschlag.storage.records.models import Article, Proposal, ProposalKind, ProposalState
from umschlag.web.pages.frame import page, staff_page
from umschlag.web.pages.report import ROWS_PER_PAGE
from umschlag.web.pages.table_files import table_file
from umschlag.wiring.act_list import (
    SORTS,
    ActsWanted,
    act_rows,
    kind_totals,
    outcome_rows,
    outcome_totals,
    outcomes,
)
from umschlag.wiring.acting import decide as decide_on
from umschlag.wiring.acting import undo as undo_decisions
from umschlag.wiring.amounts import count_text

OUTCOMES_SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ActsAsked:
    """What the reader asked to see."""

    kind: str
    state: str
    category: str
    q: str
    sort: str

    @classmethod
    def of(cls, given: Any) -> "ActsAsked":  # noqa: ANN401 - an address' or a form's values
        """Return what the address or the form asks for; words we do not know count as not asked."""
        kind, state, sort = (given.get(name, "") for name in ("kind", "state", "sort"))
        return cls(
            kind=kind if kind in ProposalKind.values else "",
            state=state if state in ProposalState.values else ProposalState.OPEN.value,
            category=given.get("category", ""),
            q=given.get("q", "").strip(),
            sort=sort if sort in SORTS else "proceeds",
        )

    @property
    def wanted(self) -> ActsWanted:
        """The acts that are asked for."""
        return ActsWanted(**asdict(self))

    @property
    def query(self) -> str:
        """The part of the address that asks for this."""
        return urlencode({name: value for name, value in asdict(self).items() if value})


@staff_page("records.view_proposal")
def show(request: HttpRequest) -> HttpResponse:
    """Show what to do, and what became of what was done."""
    asked = ActsAsked.of(request.GET)
    found = asked.wanted.acts()
    results = outcomes()
    return page(
        request,
        "what_to_do.html",
        title=_("What to do"),
        asked=asked,
        hidden=list(asdict(asked).items()),
        rows=Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page")),
        totals=kind_totals(load_settings(), asked.state),
        is_empty=not Proposal.objects.exists(),
        is_open=asked.state == ProposalState.OPEN,
        kinds=ProposalKind.choices,
        states=ProposalState.choices,
        categories=_categories(),
        sorts=_sorts(),
        outcomes=results[:OUTCOMES_SHOWN],
        outcome_count=results.count(),
        outcome_totals=outcome_totals(),
        waiting_count=Proposal.objects.filter(
            state=ProposalState.ACCEPTED, outcomes__isnull=True
        ).count(),
    )


@staff_page("records.view_proposal")
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """Hand out the acts shown (``acts.csv``), or all outcomes (``outcomes.csv``)."""
    what, _dot, ending = kind.partition(".")
    if what == "outcomes":
        return table_file(outcome_rows(), ending, name=_("what-became-of-it"))
    return table_file(act_rows(ActsAsked.of(request.GET).wanted.acts()), ending, name=_("acts"))


@staff_page("records.change_proposal")
@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """Accept, dismiss or take back the chosen acts."""
    asked = ActsAsked.of(request.POST)
    back = redirect(f"{reverse('pages:what-to-do')}?{asked.query}")
    keys = [int(key) for key in request.POST.getlist("act") if key.isdecimal() and len(key) < 19]
    state = request.POST.get("decision", "")
    if not keys:
        messages.warning(request, _("Nothing was changed: choose acts first."))
    elif state == "undo":
        count = undo_decisions(keys)
        text = ngettext("%s decision taken back.", "%s decisions taken back.", count)
        messages.success(request, text % count_text(count))
    elif state in (ProposalState.ACCEPTED, ProposalState.DISMISSED):
        count = decide_on(
            load_settings(),
            keys,
            ProposalState(state),
            by=request.user.get_username(),
            at=timezone.now(),
        )
        text = ngettext("%(count)s act: %(state)s.", "%(count)s acts: %(state)s.", count)
        told = {"count": count_text(count), "state": ProposalState(state).label}
        messages.success(request, text % told)
    return back


def _categories() -> list[str]:
    values = Article.objects.filter(proposals__isnull=False).exclude(category="")
    return sorted(set(values.values_list("category", flat=True)), key=str.casefold)


def _sorts() -> list[tuple[str, str]]:
    return [
        ("proceeds", _("Highest expected proceeds")),
        ("value", _("Highest cost of the units")),
        ("unsold", _("Most expected unsold")),
        ("decided", _("Decided last")),
    ]
