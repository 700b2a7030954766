"""Lists come in pages with a total."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Generic, TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import BeforeValidator, Field

Row = TypeVar("Row")

OFFSET_MAX = 10_000_000
"""Larger ones overflow the integers of the databases."""


class Asked(Schema):
    """Which page of the list is asked for."""

    limit: int = Field(50, ge=1, le=500, description="Rows a page.")
    offset: int = Field(0, ge=0, le=OFFSET_MAX, description="Rows left out before it.")


class Page(Schema, Generic[Row]):
    """One page of a list."""

    items: list[Row]
    total: int
    limit: int
    offset: int


Text = Annotated[str, Field(max_length=200)]
"""A filter's text. What no column can hold is refused, not searched for."""


def _as_iso(value: object) -> object:
    # Left alone, "0" would count as seconds since 1970 and be taken for a day.
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(_("“%s” is no day. Write it as 2026-08-31.") % value) from error


Day = Annotated[date, BeforeValidator(_as_iso)]
"""A day as in 2026-09-02, and in no other form."""


def paged(rows: QuerySet[Any], asked: Asked) -> dict[str, Any]:
    """Return the page, its rows as records: the schema picks the columns.

    Rows that are alike in what the list is sorted by come by number, the same on every page.
    """
    return {
        "items": list(in_one_order(rows)[asked.offset : asked.offset + asked.limit]),
        "total": rows.order_by().count(),
        "limit": asked.limit,
        "offset": asked.offset,
    }


def in_one_order(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return the rows with their number as the last thing they are sorted by.

    A database may give rows that are alike in all they are sorted by in another order each time,
    and a reader of several pages would then miss some and see others twice.
    """
    wanted: Sequence[Any] = rows.query.order_by or rows.model._meta.ordering
    by_number = {"pk", "-pk", rows.model._meta.pk.name, f"-{rows.model._meta.pk.name}"}
    return rows if wanted and wanted[-1] in by_number else rows.order_by(*wanted, "pk")


def paged_list(rows: Sequence[Any], asked: Asked) -> dict[str, Any]:
    """Return the page of rows that no table of the records holds."""
    return {
        "items": rows[asked.offset : asked.offset + asked.limit],
        "total": len(rows),
        "limit": asked.limit,
        "offset": asked.offset,
    }


def narrowed(rows: QuerySet[Any], **exact: object) -> QuerySet[Any]:
    """Return the rows that have all these values; what was not asked is left out."""
    return rows.filter(**{name: value for name, value in exact.items() if value is not None})
