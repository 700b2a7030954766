"""Columns of the lists, each made for one kind of figure."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from umschlag.web.amounts import minor_text
from umschlag.web.loose import Loose
from umschlag.wiring import amounts
from umschlag.wiring.stored_reasons import reason_text

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise
else:
    # The type of a translation that waits exists in the stubs alone.
    Text = str | Promise
Column = Callable[[Any], str | SafeString]


def _value(record: object, path: str) -> Loose:
    """Return the value at ``store.client.name``; nothing where a step of the way is missing."""
    value: Any = record
    for step in path.split("."):
        if value is None:
            return None
        value = getattr(value, step, None)
    return value


def _figure(text: str) -> SafeString:
    return format_html('<span class="um-num">{}</span>', text)


def _column(
    show: Callable[[Any], str | SafeString], path: str, title: Text, sort: str | None
) -> Column:
    # The admin names CSS classes after the function.
    show.__name__ = path.replace(".", "_")
    return admin.display(description=title, ordering=sort or path.replace(".", "__"))(show)


def money_column(
    path: str, title: Text, *, currency: str = "currency", sort: str | None = None
) -> Column:
    """Return a column of minor units, written as money."""

    def show(record: Loose) -> SafeString:
        return _figure(minor_text(_value(record, path), _value(record, currency)))

    return _column(show, path, title, sort)


def count_column(path: str, title: Text, *, sort: str | None = None) -> Column:
    """Return a column of whole numbers."""

    def show(record: Loose) -> SafeString:
        return _figure(amounts.count_text(_value(record, path)))

    return _column(show, path, title, sort)


def decimal_column(path: str, title: Text, *, digits: int = 1, sort: str | None = None) -> Column:
    """Return a column of measured numbers."""

    def show(record: Loose) -> SafeString:
        return _figure(amounts.decimal_text(_value(record, path), digits))

    return _column(show, path, title, sort)


def text_column(path: str, title: Text) -> Column:
    """Return a column of short texts, kept on one line."""

    def show(record: Loose) -> SafeString:
        return format_html('<span class="um-one-line">{}</span>', _value(record, path))

    return _column(show, path, title, None)


def share_column(path: str, title: Text, *, sort: str | None = None) -> Column:
    """Return a column of shares, written as percentages."""

    def show(record: Loose) -> SafeString:
        return _figure(amounts.share_text(_value(record, path)))

    return _column(show, path, title, sort)


def day_column(path: str, title: Text) -> Column:
    """Return a column of days under a head of its own."""

    def show(record: Loose) -> SafeString:
        day = _value(record, path)
        return _figure(date_format(day, "SHORT_DATE_FORMAT") if day else amounts.UNKNOWN)

    return _column(show, path, title, None)


def label_column(path: str, title: Text, colours: Mapping[Any, str]) -> Column:
    """Return a column of choices as coloured labels: good, warn, bad, note or plain."""

    def show(record: Loose) -> str | SafeString:
        *way, name = path.split(".")
        owner = _value(record, ".".join(way)) if way else record
        if owner is None:
            return amounts.UNKNOWN
        value = getattr(owner, name)
        text = getattr(owner, f"get_{name}_display")()
        return label(text, colours.get(value, "plain"))

    return _column(show, path, title, None)


def reason_column(title: Text) -> Column:
    """Return a column with the record's reason in words; there is no order among reasons."""

    def show(record: Loose) -> SafeString:
        return format_html('<span class="um-why">{}</span>', reason_text(record))

    show.__name__ = "reason"
    return admin.display(description=title)(show)


def page_column(path: str, title: Text, *, page: str, key: str = "pk") -> Column:
    """Return a column that leads to a page of ours; `key` is the path of the page's argument."""

    def show(record: Loose) -> str | SafeString:
        target = _value(record, key)
        text = _written(_value(record, path))
        if target is None or not text:
            return str(text or amounts.UNKNOWN)
        return format_html(
            '<a class="um-link" href="{}">{}</a>', reverse(page, args=[target]), text
        )

    return _column(show, path, title, None)


def article_column(path: str, title: Text, *, key: str) -> Column:
    """Return a column with an article's SKU, which leads to its page, and its name below."""

    def show(record: Loose) -> str | SafeString:
        article = _value(record, path)
        if article is None:
            return amounts.UNKNOWN
        return format_html(
            '<span class="um-article"><a class="um-link" href="{}">{}</a>'
            '<span class="um-sub">{}</span></span>',
            reverse("pages:article", args=[_value(record, key)]),
            article.sku,
            article.name,
        )

    return _column(show, path, title, f"{path}__sku")


def kilograms_column(path: str, title: Text, *, sort: str | None = None) -> Column:
    """Return a column of grams, written as kilograms."""

    def show(record: Loose) -> SafeString:
        return _figure(amounts.kilograms_text(_value(record, path)))

    return _column(show, path, title, sort)


def _written(value: Loose) -> Loose:
    """Return a time as people write it, in the merchant's zone; anything else as it is."""
    if isinstance(value, datetime):
        return date_format(localtime(value), "SHORT_DATETIME_FORMAT")
    return value


def label(text: Text, colour: str = "plain") -> SafeString:
    """Return a coloured label."""
    return format_html('<span class="um-label um-label--{}">{}</span>', colour, text)
