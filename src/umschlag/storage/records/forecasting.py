"""Records of forecasts and proposals, written from the core's values."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction

from umschlag.intelligence.forecasting.model import ActKind, ArticleForecast, ProposedAct
from umschlag.kernel.identifiers import Sku
from umschlag.kernel.money import Money
from umschlag.storage.records import models as records
from umschlag.storage.records.movement import BATCH_ROWS, Written, article_ids
from umschlag.storage.records.reasons import stored_values

DECISION_HOLDS_DAYS = 28
"""What a person accepted or dismissed is not proposed again for so long."""


@transaction.atomic
def replace_forecasts(forecasts: Sequence[ArticleForecast], *, made_date: date) -> Written:
    """Make these the forecasts of the day; those of other days stay, to be measured later.

    Nothing is written where the day's forecasts already say the same.
    """
    ids = article_ids()
    rows = [
        _forecast_row(ids[forecast.sku], forecast) for forecast in forecasts if forecast.sku in ids
    ]
    former = {
        (row.article_id, row.horizon_days): row
        for row in records.ArticleForecast.objects.filter(made_date=made_date).iterator()
    }
    changed = []
    for row in rows:
        old = former.pop((row.article_id, row.horizon_days), None)
        if old is not None:
            row.pk = old.pk
            if _forecast_columns(row) == _forecast_columns(old):
                continue
        changed.append(row)
    stale = [row.pk for row in changed if row.pk is not None]
    gone = [row.pk for row in former.values()]
    for keys in _batches(stale + gone):
        records.ArticleForecast.objects.filter(pk__in=keys).delete()
    records.ArticleForecast.objects.bulk_create(changed, batch_size=BATCH_ROWS)
    return Written(
        changed_count=len(changed),
        unchanged_count=len(rows) - len(changed),
        removed_count=len(gone),
    )


@transaction.atomic
def replace_open_proposals(
    acts: Sequence[ProposedAct], *, made_date: date
) -> tuple[ProposedAct, ...]:
    """Make these the open proposals and return those that were written or already stood.

    An article whose proposal of the same kind a person decided within the last 28 days gets no
    new one. An open proposal that says the same stays, with the day on which it was first made.
    """
    ids = article_ids()
    decided = set(
        records.Proposal.objects.exclude(state=records.ProposalState.OPEN)
        .filter(made_date__gt=made_date - timedelta(days=DECISION_HOLDS_DAYS))
        .values_list("article_id", "kind")
    )
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
        if old is not None and _proposal_columns(old) == _proposal_columns(row):
            del former[row.article_id, row.kind]
        else:
            fresh.append(row)
    for keys in _batches([row.pk for row in former.values()]):
        records.Proposal.objects.filter(pk__in=keys).delete()
    records.Proposal.objects.bulk_create(fresh, batch_size=BATCH_ROWS)
    return tuple(standing)


def newest_mean_units(*, horizon_days: int) -> dict[Sku, float]:
    """Return the expected units of every article by the newest forecast over the horizon."""
    rows = records.ArticleForecast.objects.filter(horizon_days=horizon_days)
    newest = rows.order_by("-made_date").values_list("made_date", flat=True).first()
    if newest is None:
        return {}
    pairs = rows.filter(made_date=newest).values_list("article__sku", "mean_units")
    return {Sku(sku): units for sku, units in pairs}


def _batches(keys: Sequence[int]) -> list[Sequence[int]]:
    return [keys[start : start + BATCH_ROWS] for start in range(0, len(keys), BATCH_ROWS)]


def _forecast_row(article_id: int, forecast: ArticleForecast) -> records.ArticleForecast:
    return records.ArticleForecast(
        article_id=article_id,
        made_date=forecast.made_date,
        horizon_days=forecast.horizon_days,
        method=forecast.method.value,
        mean_units=forecast.mean_units,
        q50_units=forecast.q50_units,
        q80_units=forecast.q80_units,
        q95_units=forecast.q95_units,
        stockout_date=forecast.stockout_date,
        stockout_probability=forecast.stockout_probability,
    )


def _forecast_columns(row: records.ArticleForecast) -> tuple[object, ...]:
    return tuple(getattr(row, column.attname) for column in row._meta.concrete_fields)


def _proposal_row(article_id: int, act: ProposedAct, *, made_date: date) -> records.Proposal:
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
    )


def _proposal_columns(row: records.Proposal) -> tuple[object, ...]:
    return (
        row.units,
        row.value_minor,
        row.price_minor,
        row.proceeds_minor,
        row.due_date,
        row.reason_code,
        row.reason_values,
    )


def _minor(amount: Money | None) -> int | None:
    return None if amount is None else amount.minor


_KINDS = {
    ActKind.DISCOUNT: records.ProposalKind.DISCOUNT,
    ActKind.LIQUIDATE: records.ProposalKind.LIQUIDATE,
    ActKind.REORDER: records.ProposalKind.REORDER,
}
