"""The Penner/Renner report: what moves, what does not, and what that costs."""

from dataclasses import replace
from typing import Any

from django.core.paginator import Paginator
from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from umschlag.settings import load_settings
from umschlag.storage.records.models import (
    AbcClassChoice,
    ArticleMovement,
    DemandPatternChoice,
    SpeedClassChoice,
    Verdict,
    XyzClassChoice,
)
from umschlag.web.pages.frame import page, staff_page
from umschlag.web.pages.report_filters import ReportAsked
from umschlag.web.pages.saved_views import REPORT, views_of
from umschlag.web.pages.table_files import table_file
from umschlag.wiring.movement_list import (
    MISSED_VALUE_MINOR_MIN,
    MovementsWanted,
    is_missed,
    movement_choices,
    movement_totals,
    newest_forecast_date,
)
from umschlag.wiring.movement_rows import movement_rows

ROWS_PER_PAGE = 50


@staff_page("records.view_articlemovement")
def show(request: HttpRequest) -> HttpResponse:
    """Show the report."""
    asked = ReportAsked.of(request.GET)
    found = asked.wanted.movements()
    choices = movement_choices()
    rows = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    return page(
        request,
        "report.html",
        title=_("Penner/Renner report"),
        asked=asked,
        wanted=asked.wanted,
        rows=rows,
        lines=[(row, is_missed(row)) for row in rows],
        totals=movement_totals(load_settings(), found),
        forecast_date=newest_forecast_date(),
        missed_query=ReportAsked(wanted=replace(asked.wanted, missed=True, sort="unsold")).query,
        missed_minor_min=MISSED_VALUE_MINOR_MIN,
        is_empty=not ArticleMovement.objects.exists(),
        views=views_of(request, REPORT, asked.query),
        verdicts=Verdict.choices,
        further=_further(asked.wanted, choices),
        sorts=_sorts(),
        choices=choices,
    )


@staff_page("records.view_articlemovement")
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """Hand out what is filtered, as ``report.csv`` or ``report.xlsx``."""
    rows = movement_rows(ReportAsked.of(request.GET).wanted.movements())
    return table_file(rows, kind.removeprefix("report."), name="penner-renner")


def _further(wanted: MovementsWanted, names: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Return the filters behind “more filters”, each with its choices and what is chosen."""
    filters = [
        ("manufacturer", _("Every manufacturer"), _same(names["manufacturer"])),
        ("supplier", _("Every supplier"), _same(names["supplier"])),
        ("warehouse", _("Every warehouse"), _same(names["warehouse"])),
        ("marketplace", _("Every marketplace"), _same(names["marketplace"])),
        ("abc", _("ABC by revenue: all"), _told(_("ABC by revenue: %s"), AbcClassChoice)),
        ("abc_margin", _("ABC by margin: all"), _told(_("ABC by margin: %s"), AbcClassChoice)),
        ("xyz", _("XYZ: all"), _told(_("XYZ: %s"), XyzClassChoice)),
        ("pattern", _("Every demand pattern"), DemandPatternChoice.choices),
        ("speed", _("Every speed"), SpeedClassChoice.choices),
    ]
    return [
        {"name": name, "every": every, "choices": choices, "chosen": getattr(wanted, name)}
        for name, every, choices in filters
    ]


def _same(values: list[str]) -> list[tuple[str, str]]:
    return [(value, value) for value in values]


def _told(text: str, choices: type[TextChoices]) -> list[tuple[str, str]]:
    return [(value, text % value) for value in choices.values]


def _sorts() -> list[tuple[str, str]]:
    return [
        ("dead", _("Dead stock, most first")),
        ("unsold", _("Expected unsold, most first")),
        ("value", _("Stock value, most first")),
        ("lost", _("Sales lost to stock-outs, most first")),
        ("margin", _("Gross margin, most first")),
        ("turnover", _("Turnover, fastest first")),
        ("slowest", _("Turnover, slowest first")),
        ("supply", _("Days of supply, most first")),
        ("sell-through", _("Sell-through, least first")),
        ("sold", _("Sold in 90 days, most first")),
        ("idle", _("Longest without a sale")),
        ("age", _("Oldest stock first")),
        ("sku", _("SKU")),
    ]
