"""Contradictions between the ERP and Sellerboard in words: what differs and what to do about it."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from umschlag.intelligence.profitability.model import Contradiction, Side
from umschlag.kernel.money import Money
from umschlag.wiring.amounts import UNKNOWN, count_text, money_text

TITLES: Mapping[Contradiction, str] = {
    Contradiction.UNIT_COST: gettext_noop("Unit cost differs"),
    Contradiction.COST_MISSING: gettext_noop("No cost in Sellerboard"),
    Contradiction.UNITS_SOLD: gettext_noop("Units sold differ"),
    Contradiction.UNKNOWN_ARTICLE: gettext_noop("Unknown to the ERP"),
    Contradiction.SUM: gettext_noop("Parts do not add up"),
}
MEANINGS: Mapping[Contradiction, str] = {
    Contradiction.UNIT_COST: gettext_noop(
        "What a unit cost. Correct the wrong one: the profit depends on it."
    ),
    Contradiction.COST_MISSING: gettext_noop(
        "What a unit cost. The profit shown is too high until Sellerboard knows it."
    ),
    Contradiction.UNITS_SOLD: gettext_noop(
        "Units sold on the same marketplaces. Orders are missing on one side, or parts of bundles "
        "are counted."
    ),
    Contradiction.UNKNOWN_ARTICLE: gettext_noop(
        "Units sold under a SKU that the ERP does not know. Correct the SKU on one side."
    ),
    Contradiction.SUM: gettext_noop(
        "Net profit. What Sellerboard tells in parts comes to another sum than it says itself."
    ),
}


def contradiction_title(kind: Contradiction) -> str:
    """Return in a few words what differs."""
    return _(TITLES[kind])


def contradiction_meaning(kind: Contradiction) -> str:
    """Return which figures stand against each other, and what to do about it."""
    return _(MEANINGS[kind])


def side_text(side: Side) -> str:
    """Return what one side says."""
    if side is None:
        return UNKNOWN
    return money_text(side) if isinstance(side, Money) else count_text(side)
