"""The stock on a day: what is shown of which day, what it is worth, and the list to keep."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from django.utils import timezone

from builders import web as build
from builders.lake import DAY, article_day, rows_of
from umschlag.intelligence.movement.stock_value import stock_value_minor
from umschlag.kernel.money import Money
from umschlag.kernel.periods import business_date_of
from umschlag.settings import load_settings
from umschlag.storage.lake.questions import Question
from umschlag.storage.records.models import LakeDay, LakeFile
from umschlag.wiring.lake import open_lake

pytestmark = [pytest.mark.django_db, pytest.mark.database]
PAGE = "/history/stock/"
LAST = DAY + timedelta(days=2)


@pytest.fixture
def lake():
    """Two days, one missing between: sold, oversold, without cost, in dollars, and vanished."""
    lake = open_lake(load_settings())
    publish(lake, DAY, article_day("HX-1", name="Desk lamp", on_hand_units=9, reserved_units=2))
    publish(
        lake,
        LAST,
        article_day("HX-1", LAST, name="Desk lamp", on_hand_units=5, reserved_units=2),
        article_day("HX-2", LAST, name="Hose", on_hand_units=-3, unit_cost_minor=100),
        article_day("HX-3", LAST, name="Mat", on_hand_units=40, unit_cost_minor=None),
        article_day("HX-4", LAST, name="Cup", asin="B000000004", currency="USD"),
        article_day("HX-5", LAST, name="Gone", on_hand_units=7, last_seen_date=DAY),
        article_day("HX-6", LAST, name="=1+1", on_hand_units=6, currency=None),
    )
    return lake


def publish(lake, day, *rows):
    lake.publish("article_days", day.isoformat(), rows_of("article_days", *rows))


def skus(answer):
    return [line.sku for line, _ in answer.context["lines"]]


def text(answer):
    return answer.content.decode()


def test_the_newest_day_is_shown_what_is_worth_most_first(browser, lake):
    key = build.an_article("HX-1", name="Desk lamp").pk

    answer = browser.get(PAGE)

    assert skus(answer) == ["HX-6", "HX-1", "HX-4", "HX-2", "HX-3"]
    assert f'href="/articles/{key}/"' in text(answer)
    assert "Stock at the close of 4 Sep 2026" in text(answer)


def test_oversold_stock_is_worth_nothing_and_unknown_costs_are_left_out(browser, lake):
    totals = browser.get(PAGE).context["stock"].totals

    assert totals.values == [Money(22_00, "EUR"), Money(10_00, "USD")]
    assert (totals.articles, totals.articles_with_stock, totals.units) == (5, 4, 56)
    assert (totals.articles_without_cost, totals.articles_oversold) == (1, 1)
    assert totals.articles_vanished == 1


@pytest.mark.parametrize("asked", [{}, {"on": DAY.isoformat()}, {"vanished": "1"}])
def test_the_totals_are_those_of_the_values_by_day(browser, lake, asked):
    stock = browser.get(PAGE, asked).context["stock"]

    question = Question.load("umschlag.intelligence.snapshots", "stock_value_by_day")
    until = stock.business_date + timedelta(days=1)
    days = lake.ask(question, since=stock.business_date, until=until).to_pylist()
    values = {}
    for day in days:
        currency = day["currency"] or load_settings().currency
        values[currency] = values.get(currency, 0) + day["value_minor"]
    assert {value.currency: value.minor for value in stock.totals.values} == values
    assert stock.totals.units == sum(day["on_hand_units"] for day in days)
    assert stock.totals.articles_without_cost == sum(day["skus_without_cost"] for day in days)


def test_a_day_that_is_not_over_is_said_so_in_both_languages(browser, lake):
    today = business_date_of(timezone.now(), load_settings().zone)
    publish(lake, today, article_day("HX-1", today))

    english = text(browser.get(PAGE))
    german = text(browser.get(PAGE, headers={"accept-language": "de"}))

    assert "the day is not over yet" in english
    assert "der Tag ist noch nicht vorbei" in german
    assert "Stock at the close" not in english
    assert "am Ende des" not in german


def test_each_line_is_worth_what_the_rule_says(browser, lake):
    for line, _key in browser.get(PAGE).context["lines"]:
        assert line.value_minor == stock_value_minor(
            on_hand_units=line.on_hand_units, unit_cost_minor=line.unit_cost_minor
        )


def test_vanished_articles_are_marked_and_worth_nothing(browser, lake):
    answer = browser.get(PAGE, {"vanished": "1", "sort": "sku"})

    gone = next(line for line, _ in answer.context["lines"] if line.sku == "HX-5")
    assert (gone.is_vanished, gone.on_hand_units, gone.value_minor) == (True, 7, 0)
    assert "vanished, last seen" in text(answer)
    assert answer.context["stock"].totals.units == 56


def test_a_day_without_a_snapshot_shows_the_one_before_and_names_the_next(browser, lake):
    answer = browser.get(PAGE, {"on": (DAY + timedelta(days=1)).isoformat()})

    assert answer.context["stock"].business_date == DAY
    assert "There is no snapshot of 3 Sep 2026; shown is 2 Sep 2026" in text(answer)
    assert "?on=2026-09-04" in text(answer)


def test_a_day_before_the_first_snapshot_names_the_first(browser, lake):
    answer = browser.get(PAGE, {"on": "2020-01-01"})

    assert "the first is that of 2 Sep 2026" in text(answer)
    assert "?on=2026-09-02" in text(answer)
    assert "the first is that of 2 Sep 2026" in text(
        browser.get("/history/stock.csv", {"on": "2020-01-01"}, follow=True)
    )


def test_without_a_snapshot_the_page_says_what_to_do(browser):
    assert "There is no complete snapshot yet." in text(browser.get(PAGE))


def test_what_came_in_late_is_left_out_of_what_was_known_then(browser, lake):
    LakeDay.objects.update(published_at=timezone.now() - timedelta(days=5))
    LakeFile.objects.update(published_at=timezone.now() - timedelta(days=5))
    publish(lake, LAST, article_day("HX-1", LAST, on_hand_units=1))
    then = business_date_of(timezone.now() - timedelta(days=2), load_settings().zone)

    now_told = browser.get(PAGE).context["stock"].totals
    then_told = browser.get(PAGE, {"known_on": then.isoformat()}).context["stock"].totals

    assert (now_told.units, then_told.units) == (1, 56)
    early = browser.get(PAGE, {"known_on": "2020-01-01"})
    assert "On that day no snapshot was known yet." in text(early)


def test_the_newest_day_is_told_alike_by_both_questions(browser, lake):
    today = business_date_of(timezone.now(), load_settings().zone)
    asked = {"vanished": "1"}

    by_latest = browser.get(PAGE, asked).context
    by_as_of = browser.get(PAGE, asked | {"known_on": today.isoformat()}).context

    assert list(by_latest["stock"].lines) == list(by_as_of["stock"].lines)
    assert by_latest["stock"].totals == by_as_of["stock"].totals
    assert by_latest["stock"].lines[-1] == list(by_latest["stock"].lines)[-1]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "LAMP"}, ["HX-1"]),
        ({"q": "b000000004"}, ["HX-4"]),
        ({"q": "hx-", "sort": "units"}, ["HX-3", "HX-6", "HX-1", "HX-4", "HX-2"]),
        ({"sort": "sku"}, ["HX-1", "HX-2", "HX-3", "HX-4", "HX-6"]),
        ({"q": "none such"}, []),
    ],
)
def test_the_list_is_searched_and_sorted(browser, lake, asked, found):
    assert skus(browser.get(PAGE, asked)) == found


def test_what_movements_do_not_tell_of_a_rebuilt_day_is_unknown_and_not_zero(browser, lake):
    day = DAY - timedelta(days=1)
    publish(lake, day, article_day("HX-1", day, on_order_units=0, is_reconstructed=True))

    answer = browser.get(PAGE, {"on": day.isoformat()})

    ((line, _key),) = answer.context["lines"]
    assert (line.on_hand_units, line.reserved_units, line.available_units) == (5, None, None)
    assert line.on_order_units is None
    assert "This day was rebuilt from stock movements" in text(answer)


def test_the_pages_are_turned_and_rows_in_any_order_are_put_in_one(browser, lake):
    day = LAST + timedelta(days=1)
    rows = [article_day(f"HX-{number:04}", day, on_hand_units=number) for number in range(120)]
    publish(lake, day, *reversed(rows))

    answer = browser.get(PAGE, {"page": 3})

    assert skus(answer) == [f"HX-{number:04}" for number in reversed(range(20))]
    assert "Page 3 of 3" in text(answer)


def listed(rows):
    """Return the articles' rows, without the totals under them."""
    return [row for row in rows if row["business_date"]]


def test_the_lists_to_keep_hold_every_column_and_the_days(browser, lake):
    asked = {"on": "2026-10-01", "sort": "sku", "vanished": "1"}

    answer = browser.get("/history/stock.csv", asked)
    rows = listed(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))

    assert answer.streaming
    assert answer["Content-Disposition"] == 'attachment; filename="stock-2026-09-04.csv"'
    lamp = rows[0]
    assert (lamp["sku"], lamp["unit_cost"], lamp["stock_value"]) == ("HX-1", "2.00", "10.00")
    assert (lamp["business_date"], lamp["asked_date"]) == ("2026-09-04", "2026-10-01")
    assert lamp["is_close"] == "True"
    assert {"asin", "gtin", "manufacturer", "category", "supplier"} <= lamp.keys()
    assert rows[-1]["name"] == "'=1+1"
    assert browser.get("/history/stock.pdf").status_code == 404


def test_the_excel_list_is_read_by_others_as_what_it_is(browser, lake):
    content = b"".join(browser.get("/history/stock.xlsx", {"sort": "sku"}))

    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    names, *rows = sheet.iter_rows(values_only=True)
    lamp, *_others, odd = listed(dict(zip(names, row, strict=True)) for row in rows)
    assert (lamp["sku"], lamp["on_hand_units"], lamp["stock_value"]) == ("HX-1", 5, 10)
    assert (lamp["business_date"].date(), lamp["is_vanished"]) == (LAST, False)
    assert odd["name"] == "=1+1"
    assert sheet.title == "stock-2026-09-04"


@pytest.mark.parametrize("address", [PAGE, "/history/stock.csv"])
def test_only_who_may_see_articles_sees_the_stock(client, address):
    client.force_login(build.a_user())

    assert client.get(address).status_code == 403


@pytest.mark.parametrize("name", ["on", "known_on"])
def test_a_day_that_is_none_is_said_and_not_replaced(browser, lake, name):
    shown = browser.get(PAGE, {name: "2026-02-31"}).content.decode()

    assert "“2026-02-31” is no day. Write it as 2026-08-31." in shown
    assert 'value="2026-02-31" aria-invalid="true"' in shown
