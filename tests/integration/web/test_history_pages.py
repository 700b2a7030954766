"""The history pages: what changed and why, what ran out, what was known when, how fresh it is."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from builders import web as build
from builders.lake import DAY, a_sale, article_day, rows_of
from umschlag.kernel.periods import business_date_of
from umschlag.settings import load_settings
from umschlag.storage.records.models import LakeDay, LakeFile, SnapshotRun
from umschlag.wiring.freshness import freshness_of, freshness_text
from umschlag.wiring.lake import open_lake
from umschlag.wiring.looking_back import StockOut

pytestmark = [pytest.mark.django_db, pytest.mark.database]
CHANGES, STOCK_OUTS = "/history/changes/", "/history/stock-outs/"
LAST = DAY + timedelta(days=2)


@pytest.fixture
def shop():
    """Two articles on two days with one day missing between: the lamp sells, the hose runs out."""
    lake = open_lake(load_settings())
    publish(lake, DAY, {"HX-1": (9, 200), "HX-2": (4, 100)})
    publish(lake, LAST, {"HX-1": (5, 250), "HX-2": (0, 100)})
    sold = a_sale("o1", LAST, sku="HX-1", units=5)
    back = a_sale("o2", LAST, sku="HX-1", units=-2)
    lake.publish("sales", f"{DAY:%Y-%m}", rows_of("sales", sold, back))
    build.an_article("HX-1", name="Desk lamp")
    return lake


def publish(lake, day, stock):
    rows = (
        article_day(sku, day, on_hand_units=units, unit_cost_minor=cost)
        for sku, (units, cost) in stock.items()
    )
    lake.publish("article_days", day.isoformat(), rows_of("article_days", *rows))


def period(since=DAY, through=LAST, **more):
    return {"since": since.isoformat(), "through": through.isoformat(), **more}


def test_changes_say_what_moved_the_stock(browser, shop):
    answer = browser.get(CHANGES, period())

    lamp, hose = (line for line, _ in answer.context["lines"])
    assert [(line.sku, line.units_changed) for line in (lamp, hose)] == [("HX-1", -4), ("HX-2", -4)]
    assert (lamp.units_sold, lamp.units_corrected) == (3, -1)
    assert (lamp.units_sold_before_returns, lamp.units_returned) == (5, 2)
    assert "5 sold, 2 returned" in answer.content.decode()
    assert "was €2.00" in answer.content.decode()


def test_a_day_without_a_snapshot_names_the_nearest(browser, shop):
    page = browser.get(CHANGES, period(through=DAY + timedelta(days=9))).content.decode()

    assert "There is no snapshot of 11 Sep 2026; the nearest is that of 4 Sep 2026." in page
    assert "?since=2026-09-02&amp;through=2026-09-04" in page


def test_one_snapshot_alone_shows_no_change_and_says_from_when_on(browser):
    publish(open_lake(load_settings()), DAY, {"HX-1": (9, 200)})

    page = browser.get(CHANGES).content.decode()

    assert "There is one snapshot, that of 2 Sep 2026." in page
    assert "The first day must be before" not in page


def test_the_days_between_are_chosen_by_one_click(browser, shop):
    publish(shop, LAST + timedelta(days=30), {"HX-1": (1, 250)})

    spans = browser.get(CHANGES).context["spans"]

    assert [span["title"] for span in spans] == ["30 days", "32 days"]
    assert "since=2026-09-04&through=2026-10-04" in spans[0]["query"]
    assert [span["is_shown"] for span in spans] == [False, False]


def test_a_span_that_is_shown_is_marked(browser, shop):
    spans = browser.get(CHANGES).context["spans"]

    assert [(span["title"], span["is_shown"]) for span in spans] == [("2 days", True)]


@pytest.mark.parametrize(
    ("rebuilt", "said"),
    [
        ([DAY], "2 Sep 2026 was rebuilt from stock movements"),
        ([DAY, LAST], "Both days were rebuilt from stock movements"),
    ],
)
def test_prices_of_rebuilt_days_are_unknown_and_not_unchanged(browser, shop, rebuilt, said):
    for day in rebuilt:
        SnapshotRun.objects.create(
            business_date=day, origin="reconstructed", status="complete", started_at=timezone.now()
        )

    page = browser.get(CHANGES, period()).content.decode()

    assert said in page
    assert "0 with a new price" not in page
    assert page.count("not known") == 1


def test_days_the_wrong_way_round_are_refused(browser, shop):
    page = browser.get(CHANGES, period(since=LAST, through=DAY)).content.decode()

    assert "The first day must be before the last one." in page


def test_without_a_snapshot_the_pages_say_what_to_do(browser):
    for address in (CHANGES, STOCK_OUTS):
        assert "There is no complete snapshot yet." in browser.get(address).content.decode()


def test_unknown_sales_are_not_passed_off_as_corrections(browser, shop):
    later = LAST + timedelta(days=1)
    publish(shop, later, {"HX-1": (1, 250)})

    page = browser.get(CHANGES, period(through=later)).content.decode()

    assert "Sales are known up to 4 Sep 2026 only" in page


def test_what_came_in_late_is_left_out_of_what_was_known_then(browser, shop):
    LakeDay.objects.update(published_at=timezone.now() - timedelta(days=5))
    LakeFile.objects.update(published_at=timezone.now() - timedelta(days=5))
    publish(shop, DAY, {"HX-1": (5, 250), "HX-2": (4, 100)})
    then = business_date_of(timezone.now() - timedelta(days=2), load_settings().zone)

    now_told = browser.get(CHANGES, period()).context["totals"]
    then_told = browser.get(CHANGES, period(known_on=then.isoformat())).context["totals"]

    assert (now_told["count"], now_told["units"]) == (1, -4)
    assert (then_told["count"], then_told["units"]) == (2, -8)


def test_before_the_first_import_nothing_was_known(browser, shop):
    page = browser.get(CHANGES, period(known_on="2020-01-01")).content.decode()

    assert "On that day no snapshot was known yet. The first was known on" in page


def test_stock_outs_are_counted_over_the_days_there_are(browser, shop):
    answer = browser.get(STOCK_OUTS, period())

    ((hose, _key, _name),) = answer.context["rows"]
    assert (hose.sku, hose.days_out, hose.days_observed) == ("HX-2", 1, 2)
    assert hose.out_since_date == LAST


def test_ninety_days_are_ninety_and_today_is_none_of_them_before_it_is_over(browser):
    lake, today = open_lake(load_settings()), business_date_of(timezone.now(), load_settings().zone)
    for ago in range(100):
        out = {"HX-1": (0, 200)} if ago == 0 else {}
        publish(lake, today - timedelta(days=ago), {"HX-2": (0, 100), "HX-1": (5, 200)} | out)

    answer = browser.get(STOCK_OUTS)
    today_told = browser.get(f"{STOCK_OUTS}?{answer.context['now']['query']}")

    ((hose, _key, _name),) = answer.context["rows"]
    assert (hose.sku, hose.days_out, hose.days_observed) == ("HX-2", 90, 90)
    assert answer.context["asked"].through == today - timedelta(days=1)
    shown = {span["title"]: span["is_shown"] for span in answer.context["spans"]}
    assert shown == {"30 days": False, "90 days": True, "99 days": False}
    assert answer.context["now"]["count"] == 2
    assert [line.sku for line, *_ in today_told.context["rows"]] == ["HX-1", "HX-2"]
    assert "is counted as a day as it stood then" in today_told.content.decode()


def test_days_without_a_snapshot_are_named_and_not_counted(browser, shop):
    page = browser.get(STOCK_OUTS, period()).content.decode()

    assert "1 day of this period has no snapshot and is not counted." in page
    assert "1 article had nothing to sell" in page


def test_two_units_sold_on_the_only_day_with_stock_are_no_pace():
    def missed(**values):
        return StockOut(
            sku="HX-1", longest_run_days=1, run_count=1, out_since_date=None, **values
        ).missed_units

    assert missed(days_observed=91, days_out=90, units_sold=2) == pytest.approx(90 * 2 / 14)
    assert missed(days_observed=90, days_out=30, units_sold=60) == pytest.approx(30)
    assert missed(days_observed=4, days_out=2, units_sold=2) == pytest.approx(1)
    assert missed(days_observed=90, days_out=30, units_sold=-3) == 0


def test_the_search_finds_by_name_and_by_sku(browser, shop):
    answer = browser.get(CHANGES, period(q="hx-2"))

    assert [line.sku for line, _ in answer.context["lines"]] == ["HX-2"]


@pytest.mark.parametrize(("what", "first"), [("changes", "HX-1"), ("stock-outs", "HX-2")])
def test_the_files_hold_what_is_shown(browser, shop, what, first):
    answer = browser.get(f"/history/{what}.csv", period())

    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0]["sku"] == first
    assert rows[0]["through"] == LAST.isoformat()
    assert browser.get(f"/history/{what}.xlsx", period()).status_code == 200
    assert browser.get("/history/else.csv", period()).status_code == 404


@pytest.mark.parametrize("what", ["changes", "stock-outs"])
def test_a_file_that_cannot_be_made_leads_to_the_page_that_says_why(browser, shop, what):
    backwards = {"since": LAST.isoformat(), "through": DAY.isoformat()}

    answer = browser.get(f"/history/{what}.csv", backwards, follow=True)

    assert answer.redirect_chain
    assert answer.context["refusal"] == {"is_backwards": True}


def test_germans_get_their_own_names_signs_and_words(browser, shop):
    answer = browser.get("/history/changes.csv", period(), headers={"accept-language": "de"})

    names, lamp, *_others = csv.reader(
        io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"
    )
    told = dict(zip(names, lamp, strict=True))
    assert (told["SKU"], told["Änderung"]) == ("HX-1", "geändert")
    assert (told["Einstandspreis vorher"], told["Von"]) == ("2,00", "02.09.2026")


@pytest.mark.parametrize("address", [CHANGES, STOCK_OUTS, "/history/changes.csv"])
def test_only_who_may_see_articles_sees_their_history(client, address):
    client.force_login(build.a_user())

    assert client.get(address).status_code == 403


def a_complete_run(days_ago):
    now = timezone.now()
    today = business_date_of(now, load_settings().zone)
    SnapshotRun.objects.create(
        business_date=today - timedelta(days=days_ago),
        origin="captured",
        status="complete",
        started_at=now,
        finished_at=now,
    )
    return timezone.localtime(now)


@pytest.mark.parametrize(
    ("language", "fresh", "stale"),
    [
        ("en", "As of", "The last complete snapshot is 2 days old"),
        ("de", "Stand", "Der letzte vollständige Snapshot ist 2 Tage alt"),
    ],
)
def test_freshness_is_told_in_both_languages(language, fresh, stale):
    with translation.override(language):
        a_complete_run(2)
        assert freshness_text(freshness_of(load_settings())) == stale
        assert freshness_of(load_settings()).is_stale

        a_complete_run(0)
        assert freshness_text(freshness_of(load_settings())).startswith(fresh)
        assert not freshness_of(load_settings()).is_stale


@pytest.mark.parametrize(
    "address", ["/reports/profit/", "/reports/penner-renner/", CHANGES, STOCK_OUTS]
)
def test_a_stale_picture_is_a_warning_on_every_list(browser, address):
    a_complete_run(3)

    page = browser.get(address).content.decode()

    assert "um-freshness--stale" in page
    assert "The last complete snapshot is 3 days old" in page


def test_the_article_shows_its_history_as_it_was_known(browser, shop):
    key = build.an_article("HX-2", name="Hose").pk

    now_shown = browser.get(f"/articles/{key}/").context["chart"]
    then = browser.get(f"/articles/{key}/", {"known_on": "2020-01-01"})

    assert now_shown["series"][0]["values"][-1] == 0
    assert then.context["chart"] is None
    page = then.content.decode()
    assert "Nothing was known of this article on that day." in page
    assert "All other figures on this page are the newest." in page


def test_the_article_tells_rebuilt_days_from_captured_ones(browser, shop):
    rebuilt = article_day("HX-2", DAY - timedelta(days=1), on_hand_units=6, is_reconstructed=True)
    day = (DAY - timedelta(days=1)).isoformat()
    shop.publish("article_days", day, rows_of("article_days", rebuilt))
    key = build.an_article("HX-2", name="Hose").pk

    answer = browser.get(f"/articles/{key}/")

    captured, dashed, _sold = answer.context["chart"]["series"]
    assert captured["values"][-4:] == [None, 4, None, 0]
    assert dashed["values"][-4:] == [6, 4, None, None]
    rows = [
        (row.day.business_date, row.day.on_hand_units, row.day.is_rebuilt)
        for row in answer.context["course_rows"]
    ]
    assert rows == [(LAST, 0, False), (DAY, 4, False), (DAY - timedelta(days=1), 6, True)]


def test_the_article_leads_to_its_changes_and_to_its_correction(browser, shop):
    key = build.an_article("HX-2", name="Hose").pk

    page = browser.get(f"/articles/{key}/").content.decode()

    assert "/history/changes/?days=30&amp;q=HX-2" in page
    assert "/write-backs/new/?sku=HX-2" in page


@pytest.mark.parametrize("what", [CHANGES, STOCK_OUTS])
@pytest.mark.parametrize("name", ["since", "through", "known_on"])
def test_a_day_that_is_none_is_said_and_not_replaced(browser, shop, what, name):
    answer = browser.get(what, {name: "2026-02-31"})

    shown = answer.content.decode()
    assert "“2026-02-31” is no day. Write it as 2026-08-31." in shown
    assert 'value="2026-02-31" aria-invalid="true"' in shown


def test_a_file_of_a_day_that_is_none_leads_to_the_page_that_says_so(browser, shop):
    answer = browser.get("/history/changes.csv?since=2026-02-31", follow=True)

    assert "“2026-02-31” is no day." in answer.content.decode()
