"""The profit page: what every article earned, and where ERP and Sellerboard disagree."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from umschlag.intelligence.profitability.model import (
    ArticleProfit,
    Contradiction,
    Disagreement,
    ProfitReport,
    Side,
)
from umschlag.kernel.money import Money
from umschlag.kernel.periods import Period
from umschlag.settings import load_settings
from umschlag.storage.records.models import Article
from umschlag.web.loose import Loose
from umschlag.web.pages.frame import page, staff_page
from umschlag.web.pages.report import ROWS_PER_PAGE
from umschlag.web.pages.table_files import table_file
from umschlag.wiring.contradictions import contradiction_meaning, contradiction_title, side_text
from umschlag.wiring.profitability import profit_periods, profitability, told_period

CONTRADICTIONS_SHOWN = 20
_MEASURES: Mapping[str, Callable[[ArticleProfit], float | None]] = {
    "best": lambda line: line.contribution.minor,
    "worst": lambda line: -line.contribution.minor,
    "sales": lambda line: line.sales.minor,
    "margin": lambda line: line.margin,
    "roi": lambda line: line.roi,
    "gmroi": lambda line: line.gmroi_per_year,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfitFilter:
    """What the reader asked to see."""

    period: str
    q: str
    sort: str

    @classmethod
    def asked(cls, request: HttpRequest, periods: Mapping[str, Period]) -> "ProfitFilter":
        """Return what the address asks for; words we do not know count as not asked."""
        period = request.GET.get("period", "")
        sort = request.GET.get("sort", "")
        return cls(
            period=period if period in periods else "30d" if "30d" in periods else "all",
            q=request.GET.get("q", "").strip(),
            sort=sort if sort in _MEASURES else "best",
        )

    def lines(self, report: ProfitReport) -> list[ArticleProfit]:
        """Return the articles asked for, in the order asked for, unknown measures last."""
        measure = _MEASURES[self.sort]
        return sorted(
            (line for line in report.lines if self._fits(line.sku, line.name)),
            key=lambda line: (measure(line) is None, -(measure(line) or 0), line.sku),
        )

    def disagreements(self, report: ProfitReport) -> list[Disagreement]:
        """Return the contradictions of the articles asked for."""
        skus = {line.sku for line in self.lines(report)}
        return [found for found in report.disagreements if found.sku in skus]

    def query(self) -> str:
        """Return the part of the address that asks for this."""
        return urlencode({name: value for name, value in asdict(self).items() if value})

    def _fits(self, *texts: str) -> bool:
        wanted = self.q.casefold()
        return any(wanted in text.casefold() for text in texts)


@staff_page("records.view_article")
def show(request: HttpRequest) -> HttpResponse:
    """Show the page."""
    told = told_period(load_settings())
    if told is None:
        return page(request, "profit.html", title=_("Profit"), told=None)
    periods = profit_periods(told)
    asked = ProfitFilter.asked(request, periods)
    report = profitability(load_settings(), period=periods[asked.period])
    found = asked.lines(report)
    disagreements = asked.disagreements(report)
    rows = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    shown = disagreements[:CONTRADICTIONS_SHOWN]
    keys = _article_keys([line.sku for line in rows] + [one.sku for one in shown])
    return page(
        request,
        "profit.html",
        title=_("Profit"),
        told=told,
        asked=asked,
        periods=[(code, _period_title(code, period)) for code, period in periods.items()],
        sorts=_sorts(),
        first_date=report.period.start_date,
        last_date=report.period.end_date - timedelta(days=1),
        rows=rows,
        lines=[(line, keys.get(line.sku)) for line in rows],
        totals=_totals(found, report.currency),
        contradiction_count=len(disagreements),
        shown_count=len(shown),
        contradictions=_by_kind(shown, keys, report),
    )


@staff_page("records.view_article")
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """Hand out what is shown, with all columns, as CSV or Excel."""
    told = told_period(load_settings())
    if told is None:
        raise Http404
    periods = profit_periods(told)
    asked = ProfitFilter.asked(request, periods)
    report = profitability(load_settings(), period=periods[asked.period])
    what, _dot, ending = kind.partition(".")
    if what == "report":
        return table_file(_rows(asked.lines(report), report), ending, name="profit")
    if what == "contradictions":
        rows = _contradiction_rows(asked.disagreements(report), report)
        return table_file(rows, ending, name="contradictions")
    raise Http404


def _article_keys(skus: Sequence[str]) -> dict[str, int]:
    return dict(Article.objects.filter(sku__in=set(skus)).values_list("sku", "pk"))


def _totals(lines: Sequence[ArticleProfit], currency: str) -> dict[str, Any]:
    sales = sum(line.sales.minor for line in lines)
    contribution = sum(line.contribution.minor for line in lines)
    return {
        "count": len(lines),
        "units": sum(line.units for line in lines),
        "sales": Money(sales, currency),
        "contribution": Money(contribution, currency),
        "margin": contribution / sales if sales > 0 else None,
        "losing": sum(line.contribution.minor < 0 for line in lines),
        "estimated": sum(line.is_estimate for line in lines),
    }


def _by_kind(
    found: Sequence[Disagreement], keys: Mapping[str, int], report: ProfitReport
) -> list[dict[str, Any]]:
    """Return the contradictions in words, those of one kind together."""
    names = {line.sku: line.name for line in report.lines}
    rows: dict[Contradiction, list[dict[str, Any]]] = {}
    for one in found:
        row = {
            "sku": one.sku,
            "name": names[one.sku] or one.sku,
            "article_id": keys.get(one.sku),
            "ours": side_text(one.ours),
            "theirs": side_text(one.theirs),
        }
        rows.setdefault(one.kind, []).append(row)
    return [
        {"title": contradiction_title(kind), "meaning": contradiction_meaning(kind), "rows": group}
        for kind, group in rows.items()
    ]


def _period_title(code: str, period: Period) -> str:
    if code == "all":
        return _("Everything told")
    if code.endswith("d"):
        return _("Newest %s days") % period.days
    return str(date_format(period.start_date, "F Y"))


def _sorts() -> list[tuple[str, str]]:
    return [
        ("best", _("Highest contribution")),
        ("worst", _("Lowest contribution")),
        ("sales", _("Highest sales")),
        ("margin", _("Best margin")),
        ("roi", _("Best ROI")),
        ("gmroi", _("Best GMROI")),
    ]


def _rows(lines: Sequence[ArticleProfit], report: ProfitReport) -> Iterator[list[Loose]]:
    yield [
        "sku",
        "name",
        "units",
        "refunds",
        "sales",
        "sales_without_vat",
        "cost_of_goods",
        "contribution",
        "contribution_per_unit",
        "margin",
        "roi",
        "gmroi_per_year",
        "stock_value",
        "currency",
        "is_estimate",
        "since",
        "through",
    ]
    last_date = report.period.end_date - timedelta(days=1)
    for line in lines:
        yield [
            line.sku,
            line.name,
            line.units,
            line.refunds,
            line.sales.decimal,
            line.revenue.decimal,
            line.cost_of_goods.decimal,
            line.contribution.decimal,
            _cell(line.contribution_per_unit),
            line.margin,
            line.roi,
            line.gmroi_per_year,
            _cell(line.stock_value),
            report.currency,
            line.is_estimate,
            report.period.start_date,
            last_date,
        ]


def _contradiction_rows(
    found: Sequence[Disagreement], report: ProfitReport
) -> Iterator[list[Loose]]:
    last_date = report.period.end_date - timedelta(days=1)
    yield ["sku", "kind", "what", "ours", "sellerboard", "meaning", "since", "through"]
    for one in found:
        yield [
            one.sku,
            one.kind.value,
            contradiction_title(one.kind),
            _cell(one.ours),
            _cell(one.theirs),
            contradiction_meaning(one.kind),
            report.period.start_date,
            last_date,
        ]


def _cell(side: Side) -> Loose:
    return side.decimal if isinstance(side, Money) else side
