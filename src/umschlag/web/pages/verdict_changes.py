"""What became of verdicts since last week: into Penner, out of Penner, new Renner."""

from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from umschlag.settings import load_settings
from umschlag.web.pages.frame import page, staff_page
from umschlag.web.pages.report import ROWS_PER_PAGE
from umschlag.web.pages.table_files import table_file
from umschlag.wiring.movement_list import movement_choices
from umschlag.wiring.verdict_changes import (
    SINCE_DAYS,
    ChangesWanted,
    Turn,
    change_rows,
    verdict_changes,
    with_reasons,
)

_TONES = {Turn.INTO_PENNER: "bad", Turn.NEW_RENNER: "good"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesAsked:
    """What the reader asked to see, as the address writes it."""

    wanted: ChangesWanted

    @classmethod
    def of(cls, given: Any) -> "ChangesAsked":  # noqa: ANN401 - an address' values
        """Return what the address asks for; words we do not know count as not asked."""
        days, turn = given.get("days", ""), given.get("turn", "")
        return cls(
            wanted=ChangesWanted(
                days=int(days) if days in map(str, SINCE_DAYS) else SINCE_DAYS[0],
                turn=turn if turn in list(Turn) else "",
                category=given.get("category", "").strip(),
                q=given.get("q", "").strip(),
            )
        )

    @property
    def query(self) -> str:
        """The part of the address that asks for this; what is so anyway is left out."""
        usual = asdict(ChangesWanted())
        asked = asdict(self.wanted)
        return urlencode([(name, value) for name, value in asked.items() if value != usual[name]])

    @property
    def is_narrowed(self) -> bool:
        """Whether a filter takes articles away; the period does not."""
        return bool(self.wanted.turn or self.wanted.category or self.wanted.q)

    def with_turn(self, turn: str) -> str:
        """Return the part of the address that asks for the same of one turn alone."""
        return ChangesAsked(wanted=replace(self.wanted, turn=turn)).query


@staff_page("records.view_articlemovement")
def show(request: HttpRequest) -> HttpResponse:
    """Show the changes."""
    asked = ChangesAsked.of(request.GET)
    found = verdict_changes(load_settings(), asked.wanted)
    changes = found.changes if found else []
    rows = Paginator(changes, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    titles = turn_titles()
    return page(
        request,
        "verdict_changes.html",
        title=_("Penner/Renner: what changed"),
        asked=asked,
        wanted=asked.wanted,
        found=found,
        rows=rows,
        shown=with_reasons(list(rows)),
        cards=[
            {
                "title": titles[total.turn],
                "total": total,
                "tone": _TONES.get(total.turn, ""),
                "query": asked.with_turn(total.turn),
            }
            for total in (found.totals if found else [])
        ],
        turns=list(titles.items()),
        periods=[(str(days), _("%s days") % days) for days in SINCE_DAYS],
        categories=movement_choices()["category"],
    )


@staff_page("records.view_articlemovement")
def export(request: HttpRequest, ending: str) -> HttpResponse:
    """Hand out the changes that are filtered, as CSV or Excel."""
    found = verdict_changes(load_settings(), ChangesAsked.of(request.GET).wanted)
    if found is None:
        raise Http404
    return table_file(change_rows(found), ending, name=_("verdict-changes"))


def turn_titles() -> dict[Turn, str]:
    """Return what people call the turns."""
    return {
        Turn.INTO_PENNER: _("Became Penner"),
        Turn.OUT_OF_PENNER: _("No longer Penner"),
        Turn.NEW_RENNER: _("Became Renner"),
        Turn.NO_LONGER_RENNER: _("No longer Renner"),
    }
