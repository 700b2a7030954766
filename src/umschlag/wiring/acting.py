"""What people decide on proposals, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from umschlag.intelligence.forecasting.outcomes import AFTER_DAYS, Outcome, Since, outcome
from umschlag.settings import Settings
from umschlag.storage.lake.lake import Lake
from umschlag.storage.lake.questions import Question
from umschlag.storage.records import proposals as proposal_records
from umschlag.storage.records.models import Proposal, ProposalState
from umschlag.storage.records.proposals import Decision
from umschlag.wiring.existing_articles import newest_date_of
from umschlag.wiring.lake import open_lake
from umschlag.wiring.whole_days import picture_after, sold_before

ROOM = "umschlag.intelligence.forecasting"
_MOVEMENT = "umschlag.intelligence.movement"


def decide(
    settings: Settings,
    keys: Sequence[int],
    state: ProposalState,
    *,
    by: str,
    at: datetime,
    units: Mapping[int, int] | None = None,
) -> int:
    """Accept or dismiss the open ones among these proposals and return how many that were."""
    decision = Decision(by=by, at=at, business_date=at.astimezone(settings.zone).date())
    return proposal_records.decide(
        Proposal.objects.filter(pk__in=keys), state, decision, units=dict(units or {})
    )


def undo(keys: Sequence[int]) -> int:
    """Make decided proposals open again and return how many that were."""
    return proposal_records.undo_decision(Proposal.objects.filter(pk__in=keys))


def measure_outcomes(settings: Settings) -> int:
    """Measure what became of accepted acts 28 and 90 days after, and return how many were due.

    The days after the decision count, as many whole ones; each act is measured once a period, by
    what the history says now.

    Raises:
        NotFound: the history is empty.
    """
    lake = open_lake(settings)
    newest = sold_before(settings, newest_date_of(lake))
    measured = 0
    for after_days in AFTER_DAYS:
        due: dict[date, list[Proposal]] = {}
        for row in proposal_records.due_for_measuring(after_days=after_days, newest_date=newest):
            if row.decided_date is not None:
                due.setdefault(row.decided_date, []).append(row)
        for decided_date, rows in due.items():
            measured += proposal_records.keep_outcomes(
                _outcomes(
                    lake,
                    settings,
                    rows,
                    after_days,
                    decided_date=decided_date,
                )
            )
    return measured


@dataclass(slots=True, kw_only=True)
class _Sold:
    units: int
    revenue_minor: float
    other_lines: int
    """How many lines were paid, or paid back, in another currency."""


def _sold(lake: Lake, *, since: date, until: date, currency: str) -> Mapping[str, _Sold]:
    """Return what every SKU sold in the period; a bundle sold is its parts sold, as for forecasts.

    Of its revenue a part has its share in what the bundle costs. A bundle keeps what it sold too.
    """
    own = lake.ask(Question.load(ROOM, "sold_since"), since=since, until=until, currency=currency)
    sold = {
        row["sku"]: _Sold(
            units=row["units"], revenue_minor=row["revenue_minor"], other_lines=row["other_lines"]
        )
        for row in own.to_pylist()
    }
    through_bundles = lake.ask(
        Question.load(_MOVEMENT, "sales_through_bundles"),
        from_date=since,
        until=until,
        marketplace="",
        sku="",
    )
    for row in through_bundles.to_pylist():
        part = sold.setdefault(row["sku"], _Sold(units=0, revenue_minor=0.0, other_lines=0))
        part.units += row["units"]
        if row["currency"] == currency:
            part.revenue_minor += row["revenue_minor"] or 0.0
        else:
            part.other_lines += 1
    return sold


def _outcomes(
    lake: Lake,
    settings: Settings,
    rows: Sequence[Proposal],
    after_days: int,
    *,
    decided_date: date,
) -> list[tuple[int, Outcome]]:
    last_date = decided_date + timedelta(days=after_days)
    sold = _sold(
        lake,
        since=decided_date + timedelta(days=1),
        until=last_date + timedelta(days=1),
        currency=settings.currency,
    )
    shown = lake.ask(Question.load(ROOM, "stock_left"), as_of=picture_after(settings, last_date))
    left = {row["sku"]: row["available_units"] for row in shown.to_pylist()}
    return [
        (row.pk, _outcome(row, sold.get(row.article.sku), left.get(row.article.sku), last_date))
        for row in rows
    ]


def _outcome(row: Proposal, sold: _Sold | None, left_units: int | None, last_date: date) -> Outcome:
    after_days = (last_date - row.decided_date).days if row.decided_date else 0
    since = Since(
        after_days=after_days,
        measured_date=last_date,
        sold_units=sold.units if sold else 0,
        revenue_minor=(None if sold.other_lines else round(sold.revenue_minor)) if sold else 0,
        available_units=left_units,
    )
    expected = row.expected_units_28d if after_days == AFTER_DAYS[0] else row.expected_units_90d
    return outcome(since, stock_units_then=row.stock_units, expected_demand_units=expected)
