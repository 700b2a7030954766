"""The list of verdicts: which articles are wanted, what they come to, and their columns in a file.

Beside the verdict of the rules stands what is calculated from the newest forecast: the units, and
the money they cost, that are expected to be unsold after 90 days.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    BigIntegerField,
    Count,
    ExpressionWrapper,
    F,
    FloatField,
    OrderBy,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Floor

from umschlag.intelligence.forecasting.clearing import DISCOUNT_VALUE_MINOR_MIN
from umschlag.kernel.money import Money
from umschlag.settings import Settings
from umschlag.storage.records.article_places import place_names
from umschlag.storage.records.models import (
    AbcClassChoice,
    Article,
    ArticleMovement,
    DemandPatternChoice,
    PlaceKind,
    Replenishment,
    SpeedClassChoice,
    Verdict,
    XyzClassChoice,
)

MISSED_VALUE_MINOR_MIN = DISCOUNT_VALUE_MINOR_MIN
"""Less money that is expected to stay unsold is not worth a new price tag, nor a warning."""
IS_MISSED = ~Q(verdict=Verdict.PENNER) & Q(unsold_value_minor__gte=MISSED_VALUE_MINOR_MIN)
"""No rule calls it a Penner, and much of its stock is expected to be unsold all the same."""

SORTS: Mapping[str, OrderBy] = {
    "dead": F("dead_value_minor").desc(nulls_last=True),
    "unsold": F("unsold_value_minor").desc(nulls_last=True),
    "value": F("stock_value_minor").desc(nulls_last=True),
    "lost": F("lost_revenue_minor_max_365d").desc(nulls_last=True),
    "margin": F("margin_minor_365d").desc(nulls_last=True),
    "turnover": F("stock_turnover_per_year").desc(nulls_last=True),
    "slowest": F("stock_turnover_per_year").asc(nulls_last=True),
    "supply": F("days_of_supply").desc(nulls_last=True),
    "sell-through": F("sell_through_of_received_ratio").asc(nulls_last=True),
    "sold": F("sold_units_90d").desc(),
    "idle": F("days_since_last_sale").desc(nulls_first=True),
    "age": F("stock_age_days").desc(nulls_last=True),
    "sku": F("article__sku").asc(),
}
_COLUMNS: Mapping[str, str] = {
    "verdict": "verdict",
    "speed": "speed_class",
    "abc": "abc_class",
    "abc_margin": "abc_class_by_margin",
    "xyz": "xyz_class",
    "pattern": "demand_pattern",
    "category": "article__category",
    "manufacturer": "article__manufacturer",
    "supplier": "article__supplier",
}
CHOICES: Mapping[str, list[str]] = {
    "verdict": Verdict.values,
    "speed": SpeedClassChoice.values,
    "abc": AbcClassChoice.values,
    "abc_margin": AbcClassChoice.values,
    "xyz": XyzClassChoice.values,
    "pattern": DemandPatternChoice.values,
    "sort": list(SORTS),
}
"""What may be asked for where not every word is possible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementsWanted:
    """Which verdicts are asked for; empty texts ask for all."""

    verdict: str = ""
    speed: str = ""
    abc: str = ""
    abc_margin: str = ""
    xyz: str = ""
    pattern: str = ""
    category: str = ""
    manufacturer: str = ""
    supplier: str = ""
    warehouse: str = ""
    """Articles of which units lie there."""
    marketplace: str = ""
    """Articles that ever sold there."""
    missed: bool = False
    """Only what is expected to stay unsold though no rule calls it a Penner."""
    q: str = ""
    """A part of SKU or name, or the ASIN."""
    sort: str = "dead"
    """One of `SORTS`."""

    def movements(self) -> QuerySet[Any]:
        """Return what is asked for in that order, with what `with_unsold` adds."""
        rows = with_unsold(ArticleMovement.objects.all())
        exact = {column: getattr(self, name) for name, column in _COLUMNS.items()}
        rows = rows.filter(**{column: value for column, value in exact.items() if value})
        for kind, name in (
            (PlaceKind.WAREHOUSE, self.warehouse),
            (PlaceKind.MARKETPLACE, self.marketplace),
        ):
            if name:
                # One filter each, so that both may hold of one article.
                rows = rows.filter(article__places__kind=kind, article__places__name=name)
        if self.missed:
            rows = rows.filter(IS_MISSED)
        if self.q:
            rows = rows.filter(
                Q(article__sku__icontains=self.q)
                | Q(article__name__icontains=self.q)
                | Q(article__asin__iexact=self.q)
            )
        return rows.order_by(SORTS[self.sort], "article__sku")


def with_unsold(rows: QuerySet[ArticleMovement]) -> QuerySet[Any]:
    """Return the rows with what is expected to be unsold after 90 days.

    `unsold_units` is None where nothing is forecast for an article's stock, `unsold_value_minor`,
    what they cost, also where the cost is unknown. It is rounded before anything is added up, so
    that a sum is that of what is shown.
    """
    units = F("article__replenishment__expected_unsold_units")
    cost = ExpressionWrapper(units * F("article__unit_cost_minor"), output_field=FloatField())
    # Databases round halves and cut fractions off each in its own way; they agree on floors.
    rounded = Floor(ExpressionWrapper(cost + Value(0.5), output_field=FloatField()))
    return rows.select_related("article", "article__replenishment").annotate(
        unsold_units=units, unsold_value_minor=Cast(rounded, output_field=BigIntegerField())
    )


def is_missed(movement: Any) -> bool:  # noqa: ANN401 - a row with what `with_unsold` adds
    """Tell whether no rule calls it a Penner though much of its stock is expected to stay."""
    return (
        movement.verdict != Verdict.PENNER
        and (movement.unsold_value_minor or 0) >= MISSED_VALUE_MINOR_MIN
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementTotals:
    """What a list of verdicts comes to; amounts in the merchant's currency alone."""

    count: int
    sold_units_90d: int
    stock_value: Money
    dead: Money
    unsold: Money
    unsold_units: float
    missed_count: int
    missed: Money
    lost_max: Money | None
    """Sales lost to stock-outs within a year, at most; at least none. None where nothing can be
    told of any article: not where demand is sporadic."""
    lost_unknown_count: int
    """Articles with stock-outs of which nothing can be told, so that they are not in it."""
    cost_unknown_count: int
    """Articles with stock that the amounts leave out: cost unknown, or in another currency."""
    not_forecast_count: int
    """Articles whose expected unsold money is unknown."""


def movement_totals(settings: Settings, found: QuerySet[Any]) -> MovementTotals:
    """Return what the rows come to."""
    currency = settings.currency
    # A sum over two currencies says nothing.
    ours = Q(article__currency=currency)
    sums = found.order_by().aggregate(
        count=Count("pk"),
        sold=Sum("sold_units_90d", default=0),
        value=Sum("stock_value_minor", filter=ours, default=0),
        dead=Sum("dead_value_minor", filter=ours, default=0),
        unsold=Sum("unsold_value_minor", filter=ours, default=0),
        units=Sum("unsold_units", default=0.0),
        missed_count=Count("pk", filter=IS_MISSED),
        missed=Sum("unsold_value_minor", filter=ours & IS_MISSED, default=0),
        lost=Sum("lost_revenue_minor_max_365d", filter=ours),
        lost_unknown=Count(
            "pk",
            filter=Q(stock_out_count_365d__gt=0)
            & (Q(lost_revenue_minor_max_365d__isnull=True) | ~ours),
        ),
        unpriced=Count(
            "pk",
            filter=Q(article__on_hand_units__gt=0) & (Q(stock_value_minor__isnull=True) | ~ours),
        ),
        not_forecast=Count("pk", filter=Q(unsold_value_minor__isnull=True) | ~ours),
    )
    return MovementTotals(
        count=sums["count"],
        sold_units_90d=sums["sold"],
        stock_value=Money(int(sums["value"]), currency),
        dead=Money(int(sums["dead"]), currency),
        unsold=Money(int(sums["unsold"]), currency),
        unsold_units=float(sums["units"]),
        missed_count=sums["missed_count"],
        missed=Money(int(sums["missed"]), currency),
        lost_max=None if sums["lost"] is None else Money(int(sums["lost"]), currency),
        lost_unknown_count=sums["lost_unknown"],
        cost_unknown_count=sums["unpriced"],
        not_forecast_count=sums["not_forecast"],
    )


def movement_choices() -> dict[str, list[str]]:
    """Return what a list of verdicts can be narrowed to, by the name of the filter."""
    return {
        "category": _article_values("category"),
        "manufacturer": _article_values("manufacturer"),
        "supplier": _article_values("supplier"),
        "warehouse": place_names(PlaceKind.WAREHOUSE),
        "marketplace": place_names(PlaceKind.MARKETPLACE),
    }


def newest_forecast_date() -> date | None:
    """Return the day of the forecast that the expected unsold units stand on; None before any."""
    return Replenishment.objects.order_by().values_list("made_date", flat=True).first()


def _article_values(column: str) -> list[str]:
    values = Article.objects.exclude(**{column: ""}).order_by().values_list(column, flat=True)
    return sorted(set(values.distinct()), key=str.casefold)
