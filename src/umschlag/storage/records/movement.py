"""Records of rules and classifications, read and written as the core's values."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from umschlag.intelligence.movement.classification import Judged
from umschlag.intelligence.movement.lost_sales import StockOuts
from umschlag.intelligence.movement.model import (
    ArticleFacts,
    Classification,
    MovementRule,
    RuleScope,
    SpeedClass,
    Verdict,
)
from umschlag.intelligence.published import MovementFacts
from umschlag.kernel.identifiers import Asin, Sku
from umschlag.storage.records import models as records
from umschlag.storage.records.movement_changes import JudgedRow, record_changes
from umschlag.storage.records.reasons import stored_values

BATCH_ROWS = 500
STOCK_OUTS_KEPT = 12
"""Of an article's stock-outs of the year the newest; the sums count them all."""
DEFAULT_STOCK_VALUE_MINOR_MIN = 2_000
"""The rules to start with leave small change alone: 20 in a currency of two decimal places."""
DEFAULT_RULE_NAMES = (
    gettext_noop("No sale for %s days"),
    gettext_noop("Turnover below 1"),
    gettext_noop("Turnover of 8 or more, 30 days of supply or less"),
)
"""Of the rules to start with, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """How many rows a bulk write changed, left alone and removed."""

    changed_count: int
    unchanged_count: int
    removed_count: int


def enabled_rules() -> list[MovementRule]:
    """Return the rules that are switched on."""
    return [
        _rule_value(rule)
        for rule in records.MovementRule.objects.filter(is_enabled=True).iterator()
    ]


def create_default_rules(*, penner_days: int) -> int:
    """Make the three rules to start with, named in the product's language; return how many.

    Only before the first classification and without any rule: a merchant who deleted them all
    does not get them back.
    """
    if records.MovementRule.objects.exists() or records.ArticleMovement.objects.exists():
        return 0
    idle, slow, fast = DEFAULT_RULE_NAMES
    rules = [
        records.MovementRule(
            name=_(idle) % penner_days,
            verdict=records.Verdict.PENNER,
            priority=10,
            days_sold_threshold=penner_days,
            stock_units_min=1,
            stock_value_minor_min=DEFAULT_STOCK_VALUE_MINOR_MIN,
        ),
        records.MovementRule(
            name=_(slow),
            verdict=records.Verdict.PENNER,
            priority=20,
            stock_turnover_threshold=1,
            stock_units_min=1,
            stock_value_minor_min=DEFAULT_STOCK_VALUE_MINOR_MIN,
        ),
        records.MovementRule(
            name=_(fast),
            verdict=records.Verdict.RENNER,
            priority=30,
            stock_turnover_threshold=8,
            days_of_supply_max=30,
        ),
    ]
    return len(records.MovementRule.objects.bulk_create(rules))


def article_ids() -> dict[Sku, int]:
    """Return the key of every article's record."""
    return {Sku(sku): key for sku, key in records.Article.objects.values_list("sku", "pk")}


@transaction.atomic
def replace_movements(judged: Judged, *, as_of_date: date) -> Written:
    """Make these the newest classifications; rows that say the same are left alone.

    What became of a verdict is written beside them as a change. Articles without a record are left
    out; rows of articles that were not classified are removed.
    """
    ids = article_ids()
    former = {row.article_id: row for row in records.ArticleMovement.objects.iterator()}
    changed = []
    rows: list[JudgedRow] = []
    for place, (facts, classification) in enumerate(zip(judged.articles, judged, strict=True)):
        article_id = ids.get(facts.sku)
        if article_id is None:
            continue
        rows.append(
            JudgedRow(
                article_id=article_id,
                verdict=classification.verdict.value,
                rule_name=classification.rule_name,
                dead_value_minor=classification.figures.dead_value_minor,
            )
        )
        row = _movement_row(article_id, facts, classification, as_of_date=as_of_date)
        row.stock_outs = _stored_stock_outs(judged.stock_outs, place)
        old = former.get(article_id)
        if old is not None:
            row.pk = old.pk
            if _columns(row) == _columns(old):
                continue
        changed.append(row)
    kept = {row.article_id for row in rows}
    gone = [row.pk for key, row in former.items() if key not in kept]
    # A row that changed keeps its key: links to it stay good. Writing it anew is many times
    # faster than one update a row.
    _delete([row.pk for row in changed if row.pk is not None] + gone)
    records.ArticleMovement.objects.bulk_create(changed, batch_size=BATCH_ROWS)
    record_changes(rows, as_of_date=as_of_date)
    return Written(
        changed_count=len(changed),
        unchanged_count=len(kept) - len(changed),
        removed_count=len(gone),
    )


def facts_of_skus(of_run: int | None = None) -> Iterator[tuple[Sku, MovementFacts]]:
    """Yield what the newest classification says of every article that carries an ASIN.

    With `of_run`, of those alone whose ASIN is among the lines of that allocation run.
    """
    rows = records.ArticleMovement.objects.exclude(article__asin="").select_related("article")
    if of_run is not None:
        lines = records.CartLine.objects.filter(cart__run_id=of_run)
        rows = rows.filter(article__asin__in=lines.order_by().values("asin__asin"))
    for row in rows.iterator():
        yield (
            Sku(row.article.sku),
            MovementFacts(
                asin=Asin(row.article.asin),
                as_of_date=row.as_of_date,
                daily_sales_units=row.daily_sales_units,
                speed_class=SpeedClass(row.speed_class),
                stock_age_days=row.stock_age_days,
                forecast_units_28d=None,
                dead_value_minor=row.dead_value_minor,
                unit_margin_minor=_unit_margin_minor(row),
            ),
        )


def _unit_margin_minor(row: records.ArticleMovement) -> int | None:
    if row.margin_minor_365d is None or row.sold_units_365d <= 0:
        return None
    return round(row.margin_minor_365d / row.sold_units_365d)


def _delete(keys: Sequence[int]) -> None:
    for start in range(0, len(keys), BATCH_ROWS):
        records.ArticleMovement.objects.filter(pk__in=keys[start : start + BATCH_ROWS]).delete()


def _columns(row: records.ArticleMovement) -> tuple[object, ...]:
    return tuple(getattr(row, column.attname) for column in row._meta.concrete_fields)


def _rule_value(rule: records.MovementRule) -> MovementRule:
    turnover = rule.stock_turnover_threshold
    return MovementRule(
        name=rule.name,
        verdict=Verdict(rule.verdict),
        priority=rule.priority,
        scope=RuleScope(rule.scope),
        scope_value=rule.scope_value,
        days_sold_threshold=rule.days_sold_threshold,
        stock_turnover_threshold=None if turnover is None else float(turnover),
        stock_units_min=rule.stock_units_min,
        stock_value_minor_min=rule.stock_value_minor_min,
        days_of_supply_max=rule.days_of_supply_max,
        price_minor_min=rule.price_minor_min,
        price_minor_max=rule.price_minor_max,
    )


def _movement_row(
    article_id: int, facts: ArticleFacts, classification: Classification, *, as_of_date: date
) -> records.ArticleMovement:
    figures = classification.figures
    by_margin, xyz = classification.abc_class_by_margin, figures.xyz_class
    since_sale = None
    if facts.last_sale_date is not None:
        since_sale = (as_of_date - facts.last_sale_date).days
    own = {name: getattr(figures, name) for name in _FIGURES_AS_THEY_ARE}
    own |= {name: getattr(facts, name) for name in _FACTS_AS_THEY_ARE}
    return records.ArticleMovement(
        article_id=article_id,
        as_of_date=as_of_date,
        verdict=classification.verdict.value,
        rule_name=classification.rule_name,
        reason_code=classification.reason.code,
        reason_values=stored_values(classification.reason.values),
        speed_class=figures.speed_class.value,
        abc_class=classification.abc_class.value,
        abc_class_by_margin=by_margin.value if by_margin else "",
        xyz_class=xyz.value if xyz else "",
        demand_pattern=figures.demand_pattern.value,
        days_since_last_sale=since_sale,
        days_of_supply=_finite(figures.days_of_supply),
        **own,
    )


_FIGURES_AS_THEY_ARE = (
    "daily_sales_units",
    "rate_days",
    "rate_leaves_out_days",
    "days_out_90d",
    "margin_minor_365d",
    "stock_turnover_per_year",
    "turnover_in_units",
    "sell_through_of_received_ratio",
    "stock_age_days",
    "stock_value_minor",
    "dead_units",
    "dead_value_minor",
    "stock_out_count_365d",
    "lost_units_max_365d",
    "lost_revenue_minor_max_365d",
)
_FACTS_AS_THEY_ARE = (
    "sold_units_90d",
    "sold_units_365d",
    "revenue_minor_365d",
    "bundle_units_90d",
    "bundle_units_365d",
    "days_with_stock_90d",
    "last_sale_date",
)


def _stored_stock_outs(stock_outs: StockOuts | None, place: int) -> list[dict[str, object]]:
    if stock_outs is None:
        return []
    return [
        {
            "first_date": one.first_date.isoformat(),
            "day_count": one.day_count,
            "lost_units_max": one.lost_units_max,
            "lost_revenue_minor_max": one.lost_revenue_minor_max,
        }
        for one in islice(stock_outs.newest_first(place), STOCK_OUTS_KEPT)
    ]


def _finite(days: float | None) -> float | None:
    # MariaDB keeps no infinity. Stock that never runs out is told by a rate of zero.
    return None if days is None or days == float("inf") else days
