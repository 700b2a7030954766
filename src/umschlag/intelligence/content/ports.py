"""What content needs from outside: somebody who writes."""

from collections.abc import Sequence
from typing import Protocol

from umschlag.intelligence.content.model import Fault, Locale, ProductFacts, Written


class TextWriter(Protocol):
    """Writes a product's text from its facts."""

    def write(
        self, facts: ProductFacts, locale: Locale, *, to_correct: Sequence[Fault] = ()
    ) -> Written:
        """Return a text; `to_correct` is what was wrong with the one before.

        Raises:
            OutsideSystemFailed: the writer does not answer, or with no text.
        """
