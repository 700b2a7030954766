"""The charts of the article page, each with the rows of its table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from umschlag.wiring.article_course import Course, CourseDay, Event, EventKind
from umschlag.wiring.article_forecasts import ArticleForecasts

_TONES = {
    EventKind.PRICE: "accent",
    EventKind.VERDICT: "primary",
    EventKind.RECEIPT: "good",
    EventKind.DECISION: "primary",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseRow:
    """One day of the table below the chart."""

    day: CourseDay
    events: Sequence[Event]


def course_chart(course: Course) -> dict[str, Any] | None:
    """Return stock that was captured, stock that was rebuilt, and sales as bars.

    Days without stock are shaded, and what happened is marked above its day.
    """
    days = course.days
    if not days:
        return None
    captured = [None if day.is_rebuilt else day.on_hand_units for day in days]
    # The dashed line runs on to the first captured day, so that the two lines meet.
    rebuilt = [
        day.on_hand_units if day.is_rebuilt or (place and days[place - 1].is_rebuilt) else None
        for place, day in enumerate(days)
    ]
    series: list[dict[str, Any]] = [{"label": _("On hand"), "tone": "primary", "values": captured}]
    if any(day.is_rebuilt for day in days):
        label = _("On hand, rebuilt from movements")
        series.append({"label": label, "tone": "muted", "dashed": True, "values": rebuilt})
    sold = [day.sold_units for day in days]
    bars = {"label": _("Sold"), "tone": "accent", "kind": "bar", "axis": "right", "values": sold}
    return {
        "labels": _labels(days),
        "series": [*series, bars],
        "shaded": [{"from": first, "to": last} for first, last in course.stock_outs],
        "shaded_as": _("Out of stock"),
        "events": _marks(course),
    }


def price_chart(course: Course) -> dict[str, Any] | None:
    """Return the sales price by day as steps; None where fewer than two days know one.

    Days that were rebuilt from movements know none. Nor is there a chart of two currencies.
    """
    prices = [day.price for day in course.days]
    known = [price for price in prices if price is not None]
    currencies = {price.currency for price in known}
    if len(known) < 2 or len(currencies) > 1:
        return None
    values = [None if price is None else float(price.decimal) for price in prices]
    line = {"label": _("Price with VAT"), "tone": "accent", "stepped": True, "values": values}
    return {
        "labels": _labels(course.days),
        "currency": currencies.pop(),
        "cents": True,
        "series": [line],
    }


def course_rows(course: Course) -> list[CourseRow]:
    """Return every day, newest first, without those of which nothing is known."""
    events: dict[Any, list[Event]] = {}
    for event in course.events:
        events.setdefault(event.business_date, []).append(event)
    rows = [CourseRow(day=day, events=events.get(day.business_date, [])) for day in course.days]
    return [
        row
        for row in reversed(rows)
        if row.day.on_hand_units is not None or row.day.sold_units or row.events
    ]


def forecast_chart(found: ArticleForecasts, available_units: int | None) -> dict[str, Any] | None:
    """Return what was expected to sell until each day: median and the band from 50 to 95 %.

    Beside it what sold since, and the stock: where the band crosses it, it runs out.
    """
    if found.made_date is None:
        return None
    last = found.points[-1].forecast.horizon_days
    quantiles = {point.forecast.horizon_days: point.forecast for point in found.points}
    first = found.made_date
    labels = [(first + timedelta(days=days)).isoformat() for days in range(last + 1)]

    def line(level: float) -> list[float | None]:
        known = {days: round(one.quantile_units[level], 1) for days, one in quantiles.items()}
        return [0.0, *(known.get(days) for days in range(1, last + 1))]

    sold = [0.0, *(units for _day, units in found.sold_since)][: last + 1]
    series = [
        {"label": _("Median"), "tone": "primary", "joined": True, "values": line(0.5)},
        {"label": _("80 % quantile"), "tone": "muted", "joined": True, "values": line(0.8)},
        {
            "label": _("95 % quantile"),
            "tone": "muted",
            "dashed": True,
            "joined": True,
            "band_to": 0,
            "values": line(0.95),
        },
    ]
    if len(sold) > 1:
        series.append({"label": _("Sold since"), "tone": "accent", "values": sold})
    if available_units is not None:
        flat = [max(available_units, 0)] * (last + 1)
        series.append({"label": _("Available"), "tone": "warn", "dashed": True, "values": flat})
    return {"labels": labels, "legend": True, "series": series}


def compared_chart(found: ArticleForecasts) -> dict[str, Any] | None:
    """Return the forecasts of 28 days by the day they were made, beside what sold in them.

    None where fewer than two were made: a point is no course.
    """
    compared = found.compared
    if len(compared) < 2:
        return None
    series = [
        {
            "label": _("Sold in these days"),
            "tone": "accent",
            "joined": True,
            "values": [one.sold_units for one in compared],
        },
        {
            "label": _("Median"),
            "tone": "primary",
            "joined": True,
            "values": [round(one.forecast.quantile_units[0.5], 1) for one in compared],
        },
        {
            "label": _("95 % quantile"),
            "tone": "muted",
            "dashed": True,
            "joined": True,
            "band_to": 1,
            "values": [round(one.forecast.quantile_units[0.95], 1) for one in compared],
        },
    ]
    labels = [one.forecast.made_date.isoformat() for one in compared]
    return {"labels": labels, "legend": True, "series": series}


def event_letters() -> list[tuple[str, str, str]]:
    """Return the letter of each kind of event, its tone, and what it stands for."""
    titles = {
        EventKind.PRICE: _("price changed"),
        EventKind.VERDICT: _("verdict changed"),
        EventKind.RECEIPT: _("goods received"),
        EventKind.DECISION: _("decided on a proposal"),
    }
    letters = _letters()
    return [(letters[kind], _TONES[kind], title) for kind, title in titles.items()]


def _letters() -> dict[EventKind, str]:
    return {
        EventKind.PRICE: pgettext("letter of a price change in a chart", "P"),
        EventKind.VERDICT: pgettext("letter of a verdict change in a chart", "V"),
        EventKind.RECEIPT: pgettext("letter of a receipt in a chart", "R"),
        EventKind.DECISION: pgettext("letter of a decision in a chart", "D"),
    }


def _marks(course: Course) -> list[dict[str, Any]]:
    first = course.days[0].business_date
    letters = _letters()
    return [
        {
            "at": (event.business_date - first).days,
            "mark": letters[event.kind],
            "text": event.text,
            "tone": "bad" if event.is_bad else _TONES[event.kind],
        }
        for event in course.events
    ]


def _labels(days: Sequence[CourseDay]) -> list[str]:
    return [day.business_date.isoformat() for day in days]
