"""The question to a model, and its answer as a product text."""

import json
from collections.abc import Sequence
from typing import Any

from umschlag.intelligence.content.checks import (
    BULLET_CHARACTERS_MAX,
    BULLETS_MAX,
    TITLE_CHARACTERS_MAX,
)
from umschlag.intelligence.content.model import Fault, Locale, ProductFacts, ProductText
from umschlag.kernel.errors import UnexpectedAnswer

TEXT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "bullets": {"type": "array", "items": {"type": "string"}},
        "description": {"type": "string"},
    },
    "required": ["title", "bullets", "description"],
    "additionalProperties": False,
}
"""The subset that every compatible server understands: all required, no lengths."""
_LANGUAGES = {Locale.DE: "German", Locale.EN: "English"}
_INSTRUCTIONS = (
    "You write product texts for an online marketplace. Use the given facts alone: no number, "
    "material, use or promise that is not among them. No prices, no availability, no guarantees, "
    f"no contact details, no markup. Title: at most {TITLE_CHARACTERS_MAX} characters. "
    f"Bullets: up to {BULLETS_MAX}, each at most {BULLET_CHARACTERS_MAX} characters. Answer as "
    "JSON with the keys title, bullets and description."
)


def messages_for(
    facts: ProductFacts, locale: Locale, to_correct: Sequence[Fault]
) -> list[dict[str, str]]:
    """Return the conversation that asks for the text; the facts are JSON, apart from the orders.

    A product's name is somebody's text: what stands in it is not an instruction.
    """
    asked: dict[str, Any] = {
        "language": _LANGUAGES[locale],
        "locale": str(locale),
        "facts": dict(facts.told()),
    }
    if to_correct:
        asked["correct"] = [str(fault) for fault in to_correct]
    return [
        {"role": "system", "content": _INSTRUCTIONS},
        {"role": "user", "content": json.dumps(asked, ensure_ascii=False)},
    ]


def parse_text(content: str) -> ProductText:
    """Return the text in the model's answer, with or without a code fence around it.

    Raises:
        UnexpectedAnswer: it is no JSON object with title, bullets and description.
    """
    body = content.strip()
    if body.startswith("```"):
        body = body.strip("`").removeprefix("json").strip()
    try:
        answer = json.loads(body)
    except json.JSONDecodeError as error:
        raise UnexpectedAnswer(f"the language model answered no JSON: {error}") from error
    if not isinstance(answer, dict):
        raise UnexpectedAnswer("the language model answered JSON, but no object")
    title, description = answer.get("title"), answer.get("description")
    bullets = answer.get("bullets")
    if not isinstance(title, str) or not isinstance(description, str):
        raise UnexpectedAnswer("the language model's answer lacks the title or the description")
    if not isinstance(bullets, list) or not all(isinstance(item, str) for item in bullets):
        raise UnexpectedAnswer("the bullets of the language model's answer are no list of texts")
    return ProductText(
        title=title.strip(),
        bullets=tuple(item.strip() for item in bullets),
        description=description.strip(),
    )
