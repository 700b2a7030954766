"""The history pages: what changed between two days and why, and what ran out for how long."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from umschlag.kernel.periods import business_date_of
from umschlag.settings import Settings, load_settings
from umschlag.storage.records.models import Article
from umschlag.web.pages.frame import asked_date, page, staff_page
from umschlag.web.pages.history_files import change_rows, stock_out_rows
from umschlag.web.pages.report import ROWS_PER_PAGE
from umschlag.web.pages.table_files import table_file
from umschlag.wiring.day_pictures import DayPicture, picture_of, pictures_of
from umschlag.wiring.looking_back import (
    Change,
    KnownDays,
    StockOut,
    articles_out_on,
    changes_between,
    first_known_date,
    known_days,
    rebuilt_among,
    sales_known_through,
    stock_outs,
)

DAYS_COMPARED = 7
DAYS_OUT_COUNTED = 90
SPANS_COMPARED = (1, 7, 30, 90)
SPANS_COUNTED = (30, 90, 365)
_ORDERS: Mapping[str, Callable[[Change], Any]] = {
    "stock": lambda line: -abs(line.units_changed),
    "sold": lambda line: -line.units_sold,
    "received": lambda line: -line.units_received,
    "corrected": lambda line: -abs(line.units_corrected),
    "price": lambda line: (not line.is_price_changed, not line.is_cost_changed),
    "sku": lambda line: line.sku,
}
"""What the list of changes can be sorted by, the largest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """Which days a page shows where the reader names none, and what one click shows."""

    through: date | None
    days: int
    spans: Sequence[int]
    counts_both_ends: bool
    """Whether the days are counted one by one; else what lies between two of them is told."""

    def first_of(self, days: int, through: date) -> date:
        """Return the first day of so many up to `through`."""
        return through - timedelta(days=days - self.counts_both_ends)

    def days_from(self, since: date, through: date) -> int:
        """Return how many days that is."""
        return (through - since).days + self.counts_both_ends


def newest_compared(known: KnownDays) -> Newest:
    """Return the newest days to compare: today, as far as it is known, is one of them."""
    return Newest(
        through=known.days[-1] if known.days else None,
        days=DAYS_COMPARED,
        spans=SPANS_COMPARED,
        counts_both_ends=False,
    )


def newest_counted(settings: Settings, known: KnownDays) -> Newest:
    """Return the newest days to count: a day that is not over is none of them."""
    return Newest(
        through=known.newest_over(business_date_of(timezone.now(), settings.zone)),
        days=DAYS_OUT_COUNTED,
        spans=SPANS_COUNTED,
        counts_both_ends=True,
    )


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
        through = asked_date(request, "through") or wanted.through
        since = asked_date(request, "since")
        if since is None and through is not None and known.days:
            since = known.nearest(wanted.first_of(days, through))
        sort = request.GET.get("sort", "")
        return cls(
            since=since,
            through=through,
            known_on=asked_date(request, "known_on"),
            q=request.GET.get("q", "").strip(),
            sort=sort if sort in _ORDERS else "stock",
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
    refusal = _refusal(asked, known, needs_both=True)
    found = [] if refusal else _changes(settings, asked, known)
    rows = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    keys = _articles([line.sku for line in rows])
    return page(
        request,
        "history.html",
        title=_("What changed"),
        asked=asked,
        known=known,
        refusal=refusal,
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
    refusal = _refusal(asked, known, needs_both=False)
    found = [] if refusal else _stock_outs(settings, asked, known)
    rows = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    return page(
        request,
        "stock_outs.html",
        title=_("Out of stock"),
        asked=asked,
        known=known,
        refusal=refusal,
        rows=rows,
        spans=_spans(asked, known, newest),
        missing_count=_missing_count(asked, known),
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
    if _refusal(asked, known, needs_both=is_changes):
        raise Http404
    rows = (
        change_rows(_changes(settings, asked, known), asked.period())
        if is_changes
        else stock_out_rows(_stock_outs(settings, asked, known), asked.period())
    )
    return table_file(rows, ending, name=what)


def _refusal(asked: Asked, known: KnownDays, *, needs_both: bool) -> dict[str, Any] | None:
    """Return why nothing can be told, and the nearest days that could."""
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
    order = _ORDERS[asked.sort]
    fitting = [line for line in found if asked.fits(line.sku, line.name)]
    return sorted(fitting, key=lambda line: (order(line), line.sku))


def _stock_outs(
    settings: Settings, asked: Asked, known: KnownDays
) -> list[tuple[StockOut, int | None, str]]:
    if asked.since is None or asked.through is None:
        return []
    found = stock_outs(settings, since=asked.since, through=asked.through, known_at=known.known_at)
    articles = _articles([line.sku for line in found])
    lines = [(line, *articles.get(line.sku, (None, ""))) for line in found]
    return [(line, key, name) for line, key, name in lines if asked.fits(line.sku, name)]


def _articles(skus: Sequence[str]) -> dict[str, tuple[int | None, str]]:
    """Return key and name of the articles, a database's worth of them at a time."""
    found: dict[str, tuple[int | None, str]] = {}
    for start in range(0, len(skus), 500):
        articles = Article.objects.filter(sku__in=skus[start : start + 500])
        found |= {sku: (key, name) for sku, key, name in articles.values_list("sku", "pk", "name")}
    return found


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
