from datetime import date

import pytest

from builders.lake import a_sale, article_day, rows_of
from umschlag.intelligence.profitability.model import Contradiction
from umschlag.kernel.errors import NotFound
from umschlag.kernel.money import Money
from umschlag.kernel.periods import Period, last_days
from umschlag.storage.lake.questions import Question
from umschlag.wiring.facts import profitability
from umschlag.wiring.lake import open_lake
from umschlag.wiring.profitability import (
    MONTHS_OFFERED_MAX,
    asked_period,
    profit_periods,
    told_period,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]
APRIL = Period(start_date=date(2026, 4, 1), end_date=date(2026, 5, 1))


def told(sku="HX-1", day=date(2026, 4, 2), **values):
    return {
        "business_date": day,
        "marketplace": "Amazon.de",
        "asin": "B0ABCDEFGH",
        "sku": sku,
        "units": 2,
        "refunds": 0,
        "sales_minor": 2_000,
        "ads_minor": -100,
        "fees_minor": -500,
        "refund_cost_minor": 0,
        "cost_of_goods_minor": -400,
        "vat_minor": -319,
        "net_profit_minor": 681,
        "currency": "EUR",
        "is_settled": True,
        "raw_json": "{}",
    } | values


@pytest.fixture
def settings(settings_in):
    return settings_in()


@pytest.fixture
def lake(settings):
    return open_lake(settings)


def tell(lake, *rows, month="2026-04"):
    lake.publish("sellerboard_days", month, rows_of("sellerboard_days", *rows))


def picture(lake, *rows, day=date(2026, 4, 2)):
    lake.publish("article_days", day.isoformat(), rows_of("article_days", *rows))


def test_facts_of_both_systems_meet_in_one_line(settings, lake):
    tell(lake, told(), told(day=date(2026, 4, 3), is_settled=False))
    picture(lake, article_day(business_date=date(2026, 4, 2)))

    report = profitability(settings, period=APRIL)

    (line,) = report.lines
    assert (line.units, line.sales, line.contribution) == (
        4,
        Money(4_000, "EUR"),
        Money(1_362, "EUR"),
    )
    assert line.name == "Desk lamp"
    assert line.stock_value == Money(1_000, "EUR")
    assert line.is_estimate
    assert line.gmroi_per_year == pytest.approx((4_000 - 638 - 800) * 365 / 30 / 1_000)
    assert report.disagreements == []


def test_a_cost_that_differs_between_the_systems_is_told(settings, lake):
    tell(lake, told())
    picture(lake, article_day(business_date=date(2026, 4, 2), unit_cost_minor=300))

    (found,) = profitability(settings, period=APRIL).disagreements

    assert found.kind is Contradiction.UNIT_COST
    assert (found.ours, found.theirs) == (Money(300, "EUR"), Money(200, "EUR"))


def test_units_of_the_same_marketplaces_are_compared(settings, lake):
    tell(lake, told())
    picture(lake, article_day(business_date=date(2026, 4, 2)))
    sales = [
        a_sale(order_id=f"o{number}", business_date=date(2026, 4, 2), units=2)
        for number in range(10)
    ]
    elsewhere = a_sale(
        order_id="shop", business_date=date(2026, 4, 2), marketplace="Own shop", units=900
    )
    lake.publish("sales", "2026-04", rows_of("sales", *sales, elsewhere))

    (found,) = profitability(settings, period=APRIL).disagreements

    assert (found.kind, found.ours, found.theirs) == (Contradiction.UNITS_SOLD, 20, 2)


def test_days_outside_the_period_do_not_count(settings, lake):
    tell(lake, told())
    tell(lake, told(day=date(2026, 3, 31)), month="2026-03")
    tell(lake, told(day=date(2026, 5, 1)), month="2026-05")

    assert profitability(settings, period=APRIL).lines[0].units == 2


def test_amounts_of_another_account_currency_are_left_out(settings, lake):
    tell(lake, told(), told(day=date(2026, 4, 3), currency="USD"))

    assert profitability(settings, period=APRIL).sales == Money(2_000, "EUR")


def test_a_cost_in_another_currency_is_not_compared(settings, lake):
    tell(lake, told())
    picture(lake, article_day(business_date=date(2026, 4, 2), currency="USD", unit_cost_minor=9))

    report = profitability(settings, period=APRIL)

    assert report.disagreements == []
    assert report.lines[0].stock_value is None


def test_without_a_period_the_newest_thirty_days_are_meant(settings, lake):
    tell(lake, told(day=date(2026, 4, 30)), told(sku="HX-2", day=date(2026, 4, 1)))
    tell(lake, told(sku="HX-3", day=date(2026, 3, 31)), month="2026-03")

    report = profitability(settings)

    assert report.period == APRIL
    assert {line.sku for line in report.lines} == {"HX-1", "HX-2"}


def test_before_the_first_import_it_says_what_to_do(settings):
    with pytest.raises(NotFound, match="umschlag sync sellerboard"):
        profitability(settings)


def test_the_newest_days_are_no_more_than_were_told(settings, lake):
    tell(lake, told(day=date(2026, 4, 29)), told(day=date(2026, 4, 30)))

    known = told_period(settings)

    assert known == last_days(2, through_date=date(2026, 4, 30))
    assert profitability(settings).period == known


def test_periods_to_choose_from_lie_within_what_was_told():
    known = Period(start_date=date(2026, 3, 20), end_date=date(2026, 5, 3))

    periods = profit_periods(known)

    assert list(periods) == ["7d", "30d", "all", "2026-05", "2026-04", "2026-03"]
    assert periods["7d"] == last_days(7, through_date=date(2026, 5, 2))
    assert periods["all"] == known
    assert periods["2026-05"].days == 2
    assert periods["2026-04"] == APRIL
    assert periods["2026-03"].start_date == known.start_date


def test_months_to_choose_from_end_with_the_year():
    known = Period(start_date=date(2024, 1, 1), end_date=date(2026, 1, 1))

    months = [code for code in profit_periods(known) if "-" in code]

    assert (months[0], months[-1], len(months)) == ("2025-12", "2025-01", MONTHS_OFFERED_MAX)


@pytest.mark.parametrize(
    ("since", "through", "days"),
    [
        (None, None, 30),
        (date(2026, 4, 2), None, 29),
        (None, date(2026, 4, 3), 34),
        (date.min, date.max, 61),
        (date(2026, 4, 30), date(2026, 4, 30), 1),
    ],
)
def test_days_asked_for_are_cut_to_those_that_were_told(since, through, days):
    known = Period(start_date=date(2026, 3, 1), end_date=date(2026, 5, 1))

    assert asked_period(known, since=since, through=through).days == days


def test_days_of_which_nothing_was_told_are_not_found():
    known = Period(start_date=date(2026, 3, 1), end_date=date(2026, 5, 1))

    with pytest.raises(NotFound, match="2026-03-01 to 2026-04-30"):
        asked_period(known, since=date(2026, 5, 1), through=None)
    with pytest.raises(NotFound, match="umschlag sync sellerboard"):
        asked_period(None, since=None, through=None)


def test_one_articles_parts_add_up_to_its_profit(lake):
    tell(lake, told(), told(day=date(2026, 4, 3)), told(sku="HX-2"))

    (row,) = lake.ask(
        Question.load("umschlag.intelligence.profitability", "profit_of_sku"),
        sku="HX-1",
        since=APRIL.start_date,
        until=APRIL.end_date,
    ).to_pylist()

    parts = ("sales", "ads", "fees", "refund_cost", "cost_of_goods", "vat")
    assert sum(row[f"{part}_minor"] for part in parts) == row["net_profit_minor"] == 1_362
    assert row["units"] == 4
