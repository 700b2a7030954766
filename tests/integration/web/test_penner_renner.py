"""The Penner/Renner page: what is listed, what it comes to, views, and what changed."""

import csv
import io

import pytest
from django.test import Client

from builders import web as build
from umschlag.kernel.money import Money
from umschlag.storage.records.models import ArticleMovement, SavedView
from umschlag.wiring.verdict_changes import Turn

pytestmark = [pytest.mark.django_db, pytest.mark.database]
REPORT = "/reports/penner-renner/"
CHANGES = f"{REPORT}changes/"


@pytest.fixture
def shop():
    """One that a rule found, one that it misses, one that sells, and one nobody can value."""
    penner = build.an_article("PENNER", movement={"dead_value_minor": 900_00})
    build.a_replenishment(penner, expected_unsold_units=60.4)
    missed = build.an_article(
        "MISSED",
        supplier="Palto",
        unit_cost_minor=9_99,
        movement={
            "verdict": "normal",
            "xyz_class": "Z",
            "abc_class": "A",
            "abc_class_by_margin": "B",
            "demand_pattern": "lumpy",
            "dead_value_minor": 0,
        },
    )
    build.a_replenishment(missed, expected_unsold_units=10.55)
    fine = build.an_article(
        "FINE", movement={"verdict": "renner", "dead_value_minor": 0, "xyz_class": "X"}
    )
    build.a_replenishment(fine, expected_unsold_units=0.2)
    unpriced = build.an_article(
        "UNPRICED",
        unit_cost_minor=None,
        movement={"verdict": "normal", "stock_value_minor": None, "dead_value_minor": None},
    )
    build.a_replenishment(unpriced, expected_unsold_units=80)
    build.a_place(missed, "Hauptlager")
    build.a_place(missed, "Amazon.de", kind="marketplace")
    build.a_place(fine, "Hauptlager")
    build.a_place(fine, "Shop", kind="marketplace")


def skus(answer):
    return [row.article.sku for row in answer.context["rows"]]


def rows_of(answer):
    text = answer.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("missed=1", ["MISSED"]),
        ("missed=1&verdict=penner", []),
        ("sort=unsold", ["PENNER", "MISSED", "FINE", "UNPRICED"]),
        ("warehouse=Hauptlager&sort=sku", ["FINE", "MISSED"]),
        ("warehouse=Hauptlager&marketplace=Shop", ["FINE"]),
        ("marketplace=Hauptlager", []),
        ("supplier=Palto", ["MISSED"]),
        ("abc=A&abc_margin=B&xyz=Z&pattern=lumpy", ["MISSED"]),
        ("abc_margin=C", []),
        ("xyz=X", ["FINE"]),
        ("xyz=nonsense&warehouse=&pattern=", ["PENNER", "FINE", "MISSED", "UNPRICED"]),
    ],
)
def test_the_list_is_narrowed_and_sorted(browser, shop, query, found):
    assert skus(browser.get(f"{REPORT}?{query}")) == found


def test_the_sums_are_those_of_what_is_shown_rounded_before_they_are_added(browser, shop):
    answer = browser.get(f"{REPORT}?sort=unsold")

    totals = answer.context["totals"]
    shown = [row.unsold_value_minor for row in answer.context["rows"]]
    # 60.4 × 12.50, 10.55 × 9.99 = 105.3945 and 0.2 × 12.50.
    assert shown == [755_00, 105_39, 2_50, None]
    assert totals.unsold == Money(sum(filter(None, shown)), "EUR")
    assert (totals.missed, totals.missed_count) == (Money(105_39, "EUR"), 1)
    assert (totals.not_forecast_count, totals.cost_unknown_count) == (1, 1)


def test_the_sums_of_expected_money_leave_out_another_currency(browser, shop):
    pound = build.an_article("GB", currency="GBP", movement={"verdict": "normal"})
    build.a_replenishment(pound, expected_unsold_units=100)

    totals = browser.get(f"{REPORT}?missed=1").context["totals"]

    assert (totals.count, totals.missed) == (2, Money(105_39, "EUR"))
    assert (totals.not_forecast_count, totals.cost_unknown_count) == (1, 1)


def test_exactly_what_is_filtered_is_taken_out(browser, shop):
    [row] = rows_of(browser.get(f"{REPORT}report.csv?missed=1"))

    assert row["sku"] == "MISSED"
    assert (row["expected_unsold_units"], row["expected_unsold_value"]) == ("10.6", "105.39")
    assert (row["abc_revenue"], row["abc_margin"], row["xyz"]) == ("A", "B", "Z")
    assert row["missed_by_rules"].casefold() == "true"
    assert row["forecast_made_on"] == build.TODAY.isoformat()


def test_before_the_first_forecast_nothing_is_called_missed(browser):
    build.an_article("HX-1", movement={"verdict": "normal"})

    page = browser.get(f"{REPORT}?missed=1").content.decode()

    assert "known after the first forecast" in page
    assert "no forecast yet" in page


def test_the_api_gives_the_same_rows_and_sums(shop):
    token = build.a_token(build.a_superuser())
    api = Client(headers={"authorization": f"Bearer {token}"})

    answer = api.get("/api/penner-renner?missed=true&warehouse=Hauptlager&sort=unsold").json()

    [item] = answer["items"]
    assert (item["sku"], item["is_missed"]) == ("MISSED", True)
    assert item["expected_unsold"] == {"minor": 105_39, "currency": "EUR"}
    assert answer["totals"]["missed"] == {"minor": 105_39, "currency": "EUR"}
    assert answer["totals"]["lost_revenue_max_365d"] is None


# --- saved views ------------------------------------------------------------------------------


def save(browser, name, query="missed=1"):
    return browser.post(f"{REPORT}views", {"name": name, "query": query}, follow=True)


def test_a_view_is_a_link_that_shows_the_same_again(browser, shop):
    save(browser, "  Sleeping   money ", "sort=unsold&missed=1&nonsense=1&verdict=nonsense")

    [view] = SavedView.objects.all()
    assert (view.name, view.query) == ("Sleeping money", "missed=1&sort=unsold")
    assert skus(browser.get(f"{REPORT}?{view.query}")) == ["MISSED"]
    assert browser.get(f"{REPORT}?{view.query}").context["views"].current == view


def test_a_name_that_is_there_shows_the_new_filters_and_says_so(browser, shop):
    save(browser, "Mine")

    page = save(browser, "mine", "verdict=renner").content.decode()

    assert list(SavedView.objects.values_list("name", "query")) == [("mine", "verdict=renner")]
    assert "“mine” now shows what is filtered here." in page


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_view_needs_a_name_of_its_own_length(browser, shop, name):
    page = save(browser, name).content.decode()

    assert not SavedView.objects.exists()
    assert "give the view a name of 1 to 60 characters" in page


def test_views_are_each_persons_own(browser, shop):
    other = SavedView.objects.create(
        user=build.a_user("other"), page="penner-renner", name="Theirs", query="missed=1"
    )

    assert b"Theirs" not in browser.get(REPORT).content
    browser.post(f"{REPORT}views/{other.pk}/delete")
    assert SavedView.objects.filter(pk=other.pk).exists()


def test_a_view_can_be_deleted(browser, shop):
    save(browser, "Mine")
    view = SavedView.objects.get()

    answer = browser.post(f"{REPORT}views/{view.pk}/delete", {"query": "xyz=X\r\nSet-Cookie: a"})

    assert not SavedView.objects.exists()
    assert answer["Location"] == REPORT


def test_nobody_saves_a_view_without_seeing_the_report(client):
    client.force_login(build.a_user(permissions=["view_article"]))

    assert client.post(f"{REPORT}views", {"name": "x", "query": ""}).status_code == 403
    assert client.get(CHANGES).status_code == 403


# --- what changed -----------------------------------------------------------------------------


@pytest.fixture
def changed():
    """Verdicts kept for ten days, and five articles with changes of every kind."""
    old = build.an_article("OLD", movement={})
    build.a_change(old, days_ago=10, from_verdict="", to="penner")
    into = build.an_article("INTO", name="Hose", movement={})
    build.a_change(into, days_ago=2, to="penner", rule_name="Lies for 90 days")
    both = build.an_article("BOTH", category="Garden", movement={"verdict": "renner"})
    build.a_change(both, days_ago=5, from_verdict="penner", to="normal")
    build.a_change(both, days_ago=3, from_verdict="normal", to="renner", dead_value_minor=0)
    again = build.an_article("AGAIN", movement={"verdict": "normal"})
    build.a_change(again, days_ago=4, from_verdict="normal", to="penner")
    build.a_change(again, days_ago=1, from_verdict="penner", to="normal")
    new = build.an_article("NEW", movement={"verdict": "normal"})
    build.a_change(new, days_ago=1, from_verdict="", to="normal")


def changed_skus(answer):
    return [row.sku for row in answer.context["rows"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["INTO", "BOTH"]),
        ("turn=into_penner", ["INTO"]),
        ("turn=out_of_penner", ["BOTH"]),
        ("turn=new_renner", ["BOTH"]),
        ("turn=no_longer_renner", []),
        ("category=Garden", ["BOTH"]),
        ("q=hos", ["INTO"]),
        ("days=14", ["INTO", "BOTH"]),
        ("days=nonsense&turn=nonsense", ["INTO", "BOTH"]),
    ],
)
def test_changes_and_back_are_none_and_turns_can_be_chosen(browser, changed, query, found):
    assert changed_skus(browser.get(f"{CHANGES}?{query}")) == found


def test_the_cards_count_each_turn_with_the_dead_stock_of_that_day(browser, changed):
    found = browser.get(f"{CHANGES}?turn=into_penner").context["found"]

    assert {total.turn: (total.count, total.dead.minor) for total in found.totals} == {
        Turn.INTO_PENNER: (1, 1_500_00),
        Turn.OUT_OF_PENNER: (1, 0),
        Turn.NEW_RENNER: (1, 0),
        Turn.NO_LONGER_RENNER: (0, 0),
    }


def test_a_period_longer_than_the_kept_verdicts_says_so(browser, changed):
    assert "Verdicts are kept since" in browser.get(f"{CHANGES}?days=14").content.decode()
    assert "Verdicts are kept since" not in browser.get(CHANGES).content.decode()


def test_the_reason_of_today_is_told_only_while_the_verdict_holds(browser, changed):
    def why():
        return {row.sku: row.why for row in browser.get(CHANGES).context["shown"]}["INTO"]

    assert why().startswith("No sale for 120 days")
    ArticleMovement.objects.filter(article__sku="INTO").update(verdict="normal")
    assert why() == ""


def test_changes_are_taken_out_and_told_over_the_api(browser, changed):
    [row] = rows_of(browser.get(f"{REPORT}changes.csv?turn=into_penner"))
    answer = browser.get("/api/penner-renner/changes?turn=into_penner").json()

    assert (row["sku"], row["verdict_before"], row["verdict"]) == ("INTO", "normal", "penner")
    assert (row["rule"], row["dead_stock_then"]) == ("Lies for 90 days", "1500.00")
    assert [item["sku"] for item in answer["items"]] == ["INTO"]
    assert answer["is_comparable"] is True


@pytest.mark.parametrize("address", [CHANGES, REPORT])
def test_without_any_verdict_the_pages_say_what_to_do(browser, address):
    assert "umschlag classify" in browser.get(address).content.decode()


def test_without_any_verdict_there_is_nothing_to_take_out(browser):
    assert browser.get(f"{REPORT}changes.csv").status_code == 404
    assert browser.get("/api/penner-renner/changes").status_code == 404


def test_on_the_day_of_the_first_verdicts_no_number_of_changes_is_shown(browser):
    build.a_change(build.an_article("FIRST", movement={}), days_ago=0, from_verdict="")

    page = browser.get(CHANGES).content.decode()

    assert "are the first ones" in page
    assert "um-cards" not in page


def test_lost_sales_that_nobody_can_tell_are_counted_beside_the_sum(browser):
    told = {"stock_out_count_365d": 2, "lost_revenue_minor_max_365d": 50_00}
    build.an_article("TOLD", movement=told)
    build.an_article("UNTOLD", movement={**told, "lost_revenue_minor_max_365d": None})
    build.an_article("NEVER-OUT", movement={"lost_revenue_minor_max_365d": None})

    totals = browser.get("/api/penner-renner").json()["totals"]

    assert totals["lost_revenue_max_365d"]["minor"] == 50_00
    assert totals["lost_unknown_count"] == 1
    assert "unknown of 1 article with stock-outs" in browser.get(REPORT).content.decode()
