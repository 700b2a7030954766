"""Records of proposals: the open ones, what people decided, and what became of it."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from umschlag.intelligence.forecasting.model import CLEARING, ActKind, ProposedAct
from umschlag.intelligence.forecasting.order_money import OrderStep
from umschlag.intelligence.forecasting.outcomes import Outcome
from umschlag.kernel.errors import BadInput
from umschlag.kernel.identifiers import Sku
from umschlag.kernel.money import Money
from umschlag.storage.records import models as records
from umschlag.storage.records.movement import BATCH_ROWS, article_ids
from umschlag.storage.records.reasons import stored_values

DECISION_HOLDS_DAYS = 28
"""What a person accepted or dismissed is not proposed again for so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who decided, when, and by the warehouse's calendar on which day."""

    by: str
    at: datetime
    business_date: date


@transaction.atomic
def replace_open_proposals(
    acts: Sequence[ProposedAct], *, made_date: date
) -> tuple[ProposedAct, ...]:
    """Make these the open proposals and return those that were written or already stood.

    An article whose proposal of the same kind a person decided within the last 28 days gets no
    new one, and none of another kind that clears stock where one of these was accepted. An open
    proposal that says the same stays, with the day on which it was first made.
    """
    ids = article_ids()
    decided = _decided_lately(made_date)
    standing = [
        act for act in acts if act.sku in ids and (ids[act.sku], act.kind.value) not in decided
    ]
    former = {
        (row.article_id, row.kind): row
        for row in records.Proposal.objects.filter(state=records.ProposalState.OPEN).iterator()
    }
    fresh = []
    for act in standing:
        row = _proposal_row(ids[act.sku], act, made_date=made_date)
        old = former.get((row.article_id, row.kind))
        if old is not None and _columns(old) == _columns(row):
            del former[row.article_id, row.kind]
        else:
            fresh.append(row)
    keys = [row.pk for row in former.values()]
    for start in range(0, len(keys), BATCH_ROWS):
        records.Proposal.objects.filter(pk__in=keys[start : start + BATCH_ROWS]).delete()
    records.Proposal.objects.bulk_create(fresh, batch_size=BATCH_ROWS)
    return tuple(standing)


def refused_lately(kind: ActKind, *, made_date: date) -> set[Sku]:
    """Return the articles of which a person dismissed an act of this kind in the last 28 days."""
    since = made_date - timedelta(days=DECISION_HOLDS_DAYS)
    rows = records.Proposal.objects.filter(
        kind=kind.value, state=records.ProposalState.DISMISSED, decided_date__gt=since
    )
    return {Sku(sku) for sku in rows.values_list("article__sku", flat=True)}


def _decided_lately(made_date: date) -> set[tuple[int, str]]:
    since = made_date - timedelta(days=DECISION_HOLDS_DAYS)
    rows = (
        records.Proposal.objects.exclude(state=records.ProposalState.OPEN)
        .filter(Q(made_date__gt=since) | Q(decided_date__gt=since))
        .values_list("article_id", "kind", "state")
    )
    clearing = {kind.value for kind in CLEARING}
    found = set()
    for article_id, kind, state in rows:
        found.add((article_id, kind))
        if kind in clearing and state == records.ProposalState.ACCEPTED:
            found |= {(article_id, other) for other in clearing}
    return found


@transaction.atomic
def decide(
    proposals: QuerySet[records.Proposal],
    state: records.ProposalState,
    decision: Decision,
    *,
    units: dict[int, int] | None = None,
) -> int:
    """Mark the open ones among these accepted or dismissed and return how many that were.

    The article's stock and price of this moment are kept beside what was expected of it; `units`
    are those accepted of an order, by key, where that is less than all.
    """
    # MariaDB keeps the list's order in the query, and the order joins other tables.
    rows = list(
        proposals.order_by()
        .filter(state=records.ProposalState.OPEN)
        .prefetch_related("article")
        .select_for_update()
    )
    for row in rows:
        article = row.article
        row.state = state
        row.decided_at, row.decided_by = decision.at, decision.by
        row.decided_date = decision.business_date
        row.accepted_units = (units or {}).get(row.pk)
        if article.on_hand_units is not None:
            row.stock_units = article.on_hand_units - (article.reserved_units or 0)
        if article.sales_price_minor is not None:
            row.sales_price_minor = article.sales_price_minor
    records.Proposal.objects.bulk_update(rows, _DECIDED, batch_size=BATCH_ROWS)
    return len(rows)


_DECIDED = [
    "state",
    "decided_at",
    "decided_by",
    "decided_date",
    "accepted_units",
    "stock_units",
    "sales_price_minor",
]


@transaction.atomic
def undo_decision(proposals: QuerySet[records.Proposal]) -> int:
    """Make decided proposals open again, without their outcomes, and return how many.

    Where the same was proposed anew meanwhile, that one stays and the decided one goes.
    """
    rows = list(proposals.order_by().exclude(state=records.ProposalState.OPEN))
    for row in rows:
        row.outcomes.all().delete()
        renewed = records.Proposal.objects.filter(
            article=row.article_id, kind=row.kind, state=records.ProposalState.OPEN
        )
        if renewed.exists():
            row.delete()
            continue
        row.state = records.ProposalState.OPEN
        row.decided_at = row.decided_date = row.accepted_units = None
        row.decided_by = ""
        row.save()
    return len(rows)


def due_for_measuring(*, after_days: int, newest_date: date) -> QuerySet[records.Proposal]:
    """Return accepted proposals of which so many days are over and were not measured yet."""
    return (
        records.Proposal.objects.filter(
            state=records.ProposalState.ACCEPTED,
            decided_date__lte=newest_date - timedelta(days=after_days),
        )
        .exclude(outcomes__after_days=after_days)
        .select_related("article")
        .order_by("decided_date", "pk")
    )


def keep_outcomes(found: Iterable[tuple[int, Outcome]]) -> int:
    """Keep what became of proposals, by their keys, and return how many that were."""
    rows = [records.ActOutcome(proposal_id=key, **asdict(outcome)) for key, outcome in found]
    records.ActOutcome.objects.bulk_create(rows, batch_size=BATCH_ROWS)
    return len(rows)


def steps_of(row: records.Proposal) -> tuple[OrderStep, ...]:
    """Return the orders that can be placed instead of the proposed one, and itself.

    Raises:
        BadInput: a version wrote them that this one cannot read.
    """
    try:
        return tuple(
            OrderStep(**dict(zip(_STEP_COLUMNS, values, strict=True))) for values in row.steps
        )
    except (TypeError, ValueError) as error:
        raise BadInput(f"the steps of proposal {row.pk} cannot be read") from error


_STEP_COLUMNS = (
    "units",
    "cost_minor",
    "extra_units",
    "margin_minor",
    "holding_minor",
    "money_minor",
)


def _proposal_row(article_id: int, act: ProposedAct, *, made_date: date) -> records.Proposal:
    basis = act.basis
    return records.Proposal(
        article_id=article_id,
        made_date=made_date,
        kind=_KINDS[act.kind],
        units=act.units,
        value_minor=_minor(act.value),
        price_minor=_minor(act.price),
        proceeds_minor=_minor(act.proceeds),
        due_date=act.due_date,
        reason_code=act.reason.code,
        reason_values=stored_values(act.reason.values),
        expected_money_minor=_minor(act.expected_money),
        steps=[[getattr(step, name) for name in _STEP_COLUMNS] for step in act.steps],
        stock_units=basis.available_units,
        sales_price_minor=_minor(basis.sales_price),
        expected_unsold_units=basis.expected_unsold_units,
        expected_units_28d=basis.expected_units_28d,
        expected_units_90d=basis.expected_units_90d,
    )


_COMPARED = (
    "units",
    "value_minor",
    "price_minor",
    "proceeds_minor",
    "due_date",
    "reason_code",
    "reason_values",
    "expected_money_minor",
    "steps",
    "stock_units",
    "sales_price_minor",
)


def _columns(row: records.Proposal) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in _COMPARED)


def _minor(amount: Money | None) -> int | None:
    return None if amount is None else amount.minor


_KINDS = {kind: records.ProposalKind(kind.value) for kind in ActKind}
