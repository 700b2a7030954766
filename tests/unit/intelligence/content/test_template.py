import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.content import the_facts
from umschlag.intelligence.content.checks import faults_of
from umschlag.intelligence.content.model import Fault, Locale
from umschlag.intelligence.content.template import TemplateWriter, template_text

MEASURES = st.none() | st.integers(1, 100_000)


def test_the_german_text_writes_decimals_with_a_comma():
    text = template_text(the_facts(), Locale.DE)

    assert text.bullets == (
        "Marke: Nordlicht",
        "Kategorie: Lighting",
        "Gewicht: 1,25 kg",
        "Maße (Länge × Breite × Höhe): 40,5 × 12 × 9 cm",
    )
    assert text.description.startswith("Desk lamp 40 cm, white von Nordlicht.")


def test_unknown_facts_are_left_out():
    facts = the_facts(brand="", category="", weight_g=None, height_mm=None)

    text = template_text(facts, Locale.EN)

    assert text.bullets == ("Product: Desk lamp 40 cm, white",)
    assert text.description == "Desk lamp 40 cm, white."


def test_a_brand_that_opens_the_name_is_not_said_twice():
    text = template_text(the_facts(name="Nordlicht lamp"), Locale.EN)

    assert text.title == "Nordlicht lamp"


def test_a_long_name_is_cut_between_words():
    title = template_text(the_facts(name="lamp " * 80, brand=""), Locale.EN).title

    assert len(title) <= 200
    assert title.endswith("lamp")


@pytest.mark.parametrize("locale", list(Locale))
@given(weight=MEASURES, length=MEASURES, width=MEASURES, height=MEASURES)
def test_the_template_never_says_more_than_the_facts(locale, weight, length, width, height):
    facts = the_facts(weight_g=weight, length_mm=length, width_mm=width, height_mm=height)

    assert faults_of(template_text(facts, locale), facts) == ()


def test_corrections_change_nothing():
    fault = Fault(place="title", message="too long")

    assert TemplateWriter().write(the_facts(), Locale.EN, to_correct=[fault]) == (
        TemplateWriter().write(the_facts(), Locale.EN)
    )
