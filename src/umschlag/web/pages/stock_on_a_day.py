"""The history's third page: every article's state at the close of one day, and its list to keep."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from umschlag.settings import load_settings
from umschlag.storage.records.models import Article
from umschlag.web.pages.frame import asked_date, page, staff_page, unread_days, unread_text
from umschlag.web.pages.report import ROWS_PER_PAGE
from umschlag.web.pages.table_files import TYPES
from umschlag.wiring.looking_back import KnownDays, first_known_date, known_days
from umschlag.wiring.stock_lists import stock_list_chunks, stock_list_name
from umschlag.wiring.stock_on_a_day import (
    StockOnADay,
    StockOrder,
    StockWanted,
    day_after,
    day_shown,
    stock_on_a_day,
)

MONTH_ENDS_OFFERED = 3
_DAYS = ("on", "known_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedStock:
    """What the reader asked to see."""

    on: date | None
    known_on: date | None
    q: str
    sort: str
    vanished: str

    @classmethod
    def of(cls, request: HttpRequest) -> "AskedStock":
        """Return what the address asks for; words we do not know count as not asked."""
        sort = request.GET.get("sort", "")
        return cls(
            on=asked_date(request, "on"),
            known_on=asked_date(request, "known_on"),
            q=request.GET.get("q", "").strip(),
            sort=sort if sort in set(StockOrder) else StockOrder.VALUE.value,
            vanished="1" if request.GET.get("vanished") else "",
        )

    @property
    def wanted(self) -> StockWanted:
        """Which articles are asked for, and in which order."""
        return StockWanted(
            search=self.q, order=StockOrder(self.sort), with_vanished=bool(self.vanished)
        )

    def query(self) -> str:
        """Return the part of the address that asks for this."""
        return urlencode({name: value for name, value in asdict(self).items() if value})


@staff_page("records.view_article")
def show(request: HttpRequest) -> HttpResponse:
    """Show the stock at a day's close."""
    asked = AskedStock.of(request)
    known = known_days(load_settings(), known_on=asked.known_on)
    unread = unread_days(request, *_DAYS)
    refusal = _refusal(asked, known, unread)
    stock = None if refusal else _stock(asked, known)
    rows = Paginator(stock.lines if stock else (), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    keys = dict(
        Article.objects.filter(sku__in=[line.sku for line in rows]).values_list("sku", "pk")
    )
    return page(
        request,
        "stock_on_a_day.html",
        title=_("Stock on a day"),
        asked=asked,
        refusal=refusal,
        unread=unread,
        stock=stock,
        rows=rows,
        lines=[(line, keys.get(line.sku)) for line in rows],
        after=_after(asked, known),
        sorts=_sorts(),
        closings=_closings(asked, known),
    )


@staff_page("records.view_article")
def export(request: HttpRequest, ending: str) -> HttpResponseBase:
    """Hand out the day's list as it is filtered, every column of it, while it is written."""
    asked = AskedStock.of(request)
    known = known_days(load_settings(), known_on=asked.known_on)
    if ending not in TYPES:
        raise Http404
    unread = unread_days(request, *_DAYS)
    if _refusal(asked, known, unread):
        # The page says why there is nothing to hand out, and what there is instead.
        query = request.GET.urlencode() if unread else asked.query()
        return redirect(f"{reverse('pages:stock')}?{query}")
    stock = _stock(asked, known)
    return StreamingHttpResponse(
        stock_list_chunks(stock, ending),
        content_type=TYPES[ending],
        headers={
            "Content-Disposition": f'attachment; filename="{stock_list_name(stock)}.{ending}"'
        },
    )


def _stock(asked: AskedStock, known: KnownDays) -> StockOnADay:
    return stock_on_a_day(
        load_settings(), on=asked.on, known_on=asked.known_on, known=known, wanted=asked.wanted
    )


def _refusal(
    asked: AskedStock, known: KnownDays, unread: Mapping[str, str]
) -> dict[str, Any] | None:
    """Return why no day can be shown, and the nearest that could."""
    if unread:
        return {"unread": unread_text(unread)}
    if not known.days:
        return {"is_empty": True, "first_known": first_known_date(load_settings())}
    if day_shown(known, asked.on) is None:
        return {"first": _closing(asked, known.days[0])}
    return None


def _after(asked: AskedStock, known: KnownDays) -> dict[str, Any] | None:
    """Return the next day that could be shown, where the one asked for has no snapshot."""
    if asked.on is None or asked.on in known.days:
        return None
    following = day_after(known, asked.on)
    return _closing(asked, following) if following else None


def _closings(asked: AskedStock, known: KnownDays) -> list[dict[str, Any]]:
    """Return what one click shows: the newest day, and the closes of the months before it."""
    if not known.days:
        return []
    newest = known.days[-1]
    ends = [newest]
    for _month in range(MONTH_ENDS_OFFERED):
        ends.append(ends[-1].replace(day=1) - timedelta(days=1))
    held = set(known.days)
    shown = asked.on or newest
    return [
        _closing(asked, day) | {"is_shown": day == shown, "is_newest": day == newest}
        for day in ends
        if day in held
    ]


def _closing(asked: AskedStock, day: date) -> dict[str, Any]:
    return {"day": day, "query": replace(asked, on=day).query()}


def _sorts() -> list[tuple[str, str]]:
    return [
        (StockOrder.VALUE, _("Stock value, most first")),
        (StockOrder.UNITS, _("On hand, most first")),
        (StockOrder.SKU, _("SKU")),
    ]
