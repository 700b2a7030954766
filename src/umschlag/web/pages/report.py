"""The Penner/Renner report: what moves, what does not, and what that costs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count, F, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from umschlag.kernel.money import Money
from umschlag.storage.records.models import Article, ArticleMovement, SpeedClassChoice, Verdict
from umschlag.web.amounts import default_currency
from umschlag.web.pages.frame import page, staff_page
from umschlag.web.pages.table_files import major_cell, table_file
from umschlag.wiring.stored_reasons import reason_text

ROWS_PER_PAGE = 50
SORTS = {
    "dead": F("dead_value_minor").desc(nulls_last=True),
    "value": F("stock_value_minor").desc(nulls_last=True),
    "turnover": F("stock_turnover_per_year").desc(nulls_last=True),
    "sold": F("sold_units_90d").desc(),
    "idle": F("days_since_last_sale").desc(nulls_first=True),
    "sku": F("article__sku").asc(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFilter:
    """What the reader asked to see; empty texts ask for everything."""

    verdict: str
    speed: str
    category: str
    manufacturer: str
    search: str
    sort: str

    @classmethod
    def asked(cls, request: HttpRequest) -> "ReportFilter":
        """Return what the address asks for; words we do not know count as not asked."""
        sort = request.GET.get("sort", "dead")
        verdict = request.GET.get("verdict", "")
        speed = request.GET.get("speed", "")
        return cls(
            verdict=verdict if verdict in Verdict.values else "",
            speed=speed if speed in SpeedClassChoice.values else "",
            category=request.GET.get("category", ""),
            manufacturer=request.GET.get("manufacturer", ""),
            search=request.GET.get("q", "").strip(),
            sort=sort if sort in SORTS else "dead",
        )

    def movements(self) -> QuerySet[ArticleMovement]:
        """Return what is asked for, in the order asked for."""
        found = ArticleMovement.objects.select_related("article")
        exact = {
            "verdict": self.verdict,
            "speed_class": self.speed,
            "article__category": self.category,
            "article__manufacturer": self.manufacturer,
        }
        found = found.filter(**{name: value for name, value in exact.items() if value})
        if self.search:
            found = found.filter(
                Q(article__sku__icontains=self.search)
                | Q(article__name__icontains=self.search)
                | Q(article__asin__iexact=self.search)
            )
        return found.order_by(SORTS[self.sort], "article__sku")

    def query(self, **changed: str) -> str:
        """Return the part of the address that asks for this, with some of it changed."""
        asked = {
            "verdict": self.verdict,
            "speed": self.speed,
            "category": self.category,
            "manufacturer": self.manufacturer,
            "q": self.search,
            "sort": self.sort,
            **changed,
        }
        return urlencode({name: value for name, value in asked.items() if value})


@staff_page("records.view_articlemovement")
def show(request: HttpRequest) -> HttpResponse:
    """Show the report."""
    asked = ReportFilter.asked(request)
    found = asked.movements()
    return page(
        request,
        "report.html",
        title=_("Penner/Renner report"),
        asked=asked,
        rows=Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page")),
        totals=_totals(found),
        is_empty=not ArticleMovement.objects.exists(),
        verdicts=Verdict.choices,
        speeds=SpeedClassChoice.choices,
        categories=_values("category"),
        manufacturers=_values("manufacturer"),
        sorts=_sorts(),
    )


@staff_page("records.view_articlemovement")
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """Hand out what is filtered, as ``report.csv`` or ``report.xlsx``."""
    rows = _rows(ReportFilter.asked(request).movements())
    return table_file(rows, kind.removeprefix("report."), name="penner-renner")


def _totals(found: QuerySet[ArticleMovement]) -> dict[str, Any]:
    currency = default_currency()
    # A sum over two currencies says nothing.
    ours = Q(article__currency=currency)
    sums = found.order_by().aggregate(
        count=Count("pk"),
        dead=Sum("dead_value_minor", filter=ours),
        value=Sum("stock_value_minor", filter=ours),
        sold=Sum("sold_units_90d"),
    )
    return {
        "count": sums["count"],
        "sold": sums["sold"] or 0,
        "dead": Money(sums["dead"] or 0, currency),
        "value": Money(sums["value"] or 0, currency),
    }


def _values(column: str) -> list[str]:
    values = Article.objects.exclude(**{column: ""}).values_list(column, flat=True)
    return sorted(set(values), key=str.casefold)


def _sorts() -> list[tuple[str, str]]:
    return [
        ("dead", _("Dead stock, most first")),
        ("value", _("Stock value, most first")),
        ("turnover", _("Turnover, fastest first")),
        ("sold", _("Sold in 90 days, most first")),
        ("idle", _("Longest without a sale")),
        ("sku", _("SKU")),
    ]


def _rows(found: QuerySet[ArticleMovement]) -> Iterator[list[Any]]:
    yield [
        "sku",
        "name",
        "manufacturer",
        "category",
        "verdict",
        "rule",
        "reason",
        "speed",
        "on_hand_units",
        "sold_units_90d",
        "sold_units_365d",
        "days_since_last_sale",
        "stock_turnover_per_year",
        "days_of_supply",
        "stock_value",
        "dead_stock",
        "currency",
        "as_of",
    ]
    for movement in found.iterator(chunk_size=1000):
        article = movement.article
        yield [
            article.sku,
            article.name,
            article.manufacturer,
            article.category,
            movement.verdict,
            movement.rule_name,
            reason_text(movement),
            movement.speed_class,
            article.on_hand_units,
            movement.sold_units_90d,
            movement.sold_units_365d,
            movement.days_since_last_sale,
            movement.stock_turnover_per_year,
            movement.days_of_supply,
            major_cell(movement.stock_value_minor, article.currency),
            major_cell(movement.dead_value_minor, article.currency),
            article.currency,
            movement.as_of_date,
        ]
