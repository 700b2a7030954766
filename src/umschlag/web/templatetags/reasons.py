"""Filters that put reasons into words, in the reader's language."""

from django import template

from umschlag.wiring.rule_titles import rule_title
from umschlag.wiring.stored_reasons import ReasonedRecord, reason_text

register = template.Library()


@register.filter
def why(record: ReasonedRecord) -> str:
    """Return the record's reason as a sentence."""
    return reason_text(record)


@register.filter
def rule_named(name: str) -> str:
    """Return what the rule of this name is called in the reader's language."""
    return rule_title(name)
