"""Which words of their names articles have in common: by them the global model finds kindred."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

LENGTH_MIN = 3
"""Shorter words are "of", "in" and sizes."""
ARTICLES_MIN = 3
"""A word of fewer articles leaves too few others to learn from."""
SHARE_MAX = 0.1
"""A word of more than this share of all names tells nothing of any of them."""
WORDS_MAX = 8
"""Of a longer name the rarest words, which say most."""
NO_WORD = -1

Vocabulary = Mapping[str, int]
"""Words that articles have in common, with their places; the rarest come first."""
_WORD = re.compile(r"\w+")


def vocabulary_of(names: Sequence[str]) -> Vocabulary:
    """Return the words that several articles have in common, and not all of them."""
    counts = Counter(word for name in names for word in _words(name))
    most = SHARE_MAX * len(names)
    common = [word for word, count in counts.items() if ARTICLES_MIN <= count <= most]
    # By the word too, so that the same names give the same places.
    common.sort(key=lambda word: (counts[word], word))
    return {word: place for place, word in enumerate(common)}


def words_of(names: Sequence[str], vocabulary: Vocabulary) -> NDArray[np.int32]:
    """Return the places of each name's words, a row a name, filled up with `NO_WORD`."""
    places = np.full((len(names), WORDS_MAX), NO_WORD, dtype=np.int32)
    for row, name in enumerate(names):
        known = sorted(vocabulary[word] for word in _words(name) if word in vocabulary)
        places[row, : len(known[:WORDS_MAX])] = known[:WORDS_MAX]
    return places


def _words(name: str) -> set[str]:
    return {word for word in _WORD.findall(name.casefold()) if len(word) >= LENGTH_MIN}
