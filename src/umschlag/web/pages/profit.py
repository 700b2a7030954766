"""The profit page: what was earned, by what, where the money went, and what contradicts it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from umschlag.intelligence.profitability.model import (
    TIME_GROUPINGS,
    Contradiction,
    Disagreement,
    Grouping,
    ProfitLine,
    ProfitReport,
)
from umschlag.kernel.errors import NotFound
from umschlag.kernel.money import Money
from umschlag.kernel.periods import Period
from umschlag.settings import load_settings
from umschlag.storage.records.models import Article
from umschlag.web.pages import profit_charts
from umschlag.web.pages.frame import asked_date, page, staff_page, unread_days, unread_text
from umschlag.web.pages.report import ROWS_PER_PAGE
from umschlag.web.pages.table_files import table_file
from umschlag.wiring.contradictions import (
    contradiction_meaning,
    contradiction_title,
    side_text,
    stake_meaning,
)
from umschlag.wiring.profit_lists import ORDERS, SHOWN, Wanted, contradiction_rows, profit_rows
from umschlag.wiring.profit_periods import asked_period, profit_periods, told_period
from umschlag.wiring.profit_words import (
    amazon_stock_text,
    cautions,
    estimate_text,
    gmroi_left_out_text,
    grouping_title,
    left_out_short,
    line_title,
    period_text,
)
from umschlag.wiring.profitability import marketplaces_told, profitability

CONTRADICTIONS_SHOWN = 20
OWN = "own"
_DAYS = ("since", "through")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfitFilter:
    """What the reader asked to see."""

    period: str
    since: date | None = None
    through: date | None = None
    by: Grouping = Grouping.SKU
    marketplace: str = ""
    show: str = ""
    q: str = ""
    sort: str = ""
    kind: Contradiction | None = None

    @classmethod
    def asked(cls, request: HttpRequest, periods: Mapping[str, Period]) -> "ProfitFilter":
        """Return what the address asks for; words we do not know count as not asked."""
        given = request.GET
        since, through = asked_date(request, "since"), asked_date(request, "through")
        period = given.get("period", "")
        usual = "30d" if "30d" in periods else "all"
        typed = any(given.get(name, "").strip() for name in _DAYS)
        is_own = period == OWN and typed
        show, sort, by, kind = (given.get(name, "") for name in ("show", "sort", "by", "kind"))
        return cls(
            period=OWN if is_own else period if period in periods else usual,
            since=since if is_own else None,
            through=through if is_own else None,
            by=Grouping(by) if by in set(Grouping) else Grouping.SKU,
            marketplace=given.get("marketplace", ""),
            show=show if show in SHOWN else "",
            q=given.get("q", "").strip(),
            sort=sort if sort in ORDERS else "",
            kind=Contradiction(kind) if kind in set(Contradiction) else None,
        )

    @property
    def wanted(self) -> Wanted:
        """What of the report is shown."""
        return Wanted(grouping=self.by, q=self.q, show=self.show, sort=self.sort)

    def query(self) -> str:
        """Return the part of the address that asks for this."""
        return urlencode({name: value for name, value in asdict(self).items() if value})

    def of_kind(self, kind: Contradiction | None) -> str:
        """Return the part of the address that asks for the contradictions of one kind."""
        return replace(self, kind=kind).query()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What was asked for, and the report that answers it; None where nothing was told of it."""

    told: Period
    periods: Mapping[str, Period]
    asked: ProfitFilter
    report: ProfitReport | None
    refusal: str = ""
    unread: Mapping[str, str] = field(default_factory=dict)
    """What was typed as ``since`` or ``through`` and is no day."""

    @classmethod
    def of(cls, request: HttpRequest, told: Period) -> "_Found":
        settings = load_settings()
        periods = profit_periods(told)
        asked = ProfitFilter.asked(request, periods)
        unread = unread_days(request, *_DAYS) if asked.period == OWN else {}
        if unread:
            return cls(
                told=told,
                periods=periods,
                asked=asked,
                report=None,
                refusal=unread_text(unread),
                unread=unread,
            )
        period = periods.get(asked.period)
        try:
            period = period or asked_period(told, since=asked.since, through=asked.through)
        except NotFound:
            text = _("Sellerboard told of %s only.") % period_text(told)
            return cls(told=told, periods=periods, asked=asked, report=None, refusal=text)
        report = profitability(settings, period=period, marketplace=asked.marketplace)
        return cls(told=told, periods=periods, asked=asked, report=report)


@staff_page("records.view_article")
def show(request: HttpRequest) -> HttpResponse:
    """Show the page."""
    told = told_period(load_settings())
    if told is None:
        return page(request, "profit.html", title=_("Profit"), told=None)
    found = _Found.of(request, told)
    answer = _answer(request, found.asked, found.report) if found.report else {}
    return page(
        request,
        "profit.html",
        title=_("Profit"),
        told=told,
        told_through=told.end_date - timedelta(days=1),
        asked=found.asked,
        first_day=found.report.period.start_date if found.report else found.asked.since,
        last_day=found.report.period.end_date - timedelta(days=1)
        if found.report
        else found.asked.through,
        refusal=found.refusal,
        unread=found.unread,
        periods=[(code, _period_title(code, period)) for code, period in found.periods.items()],
        groupings=[(one.value, grouping_title(one)) for one in Grouping],
        marketplaces=marketplaces_told(load_settings(), period=told),
        shows=_shows(),
        sorts=_sorts(),
        **answer,
    )


@staff_page("records.view_article")
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """Hand out what is shown, with all columns, as CSV or Excel."""
    told = told_period(load_settings())
    found = _Found.of(request, told) if told else None
    if found is None or found.report is None:
        raise Http404
    asked, report = found.asked, found.report
    what, _dot, ending = kind.partition(".")
    if what == "report":
        rows = profit_rows(asked.wanted.lines(report), report, grouping=asked.by)
        return table_file(rows, ending, name="profit")
    if what == "contradictions":
        rows = contradiction_rows(asked.wanted.disagreements(report, asked.kind), report)
        return table_file(rows, ending, name="contradictions")
    raise Http404


def _answer(request: HttpRequest, asked: ProfitFilter, report: ProfitReport) -> dict[str, Any]:
    """Return what the page shows of the report."""
    lines = asked.wanted.lines(report)
    disagreements = asked.wanted.disagreements(report)
    of_kind = [one for one in disagreements if asked.kind in (None, one.kind)]
    rows = Paginator(lines, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    shown = of_kind[:CONTRADICTIONS_SHOWN]
    keys = _article_keys([line.key for line in rows] + [one.sku for one in shown])
    return {
        "report": report,
        "period": period_text(report.period),
        "before": period_text(report.facts.before) if report.facts.before else "",
        "rows": rows,
        "lines": [_line(line, asked.by, keys) for line in rows],
        "grouping": grouping_title(asked.by),
        "is_by_time": asked.by in TIME_GROUPINGS,
        "has_stock": asked.by is Grouping.SKU,
        "totals": _totals(lines, report),
        "estimate": estimate_text(report),
        "gmroi_left_out": gmroi_left_out_text(report.total),
        "cautions": cautions(report),
        "amazon_stock": amazon_stock_text(report),
        "course": profit_charts.course_chart(report),
        "course_rows": [
            (line_title(line, profit_charts.course_grouping(report)), line)
            for line in profit_charts.course_lines(report)
        ],
        "way": profit_charts.way_chart(report),
        "way_rows": profit_charts.way_rows(report),
        "contradictions": [_contradiction(one, keys) for one in shown],
        "contradiction_count": len(of_kind),
        "kinds": _kinds(disagreements, asked),
        "stake": _stake(disagreements, report.currency),
    }


def _article_keys(skus: Sequence[str]) -> dict[str, int]:
    return dict(Article.objects.filter(sku__in=set(skus)).values_list("sku", "pk"))


def _line(line: ProfitLine, by: Grouping, keys: Mapping[str, int]) -> dict[str, Any]:
    return {
        "line": line,
        "title": line_title(line, by),
        "article_id": keys.get(line.key) if by is Grouping.SKU else None,
        "left_out": [left_out_short(one) for one in line.left_out],
        "gmroi_left_out": gmroi_left_out_text(line),
    }


def _totals(lines: Sequence[ProfitLine], report: ProfitReport) -> dict[str, Any]:
    """Return what the lines shown come to; the charts and cards are of the whole period."""
    return {
        "count": len(lines),
        "all": len(report.lines),
        "contribution": Money(sum(line.contribution.minor for line in lines), report.currency),
        "losing": sum(line.contribution.minor < 0 for line in report.lines),
        "lost": Money(
            sum(min(line.contribution.minor, 0) for line in report.lines), report.currency
        ),
    }


def _contradiction(one: Disagreement, keys: Mapping[str, int]) -> dict[str, Any]:
    return {
        "sku": one.sku,
        "name": one.name or one.sku,
        "article_id": keys.get(one.sku),
        "kind": one.kind.value,
        "title": contradiction_title(one.kind),
        "meaning": contradiction_meaning(one.kind),
        "ours": side_text(one.ours),
        "theirs": side_text(one.theirs),
        "stake": one.stake,
        "stake_meaning": stake_meaning(one.kind),
    }


def _kinds(found: Sequence[Disagreement], asked: ProfitFilter) -> list[dict[str, Any]]:
    """Return the kinds there are, most money first, each with the way to them alone."""
    counts = Counter(one.kind for one in found)
    stakes: Counter[Contradiction] = Counter()
    for one in found:
        stakes[one.kind] += one.stake.minor if one.stake else 0
    return [
        {
            "title": contradiction_title(kind),
            "count": counts[kind],
            "query": asked.of_kind(None if asked.kind is kind else kind),
            "is_shown": asked.kind is kind,
        }
        for kind in sorted(counts, key=lambda kind: -stakes[kind])
    ]


def _stake(found: Sequence[Disagreement], currency: str) -> Money:
    return Money(sum(one.stake.minor for one in found if one.stake), currency)


def _period_title(code: str, period: Period) -> str:
    titles = {
        "all": _("Everything told"),
        "this-month": _("This month so far"),
        "last-month": _("Last month"),
        "year": _("This year so far"),
    }
    if code in titles:
        return titles[code]
    if code.endswith("d"):
        return _("Newest %s days") % period.days
    return str(date_format(period.start_date, "F Y"))


def _shows() -> list[tuple[str, str]]:
    return [
        ("losing", _("Losing money")),
        ("earning", _("Earning money")),
        ("estimated", _("Partly estimated")),
        ("left-out", _("Without an exchange rate")),
    ]


def _sorts() -> list[tuple[str, str]]:
    return [
        ("best", _("Highest contribution")),
        ("worst", _("Lowest contribution")),
        ("change", _("Largest change")),
        ("sales", _("Highest sales")),
        ("units", _("Most units")),
        ("margin", _("Best margin")),
        ("roi", _("Best ROI")),
        ("gmroi", _("Best GMROI")),
        ("per-day", _("Most per day of stock")),
    ]
