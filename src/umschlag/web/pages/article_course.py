"""The course of one article: stock and sales by day, as known now or at the close of a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from umschlag.settings import load_settings
from umschlag.storage.lake.questions import Question
from umschlag.wiring.lake import open_lake
from umschlag.wiring.looking_back import close_of, sales_known_through

CHART_DAYS = 180
TABLE_DAYS_MAX = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseDay:
    """One day; None is what nobody told."""

    business_date: date
    on_hand_units: int | None
    sold_units: int | None
    is_rebuilt: bool


def course_of(sku: str, *, known_on: date | None) -> Sequence[CourseDay]:
    """Return the newest days, oldest first; none where the history knows nothing of the article."""
    settings = load_settings()
    lake = open_lake(settings)
    newest = lake.newest_business_date()
    if newest is None:
        return []
    since, until = newest - timedelta(days=CHART_DAYS - 1), newest + timedelta(days=1)
    asked: dict[str, Any] = {"sku": sku, "since": since, "until": until}
    asked["known_at"] = close_of(known_on, settings)
    stock_question = Question.load("umschlag.intelligence.snapshots", "history_of_sku")
    sales_question = Question.load("umschlag.intelligence.movement", "sales_of_sku")
    stock = {row["business_date"]: row for row in lake.ask(stock_question, **asked).to_pylist()}
    sold = {
        row["business_date"]: row["units"] for row in lake.ask(sales_question, **asked).to_pylist()
    }
    if not stock and not sold:
        return []
    sold_through = sales_known_through(settings) or since - timedelta(days=1)
    days = [since + timedelta(days=offset) for offset in range(CHART_DAYS)]
    return [
        CourseDay(
            business_date=day,
            on_hand_units=stock[day]["on_hand_units"] if day in stock else None,
            sold_units=sold.get(day, 0) if day <= sold_through else None,
            is_rebuilt=day in stock and stock[day]["is_reconstructed"],
        )
        for day in days
    ]


def course_chart(course: Sequence[CourseDay]) -> dict[str, Any] | None:
    """Return the chart: stock that was captured, stock that was rebuilt, and sales as bars."""
    if not course:
        return None
    captured = [None if day.is_rebuilt else day.on_hand_units for day in course]
    # The dashed line runs on to the first captured day, so that the two lines meet.
    rebuilt = [
        day.on_hand_units if day.is_rebuilt or (place and course[place - 1].is_rebuilt) else None
        for place, day in enumerate(course)
    ]
    series: list[dict[str, Any]] = [{"label": _("On hand"), "tone": "primary", "values": captured}]
    if any(day.is_rebuilt for day in course):
        label = _("On hand, rebuilt from movements")
        series.append({"label": label, "tone": "muted", "dashed": True, "values": rebuilt})
    sold = [day.sold_units for day in course]
    bars = {"label": _("Sold"), "tone": "accent", "kind": "bar", "axis": "right", "values": sold}
    labels = [day.business_date.isoformat() for day in course]
    return {"labels": labels, "series": [*series, bars]}


def course_table(course: Sequence[CourseDay]) -> Sequence[CourseDay]:
    """Return the newest days, newest first, without those of which nothing is known."""
    newest = list(reversed(course))[:TABLE_DAYS_MAX]
    return [day for day in newest if day.on_hand_units is not None or day.sold_units]
