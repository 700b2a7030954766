"""Dashboard, report, article, pallet and rule preview: what they show, and to whom."""

import csv
import io
import json
from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils.formats import date_format
from openpyxl import load_workbook

from builders import web as build
from builders.lake import a_sellerboard_day, rows_of
from builders.records import TODAY, a_forecast
from builders.web_history import a_history
from umschlag.kernel.money import Money
from umschlag.settings import load_settings
from umschlag.storage.records import models
from umschlag.web.admin.dashboard import value_chart
from umschlag.wiring.freshness import Freshness, freshness_text
from umschlag.wiring.lake import open_lake
from umschlag.wiring.overview import DayValue
from umschlag.wiring.stored_reasons import reason_text

pytestmark = [pytest.mark.django_db, pytest.mark.database]
REPORT = "/reports/penner-renner/"


def text_of(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def the_pages():
    made = build.one_of_everything()
    return [
        reverse("admin:index"),
        REPORT,
        REPORT + "report.csv",
        reverse("pages:article", args=[made["article"].pk]),
        reverse("pages:run", args=[made["run"].pk]),
        reverse("pages:pallet", args=[made["pallet"].pk]),
        reverse("pages:packing-list", args=[made["pallet"].pk]),
        "/carts/new/",
    ]


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_page_opens(browser, language):
    for page in the_pages():
        assert browser.get(page, headers={"accept-language": language}).status_code == 200, page


def test_the_packing_list_says_what_amazon_wants_written_on_the_pallet(browser):
    made = build.one_of_everything()
    pallet = made["pallet"]
    other = build.an_asin("B0OTHEROTH")
    second = build.a_pallet(pallet.cart, other, code=f"{pallet.code}-2")
    second.cartons.create(
        asin=pallet.cartons.first().asin,
        units=6,
        tier=2,
        x_mm=0,
        y_mm=0,
        z_mm=400,
        length_mm=400,
        width_mm=300,
        height_mm=400,
        gross_weight_g=5_500,
    )

    first_list = text_of(browser.get(reverse("pages:packing-list", args=[pallet.pk])))
    second_list = text_of(browser.get(reverse("pages:packing-list", args=[second.pk])))

    assert "pallet 1 of 2" in first_list
    assert "MIXED SKU" not in first_list
    assert "pallet 2 of 2" in second_list
    assert "MIXED SKU" in second_list


def test_a_packing_list_of_no_pallet_is_not_found(browser):
    assert browser.get(reverse("pages:packing-list", args=[4711])).status_code == 404


def test_every_page_opens_before_there_is_anything(browser):
    for page in (reverse("admin:index"), REPORT, REPORT + "report.xlsx", "/carts/new/"):
        assert browser.get(page).status_code == 200, page


def test_a_stranger_and_a_user_who_is_no_staff_see_no_page(client):
    pages = the_pages()
    for someone in (None, build.a_user(is_staff=False)):
        if someone:
            client.force_login(someone)
        for page in pages:
            answer = client.get(page)
            assert answer.status_code == 302, page
            assert "/admin/login/" in answer.url


def test_staff_without_a_permission_see_the_frame_and_no_figures(client):
    pages = the_pages()
    client.force_login(build.a_user())

    for page in pages[1:]:
        assert client.get(page).status_code == 403, page
    dashboard = text_of(client.get(pages[0]))
    assert "nothing was shared with you yet" in dashboard
    assert "Desk lamp" not in dashboard


def test_the_start_leads_to_the_dashboard(client):
    assert client.get("/").url == reverse("admin:index")


def test_an_unknown_record_is_not_found(browser):
    for page in ("article", "run", "pallet"):
        assert browser.get(reverse(f"pages:{page}", args=[404])).status_code == 404


# --- dashboard --------------------------------------------------------------------------------


def freshness(**values):
    return Freshness(
        **{
            "business_date": date(2026, 9, 2),
            "finished_at": datetime.fromisoformat("2026-09-02T00:14:00+00:00"),
            "age_days": 0,
            "article_count": 2000,
            "reconstructed_days": 0,
        }
        | values
    )


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        # 00:14 in universal time is 02:14 in Berlin in summer.
        ({}, "As of 02:14 CEST, complete"),
        ({"age_days": 1}, "The last complete snapshot is 1 day old"),
        ({"age_days": 2}, "The last complete snapshot is 2 days old"),
        ({"business_date": None, "age_days": None}, "No complete snapshot yet"),
    ],
)
def test_the_dashboard_says_how_old_its_picture_is(values, sentence):
    assert freshness_text(freshness(**values)) == sentence


def test_without_a_snapshot_nothing_looks_fresh(browser):
    page = text_of(browser.get(reverse("admin:index")))

    assert "um-freshness--stale" in page


def day_value(day, *, reconstructed):
    return DayValue(
        business_date=date(2026, 9, day), value=Money(day * 100, "EUR"), reconstructed=reconstructed
    )


def test_rebuilt_days_are_drawn_apart_and_the_lines_meet():
    days = tuple(day_value(day, reconstructed=day < 3) for day in (1, 2, 3, 4))

    chart = value_chart(days)

    captured, rebuilt = (series["values"] for series in chart["series"])
    assert captured == [None, None, 3.0, 4.0]
    assert rebuilt == [1.0, 2.0, 3.0, None]


def test_one_day_is_no_course():
    assert value_chart((day_value(1, reconstructed=False),)) is None


def test_the_dashboard_shows_unread_news_and_no_read_ones(browser):
    build.a_notification(title="Truck is here")
    build.a_notification(title="Long forgotten", read_at=build.NOW)

    page = text_of(browser.get(reverse("admin:index")))

    assert "Truck is here" in page
    assert "Long forgotten" not in page


# --- report -----------------------------------------------------------------------------------


@pytest.fixture
def shop():
    build.an_article("HX-1", name="Lamp", movement={"dead_value_minor": 50_00})
    build.an_article("HX-2", name="Hose", category="Garden", movement={"dead_value_minor": 900_00})
    build.an_article(
        "HX-3",
        name="=SUM(A1)",
        manufacturer="Palto",
        movement={"verdict": "renner", "speed_class": "fast", "dead_value_minor": 0},
    )


@pytest.mark.parametrize(
    ("query", "skus"),
    [
        ("", ["HX-2", "HX-1", "HX-3"]),
        ("verdict=penner", ["HX-2", "HX-1"]),
        ("speed=fast", ["HX-3"]),
        ("category=Garden", ["HX-2"]),
        ("manufacturer=Palto", ["HX-3"]),
        ("q=lam", ["HX-1"]),
        ("sort=sku", ["HX-1", "HX-2", "HX-3"]),
        ("verdict=nonsense&sort=nonsense", ["HX-2", "HX-1", "HX-3"]),
    ],
)
def test_the_report_is_filtered_and_sorted(browser, shop, query, skus):
    shown = browser.get(f"{REPORT}?{query}").context["rows"]

    assert [row.article.sku for row in shown] == skus


def test_the_totals_are_those_of_what_is_filtered(browser, shop):
    totals = browser.get(f"{REPORT}?category=Garden").context["totals"]

    assert (totals.count, totals.dead) == (1, Money(900_00, "EUR"))


def test_the_totals_leave_out_money_of_another_currency(browser, shop):
    build.an_article("GB-1", currency="GBP", movement={"dead_value_minor": 777_00})

    totals = browser.get(REPORT).context["totals"]

    assert (totals.count, totals.dead) == (4, Money(950_00, "EUR"))


def test_the_report_is_taken_out_as_filtered(browser, shop):
    content = browser.get(f"{REPORT}report.csv?verdict=penner").content.decode("utf-8-sig")

    rows = list(csv.DictReader(io.StringIO(content)))
    assert [row["sku"] for row in rows] == ["HX-2", "HX-1"]
    assert rows[0]["dead_stock"] == "900.00"


def test_the_excel_file_holds_numbers_and_no_formulas(browser, shop):
    content = browser.get(f"{REPORT}report.xlsx?sort=sku").content

    names, *rows = load_workbook(io.BytesIO(content)).active.iter_rows()
    places = [cell.value for cell in names]
    assert rows[0][places.index("dead_stock")].value == 50
    name = rows[2][places.index("name")]
    # A text by its type, so that it needs no apostrophe.
    assert (name.value, name.data_type) == ("=SUM(A1)", "s")


def test_the_report_reads_its_articles_in_the_same_query(
    browser, shop, django_assert_max_num_queries
):
    for number in range(10, 40):
        build.an_article(f"HX-{number}", movement={})

    with django_assert_max_num_queries(19):
        browser.get(REPORT)


# --- article ----------------------------------------------------------------------------------


def test_the_article_page_draws_the_history_and_says_where_figures_come_from(browser):
    a_history()
    hose = models.Article.objects.get(name="Garden hose, 20 m")

    answer = browser.get(reverse("pages:article", args=[hose.pk]))

    page = text_of(answer)
    stock, rebuilt, sold = answer.context["chart"]["series"]
    assert rebuilt["dashed"]
    assert stock["values"][-1] == hose.on_hand_units
    assert sold["values"][-2:] == [3, None]
    assert reason_text(hose.movement) in page
    assert "units in 90 days ÷ 90 days" in page


def test_earnings_name_the_days_that_were_told(browser):
    a_history()
    hose = models.Article.objects.get(name="Garden hose, 20 m")
    lake = open_lake(load_settings())
    newest = lake.newest_business_date()
    days = [newest - timedelta(days=age) for age in (0, 9)]
    for day in days:
        row = a_sellerboard_day(hose.sku, day, is_settled=day != newest)
        lake.upsert_month(
            "sellerboard_days",
            f"{day:%Y-%m}",
            rows_of("sellerboard_days", row),
            key=("business_date", "marketplace", "asin", "sku"),
        )

    answer = browser.get(reverse("pages:article", args=[hose.pk]))

    profit = answer.context["profit"]
    assert (profit["since"], profit["until"]) == (days[1], newest)
    assert profit["net"] == Money(2 * 100, "EUR")
    assert "partly estimated" in text_of(answer)


@pytest.mark.parametrize(
    ("stock", "forecast", "said"),
    [
        ({"on_hand_units": None}, {"stockout_probability": None}, "–"),
        ({"on_hand_units": 0}, {"stockout_date": TODAY, "stockout_probability": 1.0}, "out now"),
        ({"on_hand_units": 9}, {"stockout_date": None}, "not within a year"),
    ],
)
def test_the_day_of_running_out_is_told_only_where_it_is_known(browser, stock, forecast, said):
    article = build.an_article(**stock)
    a_forecast(article, **{"stockout_probability": 0.5, "stockout_date": None, **forecast})

    page = text_of(browser.get(reverse("pages:article", args=[article.pk])))

    assert said in page.split("Runs out on")[1].split("</tr>")[0]


def test_an_article_that_runs_out_says_by_when_to_order_and_not_to_leave_it(browser):
    article = build.an_article(on_hand_units=9, reserved_units=None, lead_time_days=14)
    a_forecast(article, stockout_date=TODAY + timedelta(days=19), stockout_probability=0.96)

    page = text_of(browser.get(reverse("pages:article", args=[article.pk])))
    dashboard = text_of(browser.get(reverse("admin:index")))

    assert "leave it as it is" not in page
    assert f"order by {date_format(TODAY + timedelta(days=5))}" in page
    day = date_format(TODAY + timedelta(days=5), "SHORT_DATE_FORMAT")
    assert f"order by {day}" in dashboard


def test_a_proposal_is_decided_on_the_article_page(browser):
    proposal = build.a_proposal(build.an_article())
    page = reverse("pages:decide-proposal", args=[proposal.pk])

    browser.post(page, {"state": "nonsense"})
    proposal.refresh_from_db()
    assert proposal.state == "open"

    browser.post(page, {"state": "dismissed"})
    proposal.refresh_from_db()
    assert proposal.state == "dismissed"


def test_who_may_only_look_may_not_decide(client):
    proposal = build.a_proposal(build.an_article())
    client.force_login(build.a_user(permissions=["view_proposal", "view_article"]))

    page = reverse("pages:decide-proposal", args=[proposal.pk])
    assert client.post(page, {"state": "accepted"}).status_code == 403


def test_a_language_model_that_is_away_is_told_and_breaks_nothing(browser):
    # Nothing listens where the demo's model would.
    article = build.an_article()

    answer = browser.post(reverse("pages:text-draft", args=[article.pk]), follow=True)

    assert answer.status_code == 200


# --- pallet and rule preview --------------------------------------------------------------------


def test_the_pallet_page_draws_the_load_and_lists_it(browser):
    pallet = build.one_of_everything()["pallet"]

    answer = browser.get(reverse("pages:pallet", args=[pallet.pk]))

    assert "<svg" in text_of(answer)
    (line,) = answer.context["contents"]
    assert (line["cartons"], line["units"], line["gross_weight_g"]) == (2, 12, 11_000)


def preview(browser, **values):
    entered = {"verdict": "penner", "scope": "all"} | values
    return json.loads(text_of(browser.post("/rules/preview", entered)))


def test_a_rule_that_is_being_written_tells_what_it_would_match(browser):
    a_history()

    answer = preview(browser, days_sold_threshold=30)

    # The lamp (240 × 12.50) and the drill bits (75 × 18.00) never sold.
    assert answer["text"] == "Matches 2 articles, €4,350"
    assert not models.MovementRule.objects.filter(name="preview").exists()


def test_a_rule_that_matches_nothing_warns(browser):
    a_history()

    answer = preview(browser, days_sold_threshold=30, scope="category", scope_value="Nowhere")

    assert answer["problem"].startswith("Matches 0 articles")


def test_an_amount_that_cannot_be_read_shows_how_to_write_one(browser):
    answer = preview(browser, days_sold_threshold=30, stock_value_minor_min="12,50")

    assert answer["problem"] == "Stock of at least: Enter an amount, as in 12.50."


def test_the_rule_form_offers_the_scope_values_that_articles_have(browser):
    article = build.an_article()
    models.Article.objects.filter(pk=article.pk).update(category="Lighting", supplier="")

    form = text_of(browser.get(reverse("admin:records_movementrule_add")))

    assert 'list="um-scope-values"' in form
    assert '<option value="Lighting">' in form
    assert '<option value="">' not in form.split('id="um-scope-values"')[1]


@pytest.mark.parametrize(
    ("language", "says"), [("en", "This page does not exist"), ("de", "Diese Seite gibt es nicht")]
)
def test_an_address_that_does_not_exist_leads_back_in_both_languages(browser, language, says):
    answer = browser.get("/nowhere", headers={"accept-language": language})

    assert answer.status_code == 404
    assert says in answer.content.decode()
    assert 'href="/admin/"' in answer.content.decode()


def test_a_refusal_leads_back(client):
    client.force_login(build.a_user(permissions=[]))

    answer = client.get(REPORT)

    assert answer.status_code == 403
    assert "You may not see this page" in answer.content.decode()


def test_the_list_of_runs_writes_times_and_methods_for_people(browser):
    build.one_of_everything()

    page = text_of(browser.get(reverse("admin:records_allocationrun_changelist")))

    assert "+00:00" not in page
    assert "priority_loop" not in page


def test_a_bound_in_money_counts_in_major_units(browser):
    a_history()

    answer = preview(browser, days_sold_threshold=30, stock_value_minor_min="2,000.00")

    assert answer["text"] == "Matches 1 article, €3,000"


@pytest.mark.parametrize(
    "values", [{}, {"days_sold_threshold": "x"}, {"verdict": "renner", "days_sold_threshold": 9}]
)
def test_a_rule_that_cannot_be_is_told_while_it_is_written(browser, values):
    assert preview(browser, **values)["problem"]


def test_a_preview_without_history_says_what_to_do(browser):
    assert "snapshot" in preview(browser, days_sold_threshold=30)["problem"]
