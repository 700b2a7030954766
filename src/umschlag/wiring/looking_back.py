"""What changed between two days and what ran out, as it is known now or was known then."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Min

from umschlag.kernel.periods import business_date_of
from umschlag.settings import Settings
from umschlag.storage.lake.article_facts import history_dates
from umschlag.storage.lake.lake import Lake
from umschlag.storage.lake.questions import Question
from umschlag.storage.records.models import LakeDay, RunStatus, SnapshotOrigin, SnapshotRun
from umschlag.wiring.day_pictures import closes_of
from umschlag.wiring.lake import open_lake

_ROOM = "umschlag.intelligence.snapshots"
_ONE_DAY = timedelta(days=1)
PACE_DAYS_MIN = 14
"""Fewer days with stock tell no pace of sales."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDays:
    """The days that have a snapshot, as far as they were known."""

    days: Sequence[date]
    """Oldest first."""
    known_at: datetime | None

    def nearest(self, wanted: date) -> date:
        """Return the day with a snapshot that is closest, the earlier one of two."""
        return min(self.days, key=lambda day: (abs(day - wanted), day))

    def newest_over(self, today: date) -> date | None:
        """Return the newest day that is over; where none is, the newest; None without any."""
        over = bisect_left(self.days, today)
        return self.days[max(over - 1, 0)] if self.days else None

    def missing_between(self, since: date, through: date) -> int:
        """Return how many days of the period, both ends among them, have no snapshot."""
        held = sum(since <= day <= through for day in self.days)
        return (through - since).days + 1 - held


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happened to one article between two days, and what moved its stock."""

    sku: str
    name: str
    kind: str
    """`appeared`, `vanished` or `changed`."""
    units_before: int | None
    units_after: int | None
    units_changed: int
    units_sold: int
    """Net of `units_returned`."""
    units_returned: int
    units_received: int
    units_corrected: int
    """What sales and receipts leave unexplained."""
    cost_before_minor: int | None
    cost_after_minor: int | None
    price_before_minor: int | None
    price_after_minor: int | None
    currency: str
    is_cost_changed: bool
    is_price_changed: bool

    @property
    def units_sold_before_returns(self) -> int:
        """Units that went out, whatever of them came back."""
        return self.units_sold + self.units_returned


@dataclass(frozen=True, slots=True, kw_only=True)
class StockOut:
    """How long one article had nothing to sell."""

    sku: str
    days_observed: int
    days_out: int
    longest_run_days: int
    run_count: int
    out_since_date: date | None
    """None where it was available at the period's end, or gone."""
    units_sold: int

    @property
    def missed_units(self) -> float:
        """Units that the days out may have cost, at the pace of the days with stock.

        Two units sold on the only day with stock are no pace: at least `PACE_DAYS_MIN` days count,
        or the whole period where it is shorter.
        """
        days_with_stock = self.days_observed - self.days_out
        pace_days = max(days_with_stock, min(PACE_DAYS_MIN, self.days_observed))
        return self.days_out * max(self.units_sold, 0) / pace_days


def close_of(day: date | None, settings: Settings) -> datetime | None:
    """Return the instant at which the merchant's day ends; None for none."""
    if day is None:
        return None
    return datetime.combine(day + _ONE_DAY, time(), tzinfo=settings.zone)


def known_days(settings: Settings, *, known_on: date | None) -> KnownDays:
    """Return the days with a snapshot, as known at the close of `known_on`; None: as known now."""
    known_at = close_of(known_on, settings)
    question = Question.parse(
        "select business_date from snapshot_days order by business_date", name="snapshot_days"
    )
    answer = open_lake(settings).ask(question, known_at=known_at)
    return KnownDays(days=answer["business_date"].to_pylist(), known_at=known_at)


def first_known_date(settings: Settings) -> date | None:
    """Return the day on which the first snapshot became known; None where there is none."""
    first = LakeDay.objects.filter(dataset="article_days").aggregate(at=Min("published_at"))["at"]
    return business_date_of(first, settings.zone) if first else None


def nothing_known(settings: Settings, known: KnownDays) -> str:
    """Return why no day can be told."""
    first = first_known_date(settings)
    if known.known_at is None or first is None:
        return "there is no snapshot yet: run `umschlag snapshot`"
    return f"no snapshot was known then; the first was known on {first}"


def rebuilt_among(days: Sequence[date]) -> set[date]:
    """Return which of the days were rebuilt from stock movements, and so know no price."""
    runs = SnapshotRun.objects.filter(business_date__in=days, status=RunStatus.COMPLETE)
    newest = {run.business_date: run.origin for run in runs.order_by("finished_at", "pk")}
    return {day for day, origin in newest.items() if origin == SnapshotOrigin.RECONSTRUCTED}


def sales_known_through(settings: Settings) -> date | None:
    """Return the newest day that has a sale; later changes cannot be told from corrections."""
    return history_dates(open_lake(settings)).sales_date


def changes_between(
    settings: Settings, *, since: date, through: date, known_at: datetime | None
) -> list[Change]:
    """Return what changed from the picture of `since` to that of `through`, sorted by SKU.

    Sales and receipts are those of the days between the closes that the two show.
    """
    closes = closes_of(settings, [since, through], known_at=known_at)
    answer = _ask(
        open_lake(settings),
        "changes",
        known_at=known_at,
        since=since,
        through=through,
        moved_after=closes[since],
        moved_through=closes[through],
    )
    return [
        Change(
            sku=row["sku"],
            name=row["name"] or "",
            kind=row["change"],
            units_before=row["on_hand_units_before"],
            units_after=row["on_hand_units_after"],
            units_changed=row["units_changed"],
            units_sold=row["units_sold"],
            units_returned=row["units_returned"],
            units_received=row["units_received"],
            units_corrected=row["units_corrected"],
            cost_before_minor=row["unit_cost_minor_before"],
            cost_after_minor=row["unit_cost_minor_after"],
            price_before_minor=row["sales_price_minor_before"],
            price_after_minor=row["sales_price_minor_after"],
            currency=row["currency"] or settings.currency,
            is_cost_changed=row["is_cost_changed"],
            is_price_changed=row["is_price_changed"],
        )
        for row in answer
    ]


def stock_outs(
    settings: Settings, *, since: date, through: date, known_at: datetime | None
) -> list[StockOut]:
    """Return what had nothing to sell on how many days of the period, what it cost most first."""
    lake = open_lake(settings)
    period = {"since": since, "until": through + _ONE_DAY}
    sold = {
        row["sku"]: row["units"] for row in _ask(lake, "sold_units", known_at=known_at, **period)
    }
    found = [
        StockOut(units_sold=sold.get(row["sku"], 0), **row)
        for row in _ask(lake, "stock_out_days", known_at=known_at, **period)
    ]
    return sorted(found, key=lambda line: (-line.missed_units, -line.days_out, line.sku))


def articles_out_on(settings: Settings, day: date, *, known_at: datetime | None) -> int:
    """Return how many articles had nothing to sell in the picture of that one day."""
    found = _ask(
        open_lake(settings), "stock_out_days", known_at=known_at, since=day, until=day + _ONE_DAY
    )
    return len(found)


def _ask(
    lake: Lake,
    name: str,
    *,
    known_at: datetime | None,
    **parameters: Any,  # noqa: ANN401 - bound
) -> list[dict[str, Any]]:
    answer = lake.ask(Question.load(_ROOM, name), known_at=known_at, **parameters)
    rows: list[dict[str, Any]] = answer.to_pylist()
    return rows
