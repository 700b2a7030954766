"""Articles that we know from sales alone: what they are called and when they sold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F

from umschlag.storage.records.models import Article

_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SoldArticle:
    """A SKU in sales, its most frequent name, and the days of its first and last sale."""

    sku: str
    name: str
    first_date: date
    last_date: date


def spelling_by_folded_sku() -> dict[str, str]:
    """Return how our records spell each SKU, by its capitals; the ERP's spelling wins."""
    # Records from sales alone go first, because the later of two equal keys stays.
    from_sales_first = Article.objects.order_by(F("variation_id").asc(nulls_first=True), "sku")
    return {sku.upper(): sku for sku in from_sales_first.values_list("sku", flat=True)}


def note_sold_articles(sold: Sequence[SoldArticle], *, currency: str) -> int:
    """Make a record for every unknown SKU, its stock unknown; return how many were made.

    What the ERP told of an article is never changed. Records that came from sales alone get the
    longer period, and a name where they had none.
    """
    known = {article.sku: article for article in Article.objects.all()}
    fresh = [
        Article(
            sku=item.sku,
            name=item.name[:250],
            currency=currency,
            first_seen_date=item.first_date,
            last_seen_date=item.last_date,
        )
        for item in sold
        if item.sku not in known
    ]
    Article.objects.bulk_create(fresh, batch_size=_BATCH, ignore_conflicts=True)
    changed = [article for item in sold if (article := _extended(known, item)) is not None]
    Article.objects.bulk_update(
        changed, ["name", "first_seen_date", "last_seen_date"], batch_size=_BATCH
    )
    return len(fresh)


def _extended(known: Mapping[str, Article], item: SoldArticle) -> Article | None:
    article = known.get(item.sku)
    if article is None or article.variation_id is not None:
        return None
    first = min(article.first_seen_date or item.first_date, item.first_date)
    last = max(article.last_seen_date or item.last_date, item.last_date)
    name = article.name or item.name[:250]
    if (first, last, name) == (article.first_seen_date, article.last_seen_date, article.name):
        return None
    article.first_seen_date, article.last_seen_date, article.name = first, last, name
    return article
