"""Records of who follows whom among the articles."""

from datetime import date, datetime

from django.db import transaction

from umschlag.intelligence.forecasting.succession import Succession, require_allowed
from umschlag.kernel.errors import NotFound
from umschlag.kernel.identifiers import Sku
from umschlag.storage.records.models import Article, ArticleSuccession


def known_successions() -> list[Succession]:
    """Return all of them, oldest hand-over first."""
    rows = ArticleSuccession.objects.order_by("from_date", "predecessor__sku")
    return [
        Succession(predecessor=Sku(predecessor), successor=Sku(successor), from_date=from_date)
        for predecessor, successor, from_date in rows.values_list(
            "predecessor__sku", "successor__sku", "from_date"
        )
    ]


@transaction.atomic
def keep_succession(wanted: Succession, *, by: str, at: datetime) -> ArticleSuccession:
    """Keep it, if it fits the known ones.

    Raises:
        NotFound: one of the articles is unknown; `field` says which.
        SuccessionRefused: it does not fit the known ones.
    """
    predecessor = _article(wanted.predecessor, "predecessor")
    successor = _article(wanted.successor, "successor")
    require_allowed(wanted, known_successions())
    return ArticleSuccession.objects.create(
        predecessor=predecessor,
        successor=successor,
        from_date=wanted.from_date,
        told_by=by,
        told_at=at,
    )


def drop_succession(predecessor: Sku) -> tuple[Sku, date]:
    """Forget that the article is followed; return who followed it, and from when.

    Raises:
        NotFound: nobody said that it is.
    """
    row = ArticleSuccession.objects.filter(predecessor__sku=predecessor).first()
    if row is None:
        raise NotFound(f"{predecessor} is not followed by another article", field="predecessor")
    followed = (Sku(row.successor.sku), row.from_date)
    row.delete()
    return followed


def _article(sku: Sku, field: str) -> Article:
    found = Article.objects.filter(sku=sku).first()
    if found is None:
        raise NotFound(f"there is no article {sku!r}; check the SKU", field=field)
    return found
