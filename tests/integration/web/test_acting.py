"""Orders and acts on their pages, over the API and as files: what they show, and to whom."""

import csv
import io
import json

import pytest

from builders import web as build
from builders.acting import FAST, publish_shop
from umschlag.kernel.money import Money
from umschlag.settings import load_settings
from umschlag.storage.records.models import Proposal
from umschlag.web.pages.replenishment import OrdersAsked
from umschlag.wiring.proposing import propose

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def shop():
    publish_shop(load_settings())
    propose(load_settings())


def records_of(answer):
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("5000", 500_000),
        ("5000.50", 500_050),
        ("5.000", 500_000),
        ("5,000", 500_000),
        ("5.000,50 €", 500_050),
        ("5,000.5", 500_050),
        ("1.234.567", 123_456_700),
        ("0", 0),
        ("-3", None),
        ("a lot", None),
        ("", None),
        ("NaN", None),
        ("1e99", None),
    ],
)
def test_a_budget_is_read_as_germans_and_others_write_it(typed, minor):
    asked = OrdersAsked.of({"budget": typed})

    assert asked.budget_money == (None if minor is None else Money(minor, "EUR"))
    assert asked.is_budget_unreadable == (bool(typed) and minor is None)


def test_the_list_can_be_narrowed_and_says_when_nothing_fits(browser, shop):
    found = browser.get("/replenishment/", {"supplier": "Lumo GmbH"}).context["found"]
    none = browser.get("/replenishment/", {"q": "nothing like it"}).content.decode()
    odd = browser.get("/replenishment/", {"budget": "much", "sort": "odd"})

    assert {line.article.sku for line in found.lines} == {"HX-101", "HX-104"}
    assert "No order fits" in none
    assert "is no amount" in odd.content.decode()


def test_the_file_has_what_the_page_shows(browser, shop):
    rows = records_of(browser.get("/replenishment/list.csv", {"budget": "900"}))
    found = browser.get("/replenishment/", {"budget": "900"}).context["found"]

    assert [row["sku"] for row in rows] == [line.article.sku for line in found.lines]
    assert sum(float(row["order_value"]) for row in rows) <= 900
    assert browser.get("/replenishment/list.pdf").status_code == 404


def test_chosen_lines_are_accepted_in_the_quantities_shown(browser, shop):
    line = browser.get("/replenishment/", {"budget": "400"}).context["found"].lines[0]

    browser.post("/replenishment/accept", {"line": [line.proposal.pk], "budget": "400"})
    nothing = browser.post("/replenishment/accept", {}, follow=True)

    row = Proposal.objects.get(state="accepted")
    assert (row.pk, row.units_to_order) == (line.proposal.pk, line.units)
    assert "choose lines first" in nothing.content.decode()


def test_an_article_without_a_plan_says_why(browser):
    article = build.models.Article.objects.create(sku="HX-9", currency="EUR")

    answer = browser.get(f"/replenishment/{article.pk}/")

    assert "Nothing is planned for this article" in answer.content.decode()


@pytest.mark.parametrize("path", ["/replenishment/", "/what-to-do/", "/replenishment/list.csv"])
def test_without_the_right_nobody_sees_what_is_proposed(client, path):
    client.force_login(build.a_user("guest"))

    assert client.get(path).status_code == 403


@pytest.mark.parametrize("path", ["/replenishment/accept", "/what-to-do/decide"])
def test_who_may_only_look_decides_nothing(client, path):
    client.force_login(build.a_user("guest", permissions=["records.view_proposal"]))

    assert client.post(path, {"decision": "accepted"}).status_code == 403
    assert client.get(path).status_code == 403


def test_acts_are_dismissed_and_taken_back_on_the_page(browser, shop):
    act = Proposal.objects.get(kind="bundle")

    browser.post("/what-to-do/decide", {"act": [act.pk], "decision": "dismissed"})
    dismissed = Proposal.objects.get(pk=act.pk).state
    browser.post("/what-to-do/decide", {"act": [act.pk, "x"], "decision": "undo"})

    assert (dismissed, Proposal.objects.get(pk=act.pk).state) == ("dismissed", "open")


def test_the_tiles_add_up_the_acts_of_the_state_that_is_shown(browser, shop):
    act = Proposal.objects.filter(kind="stop_reordering").get()
    Proposal.objects.filter(pk=act.pk).update(state="accepted")

    accepted = browser.get("/what-to-do/", {"state": "accepted"})
    open_acts = browser.get("/what-to-do/").context["totals"]

    assert [total.kind for total in accepted.context["totals"]] == ["stop_reordering"]
    assert "stop_reordering" not in [total.kind for total in open_acts]
    # What is not bought saves its cost, and costs are net.
    assert '<span class="um-sub">net</span>' in accepted.content.decode()


def test_proceeds_that_nobody_knows_are_no_zero(browser):
    foreign, lamp = build.an_article("HX-1", currency="USD"), build.an_article("HX-2")
    priced = {"proceeds_minor": 12_000, "value_minor": 40_000}
    build.a_proposal(foreign, kind="discount", **priced)
    build.a_proposal(lamp, kind="discount")
    build.a_proposal(foreign, kind="liquidate", **priced)
    build.a_proposal(lamp, kind="liquidate", **priced)

    answer = browser.get("/what-to-do/")

    found = {total.kind: total for total in answer.context["totals"]}
    assert (found["discount"].proceeds, found["discount"].value) == (None, None)
    assert found["discount"].unpriced_count == 2
    assert found["liquidate"].proceeds == Money(12_000, "EUR")
    page = answer.content.decode()
    assert "; proceeds without 2 acts of unknown price or in another currency" in page
    assert "; proceeds without 1 act of unknown price or in another currency" in page


def test_acts_and_outcomes_come_as_files(browser, shop):
    acts = records_of(browser.get("/what-to-do/acts.csv", {"kind": "discount"}))

    assert {row["act"] for row in acts} == {"discount"}
    assert all(float(row["expected_proceeds"]) > 0 for row in acts)
    assert records_of(browser.get("/what-to-do/outcomes.csv")) == []
    assert browser.get("/what-to-do/acts.xlsx").status_code == 200


def test_german_files_are_written_as_german_excel_opens_them(browser, shop):
    answer = browser.get("/replenishment/list.csv", headers={"accept-language": "de"})

    head, first, *_rest = answer.content.decode("utf-8-sig").splitlines()
    assert "Bestellwert" in head.split(";")
    assert "966,00" in first.split(";")


def test_the_api_tells_orders_with_their_arithmetic(api, shop):
    answer = api.get("/api/orders", {"budget_minor": 90_000}).json()

    line = answer["items"][0]
    assert answer["cost"]["minor"] <= 90_000
    assert answer["cost_unknown_count"] == 0
    assert line["when"][-1]["sign"] == "="
    assert line["how_much"][-1]["figure"] == line["units"]
    assert line["what_for"][-1]["figure"] == line["expected_money"]
    assert api.get("/api/orders", {"budget_minor": -1}).status_code == 422


def test_the_api_tells_what_ordering_goes_by_and_what_to_do(api, shop):
    by = api.get("/api/replenishment", {"sku": "HX-101"}).json()["items"][0]
    acts = api.get("/api/acts", {"kind": "stop_reordering"}).json()["items"]

    assert by["reorder_point_units"] >= by["lead_time_mean_units"]
    assert acts[0]["proceeds"] == {"minor": 36 * 600, "currency": "EUR"}
    assert acts[0]["price_with_vat"] is False
    assert api.get("/api/acts").json()["total"] == 5
    assert api.get("/api/acts/outcomes").json()["total"] == 0


def test_the_api_decides_and_refuses_what_it_does_not_know(api, shop):
    act = Proposal.objects.get(kind="bundle")

    def decide(**values):
        return api.post("/api/acts/decide", json.dumps(values), content_type="application/json")

    assert decide(acts=[act.pk], decision="accepted").json() == {"changed": 1}
    assert decide(acts=[act.pk], decision="accepted").json() == {"changed": 0}
    assert decide(acts=[act.pk], decision="undo").json() == {"changed": 1}
    assert decide(acts=[0], decision="accepted").status_code == 422
    assert len(FAST) == api.get("/api/orders").json()["total"]
