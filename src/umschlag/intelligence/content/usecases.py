"""What a person can ask for: a draft of a product's text."""

from umschlag.intelligence.content.checks import faults_of
from umschlag.intelligence.content.model import ContentDraft, Locale, ProductFacts
from umschlag.intelligence.content.ports import TextWriter
from umschlag.kernel.errors import Refused

ATTEMPTS_MAX = 2
"""One correction: a model that fails twice on the same facts needs a person."""


class NothingToWriteAbout(Refused):
    """The article has no name: there is no fact to make a text from."""


def draft_text(facts: ProductFacts, locale: Locale, *, writer: TextWriter) -> ContentDraft:
    """Return a text made from the facts alone, checked, corrected once where it failed.

    Raises:
        NothingToWriteAbout: the article has no name.
        OutsideSystemFailed: the writer does not answer.
    """
    if not facts.name.strip():
        raise NothingToWriteAbout(f"{facts.sku} has no name; give it one first", field="name")
    written = writer.write(facts, locale)
    faults = faults_of(written.text, facts)
    attempts = 1
    while faults and attempts < ATTEMPTS_MAX:
        written = writer.write(facts, locale, to_correct=faults)
        faults = faults_of(written.text, facts)
        attempts += 1
    return ContentDraft(
        sku=facts.sku,
        locale=locale,
        text=written.text,
        writer=written.writer,
        problems=faults,
        attempts=attempts,
        prompt_tokens=written.prompt_tokens,
        completion_tokens=written.completion_tokens,
    )
