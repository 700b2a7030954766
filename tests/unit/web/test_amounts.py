"""Amounts of records that name no currency."""

from django.utils.translation import override

from umschlag.web.amounts import default_currency, minor_text
from umschlag.wiring.amounts import UNKNOWN


def test_an_amount_without_a_currency_is_in_the_merchants():
    with override("en"):
        assert default_currency() == "EUR"
        assert minor_text(123_450) == "€1,234.50"
        assert minor_text(123_450, "GBP") == "£1,234.50"
        assert minor_text(199_950, whole=True) == "€2,000"


def test_an_amount_nobody_knows_is_a_dash():
    assert minor_text(None) == minor_text(None, "GBP") == UNKNOWN
