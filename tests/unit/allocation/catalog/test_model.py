import pytest

from builders.allocation import BOX, a_lot
from umschlag.allocation.catalog.model import ShippingBracket
from umschlag.kernel.errors import MalformedAmount


@pytest.mark.parametrize(("least", "highest"), [(20, 10), (-1, 10)])
def test_a_shipping_bracket_turned_round_or_negative_is_no_bracket(least, highest):
    with pytest.raises(MalformedAmount) as refusal:
        ShippingBracket(min_minor=least, max_minor=highest)

    assert refusal.value.field == "shipping_price_minor_min"


@pytest.mark.parametrize(
    ("weight_g", "dimensions", "known"), [(1, BOX, True), (None, BOX, False), (1, None, False)]
)
def test_measures_are_known_only_when_all_are(weight_g, dimensions, known):
    assert a_lot(weight_g=weight_g, dimensions=dimensions).has_measures is known


def test_a_unit_without_dimensions_has_no_volume():
    assert a_lot(dimensions=None).volume_mm3 == 0
    assert a_lot().volume_mm3 == 200 * 150 * 100
