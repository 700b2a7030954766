"""Records of the trees and nets that forecast: they learn once a week, not each time."""

from datetime import timedelta

from django.db import transaction

from umschlag.intelligence.forecasting.demand import DemandHistory
from umschlag.intelligence.forecasting.global_quantiles import GlobalQuantiles
from umschlag.intelligence.forecasting.written_quantiles import read, written
from umschlag.storage.records.models import LearnedQuantiles

HOLD_DAYS = 7
GROWTH_MAX = 0.1
"""With so many more or fewer articles or days it is another history than the one learned from."""


def kept_quantiles(history: DemandHistory) -> GlobalQuantiles | None:
    """Return what was learned from this history within the week before its last day, or None.

    Raises:
        Misconfigured: LightGBM cannot be loaded.
    """
    newest = LearnedQuantiles.objects.filter(
        learned_date__lte=history.last_date,
        learned_date__gt=history.last_date - timedelta(HOLD_DAYS),
    ).first()
    if newest is None:
        return None
    is_alike = _is_near(newest.article_count, len(history.skus)) and _is_near(
        newest.day_count, history.day_count
    )
    return read(bytes(newest.content)) if is_alike else None


@transaction.atomic
def keep_quantiles(learned: GlobalQuantiles, history: DemandHistory) -> None:
    """Keep what was learned from the history in place of what was learned before.

    Nothing where something newer is kept: a forecast as of an earlier day changes none of today's.
    """
    if LearnedQuantiles.objects.filter(learned_date__gt=history.last_date).exists():
        return
    LearnedQuantiles.objects.all().delete()
    LearnedQuantiles.objects.create(
        learned_date=history.last_date,
        article_count=len(history.skus),
        day_count=history.day_count,
        content=written(learned),
    )


def _is_near(before: int, now: int) -> bool:
    return abs(now - before) <= GROWTH_MAX * before
