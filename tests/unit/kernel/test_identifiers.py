import pytest
from hypothesis import given
from hypothesis import strategies as st

from umschlag.kernel.errors import MalformedIdentifier
from umschlag.kernel.identifiers import Marketplace, parse_asin, parse_gtin, parse_marketplace


def test_an_asin_is_read_in_any_case():
    assert parse_asin(" b0abcdefgh ") == "B0ABCDEFGH"


def test_a_number_gets_its_leading_zeros_back():
    assert parse_asin(306406152) == "0306406152"


@pytest.mark.parametrize("text", ["", "B0ABC", "B0ABCDEFGHI", "B0ABC-EFGH", "#N/A"])
def test_what_is_no_asin_is_refused_by_name(text):
    with pytest.raises(MalformedIdentifier, match="no ASIN") as refusal:
        parse_asin(text)

    assert refusal.value.field == "asin"


@given(st.from_regex(r"[A-Z0-9]{10}", fullmatch=True))
def test_every_ten_letters_and_digits_stay_what_they_are(text):
    assert parse_asin(text) == text


@pytest.mark.parametrize("code", ["4006381333931", "96385074", "012345678905", "10012345678902"])
def test_gtins_of_all_four_lengths_are_read(code):
    assert parse_gtin(code) == code


@pytest.mark.parametrize("code", ["4006381333932", "96385075", "400638133393", "abc", ""])
def test_a_wrong_gtin_is_refused(code):
    with pytest.raises(MalformedIdentifier):
        parse_gtin(code)


@given(st.integers(min_value=0, max_value=10**12 - 1), st.integers(min_value=1, max_value=9))
def test_one_wrong_digit_at_the_end_is_always_noticed(number, shift):
    body = f"{number:012d}"
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    check = (10 - weighted % 10) % 10

    assert parse_gtin(f"{body}{check}")
    with pytest.raises(MalformedIdentifier):
        parse_gtin(f"{body}{(check + shift) % 10}")


def test_a_marketplace_is_known_by_site_or_country():
    assert parse_marketplace("amazon.DE") is Marketplace.DE
    assert parse_marketplace("uk") is Marketplace.UK


def test_an_unknown_marketplace_is_refused_and_the_known_ones_are_named():
    with pytest.raises(MalformedIdentifier, match=r"Amazon\.de"):
        parse_marketplace("Amazon.nowhere")
