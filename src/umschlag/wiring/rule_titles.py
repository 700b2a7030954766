"""Rules by their names, of which those that we gave are told in the reader's language."""

import re
from collections.abc import Iterator
from functools import cache

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from umschlag.storage.records.movement import DEFAULT_RULE_NAMES

_DAYS = "%s"


def rule_title(name: str) -> str:
    """Return the rule's name; that of a rule to start with in the active language.

    Its name is kept as text in the language of whoever classified first, and is what verdicts
    refer to. A rule that a person named is called just that.
    """
    for pattern, text in _known():
        found = pattern.fullmatch(name)
        if found:
            return _(text) % found.groups() if found.groups() else _(text)
    return name


@cache
def _known() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(_patterns())


def _patterns() -> Iterator[tuple[re.Pattern[str], str]]:
    for language, _name in settings.LANGUAGES:
        with override(language):
            for text in DEFAULT_RULE_NAMES:
                yield re.compile(re.escape(_(text)).replace(_DAYS, r"(\d+)")), text
