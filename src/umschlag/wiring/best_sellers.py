"""What sells best where no stock is known, and so no turnover and no Renner."""

from dataclasses import dataclass
from datetime import date

from umschlag.storage.records.models import ArticleMovement


@dataclass(frozen=True, slots=True, kw_only=True)
class BestSeller:
    """One article by its sales alone."""

    sku: str
    name: str
    last_sale_date: date | None
    sold_units_90d: int
    sold_units_365d: int


def best_sellers(*, count_max: int = 10) -> tuple[BestSeller, ...]:
    """Return the articles of unknown stock that sold most units in the last 90 days."""
    movements = (
        ArticleMovement.objects.filter(article__on_hand_units__isnull=True, sold_units_90d__gt=0)
        .select_related("article")
        .order_by("-sold_units_90d", "article__sku")[:count_max]
    )
    return tuple(
        BestSeller(
            sku=movement.article.sku,
            name=movement.article.name,
            last_sale_date=movement.last_sale_date,
            sold_units_90d=movement.sold_units_90d,
            sold_units_365d=movement.sold_units_365d,
        )
        for movement in movements
    )
