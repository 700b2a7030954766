"""What sells best where no stock is known."""

import pytest

from builders.records import TODAY, a_movement, an_article
from umschlag.wiring.best_sellers import best_sellers

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def of_unknown_stock(sku, sold_units_90d, **values):
    article = an_article(sku, on_hand_units=None, unit_cost_minor=None)
    a_movement(article, sold_units_90d=sold_units_90d, **values)


def test_what_sold_most_comes_first_and_equals_by_sku():
    for sku, units in [("C", 3), ("B", 5), ("A", 3)]:
        of_unknown_stock(sku, units)

    assert [sold.sku for sold in best_sellers()] == ["B", "A", "C"]


def test_articles_with_stock_or_without_a_sale_are_not_among_them():
    of_unknown_stock("STILL", 0)
    a_movement(an_article("STOCKED", on_hand_units=0), sold_units_90d=99)

    assert best_sellers() == ()


def test_no_more_are_told_than_asked_for_with_their_sales():
    for number in range(4):
        of_unknown_stock(
            f"A{number}", 10 + number, sold_units_365d=100 + number, last_sale_date=TODAY
        )

    first, second = best_sellers(count_max=2)

    assert (first.sku, first.sold_units_90d, first.sold_units_365d) == ("A3", 13, 103)
    assert (second.sku, second.last_sale_date) == ("A2", TODAY)
