"""The articles' records: which day they stand at, and writing those that changed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
from django.db.models import Case, QuerySet, Subquery, When

from umschlag.storage.records.bulk_rows import Upsert
from umschlag.storage.records.models import Article, ArticlesAsOf

_ONLY_ROW = 1
_ROWS_AT_ONCE = 500
_ROWS_A_READ = 20_000
_STOCK = ("on_hand_units", "reserved_units", "on_order_units", "other_on_hand_units")
_ARTICLES = Upsert(model=Article, key="sku", kept=("first_seen_date",))


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRef:
    """One version of one business date."""

    business_date: date
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlesState:
    """The day that all articles stand at."""

    day: DayRef
    has_other_changes: bool
    """Somebody changed articles since, so that only the rows themselves tell what they are."""


def articles_state(*, locked: bool = False) -> ArticlesState | None:
    """Return the day that the articles stand at, None before the first.

    `locked`, in a transaction, keeps others from changing it or the articles until its end.
    """
    rows = ArticlesAsOf.objects.select_for_update() if locked else ArticlesAsOf.objects.all()
    row = rows.filter(pk=_ONLY_ROW).first()
    if row is None:
        return None
    day = DayRef(business_date=row.business_date, version=row.version)
    return ArticlesState(day=day, has_other_changes=row.has_other_changes)


def with_as_of_date(articles: QuerySet[Article]) -> QuerySet[Article]:
    """Return the articles with `as_of_date`, the day they stand at; None where none told them."""
    day = Subquery(ArticlesAsOf.objects.filter(pk=_ONLY_ROW).values("business_date"))
    return articles.annotate(as_of_date=Case(When(changed_date__isnull=False, then=day)))


def set_articles_state(day: DayRef) -> None:
    """Record that the articles stand at the day; belongs into the transaction that brought them."""
    ArticlesAsOf.objects.update_or_create(
        pk=_ONLY_ROW,
        defaults={
            "business_date": day.business_date,
            "version": day.version,
            "has_other_changes": False,
        },
    )


def told_articles(columns: Sequence[str]) -> Iterator[Sequence[tuple[Any, ...]]]:
    """Return the columns of the articles that a snapshot told, some thousand rows at once."""
    told = Article.objects.filter(changed_date__isnull=False).order_by()
    part: list[tuple[Any, ...]] = []
    for row in told.values_list(*columns).iterator(chunk_size=_ROWS_A_READ):
        part.append(row)
        if len(part) == _ROWS_A_READ:
            yield part
            part = []
    yield part


def write_articles(rows: pa.Table) -> None:
    """Write the rows by their SKU; one that is there keeps the day it was first seen."""
    _ARTICLES.write(rows)


def forget_articles(skus: Sequence[str]) -> None:
    """Let the articles stand as those that no snapshot ever told."""
    untold = dict.fromkeys((*_STOCK, "vanished_date", "changed_date", "last_seen_date"))
    for start in range(0, len(skus), _ROWS_AT_ONCE):
        Article.objects.filter(sku__in=skus[start : start + _ROWS_AT_ONCE]).update(**untold)


def set_first_seen(dates: Mapping[str, date]) -> None:
    """Write when each SKU was first seen, where it is not known so."""
    told = Article.objects.filter(changed_date__isnull=False)
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
