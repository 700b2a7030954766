from datetime import timedelta

import pytest

from builders.records import TODAY, a_forecast, a_proposal, an_article
from umschlag.kernel.money import Money
from umschlag.wiring.overview import overview
from umschlag.wiring.running_out import latest_order_date, running_out

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def settings(settings_in):
    return settings_in(forecast_horizon_days=28, lead_time_days_default=14)


def scarce(sku, *, runs_out_in=5, mean_units=28.0, **values):
    """An article that sells one a day over 28 days unless told otherwise."""
    article = an_article(
        sku, **{"on_hand_units": 5, "reserved_units": None, "sales_price_minor": 1_000, **values}
    )
    stockout_date = None if runs_out_in is None else TODAY + timedelta(days=runs_out_in)
    a_forecast(article, stockout_date=stockout_date, mean_units=mean_units)
    return article


def skus(settings, length=10):
    return [line.sku for line in running_out(settings, length=length).lines]


def test_the_most_money_at_risk_comes_first_whatever_the_date(settings):
    scarce("SLOW", runs_out_in=1, mean_units=0.5, on_hand_units=1)
    scarce("FAST", runs_out_in=9, mean_units=28.0)
    scarce("DEAR", runs_out_in=9, mean_units=14.0, sales_price_minor=9_000)

    assert skus(settings) == ["DEAR", "FAST", "SLOW"]


def test_what_has_no_price_or_a_foreign_one_comes_last_by_units(settings):
    scarce("FEW", sales_price_minor=None, mean_units=10.0)
    scarce("MANY", sales_price_minor=None, mean_units=100.0)
    scarce("POUND", currency="GBP", mean_units=50.0)
    scarce("PRICED", mean_units=6.0)

    assert skus(settings) == ["PRICED", "MANY", "POUND", "FEW"]


def test_a_line_tells_the_demand_that_no_stock_serves(settings):
    scarce("HX-1")

    (line,) = running_out(settings, length=10).lines

    assert line.lost_units == pytest.approx(23.0)
    assert line.at_risk == Money(23_000, "EUR")
    assert line.delivery_date is None


def test_it_says_by_when_to_order_before_anything_is_proposed(settings):
    early = scarce("EARLY", runs_out_in=19)
    late = scarce("LATE", lead_time_days=30)
    sold_out = scarce("OUT", on_hand_units=0, runs_out_in=0)

    by_sku = {line.sku: line.order_by_date for line in running_out(settings, length=9).lines}

    assert by_sku == {"EARLY": TODAY + timedelta(days=5), "LATE": TODAY}
    assert latest_order_date(settings, early) == TODAY + timedelta(days=5)
    assert latest_order_date(settings, late) == TODAY
    assert latest_order_date(settings, sold_out) is None
    assert latest_order_date(settings, an_article("UNKNOWN")) is None


def test_goods_on_order_count_from_one_lead_time_on_and_say_when(settings):
    scarce("DEFAULT", on_order_units=50)
    scarce("OWN", on_order_units=50, lead_time_days=7)

    default, own = running_out(settings, length=10).lines

    assert default.on_order_units == 50
    assert (default.delivery_date, own.delivery_date) == (
        TODAY + timedelta(days=14),
        TODAY + timedelta(days=7),
    )
    assert (default.lost_units, own.lost_units) == (pytest.approx(9.0), pytest.approx(2.0))
    assert default.stockout_date == TODAY + timedelta(days=5)


def test_only_active_articles_with_units_that_run_out_within_the_horizon_count(settings):
    scarce("COUNTS", runs_out_in=28)
    scarce("LATER", runs_out_in=29)
    scarce("NEVER", runs_out_in=None)
    scarce("OUT", on_hand_units=0)
    scarce("RESERVED", on_hand_units=3, reserved_units=3)
    scarce("UNKNOWN", on_hand_units=None)
    scarce("INACTIVE", is_active=False)

    found = running_out(settings, length=10)

    assert [line.sku for line in found.lines] == ["COUNTS"]
    assert found.count == 1


def test_the_count_is_of_all_and_the_list_of_the_first(settings):
    for number in range(3):
        scarce(f"HX-{number}")

    found = running_out(settings, length=2)

    assert (found.count, len(found.lines)) == (3, 2)
    assert overview(settings).running_out_count == 3


def test_an_open_order_is_told_and_a_dismissed_one_not(settings):
    a_proposal(scarce("HX-1"), units=48)
    a_proposal(scarce("HX-2"), units=99, state="dismissed")
    a_proposal(scarce("HX-3"), units=99, kind="discount")

    lines = running_out(settings, length=10).lines

    assert [(line.sku, line.reorder_units) for line in lines] == [
        ("HX-1", 48),
        ("HX-2", None),
        ("HX-3", None),
    ]


def test_the_day_to_order_on_is_that_of_the_proposed_order(settings):
    article = scarce("HX-1", runs_out_in=19)
    a_proposal(article, units=48, due_date=TODAY + timedelta(days=3))

    (line,) = running_out(settings, length=10).lines

    assert line.order_by_date == TODAY + timedelta(days=3)
    assert latest_order_date(settings, article) == TODAY + timedelta(days=3)


def test_only_the_newest_forecast_counts(settings):
    article = an_article()
    a_forecast(article, made_date=TODAY - timedelta(days=1), stockout_date=TODAY)
    a_forecast(article, made_date=TODAY, stockout_date=None)

    assert running_out(settings, length=10).count == 0
