"""Profit on its page and over the API: what it shows, in which words, and to whom."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.utils.html import escape
from openpyxl import load_workbook

from builders import web as build
from builders.exchange import a_rate
from builders.lake import DAY, a_sellerboard_day, article_day, rows_of
from umschlag.kernel.money import Money
from umschlag.settings import load_settings
from umschlag.storage.records.exchange_rates import keep_rates
from umschlag.wiring.lake import open_lake

pytestmark = [pytest.mark.django_db, pytest.mark.database]
PAGE = "/reports/profit/"
BEST, LOSS, STRANGER = "HX-1", "HX-2", "HX-9"


@pytest.fixture
def told():
    """Two articles over two months, one of them at a loss, and a SKU that the ERP lacks."""
    lake = open_lake(load_settings())
    publish(lake, date(2026, 8, 5), a_row(BEST, net_profit_minor=70, ads_minor=-30))
    publish(
        lake,
        DAY,
        a_row(BEST, units=2, net_profit_minor=600, fees_minor=1, is_settled=False),
        # Beside the ERP's 2.00, Sellerboard reckons 5.00.
        a_row(LOSS, cost_of_goods_minor=-500, net_profit_minor=-200, refunds=1),
        a_row(STRANGER),
    )
    names = {BEST: "Desk lamp", LOSS: "=Garden hose"}
    pictures = [article_day(sku, name=name) for sku, name in names.items()]
    lake.publish("article_days", DAY.isoformat(), rows_of("article_days", *pictures))
    build.an_article(BEST)


def a_row(sku, **values):
    return a_sellerboard_day(sku, **values)


def publish(lake, day, *rows):
    dated = [row | {"business_date": day} for row in rows]
    lake.publish("sellerboard_days", f"{day:%Y-%m}", rows_of("sellerboard_days", *dated))


def shown(answer):
    return [row["line"].key for row in answer.context["lines"]]


def records_of(answer):
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


# --- page -------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["2026-02-31", "1.8.2026", "yesterday", "<b>"])
def test_a_day_that_cannot_be_read_is_refused_and_kept_as_it_was_typed(browser, told, typed):
    days = {"period": "own", "since": typed, "through": "2026-08-31"}
    answer = browser.get(PAGE, days)
    german = browser.get(PAGE, days, headers={"accept-language": "de"}).content.decode()

    text = answer.content.decode()
    assert answer.context["refusal"] == f"“{typed}” is no day. Write it as 2026-08-31."
    assert answer.context["asked"].period == "own"
    assert "report" not in answer.context
    assert f'value="{escape(typed)}" aria-invalid="true"' in text
    assert 'value="2026-08-31"' in text
    assert "ist kein Datum" in german
    assert browser.get(PAGE + "report.csv", days).status_code == 404


def test_both_days_that_cannot_be_read_are_named(browser, told):
    answer = browser.get(PAGE, {"period": "own", "since": "then", "through": "now"})

    assert "“then” is no day" in answer.context["refusal"]
    assert "“now” is no day" in answer.context["refusal"]


def test_days_beside_another_period_are_not_asked_for(browser, told):
    answer = browser.get(PAGE, {"period": "all", "since": "then"})

    assert answer.context["refusal"] == ""
    assert shown(answer)


def test_before_anything_was_told_the_page_says_what_to_do(browser):
    answer = browser.get(PAGE)

    assert "umschlag sync sellerboard" in answer.content.decode()
    assert browser.get(PAGE + "report.csv").status_code == 404


@pytest.mark.usefixtures("told")
def test_the_best_comes_first_and_estimates_are_told_apart(browser):
    answer = browser.get(PAGE)

    assert shown(answer) == [BEST, STRANGER, LOSS]
    page = answer.content.decode()
    assert page.count(">estimated<") == 1
    assert page.count(">settled<") == 2
    total = answer.context["report"].total
    assert total.contribution == Money(600 + 70 + 100 - 200, "EUR")
    assert total.settled_contribution == Money(70 + 100 - 200, "EUR")
    assert total.estimated_contribution == Money(600, "EUR")
    assert "€6 estimated" in answer.context["estimate"]
    assert answer.context["totals"]["losing"] == 1


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    ("query", "skus"),
    [
        ("q=garden", [LOSS]),
        ("q=hx-9", [STRANGER]),
        ("q=nothing+of+that+name", []),
        ("sort=worst", [LOSS, STRANGER, BEST]),
        # Of the stranger no stock is known, so that its return has no measure.
        ("sort=gmroi", [BEST, LOSS, STRANGER]),
        ("sort=nonsense", [BEST, STRANGER, LOSS]),
        ("period=2026-08", [BEST]),
        ("period=7d", [BEST, STRANGER, LOSS]),
        ("period=this-month", [BEST, STRANGER, LOSS]),
        ("period=last-month", [BEST]),
        ("period=own&since=2026-08-01&through=2026-08-31", [BEST]),
        ("period=own&since=2026-09-01", [BEST, STRANGER, LOSS]),
        ("show=losing", [LOSS]),
        ("show=estimated", [BEST]),
        ("show=left-out", []),
        ("sort=units&period=7d", [BEST, LOSS, STRANGER]),
        ("by=marketplace", ["Amazon.de"]),
        ("by=day", ["2026-08-05", "2026-09-02"]),
        ("by=week", ["2026-08-03", "2026-08-31"]),
        ("by=month", ["2026-08-01", "2026-09-01"]),
        ("by=category", [""]),
        ("by=nonsense", [BEST, STRANGER, LOSS]),
        ("marketplace=Amazon.fr", []),
    ],
)
def test_the_page_shows_what_is_asked_for(browser, query, skus):
    assert shown(browser.get(f"{PAGE}?{query}")) == skus


@pytest.mark.usefixtures("told")
def test_a_period_that_was_never_told_is_not_offered(browser):
    answer = browser.get(f"{PAGE}?period=2025-01")

    assert answer.context["asked"].period == "all"
    assert [code for code, _title in answer.context["periods"]] == [
        "7d",
        "this-month",
        "last-month",
        "year",
        "all",
        "2026-09",
        "2026-08",
    ]
    assert answer.context["last_day"] == DAY


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    ("language", "title", "cost"),
    [("en", "Unit cost differs", "€5.00"), ("de", "Einstandspreis weicht ab", "5,00\xa0€")],
)
def test_contradictions_stand_in_the_readers_language_with_both_sides(
    browser, language, title, cost
):
    answer = browser.get(f"{PAGE}?q={LOSS}", headers={"accept-language": language})

    (found,) = (row for row in answer.context["contradictions"] if row["title"] == title)
    assert found["theirs"] == cost
    assert found["stake"] == Money(300, "EUR")
    assert found["name"] == "=Garden hose"
    assert title in answer.content.decode()


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    ("language", "words", "own"),
    [
        (
            "en",
            "sold or not; without 1 article whose stock at cost is unknown",
            "stock at cost unknown",
        ),
        (
            "de",
            "verkauft oder nicht; ohne 1 Artikel, dessen Bestand zu Einstandspreisen unbekannt ist",
            "Bestand zu Einstandspreisen unbekannt",
        ),
    ],
)
def test_articles_that_are_in_no_return_on_stock_are_counted(browser, language, words, own):
    page = browser.get(PAGE, headers={"accept-language": language}).content.decode()
    groups = browser.get(f"{PAGE}?by=category", headers={"accept-language": language})

    assert words in page
    assert f'<span class="um-sub">{own}</span>' in page
    assert f'<span class="um-sub">{words.partition("; ")[2]}</span>' in groups.content.decode()


@pytest.mark.usefixtures("told")
def test_only_articles_with_a_page_of_their_own_are_linked(browser):
    rows = browser.get(PAGE).context["lines"]
    keys = {row["line"].key: row["article_id"] for row in rows}

    assert keys[BEST]
    assert keys[STRANGER] is None


@pytest.mark.usefixtures("told")
def test_what_is_shown_is_taken_out(browser):
    rows = records_of(browser.get(f"{PAGE}report.csv?sort=worst"))

    assert [row["sku"] for row in rows] == [LOSS, STRANGER, BEST]
    assert (rows[0]["name"], rows[0]["contribution"]) == ("'=Garden hose", "-2.00")
    assert (rows[2]["is_estimate"], rows[2]["through"]) == ("True", DAY.isoformat())


@pytest.mark.usefixtures("told")
def test_contradictions_are_taken_out_with_numbers(browser):
    content = browser.get(f"{PAGE}contradictions.xlsx").content

    head, *rows = load_workbook(io.BytesIO(content)).active.values
    (cost,) = (row for row in rows if (row[0], row[2]) == (LOSS, "unit_cost"))
    sides = [cost[head.index(name)] for name in ("ours", "sellerboard", "at_stake")]
    assert sides == [2, 5, 3]


@pytest.mark.usefixtures("told")
def test_contradictions_of_one_kind_are_shown_and_taken_out(browser):
    answer = browser.get(f"{PAGE}?kind=unit_cost")

    assert {row["kind"] for row in answer.context["contradictions"]} == {"unit_cost"}
    assert len(answer.context["kinds"]) > 1
    rows = records_of(browser.get(f"{PAGE}contradictions.csv?kind=unit_cost"))
    assert {row["kind"] for row in rows} == {"unit_cost"}


@pytest.mark.usefixtures("told")
def test_days_of_which_nothing_was_told_are_named(browser):
    answer = browser.get(f"{PAGE}?period=own&since=2030-01-01")

    assert "2026-08-05 to 2026-09-02" in answer.content.decode()
    assert browser.get(f"{PAGE}report.csv?period=own&since=2030-01-01").status_code == 404


@pytest.mark.usefixtures("told")
def test_what_has_no_exchange_rate_stands_in_its_own_currency_with_the_cure(browser):
    lake = open_lake(load_settings())
    publish(lake, date(2026, 7, 1), a_row("HX-7", currency="USD", net_profit_minor=5_00))

    answer = browser.get(f"{PAGE}?period=all")

    page = answer.content.decode()
    assert "import rates" in page
    assert page.count("$5.00") == 2
    assert answer.context["report"].total.contribution == Money(570, "EUR")


@pytest.mark.usefixtures("told")
def test_rates_are_named_with_their_day_and_source(browser):
    lake = open_lake(load_settings())
    publish(lake, date(2026, 7, 1), a_row("HX-7", currency="USD", net_profit_minor=5_00))
    keep_rates([a_rate(rate="1.25", rate_date=date(2026, 6, 30))])

    answer = browser.get(f"{PAGE}?period=all")

    page = answer.content.decode()
    assert "1 USD = 0.8000 EUR, the rate of 2026-06-30 (ECB)" in page
    assert answer.context["report"].total.contribution == Money(570 + 400, "EUR")


@pytest.mark.usefixtures("told")
def test_charts_and_their_tables_say_the_same(browser):
    answer = browser.get(f"{PAGE}?period=all")

    course, way = answer.context["course"], answer.context["way"]
    settled, estimated, sales, open_sales = (series["values"] for series in course["series"])
    assert course["labels"] == ["2026-08-05", "2026-09-02"]
    assert (settled, estimated) == ([0.7, None], [0.7, 5.0])
    assert sales[1] + open_sales[1] == pytest.approx(9.99 * 3)
    amounts = [amount.minor for _name, amount, _share in answer.context["way_rows"]]
    bars = way["series"][0]["values"]
    assert [round((bar[1] - bar[0]) * 100) for bar in bars] == amounts
    assert amounts[-1] == 570


@pytest.mark.usefixtures("told")
def test_groups_are_taken_out_with_their_own_column(browser):
    (row,) = records_of(browser.get(f"{PAGE}report.csv?by=marketplace&period=all"))
    days = records_of(browser.get(f"{PAGE}report.csv?by=month&period=all"))

    assert (row["marketplace"], row["contribution"]) == ("Amazon.de", "5.70")
    assert (row["contribution_settled"], row["contribution_estimated"]) == ("-0.30", "6.00")
    assert row["articles"] == ""
    assert [day["first_day"] for day in days] == ["2026-08-01", "2026-09-01"]


@pytest.mark.usefixtures("told")
def test_articles_that_are_in_no_return_on_stock_are_counted_in_the_files(browser):
    (group,) = records_of(browser.get(f"{PAGE}report.csv?by=category"))
    rows = records_of(browser.get(f"{PAGE}report.csv"))

    assert group["gmroi_left_out_articles"] == "1"
    assert {row["sku"]: row["gmroi_left_out_articles"] for row in rows} == {
        BEST: "0",
        LOSS: "0",
        STRANGER: "1",
    }


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("kind", ["report.pdf", "contradictions", "people.csv"])
def test_there_are_no_other_files(browser, kind):
    assert browser.get(PAGE + kind).status_code == 404


@pytest.mark.usefixtures("told")
def test_who_may_not_see_articles_sees_no_profit(client):
    client.force_login(build.a_user())

    assert client.get(PAGE).status_code == 403
    assert client.get(PAGE + "report.csv").status_code == 403


# --- API --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("told")
def test_profit_comes_in_pages_with_sums_over_all(api):
    answer = api.get("/api/profit?limit=1&since=2000-01-01").json()

    (line,) = answer["items"]
    assert (line["sku"], line["contribution"]) == (BEST, {"minor": 670, "currency": "EUR"})
    assert line["is_estimate"] is True
    assert (answer["total"], answer["since"], answer["through"]) == (3, "2026-08-05", "2026-09-02")
    assert answer["contribution"]["minor"] == 570
    assert (answer["settled_contribution"]["minor"], answer["estimated_contribution"]["minor"]) == (
        -30,
        600,
    )
    assert answer["contribution_change"] is None
    assert answer["estimated_count"] == 1
    assert answer["contradiction_count"] >= 2


@pytest.mark.usefixtures("told")
def test_profit_is_filtered(api):
    newest = api.get(f"/api/profit?since={DAY - timedelta(days=1)}").json()
    one = api.get("/api/profit?search=GARDEN").json()

    assert newest["items"][0]["contribution"]["minor"] == 600
    assert [line["sku"] for line in one["items"]] == [LOSS]


@pytest.mark.usefixtures("told")
def test_profit_is_grouped_and_sorted(api):
    months = api.get("/api/profit?since=2000-01-01&by=month").json()["items"]
    worst = api.get("/api/profit?sort=worst&show=losing").json()["items"]

    assert [(one["key"], one["sku"]) for one in months] == [
        ("2026-08-01", None),
        ("2026-09-01", None),
    ]
    assert [one["sku"] for one in worst] == [LOSS]
    assert api.get("/api/profit?by=moon").status_code == 422


@pytest.mark.usefixtures("told")
def test_articles_that_are_in_no_return_on_stock_are_told_to_programs(api):
    (group,) = api.get("/api/profit?by=category").json()["items"]
    lines = api.get("/api/profit").json()["items"]

    assert group["gmroi_left_out_count"] == 1
    assert {line["sku"] for line in lines if line["gmroi_left_out_count"]} == {STRANGER}


@pytest.mark.usefixtures("told")
def test_contradictions_come_by_kind_with_the_money_at_stake(api):
    (one,) = api.get(f"/api/profit/contradictions?kind=unit_cost&search={LOSS}").json()["items"]

    assert (one["kind"], one["at_stake"]["minor"]) == ("unit_cost", 300)


@pytest.mark.usefixtures("told")
def test_contradictions_come_with_both_sides(api):
    found = api.get("/api/profit/contradictions").json()["items"]

    kinds = {(one["sku"], one["kind"]): one for one in found}
    assert kinds[LOSS, "unit_cost"]["ours"] == {"minor": 200, "currency": "EUR"}
    assert kinds[LOSS, "unit_cost"]["sellerboard"] == {"minor": 500, "currency": "EUR"}
    assert kinds[STRANGER, "unknown_article"]["ours"] is None
    assert kinds[STRANGER, "unknown_article"]["sellerboard"] == 1


@pytest.mark.parametrize("name", ["profit", "profit/contradictions"])
def test_without_figures_the_api_says_what_to_do(api, name):
    answer = api.get(f"/api/{name}")

    assert answer.status_code == 404
    assert "umschlag sync sellerboard" in answer.json()["detail"]


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("name", ["profit", "profit/contradictions"])
def test_profit_needs_the_permission_to_see_articles(client, name):
    assert client.get(f"/api/{name}").status_code == 401
    token = build.a_token(build.a_user(permissions=["view_client"]))
    answer = client.get(f"/api/{name}", headers={"authorization": f"Bearer {token}"})

    assert answer.status_code == 403


@pytest.mark.usefixtures("told")
def test_days_of_which_nothing_was_told_are_not_found(api):
    answer = api.get("/api/profit?since=2026-09-03")

    assert answer.status_code == 404
    assert "2026-08-05" in answer.json()["detail"]


@pytest.mark.parametrize("days", ["since=0001-01-01", "through=9999-12-31"])
def test_days_at_the_calendars_ends_are_cut_to_those_told(api, told, days):
    for name in ("profit", "profit/contradictions"):
        assert api.get(f"/api/{name}?{days}").status_code == 200
