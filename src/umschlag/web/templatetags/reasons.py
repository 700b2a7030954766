"""Filters that put reasons into words, in the reader's language."""

from django import template

from umschlag.wiring.stored_reasons import ReasonedRecord, reason_text

register = template.Library()


@register.filter
def why(record: ReasonedRecord) -> str:
    """Return the record's reason as a sentence."""
    return reason_text(record)
