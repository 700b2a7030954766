from hypothesis import given
from hypothesis import strategies as st

from umschlag.intelligence.forecasting.kindred_words import (
    NO_WORD,
    WORDS_MAX,
    vocabulary_of,
    words_of,
)

OTHERS = [f"thing{number}" for number in range(60)]


def test_words_that_several_articles_share_are_common_in_any_case_and_punctuation():
    names = ["Red MUG, large", "mug (blue)", "The mug", "lamp", "Lamp", *OTHERS]

    assert list(vocabulary_of(names)) == ["mug"]


def test_words_that_too_many_articles_share_tell_nothing():
    assert vocabulary_of(["gift box"] * 5 + OTHERS[:5]) == {}


def test_names_without_a_common_word_have_none():
    assert (words_of(["", "something else"], {"mug": 0}) == NO_WORD).all()


def test_of_a_long_name_the_rarest_words_count():
    words = [f"word{letter}" for letter in "abcdefghijkl"]
    # The first word stands in three names, each next one in one more.
    names = [" ".join(words[max(number - 2, 0) :]) for number in range(len(words) + 2)] + [
        f"{one} alone" for one in range(240)
    ]

    vocabulary = vocabulary_of(names)
    longest = words_of([" ".join(words)], vocabulary)[0]

    assert list(vocabulary) == words
    assert longest.tolist() == list(range(WORDS_MAX))


@given(st.permutations(["a mug red", "a mug blue", "mug", "red lamp", "red", *OTHERS]))
def test_the_order_of_the_articles_does_not_matter(names):
    assert list(vocabulary_of(names)) == ["mug", "red"]
