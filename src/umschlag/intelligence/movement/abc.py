"""Which articles bring in most of the revenue."""

from collections.abc import Mapping

from umschlag.intelligence.movement.model import AbcClass
from umschlag.kernel.identifiers import Sku

A_SHARE = 0.80
B_SHARE = 0.95
"""The usual cuts: A up to 80 % of the revenue, B up to 95 %, C the rest."""


def abc_classes(revenue_minor: Mapping[Sku, int]) -> dict[Sku, AbcClass]:
    """Return each article's class by its place in the revenue, largest first.

    An article is in the class in which its own revenue begins, so the largest is always A.
    Without revenue it is C. Equal revenue is put in the order of the SKU.
    """
    total = sum(max(revenue, 0) for revenue in revenue_minor.values())
    classes: dict[Sku, AbcClass] = {}
    before = 0
    for sku, revenue in sorted(revenue_minor.items(), key=lambda item: (-item[1], item[0])):
        if revenue <= 0:
            classes[sku] = AbcClass.C
        elif before < A_SHARE * total:
            classes[sku] = AbcClass.A
        else:
            classes[sku] = AbcClass.B if before < B_SHARE * total else AbcClass.C
        before += max(revenue, 0)
    return classes
