"""A proposal worked on: planned for all, lines set by hand, planned again, compared."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from builders import web as build
from umschlag.storage.records import models
from umschlag.storage.records.run_figures import above_share_max
from umschlag.storage.records.run_prices import warm_start_of

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def stores():
    first = build.a_store(build.a_client())
    second = build.a_store(build.a_client("C-2", name="Citrus"), "S-3", name="Citrus DE")
    for number in (1, 2):
        asin = build.an_asin(f"B00000000{number}")
        for store in (first, second):
            build.an_answer(store, asin)
    return first, second


def plan_all(browser, policy="proportional"):
    browser.post("/allocation-runs/plan", {"policy": policy})
    return models.AllocationRun.objects.order_by("-pk").first()


def act(browser, run, what, **values):
    return browser.post(reverse(f"pages:{what}", args=[run.pk]), values, follow=True)


def units_of(run):
    lines = models.CartLine.objects.filter(cart__run=run)
    return {(line.cart.store.name, line.asin.asin): line.units for line in lines}


def test_a_plan_for_all_says_how_good_it_is_and_how_each_client_comes_off(browser, stores):
    run = plan_all(browser, "max_min")

    page = browser.get(reverse("pages:run", args=[run.pk])).content.decode()

    assert (run.state, run.policy, run.method) == ("proposed", "max_min", "optimal")
    assert run.bound_minor >= run.worth_minor > 0
    assert run.shares.count() == 2
    assert "No plan could be worth more than" in page
    assert "How the clients come off" in page
    assert "whoever was given least in 90 days" in page


def test_a_line_set_by_hand_changes_the_plan_at_once_and_stays_when_planned_again(browser, stores):
    run = plan_all(browser)
    asin = models.CatalogAsin.objects.get(asin="B000000001")
    worth = run.worth_minor

    act(browser, run, "set-line", store=stores[0].pk, asin=asin.asin, units=12)
    run.refresh_from_db()
    cart = models.Cart.objects.get(run=run, store=stores[0])

    assert units_of(run)["Nordlicht DE", "B000000001"] == 12
    assert cart.units == sum(line.units for line in cart.lines.all())
    assert cart.goods_minor == sum(line.units * line.unit_cost_minor for line in cart.lines.all())
    assert run.worth_minor != worth

    page = act(browser, run, "plan-again", policy="proportional").content.decode()
    again = models.AllocationRun.objects.order_by("-pk").first()

    assert again.based_on_id == run.pk
    assert units_of(again)["Nordlicht DE", "B000000001"] == 12
    assert models.AllocationRun.objects.get(pk=run.pk).state == "discarded"
    assert "1 line set by hand" in page


def test_whoever_waits_reads_how_far_the_plan_is_and_can_end_it(browser):
    key = "0c1f8a52-8a0e-4c5e-9d1c-6f1f6a3d2b11"
    before = browser.get(f"/allocation-runs/planning/{key}").json()
    now = timezone.now()
    models.PlanningWork.objects.create(key=key, stage="searching", begun_at=now)
    told = browser.get(f"/allocation-runs/planning/{key}").json()
    asked = browser.post(f"/allocation-runs/planning/{key}/end").json()
    after = browser.get(f"/allocation-runs/planning/{key}").json()

    assert before == {"text": ""}
    assert told["text"].startswith("Step 2 of 5: looking for the best plan, ")
    assert (told["done"], told["total"]) == (1, 5)
    assert asked == {"is_asked": True}
    assert after["text"] == "Taking what there is by now …"


def test_the_forms_that_plan_have_a_key_to_be_watched_by(browser, stores):
    keys = set()
    run = plan_all(browser)
    for address in ("/carts/new/", reverse("pages:run", args=[run.pk])):
        page = browser.get(address).content.decode()
        key = re.search(r'name="watch" value="([0-9a-f-]{36})"', page).group(1)
        assert f'data-umschlag-progress="/allocation-runs/planning/{key}"' in page
        assert f'data-umschlag-end="/allocation-runs/planning/{key}/end"' in page
        keys.add(key)

    watched = browser.post("/allocation-runs/plan", {"policy": "priority", "watch": keys.pop()})
    mistyped = browser.post("/allocation-runs/plan", {"policy": "priority", "watch": "no key"})

    assert (watched.status_code, mistyped.status_code) == (302, 302)
    assert models.AllocationRun.objects.count() == 3
    assert not models.PlanningWork.objects.exists()


def test_only_who_may_plan_sees_and_ends_a_plan_under_way(client):
    client.force_login(build.a_user())
    key = "0c1f8a52-8a0e-4c5e-9d1c-6f1f6a3d2b11"

    assert client.get(f"/allocation-runs/planning/{key}").status_code == 403
    assert client.post(f"/allocation-runs/planning/{key}/end").status_code == 403


def test_an_asin_may_be_typed_in_small_letters(browser, stores):
    run = plan_all(browser)

    act(browser, run, "set-line", store=stores[0].pk, asin=" b000000001 ", units=12)

    assert units_of(run)["Nordlicht DE", "B000000001"] == 12


def test_what_is_taken_out_by_hand_is_given_to_nobody_else_there(browser, stores):
    run = plan_all(browser)

    for name in ("B000000001", "B000000002"):
        act(browser, run, "set-line", store=stores[0].pk, asin=name, units=0)
    act(browser, run, "plan-again")
    again = models.AllocationRun.objects.order_by("-pk").first()

    assert {store for store, _ in units_of(again)} == {"Citrus DE"}
    refused = again.refusals.filter(store=stores[0])
    assert {row.reason_code for row in refused} == {"excluded"}


def test_a_line_that_would_break_a_rule_is_refused_with_the_rule_and_by_how_much(browser, stores):
    run = plan_all(browser)
    before = units_of(run)

    page = act(browser, run, "set-line", store=stores[0].pk, asin="B000000001", units=100_000)

    text = page.content.decode()
    assert "Not set, because a rule would be broken" in text
    assert "more than there are in stock" in text
    assert units_of(run) == before
    assert not run.pins.exists()


@pytest.mark.parametrize("units", ["", "-3", "1.5", "a"])
def test_units_that_are_no_whole_number_are_said_to_be_none(browser, stores, units):
    run = plan_all(browser)

    page = act(browser, run, "set-line", store=stores[0].pk, asin="B000000001", units=units)

    assert "Enter the units as a whole number" in page.content.decode()


def test_an_asin_that_nobody_knows_is_named(browser, stores):
    run = plan_all(browser)

    page = act(browser, run, "set-line", store=stores[0].pk, asin="B00NOWHERE", units=1)

    assert "B00NOWHERE" in page.content.decode()


def test_a_line_left_to_the_planner_is_planned_again_like_any_other(browser, stores):
    run = plan_all(browser)
    planned = units_of(run)
    act(browser, run, "set-line", store=stores[0].pk, asin="B000000001", units=0)

    act(browser, run, "release-line", store=stores[0].pk, asin="B000000001")
    act(browser, run, "plan-again")

    assert units_of(models.AllocationRun.objects.order_by("-pk").first()) == planned


def test_a_confirmed_run_cannot_be_changed_by_hand(browser, stores):
    run = plan_all(browser)
    act(browser, run, "confirm-run")

    page = act(browser, run, "set-line", store=stores[0].pk, asin="B000000001", units=0)

    assert "already" in page.content.decode()
    assert not run.pins.exists()


def test_a_line_set_by_hand_is_what_confirming_takes(browser, stores):
    run = plan_all(browser)
    act(browser, run, "set-line", store=stores[0].pk, asin="B000000001", units=24)

    act(browser, run, "confirm-run")

    run.refresh_from_db()
    assert run.state == "confirmed"
    assert units_of(run)["Nordlicht DE", "B000000001"] == 24


def test_two_runs_are_compared_by_figures_clients_and_lines(browser, stores):
    first = plan_all(browser)
    act(browser, first, "set-line", store=stores[0].pk, asin="B000000001", units=12)
    act(browser, first, "plan-again")
    second = models.AllocationRun.objects.order_by("-pk").first()
    act(browser, second, "set-line", store=stores[0].pk, asin="B000000001", units=24)

    page = browser.get(
        reverse("pages:compare-runs", args=[second.pk]), {"with": first.pk}
    ).content.decode()

    assert f"Run {first.pk}" in page
    assert "B000000001" in page
    assert "Citrus" in page


def test_comparing_with_a_run_that_is_none_says_so(browser, stores):
    run = plan_all(browser)

    answer = browser.get(
        reverse("pages:compare-runs", args=[run.pk]), {"with": 999_999}, follow=True
    )

    assert "no allocation run 999999" in answer.content.decode()


def test_who_may_only_look_is_offered_nothing_to_change(client, stores):
    run = plan_all_as_superuser(client)
    client.logout()
    client.force_login(build.a_user(permissions=["view_allocationrun"]))

    page = client.get(reverse("pages:run", args=[run.pk]))

    assert page.status_code == 200
    assert "Plan the rest again" not in page.content.decode()
    assert client.post(reverse("pages:plan-again", args=[run.pk])).status_code == 403


def plan_all_as_superuser(client):
    client.force_login(build.a_superuser())
    return plan_all(client)


def test_planning_again_starts_from_the_prices_that_the_run_kept(browser, stores):
    run = plan_all(browser)

    warm = warm_start_of(run.pk)

    assert warm.units == {
        (line.cart.store_id, line.asin.asin): line.units
        for line in models.CartLine.objects.filter(cart__run=run)
    }
    assert warm.prices.balance or warm.prices.stock
    assert 0 <= warm.gap_share < 1


def test_of_a_run_worth_nothing_nobody_claims_that_none_is_better(browser, stores):
    run = plan_all(browser)
    for store in stores:
        for name in ("B000000001", "B000000002"):
            act(browser, run, "set-line", store=store.pk, asin=name, units=0)

    page = browser.get(reverse("pages:run", args=[run.pk])).content.decode()

    run.refresh_from_db()
    assert (run.worth_minor, above_share_max(run)) == (0, None)
    assert "No plan could be worth more than" not in page
