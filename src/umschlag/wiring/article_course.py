"""The course of one article: stock, sales and price by day, and what happened on which day."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from umschlag.kernel.money import Money
from umschlag.settings import Settings
from umschlag.storage.lake.day_tables import Window, units_by_day
from umschlag.storage.lake.questions import Question
from umschlag.storage.records.models import (
    Article,
    MovementChange,
    Proposal,
    ProposalState,
    Verdict,
)
from umschlag.wiring.amounts import count_text, money_text
from umschlag.wiring.lake import open_lake
from umschlag.wiring.looking_back import close_of
from umschlag.wiring.rule_titles import rule_title
from umschlag.wiring.whole_days import sales_whole_through

COURSE_DAYS = 180
KNOWN_DAYS_MAX = 36_500
"""Further back nothing was known; further on nothing else will be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseDay:
    """One day; None is what nobody told."""

    business_date: date
    on_hand_units: int | None
    available_units: int | None
    sold_units: int | None
    """Itself and through bundles, returns taken off."""
    price: Money | None
    """With VAT. A day that was rebuilt from movements knows none."""
    is_rebuilt: bool

    @property
    def is_out(self) -> bool:
        """Nothing was available at the close, and nothing sold: a day without stock."""
        return (
            self.available_units is not None
            and self.available_units <= 0
            and (self.sold_units or 0) <= 0
        )


class EventKind(StrEnum):
    """What may happen to an article."""

    PRICE = "price"
    VERDICT = "verdict"
    RECEIPT = "receipt"
    DECISION = "decision"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened on a day, in words."""

    business_date: date
    kind: EventKind
    text: str
    is_bad: bool = False
    """Became a Penner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The newest days, oldest first, and what happened on them."""

    days: Sequence[CourseDay]
    """None where the history knows nothing of the article."""
    events: Sequence[Event]

    @property
    def stock_outs(self) -> list[tuple[int, int]]:
        """The runs of days without stock: the first and the last one's place among the days."""
        runs: list[tuple[int, int]] = []
        for place, day in enumerate(self.days):
            if not day.is_out:
                continue
            if runs and runs[-1][1] == place - 1:
                runs[-1] = (runs[-1][0], place)
            else:
                runs.append((place, place))
        return runs


def article_course(settings: Settings, article: Article, *, known_on: date | None) -> Course:
    """Return the article's course up to the newest day, as known now or at the close of a day.

    Events of the records that came later than `known_on` are left out as well.
    """
    lake = open_lake(settings)
    newest = lake.newest_business_date()
    if newest is None or (known_on and known_on < newest - timedelta(days=KNOWN_DAYS_MAX)):
        return Course(days=[], events=[])
    if known_on:
        known_on = min(known_on, newest + timedelta(days=KNOWN_DAYS_MAX))
    since, until = newest - timedelta(days=COURSE_DAYS - 1), newest + timedelta(days=1)
    asked: dict[str, Any] = {"sku": article.sku, "since": since, "until": until}
    asked["known_at"] = close_of(known_on, settings)

    def rows(room: str, name: str) -> dict[date, dict[str, Any]]:
        answer = lake.ask(Question.load(f"umschlag.intelligence.{room}", name), **asked)
        return {row["business_date"]: row for row in answer.to_pylist()}

    window = Window(last_date=newest, day_count=COURSE_DAYS)
    stock = rows("snapshots", "history_of_sku")
    sold = units_by_day(lake, article.sku, window, known_at=asked["known_at"]).tolist()
    if not stock and not any(sold):
        return Course(days=[], events=[])
    # A day that has only begun has sold nothing yet, or little: that is not what it sold.
    sold_through = sales_whole_through(settings) or since - timedelta(days=1)
    all_days = [since + timedelta(days=offset) for offset in range(COURSE_DAYS)]
    days = [
        _day(day, stock.get(day), units if day <= sold_through else None)
        for day, units in zip(all_days, sold, strict=True)
    ]
    last = min(newest, known_on) if known_on else newest
    events = [
        *_price_changes(days),
        *_receipts(rows("movement", "receipts_of_sku")),
        *_verdicts(article, since, last),
        *_decisions(article, since, last),
    ]
    return Course(days=days, events=sorted(events, key=lambda one: (one.business_date, one.kind)))


def _day(
    day: date,
    stock: Mapping[str, Any] | None,
    sold_units: int | None,
) -> CourseDay:
    on_hand = stock["on_hand_units"] if stock else None
    price = stock["sales_price_minor"] if stock else None
    return CourseDay(
        business_date=day,
        on_hand_units=on_hand,
        available_units=None
        if stock is None or on_hand is None
        else on_hand - (stock["reserved_units"] or 0),
        sold_units=sold_units,
        price=Money(price, stock["currency"]) if stock and price is not None else None,
        is_rebuilt=bool(stock and stock["is_reconstructed"]),
    )


def _price_changes(days: Sequence[CourseDay]) -> Iterator[Event]:
    # Days that know no price lie between without a change.
    priced = [day for day in days if day.price is not None]
    for before, after in pairwise(priced):
        if before.price != after.price:
            yield Event(
                business_date=after.business_date,
                kind=EventKind.PRICE,
                text=_("Price %(before)s → %(after)s")
                % {"before": money_text(before.price), "after": money_text(after.price)},
            )


def _receipts(received: Mapping[date, Mapping[str, Any]]) -> Iterator[Event]:
    for day, row in received.items():
        text = _("%s units received") % count_text(row["units"])
        yield Event(business_date=day, kind=EventKind.RECEIPT, text=text)


def _verdicts(article: Article, since: date, last: date) -> Iterator[Event]:
    rows = MovementChange.objects.filter(article=article, changed_date__range=(since, last))
    for row in rows.order_by("changed_date"):
        told = {
            "before": row.get_from_verdict_display() or _("not classified"),
            "after": row.get_to_verdict_display(),
            "rule": rule_title(row.rule_name),
        }
        text = _("Verdict %(before)s → %(after)s") % told
        if row.rule_name:
            text = _("Verdict %(before)s → %(after)s, by “%(rule)s”") % told
        yield Event(
            business_date=row.changed_date,
            kind=EventKind.VERDICT,
            text=text,
            is_bad=row.to_verdict == Verdict.PENNER,
        )


def _decisions(article: Article, since: date, last: date) -> Iterator[Event]:
    rows = Proposal.objects.filter(article=article).exclude(state=ProposalState.OPEN)
    for row in rows.order_by("pk"):
        day = row.decided_date or (localtime(row.decided_at).date() if row.decided_at else None)
        if day is None or not since <= day <= last:
            continue
        text = _("%(act)s, %(units)s units: %(state)s") % {
            "act": row.get_kind_display(),
            "units": count_text(row.units_to_order),
            "state": row.get_state_display(),
        }
        yield Event(business_date=day, kind=EventKind.DECISION, text=text)
