import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.content import a_text, the_facts
from umschlag.intelligence.content.checks import (
    BULLET_CHARACTERS_MAX,
    TITLE_CHARACTERS_MAX,
    faults_of,
    founded_numbers,
)


def faults(**values):
    return [str(fault) for fault in faults_of(a_text(**values), the_facts())]


def test_a_text_that_says_what_the_facts_say_has_no_fault():
    assert faults() == []


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"title": ""}, "title: too short"),
        ({"title": "x" * (TITLE_CHARACTERS_MAX + 1)}, "title: too long"),
        ({"bullets": ()}, "bullets: 0 bullets"),
        ({"bullets": ("A long enough bullet",) * 6}, "bullets: 6 bullets"),
        ({"bullets": ("short",)}, "bullet 1: too short"),
        ({"bullets": ("x" * (BULLET_CHARACTERS_MAX + 1),)}, "bullet 1: too long"),
        ({"description": " "}, "description: too short"),
    ],
)
def test_a_text_that_is_too_short_or_too_long_is_told(values, place):
    (fault,) = faults(**values)

    assert fault.startswith(place)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("A lamp with a guarantee", "guarantee"),
        ("Lampe mit Garantie", "Garantie"),
        ("The best price", "best price"),
        ("Nur heute versandkostenfrei", "Nur heute"),
        ("Write to shop@example.com", "shop@example.com"),
        ("See www.example.com", "www."),
        ("Call +49 89 1234567", "+49 89"),
        ("Brilliant™ lamp", "™"),
        ("Only 5 € today", "€"),
        ("A lamp 💡", "💡"),
        ("More…", "…"),
        ("<b>bold</b>", "<"),
        ("Fits B0ABCDEFGH", "B0ABCDEFGH"),
        ("Material: n/a", "n/a"),
    ],
)
@pytest.mark.parametrize("place", ["title", "description"])
def test_what_amazon_forbids_is_found_and_shown(words, found, place):
    assert any(found in fault and fault.startswith(place) for fault in faults(**{place: words}))


@pytest.mark.parametrize("words", ["A lamp for reviewers", "In stockings and socks"])
def test_words_that_only_look_forbidden_pass(words):
    assert faults(description=words) == []


@pytest.mark.parametrize("number", ["50", "1.26", "12,5", "2026"])
def test_a_number_that_is_in_no_fact_is_told(number):
    (fault,) = faults(description=f"It measures {number} in all.")

    assert number in fault
    assert "none of the facts" in fault


@pytest.mark.parametrize("number", ["40", "1250", "1.25", "1,25", "405", "40.5", "40,5", "12", "9"])
def test_grams_and_millimetres_may_be_told_in_larger_units(number):
    assert faults(description=f"It has {number} of something.") == []


def test_numbers_of_names_are_facts():
    assert "40" in founded_numbers(the_facts(weight_g=None))


@given(title=st.text(max_size=300), description=st.text(max_size=300))
def test_any_text_can_be_checked(title, description):
    for fault in faults_of(a_text(title=title, description=description), the_facts()):
        assert fault.place in ("title", "description")
        assert fault.message
