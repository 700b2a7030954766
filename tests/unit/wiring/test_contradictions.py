import pytest
from django.utils import translation

from umschlag.intelligence.profitability.model import Contradiction
from umschlag.kernel.money import Money
from umschlag.wiring.contradictions import contradiction_meaning, contradiction_title, side_text


@pytest.mark.parametrize("kind", Contradiction)
def test_every_contradiction_has_its_words_in_both_languages(kind):
    said = {}
    for language in ("en", "de"):
        with translation.override(language):
            said[language] = contradiction_title(kind), contradiction_meaning(kind)

    assert all(said["en"])
    assert said["en"][0] != said["de"][0]
    assert said["en"][1] != said["de"][1]


@pytest.mark.parametrize(
    ("side", "text"), [(Money(1_250, "EUR"), "€12.50"), (1_250, "1,250"), (0, "0"), (None, "–")]
)
def test_a_side_is_written_as_what_it_is(side, text):
    with translation.override("en"):
        assert side_text(side) == text
