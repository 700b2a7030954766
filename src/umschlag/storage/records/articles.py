"""The current state of every article, kept up from each newest snapshot."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from django.db import connection

from umschlag.intelligence.snapshots.model import ArticleMaster, ArticleState
from umschlag.storage.records.models import Article

_MASTER_FIELDS = tuple(
    part.name for part in fields(ArticleMaster) if part.name not in ("sku", "created_date")
)
_STATE_FIELDS = tuple(
    part.name for part in fields(ArticleState) if part.name not in ("master", "last_seen_date")
)
_TOLD_FIELDS = (*_MASTER_FIELDS, *_STATE_FIELDS)
_TEXT_LENGTHS = {"name": 250, "manufacturer": 120, "category": 120, "supplier": 120}
_WRITTEN_FIELDS = (*_TOLD_FIELDS, "last_seen_date", "vanished_date", "as_of_date")
_ROWS_AT_ONCE = 500


def upsert_current(
    states: Iterable[ArticleState], tombstones: Collection[ArticleState], *, business_date: date
) -> None:
    """Bring the articles to the newest snapshot's state, writing only rows that changed.

    Articles that the snapshot does not know and that never had stock told, as after an import of
    sales, stay as they are. Call it in the transaction that makes the snapshot visible.
    """
    known = {
        row[0]: row[1:]
        for row in Article.objects.values_list(
            "sku", *_TOLD_FIELDS, "vanished_date", "as_of_date"
        ).iterator(chunk_size=5_000)
    }
    fresh, changed, seen = [], [], set()
    for state in states:
        seen.add(state.sku)
        told = _told_values(state)
        former = known.get(state.sku)
        if former is None:
            fresh.append(_article(state, told, business_date))
        elif former[:-2] != told or former[-2] is not None or former[-1] is None:
            changed.append(_article(state, told, business_date))
    vanished = [sku for sku, row in known.items() if sku not in seen and _was_there(row)]
    _mark_vanished(vanished, tombstones, business_date)
    Article.objects.bulk_create(fresh, batch_size=_ROWS_AT_ONCE)
    _overwrite(changed)
    _touch(business_date)


def _told_values(state: ArticleState) -> tuple[Any, ...]:
    """Return what the snapshot tells, as the records keep it: texts cut to their columns."""
    master = state.master
    values = [
        value[: _TEXT_LENGTHS[name]] if name in _TEXT_LENGTHS else value
        for name in _MASTER_FIELDS
        for value in (getattr(master, name),)
    ]
    return (*values, *(getattr(state, name) for name in _STATE_FIELDS))


def set_first_seen(dates: Mapping[str, date]) -> None:
    """Write when each SKU was first seen, where it is not known so."""
    told = Article.objects.filter(as_of_date__isnull=False)
    changed: dict[date, list[int]] = {}
    for key, sku, known in told.values_list("pk", "sku", "first_seen_date"):
        first = dates.get(sku)
        if first is not None and first != known:
            changed.setdefault(first, []).append(key)
    # One statement a date instead of one value a row, since most articles share a few dates.
    for first, keys in changed.items():
        for start in range(0, len(keys), _ROWS_AT_ONCE):
            batch = Article.objects.filter(pk__in=keys[start : start + _ROWS_AT_ONCE])
            batch.update(first_seen_date=first)


def _was_there(row: tuple[Any, ...]) -> bool:
    *_, vanished_date, as_of_date = row
    return as_of_date is not None and vanished_date is None


def _article(state: ArticleState, told: tuple[Any, ...], business_date: date) -> Article:
    return Article(
        sku=state.sku,
        **dict(zip(_TOLD_FIELDS, told, strict=True)),
        first_seen_date=business_date,
        last_seen_date=business_date,
        vanished_date=None,
        as_of_date=business_date,
    )


def _overwrite(articles: list[Article]) -> None:
    if not articles:
        return
    # MariaDB finds the conflicting key by itself and refuses to be told which.
    named = connection.features.supports_update_conflicts_with_target
    Article.objects.bulk_create(
        articles,
        batch_size=_ROWS_AT_ONCE,
        update_conflicts=True,
        unique_fields=["sku"] if named else None,
        update_fields=_WRITTEN_FIELDS,
    )


def _mark_vanished(
    skus: list[str], tombstones: Collection[ArticleState], business_date: date
) -> None:
    last_seen = {str(state.sku): state.last_seen_date for state in tombstones}
    for start in range(0, len(skus), _ROWS_AT_ONCE):
        batch = Article.objects.filter(sku__in=skus[start : start + _ROWS_AT_ONCE])
        articles = list(batch.only("sku", "last_seen_date"))
        for article in articles:
            article.vanished_date = business_date
            article.last_seen_date = last_seen.get(article.sku, article.last_seen_date)
        Article.objects.bulk_update(articles, ["vanished_date", "last_seen_date"])


def _touch(business_date: date) -> None:
    """Say of all that were seen, unchanged ones included, that they are as of this day."""
    told = Article.objects.filter(as_of_date__isnull=False)
    told.filter(vanished_date__isnull=True).update(last_seen_date=business_date)
    told.update(as_of_date=business_date)
