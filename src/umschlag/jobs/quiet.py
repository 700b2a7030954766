"""Articles that sold and then went quiet: what can be said where no stock is known."""

from dataclasses import dataclass
from datetime import date

from umschlag.settings import Settings
from umschlag.storage.records.models import ArticleMovement


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietArticle:
    """One article without a sale for as long as the first Penner rule says."""

    sku: str
    name: str
    last_sale_date: date | None
    days_since_last_sale: int
    sold_units_365d: int


def quiet_articles(settings: Settings, *, count_max: int = 10) -> tuple[QuietArticle, ...]:
    """Return those that sold most in the year before, of the articles whose stock is unknown."""
    movements = (
        ArticleMovement.objects.filter(
            article__on_hand_units__isnull=True,
            days_since_last_sale__gte=settings.penner_days_sold_threshold,
        )
        .select_related("article")
        .order_by("-sold_units_365d", "-revenue_minor_365d", "article__sku")[:count_max]
    )
    return tuple(
        QuietArticle(
            sku=movement.article.sku,
            name=movement.article.name,
            last_sale_date=movement.last_sale_date,
            days_since_last_sale=movement.days_since_last_sale or 0,
            sold_units_365d=movement.sold_units_365d,
        )
        for movement in movements
    )
