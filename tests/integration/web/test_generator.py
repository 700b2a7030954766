"""The cart generator: choose, look at the proposal, confirm or discard."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from builders import web as build
from umschlag.kernel.money import Money
from umschlag.storage.records import models
from umschlag.wiring.amounts import money_text
from umschlag.wiring.stored_reasons import reason_text

pytestmark = [pytest.mark.django_db, pytest.mark.database]
CHOOSE = "/carts/new/"


@pytest.fixture
def store():
    client = build.a_client()
    store = build.a_store(client)
    build.a_store(client, "S-2", name="Nordlicht UK", status="Suspended")
    build.an_answer(store, build.an_asin())
    gated = build.an_asin("B000000002", title="Perfume")
    build.an_answer(store, gated, "No, Invoice Needed")
    return store


def propose(browser, store):
    return browser.post(CHOOSE, {"client": store.client_id, "store": store.pk})


def test_without_clients_the_page_says_what_to_do_next(browser):
    assert "umschlag sync" in browser.get(CHOOSE).content.decode()


def test_only_the_clients_own_stores_are_offered_and_suspended_ones_are_disabled(browser, store):
    build.a_store(build.a_client("C-2", name="Citrus"), "S-3", name="Citrus DE")

    page = browser.get(f"{CHOOSE}?client={store.client_id}").content.decode()

    assert "Nordlicht DE" in page
    assert "Citrus DE" not in page
    suspended = models.Store.objects.get(name="Nordlicht UK")
    assert f'value="{suspended.pk}" required disabled' in page
    assert "A suspended store is given no goods." in page


def test_a_proposal_takes_nothing(browser, store):
    answer = propose(browser, store)

    run = models.AllocationRun.objects.get()
    assert answer.url == reverse("pages:run", args=[run.pk])
    assert run.state == "proposed"
    assert models.CatalogAsin.objects.get(asin="B000000001").remaining_units == 240
    assert not models.LedgerEntry.objects.filter(kind="hold").exists()


def test_a_proposal_gives_reasons_for_lines_and_refusals(browser, store):
    page = browser.get(propose(browser, store).url).content.decode()

    line = models.CartLine.objects.get()
    refusal = models.RunRefusal.objects.get(asin__asin="B000000002")
    assert reason_text(line) in page
    assert reason_text(refusal).replace("'", "&#x27;") in page


def test_the_lines_of_a_cart_with_a_preorder_add_up_to_its_total(browser, store):
    asin = models.CatalogAsin.objects.get(asin="B000000001")
    run = build.a_run()
    cart = build.a_cart(run, store, asin, units=12)
    models.CartLine.objects.update(preorder_units=8)
    # Of the eight preordered units a deposit was paid; 1,000 is what is still due.
    models.Cart.objects.update(goods_minor=4 * asin.unit_cost_minor + 1_000)
    cart.refresh_from_db()

    answer = browser.get(reverse("pages:run", args=[run.pk]))

    [shown] = answer.context["carts"]
    assert shown["preorder_due"] == Money(1_000, "EUR")
    lines = sum(entry["total"].minor for entry in shown["lines"])
    assert lines + shown["preorder_due"].minor == shown["total"].minor == cart.total_minor
    assert "Still due for preordered units" in answer.content.decode()


def test_confirming_takes_the_goods_and_shows_pallets(browser, store):
    run_page = propose(browser, store).url

    page = browser.post(f"{run_page}confirm", follow=True).content.decode()

    pallet = models.Pallet.objects.first()
    assert models.AllocationRun.objects.get().state == "confirmed"
    assert models.CatalogAsin.objects.get(asin="B000000001").remaining_units < 240
    assert pallet.code in page
    assert "<svg" in page


def test_a_proposal_says_at_most_and_confirming_says_why_it_fell(browser, store):
    models.CatalogAsin.objects.update(shipping_price_minor_max=3_00)
    run_page = propose(browser, store).url
    proposed = models.Cart.objects.get().shipping_minor

    before = browser.get(run_page).content.decode()
    answer = browser.post(f"{run_page}confirm", follow=True)
    after = answer.content.decode()

    assert "Shipping, at most" in before
    assert "Total, at most" in before
    assert "less than the most that was planned" not in before
    less = answer.context["less_shipping"]
    assert less == Money(proposed - models.Cart.objects.get().shipping_minor, "EUR")
    assert less.minor > 0
    assert f"{money_text(less)} less than the most that was planned" in after
    assert "at most" not in after
    assert "left to spend now" in after


def test_a_run_of_an_older_version_does_not_guess_what_was_planned(browser, store):
    run = build.a_run(state="confirmed")
    build.a_cart(run, store, models.CatalogAsin.objects.get(asin="B000000001"))

    answer = browser.get(reverse("pages:run", args=[run.pk]))

    assert answer.context["less_shipping"] is None
    assert "less than the most" not in answer.content.decode()


def test_the_stores_cap_is_said_once_a_cart_and_as_it_is(browser, store):
    build.an_answer(store, build.an_asin("B000000003", title="Chair"))
    models.Store.objects.update(total_units_max=184)
    models.CatalogAsin.objects.update(case_pack_units=24, remaining_units=96)

    page = browser.get(propose(browser, store).url).content.decode()

    assert models.CartLine.objects.count() == 2
    [cart] = models.Cart.objects.all()
    assert cart.units == 168
    told = "only 16 units are left of the store&#x27;s cap of 184 per run"
    assert page.count(f"No line can be larger: {told}, fewer than a case pack of 24.") == 1
    assert "cap of 184 units per run is reached" not in page


def test_what_a_store_got_in_the_day_before_is_shown_beside_its_cart(browser, store):
    asin = models.CatalogAsin.objects.get(asin="B000000001")
    run = build.a_run(store=store)
    build.a_cart(run, store, asin)
    for hours, units, state in ((1, 500, "confirmed"), (25, 7, "confirmed"), (2, 9, "discarded")):
        confirmed_at = run.made_at - timedelta(hours=hours)
        build.a_cart(build.a_run(state=state, confirmed_at=confirmed_at), store, asin, units=units)

    page = browser.get(reverse("pages:run", args=[run.pk])).content.decode()

    assert "500 units were given to the store by runs of the 24 hours before." in page


def test_a_cart_refused_as_too_small_is_shown_with_the_rule(browser, store):
    run = build.a_run()
    models.RunRefusal.objects.create(run=run, store=store, reason_code="cart_too_small")

    page = browser.get(reverse("pages:run", args=[run.pk])).content.decode()

    assert "a cart fills at least 10\N{NO-BREAK SPACE}% of a pallet" in page


def test_a_run_cannot_be_confirmed_twice(browser, store):
    run_page = propose(browser, store).url
    browser.post(f"{run_page}confirm")
    held = models.LedgerEntry.objects.filter(kind="hold").count()

    page = browser.post(f"{run_page}confirm", follow=True)

    assert models.LedgerEntry.objects.filter(kind="hold").count() == held
    assert [str(message) for message in page.context["messages"]]


def test_discarding_changes_nothing_but_the_run(browser, store):
    run_page = propose(browser, store).url

    browser.post(f"{run_page}discard")

    assert models.AllocationRun.objects.get().state == "discarded"
    assert models.CatalogAsin.objects.get(asin="B000000001").remaining_units == 240


@pytest.mark.parametrize("wrong", ["other", "suspended", "missing", "nonsense"])
def test_a_store_that_was_not_offered_is_refused(browser, store, wrong):
    other = build.a_store(build.a_client("C-2", name="Citrus"), "S-3", name="Citrus DE")
    chosen = {
        "other": other.pk,
        "suspended": models.Store.objects.get(name="Nordlicht UK").pk,
        "missing": 404,
        "nonsense": "1; DROP TABLE",
    }[wrong]

    browser.post(CHOOSE, {"client": store.client_id, "store": chosen})

    assert not models.AllocationRun.objects.exists()


def test_who_may_not_allocate_cannot_even_propose(client, store):
    client.force_login(build.a_user(permissions=["view_allocationrun"]))

    assert client.get(CHOOSE).status_code == 403
    assert propose(client, store).status_code == 403
    assert not models.AllocationRun.objects.exists()


def test_every_write_needs_the_page_it_came_from(store):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(build.a_superuser())

    assert propose(browser, store).status_code == 403
    run = build.a_run(store=store)
    assert browser.post(reverse("pages:confirm-run", args=[run.pk])).status_code == 403


@pytest.mark.parametrize("page", ["confirm-run", "discard-run"])
def test_a_run_is_not_decided_by_following_a_link(browser, store, page):
    run = build.a_run(store=store)

    assert browser.get(reverse(f"pages:{page}", args=[run.pk])).status_code == 405
