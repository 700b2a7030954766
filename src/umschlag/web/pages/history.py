"""The history pages: what changed between two days and why, and what ran out for how long."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from umschlag.settings import Settings, load_settings
from umschlag.web.pages.frame import asked_date, page, staff_page, unread_days, unread_text
from umschlag.web.pages.report import ROWS_PER_PAGE
from umschlag.web.pages.table_files import table_file
from umschlag.wiring.day_pictures import DayPicture, picture_of, pictures_of
from umschlag.wiring.history_lists import (
    CHANGE_ORDERS,
    NamedStockOut,
    article_keys,
    change_rows,
    named_stock_outs,
    sorted_changes,
    stock_out_rows,
)
from umschlag.wiring.looking_back import (
    PACE_DAYS_MIN,
    Change,
    KnownDays,
    articles_out_on,
    changes_between,
    first_known_date,
    known_days,
    rebuilt_among,
    sales_known_through,
    stock_outs,
)
from umschlag.wiring.newest_days import Newest, newest_compared, newest_counted

_DAYS = ("since", "through", "known_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the reader asked to see; dates as the address writes them."""

    since: date | None
    through: date | None
    known_on: date | None
    q: str
    sort: str

    @classmethod
    def of(cls, request: HttpRequest, *, known: KnownDays, wanted: "Newest") -> "Asked":
        """Return what the address asks for, by default the newest days."""
        days = wanted.days
        asked_days = request.GET.get("days", "")
        if asked_days.isdecimal() and len(asked_days) < 5:
            days = int(asked_days)
        since, through = replace(wanted, days=days).period(
            known, since=asked_date(request, "since"), through=asked_date(request, "through")
        ) or (None, None)
        sort = request.GET.get("sort", "")
        return cls(
            since=since,
            through=through,
            known_on=asked_date(request, "known_on"),
            q=request.GET.get("q", "").strip(),
            sort=sort if sort in CHANGE_ORDERS else "stock",
        )

    def at(self, day: date, instead_of: date) -> "Asked":
        """Return the same question with one of its days replaced."""
        if self.since == instead_of:
            return replace(self, since=day)
        return replace(self, through=day)

    def query(self) -> str:
        """Return the part of the address that asks for this."""
        return urlencode({name: value for name, value in asdict(self).items() if value})

    def period(self) -> dict[str, date | None]:
        """Return the columns that say in a file what it is about."""
        return {"since": self.since, "through": self.through, "known_on": self.known_on}

    def fits(self, *texts: str) -> bool:
        """Tell whether the text searched for is in one of these."""
        wanted = self.q.casefold()
        return any(wanted in text.casefold() for text in texts)


@staff_page("records.view_article")
def changes(request: HttpRequest) -> HttpResponse:
    """Show what changed between two days."""
    settings = load_settings()
    known = known_days(settings, known_on=asked_date(request, "known_on"))
    newest = newest_compared(known)
    asked = Asked.of(request, known=known, wanted=newest)
    unread = unread_days(request, *_DAYS)
    refusal = _refusal(asked, known, needs_both=True, unread=unread)
    found = [] if refusal else _changes(settings, asked, known)
    rows = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    keys = article_keys([line.sku for line in rows])
    return page(
        request,
        "history.html",
        title=_("What changed"),
        asked=asked,
        known=known,
        refusal=refusal,
        unread=unread,
        rows=rows,
        lines=[(line, keys.get(line.sku, (None, ""))[0]) for line in rows],
        totals=_totals(found),
        sorts=_sorts(),
        spans=_spans(asked, known, newest),
        unsold_after=_unsold_after(settings, asked),
        pictures=_pictures(settings, asked, known),
        rebuilt=sorted(rebuilt_among([day for day in (asked.since, asked.through) if day])),
    )


@staff_page("records.view_article")
def stock_out_list(request: HttpRequest) -> HttpResponse:
    """Show what had nothing to sell, and for how long."""
    settings = load_settings()
    known = known_days(settings, known_on=asked_date(request, "known_on"))
    newest = newest_counted(settings, known)
    asked = Asked.of(request, known=known, wanted=newest)
    unread = unread_days(request, *_DAYS)
    refusal = _refusal(asked, known, needs_both=False, unread=unread)
    found = [] if refusal else _stock_outs(settings, asked, known)
    rows = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    return page(
        request,
        "stock_outs.html",
        title=_("Out of stock"),
        asked=asked,
        known=known,
        refusal=refusal,
        unread=unread,
        rows=rows,
        spans=_spans(asked, known, newest),
        missing_count=_missing_count(asked, known),
        pace_days_min=PACE_DAYS_MIN,
        pictures=_pictures(settings, asked, known),
        now=_out_now(settings, asked, known),
    )


@staff_page("records.view_article")
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """Hand out what is filtered, as ``changes`` or ``stock-outs``, CSV or Excel."""
    settings = load_settings()
    what, _dot, ending = kind.partition(".")
    if what not in ("changes", "stock-outs"):
        raise Http404
    is_changes = what == "changes"
    known = known_days(settings, known_on=asked_date(request, "known_on"))
    newest = newest_compared(known) if is_changes else newest_counted(settings, known)
    asked = Asked.of(request, known=known, wanted=newest)
    unread = unread_days(request, *_DAYS)
    if _refusal(asked, known, needs_both=is_changes, unread=unread):
        # The page says why there is nothing to hand out, and what there is instead.
        query = request.GET.urlencode() if unread else asked.query()
        return redirect(f"{reverse(f'pages:{what}')}?{query}")
    rows = (
        change_rows(_changes(settings, asked, known), asked.period())
        if is_changes
        else stock_out_rows(_stock_outs(settings, asked, known), asked.period())
    )
    return table_file(rows, ending, name=what)


def _refusal(
    asked: Asked, known: KnownDays, *, needs_both: bool, unread: Mapping[str, str]
) -> dict[str, Any] | None:
    """Return why nothing can be told, and the nearest days that could."""
    if unread:
        return {"unread": unread_text(unread)}
    if not known.days or asked.since is None or asked.through is None:
        return {"is_empty": True, "first_known": first_known_date(load_settings())}
    if needs_both and len(known.days) == 1:
        return {"only_day": known.days[0]}
    if asked.since > asked.through or (needs_both and asked.since == asked.through):
        return {"is_backwards": True}
    missing = [day for day in (asked.since, asked.through) if day not in set(known.days)]
    if needs_both and missing:
        return {"missing": [_instead_of(day, asked, known) for day in missing]}
    return None


def _instead_of(day: date, asked: Asked, known: KnownDays) -> dict[str, Any]:
    nearest = known.nearest(day)
    return {"day": day, "nearest": nearest, "query": asked.at(nearest, instead_of=day).query()}


def _pictures(settings: Settings, asked: Asked, known: KnownDays) -> list[DayPicture]:
    """Return of which moments the first and the last day are."""
    days = [day for day in (asked.since, asked.through) if day]
    found = pictures_of(settings, days, known_at=known.known_at)
    return [found[day] for day in days]


def _out_now(settings: Settings, asked: Asked, known: KnownDays) -> dict[str, Any] | None:
    """Return how many articles are out in the newest picture, and the way to them."""
    if not known.days:
        return None
    day = known.days[-1]
    return {
        "count": articles_out_on(settings, day, known_at=known.known_at),
        "picture": picture_of(settings, day, known_at=known.known_at),
        "query": replace(asked, since=day, through=day, q="").query(),
    }


def _missing_count(asked: Asked, known: KnownDays) -> int:
    if asked.since is None or asked.through is None:
        return 0
    return known.missing_between(asked.since, asked.through)


def _spans(asked: Asked, known: KnownDays, newest: Newest) -> list[dict[str, Any]]:
    """Return the periods up to the newest day that one click shows, without equal ones."""
    through = newest.through
    if through is None:
        return []
    starts = {known.nearest(newest.first_of(days, through)) for days in newest.spans} - {through}
    return [
        {
            "title": ngettext("%d day", "%d days", days) % days,
            "query": replace(asked, since=since, through=through).query(),
            "is_shown": (asked.since, asked.through) == (since, through),
        }
        for since in sorted(starts, reverse=True)
        if (days := newest.days_from(since, through))
    ]


def _changes(settings: Settings, asked: Asked, known: KnownDays) -> list[Change]:
    if asked.since is None or asked.through is None:
        return []
    found = changes_between(
        settings, since=asked.since, through=asked.through, known_at=known.known_at
    )
    fitting = [line for line in found if asked.fits(line.sku, line.name)]
    return sorted_changes(fitting, asked.sort)


def _stock_outs(settings: Settings, asked: Asked, known: KnownDays) -> list[NamedStockOut]:
    if asked.since is None or asked.through is None:
        return []
    found = stock_outs(settings, since=asked.since, through=asked.through, known_at=known.known_at)
    return [
        (line, key, name)
        for line, key, name in named_stock_outs(found)
        if asked.fits(line.sku, name)
    ]


def _totals(found: Sequence[Change]) -> dict[str, int]:
    return {
        "count": len(found),
        "appeared": sum(line.kind == "appeared" for line in found),
        "vanished": sum(line.kind == "vanished" for line in found),
        "units": sum(line.units_changed for line in found),
        "sold": sum(line.units_sold for line in found),
        "sold_before_returns": sum(line.units_sold_before_returns for line in found),
        "returned": sum(line.units_returned for line in found),
        "received": sum(line.units_received for line in found),
        "corrected": sum(line.units_corrected for line in found),
        "prices": sum(line.is_price_changed for line in found),
    }


def _unsold_after(settings: Settings, asked: Asked) -> date | None:
    """Return the day after which no sale is known, where the period goes beyond it."""
    known = sales_known_through(settings)
    is_short = known is not None and asked.through is not None and known < asked.through
    return known if is_short else None


def _sorts() -> list[tuple[str, str]]:
    return [
        ("stock", _("Largest change of stock")),
        ("sold", _("Most sold")),
        ("received", _("Most received")),
        ("corrected", _("Largest correction")),
        ("price", _("Price and cost first")),
        ("sku", _("SKU")),
    ]
