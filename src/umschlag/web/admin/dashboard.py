"""The first page: the report's figures, what needs somebody, and what changed."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from umschlag.kernel.errors import UmschlagError
from umschlag.settings import load_settings
from umschlag.storage.records.models import Notification, RunState
from umschlag.web.admin.notifications import KIND_COLOURS
from umschlag.web.words import refusal_title
from umschlag.wiring import amounts
from umschlag.wiring.freshness import (
    behind_texts,
    complete_text,
    freshness_text,
    sold_through_text,
)
from umschlag.wiring.overview import DayValue, Overview, overview

ALERTS_SHOWN_MAX = 8
TABLE_DAYS_MAX = 30


def unread_badge(_request: HttpRequest) -> str:
    """Return how many notifications nobody has read, for the sidebar; nothing where none."""
    count = Notification.objects.filter(read_at=None).count()
    return str(count) if count else ""


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the figures to the first page."""
    if not request.user.has_perm("records.view_article"):
        return {**context, "forbidden": True, "sees_something": request.user.get_all_permissions()}
    try:
        figures = overview(load_settings())
    except UmschlagError as error:
        # The page must open in any case: it is where one reads what went wrong.
        return {**context, "overview_error": error.message, "alerts": _alerts()}
    return {
        **context,
        "overview": figures,
        "freshness": freshness_text(figures.freshness),
        "freshness_meaning": complete_text(),
        "is_stale": figures.freshness.is_stale,
        "sold_through": sold_through_text(figures.freshness),
        "behind": behind_texts(figures.freshness),
        "cards": _cards(figures),
        "value_chart": value_chart(figures.value_by_day),
        "value_table": figures.value_by_day[::-1][:TABLE_DAYS_MAX],
        "alerts": _alerts(),
        "refusals": _refusals(figures),
    }


def _card(title: str, figure: str, note: str, *, url: str, tone: str = "") -> dict[str, str]:
    return {"title": title, "figure": figure, "note": note, "url": url, "tone": tone}


def _cards(figures: Overview) -> list[dict[str, str]]:
    report = reverse("pages:penner-renner")
    without_cost = figures.articles_without_cost
    return [
        _card(
            _("Stock value"),
            amounts.money_text(figures.stock_value, whole=True),
            ngettext(
                "%s article without cost left out",
                "%s articles without cost left out",
                without_cost,
            )
            % amounts.count_text(without_cost)
            if without_cost
            else _("at unit cost"),
            url=reverse("admin:records_article_changelist"),
        ),
        _card(
            _("Dead stock"),
            amounts.money_text(figures.dead_stock, whole=True),
            _share_of(figures.dead_stock.minor, figures.stock_value.minor),
            url=f"{report}?sort=dead",
            tone="bad" if figures.dead_stock.minor else "",
        ),
        _card(
            _("Penner"),
            amounts.count_text(figures.penner_count),
            _("slow movers by your rules"),
            url=f"{report}?verdict=penner",
        ),
        _card(
            _("Renner"),
            amounts.count_text(figures.renner_count),
            _("fast movers by your rules"),
            url=f"{report}?verdict=renner",
            tone="good" if figures.renner_count else "",
        ),
        _card(
            _("Running out"),
            amounts.count_text(figures.running_out_count),
            _("articles, within %d days") % load_settings().forecast_horizon_days,
            url="#running-out",
            tone="warn" if figures.running_out_count else "",
        ),
        *_allocation_cards(figures),
    ]


def _share_of(part: int, whole: int) -> str:
    if whole <= 0:
        return _("no stock value yet")
    return _("%s of the stock value") % amounts.share_text(part / whole)


def _allocation_cards(figures: Overview) -> list[dict[str, str]]:
    run = figures.allocation
    if run is None:
        generator = reverse("pages:generator")
        note = _("make one in the cart generator")
        return [_card(_("Carts"), "0", note, url=generator)]
    page = reverse("pages:run", args=[run.run_id])
    pallets = reverse("admin:records_pallet_changelist")
    return [
        _card(
            _("Carts"),
            amounts.count_text(run.cart_count),
            _("%(units)s units for %(goods)s, made %(when)s")
            % {
                "units": amounts.count_text(run.units),
                "goods": amounts.money_text(run.goods, whole=True),
                "when": date_format(localtime(run.made_at), "SHORT_DATETIME_FORMAT"),
            },
            url=page,
        ),
        _card(
            _("Pallets"),
            amounts.count_text(run.pallet_count),
            _("built once the run is confirmed")
            if run.freight is None
            else _("freight %s") % amounts.money_text(run.freight, whole=True),
            url=pallets,
        ),
        _card(
            _("Shipping, at most") if run.state == RunState.PROPOSED else _("Shipping charged"),
            amounts.money_text(run.shipping, whole=True),
            _("the freight is known once pallets are built")
            if run.freight is None
            else _("freight costs us %s") % amounts.money_text(run.freight, whole=True),
            url=page,
        ),
    ]


def _refusals(figures: Overview) -> list[tuple[str, int]]:
    if figures.allocation is None:
        return []
    counted = figures.allocation.refusals_by_reason
    return [(refusal_title(code), count) for code, count in counted]


def _alerts() -> list[dict[str, Any]]:
    unread = Notification.objects.filter(read_at=None).select_related("client")
    return [
        {"notification": item, "colour": KIND_COLOURS.get(item.kind, "plain")}  # type: ignore[call-overload]  # a choice is a str
        for item in unread[:ALERTS_SHOWN_MAX]
    ]


def value_chart(days: tuple[DayValue, ...]) -> dict[str, Any] | None:
    """Return the stock value by day for the chart: captured and rebuilt days as two lines.

    Nothing with fewer than two days, because one point is no course.
    """
    if len(days) < 2:
        return None
    values = [float(day.value.decimal) for day in days]
    return {
        "labels": [_iso(day.business_date) for day in days],
        "currency": days[0].value.currency,
        "series": [
            {
                "label": _("Stock value"),
                "tone": "primary",
                "values": _where(values, [not day.reconstructed for day in days]),
            },
            {
                "label": _("rebuilt from stock movements"),
                "tone": "muted",
                "dashed": True,
                "values": _where(values, _up_to_the_first_captured(days)),
            },
        ],
    }


def _up_to_the_first_captured(days: tuple[DayValue, ...]) -> list[bool]:
    # The dashed line runs on to the first captured day, so that the two lines meet.
    return [
        day.reconstructed or (index > 0 and days[index - 1].reconstructed)
        for index, day in enumerate(days)
    ]


def _where(values: list[float], shown: list[bool]) -> list[float | None]:
    return [value if show else None for value, show in zip(values, shown, strict=True)]


def _iso(day: date) -> str:
    return day.isoformat()
