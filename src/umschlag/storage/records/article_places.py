"""Records of where articles lie and are sold, for lists that are narrowed by it."""

from collections.abc import Iterable

from django.db import transaction

from umschlag.kernel.identifiers import Sku
from umschlag.storage.records.models import Article, ArticlePlace, PlaceKind

_BATCH_ROWS = 500


@transaction.atomic
def replace_places(found: Iterable[tuple[Sku, PlaceKind, str]]) -> int:
    """Make these the places of articles, and return how many rows had to be written or removed.

    Names that differ in case alone are one place, called as it came first. Articles without a
    record are left out.
    """
    ids = {Sku(sku): key for sku, key in Article.objects.values_list("sku", "pk")}
    spelling: dict[tuple[PlaceKind, str], str] = {}
    wanted = set()
    for sku, kind, name in found:
        if sku in ids and name.strip():
            one = spelling.setdefault((kind, name.strip().casefold()), name.strip())
            wanted.add((ids[sku], kind.value, one))
    rows = ArticlePlace.objects.order_by().values_list("pk", "article_id", "kind", "name")
    there = {(article_id, kind, name): pk for pk, article_id, kind, name in rows.iterator()}
    gone = [pk for place, pk in there.items() if place not in wanted]
    for start in range(0, len(gone), _BATCH_ROWS):
        ArticlePlace.objects.filter(pk__in=gone[start : start + _BATCH_ROWS]).delete()
    fresh = sorted(wanted - there.keys())
    ArticlePlace.objects.bulk_create(
        [ArticlePlace(article_id=key, kind=kind, name=name) for key, kind, name in fresh],
        batch_size=_BATCH_ROWS,
    )
    return len(gone) + len(fresh)


def place_names(kind: PlaceKind) -> list[str]:
    """Return the places of the kind that any article is in, sorted."""
    names = ArticlePlace.objects.filter(kind=kind).order_by().values_list("name", flat=True)
    return sorted(names.distinct(), key=str.casefold)
