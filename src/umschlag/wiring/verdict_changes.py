"""What became of verdicts since some days ago: which articles are Penner or Renner only now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import F

from umschlag.kernel.money import Money
from umschlag.settings import Settings
from umschlag.storage.records.models import ArticleMovement, MovementChange, Verdict
from umschlag.storage.records.movement_changes import changes_since
from umschlag.wiring.spreadsheets import Row
from umschlag.wiring.stored_reasons import reason_text

SINCE_DAYS = (7, 14, 30, 90)
_ROWS_AT_ONCE = 500


class Turn(StrEnum):
    """What a change of verdict is called."""

    INTO_PENNER = "into_penner"
    OUT_OF_PENNER = "out_of_penner"
    NEW_RENNER = "new_renner"
    NO_LONGER_RENNER = "no_longer_renner"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictChange:
    """One article whose verdict is another one than before; changes and back are none."""

    article_id: int
    sku: str
    name: str
    category: str
    currency: str
    changed_date: date
    """The newest change."""
    from_verdict: Verdict | None
    """Before the first change of the period; None of an article that had no verdict."""
    to_verdict: Verdict
    rule_name: str
    """What made the newest change; empty where no rule did."""
    dead_value: Money | None
    """On the day of the newest change."""
    why: str = ""
    """Today's reason, where `with_reasons` found that the verdict still holds."""

    @property
    def turns(self) -> list[Turn]:
        """What the change is called: from Penner to Renner is two things at once."""
        is_now = {
            Turn.INTO_PENNER: self.to_verdict is Verdict.PENNER,
            Turn.NEW_RENNER: self.to_verdict is Verdict.RENNER,
            Turn.OUT_OF_PENNER: self.from_verdict is Verdict.PENNER,
            Turn.NO_LONGER_RENNER: self.from_verdict is Verdict.RENNER,
        }
        return [turn for turn, holds in is_now.items() if holds]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesWanted:
    """Which changes are asked for."""

    days: int = 7
    turn: str = ""
    """One of `Turn`; empty: all."""
    category: str = ""
    q: str = ""
    """A part of SKU or name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnTotal:
    """How many articles took one turn, and their dead stock on the day they did."""

    turn: Turn
    count: int
    dead: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictChanges:
    """What changed after a day, up to the newest classification."""

    after_date: date
    """Verdicts as of the close of this day are what is compared with."""
    until_date: date
    kept_since: date
    """The day of the first verdicts: before it nothing can be compared."""
    changes: Sequence[VerdictChange]
    totals: Sequence[TurnTotal]
    """Of all turns that were asked for, in the order of `Turn`; own currency alone."""

    @property
    def is_comparable(self) -> bool:
        """Whether there were verdicts already on the day to compare with."""
        return self.kept_since <= self.after_date

    @property
    def compared_date(self) -> date:
        """The day whose verdicts are really compared with: the first ones where none is older."""
        return max(self.after_date, self.kept_since)

    @property
    def is_first_day(self) -> bool:
        """Whether the newest verdicts are the first ones: nothing can be said to have changed."""
        return self.kept_since >= self.until_date


def verdict_changes(settings: Settings, wanted: ChangesWanted) -> VerdictChanges | None:
    """Return what changed within the days asked for; None before the first classification.

    The day of the first verdicts is no change of anything: what is new on it is left out.
    """
    newest = ArticleMovement.objects.order_by("-as_of_date").values_list("as_of_date", flat=True)
    until_date = newest.first()
    first = MovementChange.objects.order_by("changed_date").first()
    if until_date is None or first is None:
        return None
    after = until_date - timedelta(days=wanted.days)
    since = max(after, first.changed_date) + timedelta(days=1)
    found = [one for one in _net_changes(since) if _fits(one, wanted)]
    return VerdictChanges(
        after_date=after,
        until_date=until_date,
        kept_since=first.changed_date,
        changes=[one for one in found if not wanted.turn or wanted.turn in one.turns],
        totals=[_total(turn, found, settings.currency) for turn in Turn],
    )


def with_reasons(changes: Sequence[VerdictChange]) -> list[VerdictChange]:
    """Return the changes with the reason of today's verdict, where that is the one they made.

    Reading reasons takes longer than finding changes, so only those that are shown are told.
    """
    verdicts: dict[int, ArticleMovement] = {}
    keys = [one.article_id for one in changes]
    for start in range(0, len(keys), _ROWS_AT_ONCE):
        rows = ArticleMovement.objects.filter(article__in=keys[start : start + _ROWS_AT_ONCE])
        verdicts |= {row.article_id: row for row in rows}
    return [
        replace(one, why=reason_text(row)) if row and row.verdict == one.to_verdict else one
        for one in changes
        for row in [verdicts.get(one.article_id)]
    ]


def change_rows(found: VerdictChanges) -> Iterator[Row]:
    """Return the column names and a row for each change, amounts in major units."""
    yield [
        *("changed_on", "sku", "name", "category", "verdict_before", "verdict", "rule"),
        *("dead_stock_then", "currency", "reason"),
    ]
    for one in with_reasons(found.changes):
        yield [
            one.changed_date,
            one.sku,
            one.name,
            one.category,
            one.from_verdict.value if one.from_verdict else "",
            one.to_verdict.value,
            one.rule_name,
            one.dead_value.decimal if one.dead_value else None,
            one.currency,
            one.why,
        ]


def _net_changes(since: date) -> list[VerdictChange]:
    """Return the articles whose verdict is another one than before the day, newest first."""
    columns = ("article_id", "from_verdict", "to_verdict", "changed_date", "rule_name")
    of_article = ("sku", "name", "category", "currency")
    rows = changes_since(since).order_by("changed_date", "pk")
    before: dict[int, str] = {}
    newest: dict[int, dict[str, Any]] = {}
    for row in rows.values(
        *columns, "dead_value_minor", **{name: F(f"article__{name}") for name in of_article}
    ).iterator():
        before.setdefault(row["article_id"], row["from_verdict"])
        newest[row["article_id"]] = row
    found = [
        _change(before[key], row) for key, row in newest.items() if before[key] != row["to_verdict"]
    ]
    found.sort(key=lambda one: one.sku)
    found.sort(key=lambda one: one.dead_value.minor if one.dead_value else 0, reverse=True)
    found.sort(key=lambda one: one.changed_date, reverse=True)
    return [one for one in found if one.turns]


def _change(before: str, row: dict[str, Any]) -> VerdictChange:
    dead = row.pop("dead_value_minor")
    row["from_verdict"] = Verdict(before) if before else None
    row["to_verdict"] = Verdict(row["to_verdict"])
    return VerdictChange(**row, dead_value=None if dead is None else Money(dead, row["currency"]))


def _fits(one: VerdictChange, wanted: ChangesWanted) -> bool:
    q = wanted.q.casefold()
    return (not wanted.category or one.category == wanted.category) and (
        not q or q in one.sku.casefold() or q in one.name.casefold()
    )


def _total(turn: Turn, found: Sequence[VerdictChange], currency: str) -> TurnTotal:
    own = [one for one in found if turn in one.turns]
    dead = sum(
        one.dead_value.minor
        for one in own
        if one.dead_value is not None and one.dead_value.currency == currency
    )
    return TurnTotal(turn=turn, count=len(own), dead=Money(dead, currency))
