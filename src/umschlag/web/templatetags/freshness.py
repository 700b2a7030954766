"""How old the figures on a page are, in one line: the same wherever figures are shown."""

from django import template

from umschlag.settings import load_settings
from umschlag.wiring.freshness import (
    behind_texts,
    complete_text,
    freshness_of,
    freshness_text,
    sold_through_text,
    sources_freshness,
)

register = template.Library()


@register.inclusion_tag("umschlag/freshness.html")
def freshness() -> dict[str, object]:
    """Show how old the newest complete snapshot is, as a warning where it is too old."""
    found = freshness_of(load_settings())
    return {
        "text": freshness_text(found),
        "meaning": complete_text(),
        "is_stale": found.is_stale,
        "business_date": found.business_date,
        "sold_through": sold_through_text(found),
        "behind": behind_texts(found),
    }


@register.inclusion_tag("umschlag/sources_freshness.html")
def sources(*names: str) -> dict[str, object]:
    """Show when the outside systems were last read whole, as a warning where that is too old."""
    return {"sources": sources_freshness(names)}
