"""How articles sold lately that have words of their names in common.

A week of one article is mostly chance; what all mugs, or all that is for Christmas, did in the same
weeks and a year ago is less so.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.kindred_words import NO_WORD
from umschlag.intelligence.forecasting.observed_demand import Floats, ObservedDemand, Places

SPANS = ((28, 0), (91, 0), (364, 336), (364, 274), (420, 364))
"""Days before the origin from which, and up to which, a span reaches: lately, the weeks ahead as
they were a year ago, and the eight weeks before those."""
ROOT_MAX = 4.0
"""No article counts for more than sixteen times its own level."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KindredSales:
    """What all articles with a word sold, span (row) by word (column).

    Each article counts by the root of its rate in the span ÷ its rate over the year.
    """

    roots: Floats
    articles: Floats
    """How many articles were seen in the span."""


def kindred_sales(observed: ObservedDemand, day: int) -> KindredSales:
    """Return what was known of every word's articles when the day began."""
    word_count = int(observed.words.max(initial=NO_WORD)) + 1
    everyone = np.arange(len(observed.known_days))
    roots = np.zeros((len(SPANS), word_count))
    articles = np.zeros((len(SPANS), word_count))
    has_word = observed.words != NO_WORD
    words = observed.words[has_word]
    for place, own in enumerate(_own_roots(observed, everyone, day)):
        seen = np.broadcast_to(~np.isnan(own)[:, None], has_word.shape)[has_word]
        values = np.broadcast_to(np.nan_to_num(own)[:, None], has_word.shape)[has_word]
        roots[place] = np.bincount(words, values, word_count)
        articles[place] = np.bincount(words, seen, word_count)
    return KindredSales(roots=roots, articles=articles)


def kindred_features(
    kindred: KindredSales, observed: ObservedDemand, articles: Places, day: int
) -> list[Floats]:
    """Return for each span what the articles' kindred sold in it, against their own year.

    The mean over its words; the article itself is taken out. NaN where no other article has a word
    in common, or none was known then.
    """
    words = observed.words[articles]
    found = []
    for place, own in enumerate(_own_roots(observed, articles, day)):
        seen = ~np.isnan(own)[:, None]
        count = np.where(words == NO_WORD, 0.0, _at(kindred.articles[place], words) - seen)
        # Rows that were joined or split since the words were counted are not quite those in them.
        total = np.maximum(_at(kindred.roots[place], words) - np.nan_to_num(own)[:, None], 0.0)
        mean = np.minimum(total / np.maximum(count, 1.0), ROOT_MAX)
        word_count = (count > 0).sum(axis=1)
        means = np.where(count > 0, mean, 0.0).sum(axis=1) / np.maximum(word_count, 1)
        found.append(np.where(word_count > 0, means, np.nan))
    return found


def _at(by_word: Floats, words: NDArray[np.int32]) -> Floats:
    values: Floats = by_word[words] if len(by_word) else np.zeros(words.shape)
    return values


def _own_roots(observed: ObservedDemand, articles: Places, day: int) -> list[Floats]:
    """Return each span's root of its rate ÷ the year's; NaN where the article was not seen."""
    yearly = observed.yearly_rate(articles, day)
    found = []
    for back, until in SPANS:
        start, end = day - back, day - until
        days = observed.days_in(articles, start, end)
        is_seen = (days > 0) & (yearly > 0) & (start >= 0)
        ratio = observed.rate_in(articles, start, end) / np.maximum(yearly, 1e-9)
        found.append(np.where(is_seen, np.minimum(np.sqrt(ratio), ROOT_MAX), np.nan))
    return found
