"""What the demo model writes: sentences made from the facts it is given, nothing else."""

import json
from collections.abc import Sequence
from typing import Any

_WORDS = {
    "de": ("Marke", "Kategorie", "Gewicht", "Maße", "Das Produkt"),
    "en": ("Brand", "Category", "Weight", "Size", "The product"),
}
Facts = dict[str, Any]


def answer_text(messages: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return title, bullets and description for the facts in the last user message."""
    asked = _asked(messages)
    facts: Facts = asked.get("facts", {})
    locale = "de" if str(asked.get("locale", "en")).startswith("de") else "en"
    name = str(facts.get("name", "")) or _WORDS[locale][4]
    brand = str(facts.get("brand", ""))
    lines = _lines(facts, locale)
    title = name if not brand or name.lower().startswith(brand.lower()) else f"{brand} {name}"
    return {
        "title": title[:180],
        "bullets": lines[:5] or [f"{_WORDS[locale][4]}: {name}"],
        "description": ". ".join([title, *lines]) + ".",
    }


def _asked(messages: Sequence[dict[str, Any]]) -> dict[str, Any]:
    for message in reversed(messages):
        if message.get("role") != "user":
            continue
        try:
            asked = json.loads(str(message.get("content", "")))
        except json.JSONDecodeError:
            return {"facts": {"name": str(message.get("content", ""))[:120]}}
        return asked if isinstance(asked, dict) else {}
    return {}


def _lines(facts: Facts, locale: str) -> list[str]:
    brand, category, weight, size, _ = _WORDS[locale]
    lines = [
        f"{word}: {facts[key]}"
        for word, key in ((brand, "brand"), (category, "category"))
        if facts.get(key)
    ]
    if facts.get("weight_g"):
        lines.append(f"{weight}: {facts['weight_g']} g")
    edges = [facts.get(key) for key in ("length_mm", "width_mm", "height_mm")]
    if all(edges):
        lines.append(f"{size}: " + " × ".join(str(edge) for edge in edges) + " mm")
    return lines


def filled(schema: dict[str, Any], text: dict[str, Any]) -> dict[str, Any]:
    """Return an object that satisfies the schema: our texts where the names fit, else nothing.

    As a real server does in strict mode, it answers every required property of the right type.
    """
    empty: dict[str, Any] = {"string": "", "array": [], "object": {}, "boolean": False}
    properties: dict[str, Any] = schema.get("properties", {})
    return {
        name: text.get(name, empty.get(str(rule.get("type")), 0))
        for name, rule in properties.items()
    }
