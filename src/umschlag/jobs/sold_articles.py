"""What can be said of articles whose stock is not known: which went quiet, which sell best."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from umschlag.settings import Settings
from umschlag.storage.records.models import ArticleMovement


@dataclass(frozen=True, slots=True, kw_only=True)
class SoldArticle:
    """One article by its sales alone."""

    sku: str
    name: str
    last_sale_date: date | None
    days_since_last_sale: int
    sold_units_90d: int
    sold_units_365d: int


def quiet_articles(settings: Settings, *, count_max: int = 10) -> tuple[SoldArticle, ...]:
    """Return those without a sale for as long as the first Penner rule says.

    Those that sold most in the year before come first.
    """
    quiet = _stock_unknown().filter(
        days_since_last_sale__gte=settings.penner_days_sold_threshold, sold_units_365d__gt=0
    )
    return _sold(
        quiet.order_by("-sold_units_365d", "-revenue_minor_365d", "article__sku"), count_max
    )


def best_sellers(*, count_max: int = 10) -> tuple[SoldArticle, ...]:
    """Return those that sold most units in the last 90 days."""
    selling = _stock_unknown().filter(sold_units_90d__gt=0)
    return _sold(selling.order_by("-sold_units_90d", "article__sku"), count_max)


def _stock_unknown() -> QuerySet[ArticleMovement]:
    return ArticleMovement.objects.filter(article__on_hand_units__isnull=True)


def _sold(movements: QuerySet[ArticleMovement], count_max: int) -> tuple[SoldArticle, ...]:
    return tuple(
        SoldArticle(
            sku=movement.article.sku,
            name=movement.article.name,
            last_sale_date=movement.last_sale_date,
            days_since_last_sale=movement.days_since_last_sale or 0,
            sold_units_90d=movement.sold_units_90d,
            sold_units_365d=movement.sold_units_365d,
        )
        for movement in movements.select_related("article")[:count_max]
    )
