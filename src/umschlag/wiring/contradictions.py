"""Contradictions between the ERP and Sellerboard in words: what differs and what to do about it."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from umschlag.intelligence.profitability.model import Contradiction, Side
from umschlag.kernel.money import Money
from umschlag.wiring.amounts import UNKNOWN, count_text, money_text

TITLES: Mapping[Contradiction, str] = {
    Contradiction.BELOW_COST: gettext_noop("Price below landed cost"),
    Contradiction.UNIT_COST: gettext_noop("Unit cost differs"),
    Contradiction.COST_MISSING: gettext_noop("No cost in Sellerboard"),
    Contradiction.UNITS_SOLD: gettext_noop("Units sold differ"),
    Contradiction.WITHOUT_STOCK: gettext_noop("Sold without stock"),
    Contradiction.UNKNOWN_ARTICLE: gettext_noop("Unknown to the ERP"),
    Contradiction.SUM: gettext_noop("Parts do not add up"),
}
MEANINGS: Mapping[Contradiction, str] = {
    Contradiction.BELOW_COST: gettext_noop(
        "What a unit costs with its fees, and what it brings net of VAT, both on average. Raise "
        "the price, or stop buying it; check the cost first."
    ),
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
    Contradiction.WITHOUT_STOCK: gettext_noop(
        "Units you shipped yourself on days on which no warehouse had any, neither the evening "
        "before nor that evening. Count the shelf, or book the receipt that is missing."
    ),
    Contradiction.UNKNOWN_ARTICLE: gettext_noop(
        "Units sold under a SKU that the ERP does not know. Correct the SKU on one side."
    ),
    Contradiction.SUM: gettext_noop(
        "Net profit. What Sellerboard tells in parts comes to another sum than it says itself."
    ),
}
STAKES: Mapping[Contradiction, str] = {
    Contradiction.BELOW_COST: gettext_noop("lost on the units sold"),
    Contradiction.UNIT_COST: gettext_noop("difference × units sold"),
    Contradiction.COST_MISSING: gettext_noop("cost × units sold"),
    Contradiction.UNITS_SOLD: gettext_noop("units apart × mean price"),
    Contradiction.WITHOUT_STOCK: gettext_noop("their sales"),
    Contradiction.UNKNOWN_ARTICLE: gettext_noop("all its sales"),
    Contradiction.SUM: gettext_noop("difference of the sums"),
}


def stake_meaning(kind: Contradiction) -> str:
    """Return what the money at stake is made of."""
    return _(STAKES[kind])


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
