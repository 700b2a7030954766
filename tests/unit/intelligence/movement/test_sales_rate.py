import pytest

from umschlag.intelligence.movement.sales_rate import daily_sales_units


def test_days_without_stock_are_not_counted():
    assert daily_sales_units(sold_units=30, days_with_stock=15) == pytest.approx(2.0)


def test_without_a_day_with_stock_there_is_no_rate():
    assert daily_sales_units(sold_units=0, days_with_stock=0) == 0.0


def test_more_returns_than_sales_are_no_negative_rate():
    assert daily_sales_units(sold_units=-4, days_with_stock=10) == 0.0
