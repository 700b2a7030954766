import math
import random
from datetime import date, timedelta
from decimal import Decimal

import pytest

from builders.exchange import a_rate
from builders.lake import a_sale, article_day, rows_of
from umschlag.intelligence.profitability.contribution import grouped
from umschlag.intelligence.profitability.model import Contradiction, Grouping
from umschlag.intelligence.profitability.sums import ProfitSums
from umschlag.kernel.errors import NotFound
from umschlag.kernel.money import Money
from umschlag.kernel.periods import Period, last_days
from umschlag.storage.lake.questions import Question
from umschlag.storage.records.exchange_rates import keep_rates
from umschlag.wiring.article_earnings import article_earnings
from umschlag.wiring.facts import profitability
from umschlag.wiring.lake import open_lake
from umschlag.wiring.profit_periods import (
    MONTHS_OFFERED_MAX,
    asked_period,
    period_before,
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


def test_units_without_a_rate_contradict_no_order(settings, lake):
    days = (date(2026, 4, 2), date(2026, 4, 3))
    tell(
        lake,
        told(day=days[0], units=50, currency="GBP"),
        told(day=days[1], units=50, cost_of_goods_minor=-10_000, net_profit_minor=-8_919),
    )
    picture(lake, article_day(business_date=days[0]))
    orders = [a_sale(f"o{day}", day, units=50) for day in days]
    lake.publish("sales", "2026-04", rows_of("sales", *orders))

    report = profitability(settings, period=APRIL)

    assert report.lines[0].units == 50
    assert [one.units for one in report.left_out] == [50]
    assert Contradiction.UNITS_SOLD not in [one.kind for one in report.disagreements]


def test_days_outside_the_period_do_not_count(settings, lake):
    tell(lake, told())
    tell(lake, told(day=date(2026, 3, 31)), month="2026-03")
    tell(lake, told(day=date(2026, 5, 1)), month="2026-05")

    assert profitability(settings, period=APRIL).lines[0].units == 2


def test_amounts_without_a_rate_are_in_no_sum_and_told_in_their_own_currency(settings, lake):
    tell(lake, told(), told(day=date(2026, 4, 3), currency="USD"), told("HX-2", currency="USD"))

    report = profitability(settings, period=APRIL)

    assert report.total.sales == Money(2_000, "EUR")
    (left,) = report.left_out
    assert (left.currency, left.row_count, left.sales) == ("USD", 2, Money(4_000, "USD"))
    own = {line.key: line.left_out for line in report.lines}
    assert [one.contribution for one in own["HX-2"]] == [Money(681, "USD")]
    assert report.facts.rates == []


def test_amounts_with_a_rate_are_converted_each_at_the_rate_of_its_day(settings, lake):
    tell(lake, told(currency="USD"), told(day=date(2026, 4, 6), currency="USD"))
    thursday = date(2026, 4, 2)
    keep_rates(
        [a_rate(rate="1.25", rate_date=thursday), a_rate(rate="2", rate_date=date(2026, 4, 6))]
    )

    report = profitability(settings, period=APRIL)

    assert report.total.sales == Money(1_600 + 1_000, "EUR")
    assert report.total.contribution == Money(545 + 341, "EUR")
    (used,) = report.facts.rates
    assert (used.currency, used.row_count, used.source) == ("USD", 2, "ECB")
    assert (used.rate, used.rate_date) == (Decimal("0.5"), date(2026, 4, 6))
    assert (used.highest, used.oldest_date) == (Decimal("0.8"), thursday)
    assert report.left_out == []


def test_an_old_rate_converts_nothing(settings, lake):
    tell(lake, told(currency="USD"))
    keep_rates([a_rate(rate_date=date(2026, 3, 25))])

    assert profitability(settings, period=APRIL).total.sales == Money(0, "EUR")
    assert len(profitability(settings, period=APRIL).left_out) == 1


def test_every_grouping_comes_to_the_same_total_whatever_the_currencies(settings, lake):
    keep_rates(
        [a_rate(rate="1.37", rate_date=date(2026, 4, 1) + timedelta(days=at)) for at in range(30)]
    )
    tell(
        lake,
        *(
            told(
                f"HX-{number % 4}",
                date(2026, 4, 1) + timedelta(days=number),
                marketplace=f"Amazon.{number % 3}",
                currency="USD" if number % 2 else "EUR",
                sales_minor=1_999 + number,
                net_profit_minor=77 * number - 500,
            )
            for number in range(28)
        ),
    )

    report = profitability(settings, period=APRIL)

    sums = [
        sum((line.sums for line in grouped(report, grouping)), ProfitSums())
        for grouping in Grouping
    ]
    assert all(one == report.total.sums for one in sums)
    assert report.total.sums.row_count == 28


def test_the_period_before_is_compared_in_money(settings, lake):
    tell(lake, told(day=date(2026, 3, 1)), told(day=date(2026, 3, 31)), month="2026-03")
    tell(lake, told(net_profit_minor=1_000), told(day=date(2026, 4, 30), net_profit_minor=0))

    report = profitability(settings, period=APRIL)

    assert report.facts.before == Period(start_date=date(2026, 3, 1), end_date=APRIL.start_date)
    assert report.total.contribution_change == Money(1_000 - 2 * 681, "EUR")


def test_before_what_was_told_there_is_nothing_to_compare(settings, lake):
    tell(lake, told(day=date(2026, 3, 15)), month="2026-03")
    tell(lake, told(), told(day=date(2026, 4, 30)))

    report = profitability(settings, period=APRIL)

    assert report.facts.before is None
    assert report.total.contribution_change is None


def test_one_marketplace_alone_has_no_return_on_the_stock_of_all(settings, lake):
    tell(lake, told(), told(marketplace="Amazon.fr"))
    picture(lake, article_day(business_date=date(2026, 4, 2)))

    report = profitability(settings, period=APRIL, marketplace="Amazon.fr")

    assert report.total.units == 2
    assert [line.gmroi_per_year for line in report.lines] == [None]
    assert report.total.gmroi_per_year is None


def test_days_of_stock_are_counted_in_the_pictures(settings, lake):
    tell(lake, told(net_profit_minor=900))
    for day, units in ((2, 5), (3, 0), (4, 5)):
        on = date(2026, 4, day)
        picture(lake, article_day(business_date=on, on_hand_units=units), day=on)

    (line,) = profitability(settings, period=APRIL).lines

    assert line.stock_days == pytest.approx(20)
    assert line.contribution_per_stock_day == Money(45, "EUR")


def test_stock_that_did_not_sell_weighs_on_the_return_of_its_category(settings, lake):
    tell(lake, told())
    on = date(2026, 4, 2)
    lamps = [article_day(sku, on, category="Lamps") for sku in ("HX-1", "HX-2")]
    picture(lake, *lamps)

    report = profitability(settings, period=APRIL)

    (line,) = grouped(report, Grouping.CATEGORY)
    margin = 2_000 - 319 - 400
    assert line.gmroi_per_year == pytest.approx(margin * 365 / 30 / 2_000)
    assert report.total.gmroi_per_year == line.gmroi_per_year


def test_an_article_that_came_later_has_the_return_of_its_category_and_few_days(settings, lake):
    came = date(2026, 4, 21)
    tell(lake, told("HX-2", date(2026, 4, 25), net_profit_minor=30_000))
    for on in APRIL:
        rows = [article_day("HX-1", on, on_hand_units=0)]
        if on >= came:
            rows.append(article_day("HX-2", on, on_hand_units=10, unit_cost_minor=100))
        picture(lake, *rows, day=on)

    report = profitability(settings, period=APRIL)

    (line,) = report.lines
    (category,) = grouped(report, Grouping.CATEGORY)
    assert line.stock_days == 10
    assert line.contribution_per_stock_day == Money(3_000, "EUR")
    # 10.00 of stock on ten of thirty pictures.
    assert line.gmroi_per_year == pytest.approx((2_000 - 319 - 400) * 365 / 30 / (1_000 / 3))
    assert category.gmroi_per_year == report.total.gmroi_per_year == line.gmroi_per_year


@pytest.mark.parametrize(
    "cost", [{"unit_cost_minor": None}, {"currency": "USD"}], ids=["no cost", "no rate"]
)
def test_stock_of_unknown_cost_is_left_out_of_the_return_with_its_margin(settings, lake, cost):
    tell(lake, told("HX-1"), told("HX-2"))
    on = date(2026, 4, 2)
    known = [article_day(sku, on, category="Lamps") for sku in ("HX-1", "HX-3")]
    unknown = [
        article_day(sku, on, category="Lamps", on_hand_units=1_000, **cost)
        for sku in ("HX-2", "HX-4")
    ]
    picture(lake, *known, *unknown)

    report = profitability(settings, period=APRIL)

    (category,) = grouped(report, Grouping.CATEGORY)
    # The margin of HX-1 alone, over the stock of HX-1 and HX-3.
    assert category.gmroi_per_year == pytest.approx((2_000 - 319 - 400) * 365 / 30 / 2_000)
    assert report.total.gmroi_per_year == category.gmroi_per_year
    assert report.total.gmroi_left_out_count == category.gmroi_left_out_count == 2
    left_out = {line.key: line.gmroi_left_out_count for line in report.lines}
    assert left_out == {"HX-1": 0, "HX-2": 1}


def test_pictures_count_that_no_one_article_is_on_all_of(settings, lake):
    tell(lake, told("HX-1"), told("HX-2"))
    for on, sku in ((date(2026, 4, 1), "HX-1"), (date(2026, 4, 2), "HX-2")):
        picture(lake, article_day(sku, on), day=on)

    report = profitability(settings, period=APRIL)

    # Each was there on one of two pictures, with 10.00.
    margin = 2_000 - 319 - 400
    assert [line.gmroi_per_year for line in report.lines] == pytest.approx(
        [margin * 365 / 30 / 500] * 2
    )
    assert report.total.gmroi_per_year == pytest.approx(margin * 2 * 365 / 30 / 1_000)
    assert [line.stock_days for line in report.lines] == [15, 15]


@pytest.mark.parametrize(
    ("channel", "receipt", "kinds"),
    [
        ("FBM", 0, [Contradiction.WITHOUT_STOCK]),
        ("FBM", 9, []),
        ("FBA", 0, []),
        (None, 0, []),
    ],
)
def test_only_what_we_ship_ourselves_can_be_sold_without_stock(
    settings, lake, channel, receipt, kinds
):
    tell(lake, told(fulfilment_channel=channel))
    for day in (1, 2, 3):
        on = date(2026, 4, day)
        picture(lake, article_day(business_date=on, on_hand_units=0), day=on)
    received = {"business_date": date(2026, 4, 2), "sku": "HX-1", "warehouse_id": 1}
    lake.publish("receipts", "2026-04", rows_of("receipts", received | {"units": receipt}))

    report = profitability(settings, period=APRIL)

    assert [one.kind for one in report.disagreements] == kinds
    (fact,) = report.facts.articles
    assert fact.amazon_units_without_ours == (2 if channel != "FBM" else 0)


def test_before_the_first_snapshot_no_article_is_unknown(settings, lake):
    tell(lake, told())

    assert profitability(settings, period=APRIL).disagreements == []


def test_a_cost_in_another_currency_is_compared_at_the_rate_of_its_day(settings, lake):
    tell(lake, told())
    keep_rates([a_rate(rate="1.25", rate_date=date(2026, 4, 2))])
    picture(lake, article_day(business_date=date(2026, 4, 2), currency="USD", unit_cost_minor=500))

    report = profitability(settings, period=APRIL)

    (found,) = report.disagreements
    assert (found.kind, found.ours) == (Contradiction.UNIT_COST, Money(400, "EUR"))
    assert report.lines[0].stock_value == Money(2_000, "EUR")
    assert report.lines[0].gmroi_per_year == pytest.approx((2_000 - 319 - 400) * 365 / 30 / 2_000)


def test_a_cost_in_another_currency_without_a_rate_is_not_compared(settings, lake):
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
    assert {line.key for line in report.lines} == {"HX-1", "HX-2"}


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

    assert list(periods) == [
        "7d",
        "30d",
        "this-month",
        "last-month",
        "year",
        "all",
        "2026-05",
        "2026-04",
        "2026-03",
    ]
    assert periods["7d"] == last_days(7, through_date=date(2026, 5, 2))
    assert periods["all"] == known
    assert periods["2026-05"].days == 2
    assert periods["2026-04"] == APRIL
    assert periods["2026-03"].start_date == known.start_date


def test_months_to_choose_from_end_with_the_year():
    known = Period(start_date=date(2024, 1, 1), end_date=date(2026, 1, 1))

    months = [code for code in profit_periods(known) if code[0] == "2"]

    assert (months[0], months[-1], len(months)) == ("2025-12", "2025-01", MONTHS_OFFERED_MAX)


@pytest.mark.parametrize(
    ("start", "end", "before"),
    [
        (date(2026, 4, 1), date(2026, 5, 1), date(2026, 3, 1)),
        (date(2026, 4, 2), date(2026, 5, 1), date(2026, 3, 4)),
        (date(2026, 4, 1), date(2026, 4, 8), date(2026, 3, 25)),
        (date(2025, 1, 1), date(2026, 1, 1), date(2024, 1, 1)),
        (date(2024, 1, 2), date(2024, 6, 1), None),
    ],
)
def test_whole_months_and_years_are_compared_with_those_before(start, end, before):
    known = Period(start_date=date(2024, 1, 1), end_date=date(2026, 5, 1))

    found = period_before(Period(start_date=start, end_date=end), told=known)

    assert found == (before and Period(start_date=before, end_date=start))


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
        currency="EUR",
    ).to_pylist()

    parts = ("sales", "ads", "fees", "refund_cost", "cost_of_goods", "vat")
    assert sum(row[f"{part}_minor"] for part in parts) == row["net_profit_minor"] == 1_362
    assert row["units"] == 4


def test_an_articles_earnings_are_in_one_currency_and_name_what_has_no_rate(settings, lake):
    tell(
        lake,
        told(),
        told(day=date(2026, 4, 10), currency="USD"),
        told(day=date(2026, 4, 25), currency="USD"),
    )
    keep_rates([a_rate(rate="1.25", rate_date=date(2026, 4, 9))])
    on = date(2026, 4, 30)
    picture(lake, article_day("HX-1", on), day=on)

    earned = article_earnings(settings, "HX-1")

    assert earned["net"] == Money(681 + 545, "EUR")
    assert earned["lines"][0] == ("Sales", Money(2_000 + 1_600, "EUR"))
    title, amount = earned["lines"][-1]
    assert "USD" in title
    assert amount == Money(681, "USD")
    assert article_earnings(settings, "HX-2") is None


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_report_is_what_its_rows_come_to_one_by_one(settings, lake, seed):
    rng = random.Random(seed)
    factors = {"EUR": Decimal(1), "GBP": Decimal("0.8")}
    rows = [
        told(
            rng.choice(["HX-1", "HX-2", "HX-3"]),
            date(2026, month, 1 + number),
            marketplace=rng.choice(["Amazon.de", "Amazon.fr"]),
            currency=rng.choice(["EUR", "EUR", "GBP", "SEK"]),
            is_settled=rng.random() < 0.5,
            units=rng.randint(1, 5),
            net_profit_minor=rng.randint(-999, 999),
        )
        for month in (3, 4)
        for number in range(30)
    ]
    for month in (3, 4):
        own = [row for row in rows if row["business_date"].month == month]
        tell(lake, *own, month=f"2026-0{month}")
    days = [date(2026, 2, 25) + timedelta(days=offset) for offset in range(70)]
    keep_rates([a_rate("GBP", "1.25", rate_date=day) for day in days])

    report = profitability(settings, period=APRIL)

    # Half up, as each row is converted by itself.
    plain = {
        key: sum(
            math.floor(row["net_profit_minor"] * factors[row["currency"]] + Decimal("0.5"))
            for row in rows
            if row["sku"] == key and row["business_date"].month == 4 and row["currency"] != "SEK"
        )
        for key in ("HX-1", "HX-2", "HX-3")
    }
    assert {line.key: line.sums.net_profit_minor for line in report.lines} == plain
    for grouping in Grouping:
        lines = grouped(report, grouping)
        assert sum(line.sums.net_profit_minor for line in lines) == sum(plain.values())
        assert sum(one.row_count for line in lines for one in line.left_out) == sum(
            row["currency"] == "SEK" and row["business_date"].month == 4 for row in rows
        )
