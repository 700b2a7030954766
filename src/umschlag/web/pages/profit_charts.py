"""The charts of the profit page: its course, and where the money of the sales goes."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from umschlag.intelligence.profitability.contribution import (
    Part,
    grouped,
    where_the_money_goes,
)
from umschlag.intelligence.profitability.model import Grouping, ProfitLine, ProfitReport
from umschlag.kernel.money import Money
from umschlag.wiring.profit_words import part_title

DAYS_DRAWN_MAX = 92
"""Longer periods are drawn by week: a bar has to be wide enough to be seen."""
DRAWN_SHARE_MIN = 0.005
"""Of the sales: a smaller difference is thinner than a line; the table beside it tells it."""
_TONES = {Part.SALES: "muted", Part.CONTRIBUTION: "primary", Part.UNEXPLAINED: "warn"}


def course_grouping(report: ProfitReport) -> Grouping:
    """Return by what the course is drawn."""
    return Grouping.DAY if report.period.days <= DAYS_DRAWN_MAX else Grouping.WEEK


def course_lines(report: ProfitReport) -> Sequence[ProfitLine]:
    """Return the days or weeks of the course, oldest first."""
    return grouped(report, course_grouping(report))


def course_chart(report: ProfitReport) -> dict[str, Any]:
    """Return sales as bars, those with estimated fees hatched, and the contribution as a line."""
    lines = course_lines(report)
    # The dashed line begins where the settled one ends, so that the two meet.
    settled = [None if line.is_estimate else _major(line.contribution) for line in lines]
    estimated = [
        _major(line.contribution)
        if line.is_estimate or (place + 1 < len(lines) and lines[place + 1].is_estimate)
        else None
        for place, line in enumerate(lines)
    ]
    bars = {"kind": "bar", "stack": "sales", "tone": "soft"}
    # An axis of its own, with the zero of the sales: beside them it would be flat.
    line_of = {"tone": "primary", "axis": "right"}
    series: list[dict[str, Any]] = [
        {"label": _("Contribution (right)"), **line_of, "values": settled}
    ]
    sales = [_major(Money(line.sums.settled_sales_minor, line.currency)) for line in lines]
    series.append({"label": _("Sales"), **bars, "values": sales})
    if report.total.is_estimate:
        label = _("Contribution, estimated (right)")
        series.insert(1, {"label": label, **line_of, "dashed": True, "values": estimated})
        values = [_major(Money(line.sums.estimated_sales_minor, line.currency)) for line in lines]
        label = _("Sales, fees estimated")
        series.append({"label": label, **bars, "hatched": True, "values": values})
    return {
        "labels": [line.key for line in lines],
        "currency": report.currency,
        "legend": True,
        "series": series,
    }


def way_rows(report: ProfitReport) -> Sequence[tuple[str, Money, float | None]]:
    """Return the stages from sales to contribution, each with its share of the sales."""
    sales = report.total.sums.sales_minor
    return [
        (
            part_title(stage.part),
            Money(stage.amount_minor, report.currency),
            stage.amount_minor / sales if sales > 0 else None,
        )
        for stage in where_the_money_goes(report.total.sums)
    ]


def way_chart(report: ProfitReport) -> dict[str, Any]:
    """Return the stages as bars that each begin where the one before ends."""
    sales = abs(report.total.sums.sales_minor)
    stages = [
        stage
        for stage in where_the_money_goes(report.total.sums)
        if stage.part is not Part.UNEXPLAINED or abs(stage.amount_minor) > sales * DRAWN_SHARE_MIN
    ]

    def major(minor: int) -> float:
        return _major(Money(minor, report.currency))

    return {
        "labels": [part_title(stage.part) for stage in stages],
        "named": True,
        "currency": report.currency,
        "series": [
            {
                "label": _("Amount"),
                "kind": "bar",
                "values": [[major(stage.from_minor), major(stage.until_minor)] for stage in stages],
                "tones": [_tone(stage.part, stage.amount_minor) for stage in stages],
            }
        ],
    }


def _tone(part: Part, amount_minor: int) -> str:
    if part is Part.CONTRIBUTION and amount_minor < 0:
        return "bad"
    return _TONES.get(part, "accent" if amount_minor <= 0 else "good")


def _major(amount: Money) -> float:
    # A chart is drawn to the pixel; the table beside it has the exact amounts.
    return float(amount.decimal)
