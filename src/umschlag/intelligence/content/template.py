"""A plain text from facts alone: what we use where no model is connected."""

from collections.abc import Sequence
from dataclasses import dataclass

from umschlag.intelligence.content.checks import BULLET_CHARACTERS_MAX, TITLE_CHARACTERS_MAX
from umschlag.intelligence.content.model import (
    Fault,
    Locale,
    ProductFacts,
    ProductText,
    Written,
)

_WORDS = {
    Locale.EN: {
        "product": "Product",
        "brand": "Brand",
        "category": "Category",
        "weight": "Weight",
        "size": "Size (length × width × height)",
        "intro": "{name} by {brand}.",
        "intro_plain": "{name}.",
        "decimal": ".",
    },
    Locale.DE: {
        "product": "Produkt",
        "brand": "Marke",
        "category": "Kategorie",
        "weight": "Gewicht",
        "size": "Maße (Länge × Breite × Höhe)",
        "intro": "{name} von {brand}.",
        "intro_plain": "{name}.",
        "decimal": ",",
    },
}


@dataclass(frozen=True, slots=True)
class TemplateWriter:
    """Puts the facts into sentences; it can say nothing else, and needs nobody to answer."""

    def write(
        self, facts: ProductFacts, locale: Locale, *, to_correct: Sequence[Fault] = ()
    ) -> Written:
        """Return the text; corrections change nothing, since the facts are the same."""
        del to_correct
        return Written(text=template_text(facts, locale), writer="template")


def template_text(facts: ProductFacts, locale: Locale) -> ProductText:
    """Return title, bullets and description that state the known facts."""
    words = _WORDS[locale]
    lines = fact_lines(facts, locale)
    starts_with_brand = facts.name.lower().startswith(facts.brand.lower())
    title = facts.name if starts_with_brand or not facts.brand else f"{facts.brand} {facts.name}"
    intro = words["intro" if facts.brand and not starts_with_brand else "intro_plain"]
    sentence = intro.format(name=facts.name, brand=facts.brand)
    bullets = lines or [f"{words['product']}: {facts.name}"]
    return ProductText(
        title=_cut(title, TITLE_CHARACTERS_MAX),
        bullets=tuple(_cut(line, BULLET_CHARACTERS_MAX) for line in bullets[:5]),
        description=" ".join([sentence, *(f"{line}." for line in lines)]),
    )


def fact_lines(facts: ProductFacts, locale: Locale) -> list[str]:
    """Return ``Weight: 1.2 kg`` and the like, for every fact but the name."""
    words = _WORDS[locale]
    lines = []
    if facts.brand:
        lines.append(f"{words['brand']}: {facts.brand}")
    if facts.category:
        lines.append(f"{words['category']}: {facts.category}")
    if facts.weight_g:
        lines.append(f"{words['weight']}: {_weight(facts.weight_g, words['decimal'])}")
    if facts.length_mm and facts.width_mm and facts.height_mm:
        edges = (facts.length_mm, facts.width_mm, facts.height_mm)
        size = " × ".join(_scaled(edge, 10, words["decimal"]) for edge in edges)
        lines.append(f"{words['size']}: {size} cm")
    return lines


def _weight(weight_g: int, decimal: str) -> str:
    return f"{weight_g} g" if weight_g < 1000 else f"{_scaled(weight_g, 1000, decimal)} kg"


def _scaled(value: int, divisor: int, decimal: str) -> str:
    return f"{value / divisor:g}".replace(".", decimal)


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    return text[:most].rsplit(" ", 1)[0]
