from datetime import date

import pytest

from umschlag.intelligence.published import MovementFacts, SpeedClass, facts_by_asin
from umschlag.kernel.identifiers import Asin

ASIN = Asin("B000000001")


def some_facts(asin=ASIN, **values):
    return MovementFacts(
        **{
            "asin": asin,
            "as_of_date": date(2026, 9, 2),
            "daily_sales_units": 0.5,
            "speed_class": SpeedClass.SLOW,
            "stock_age_days": 40,
            "forecast_units_28d": 14.0,
            "dead_value_minor": 300,
            **values,
        }
    )


def test_facts_are_found_by_asin():
    other = some_facts(Asin("B000000002"))

    assert facts_by_asin([some_facts(), other]) == {ASIN: some_facts(), other.asin: other}


def test_two_skus_of_one_asin_are_put_together():
    found = facts_by_asin(
        [some_facts(), some_facts(speed_class=SpeedClass.FAST, stock_age_days=90)]
    )[ASIN]

    assert found.daily_sales_units == pytest.approx(1.0)
    assert found.forecast_units_28d == pytest.approx(28.0)
    assert found.speed_class is SpeedClass.FAST
    assert found.stock_age_days == 90
    assert found.dead_value_minor == 600


def test_what_one_sku_does_not_know_the_other_tells():
    unknown = some_facts(stock_age_days=None, forecast_units_28d=None, dead_value_minor=None)

    assert facts_by_asin([some_facts(), unknown])[ASIN].stock_age_days == 40
    assert facts_by_asin([unknown, unknown])[ASIN].stock_age_days is None
    assert facts_by_asin([unknown, unknown])[ASIN].dead_value_minor is None
