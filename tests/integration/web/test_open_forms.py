"""A form that stood open saves what its reader changed, and nothing that others wrote meanwhile."""

from datetime import date

import pytest
from django.urls import reverse

from builders import agency_records as agency
from builders import web as build
from builders.open_form import what_it_sends
from umschlag.settings import load_settings
from umschlag.storage.records import models
from umschlag.wiring.allocation import confirm_allocation, plan_allocation

pytestmark = [pytest.mark.django_db, pytest.mark.database]
EDITABLE = [
    models.Article,
    models.CatalogAsin,
    models.Client,
    models.Store,
    models.UngatingStatus,
    models.Preorder,
    models.Pallet,
    models.MovementRule,
    models.PlentymarketsCredential,
]


def page_of(record):
    name = f"admin:records_{record._meta.model_name}_change"
    return reverse(name, args=[record.pk])


def opened(browser, record, **headers):
    return what_it_sends(browser.get(page_of(record), headers=headers))


def saved(browser, record, sent, **values):
    answer = browser.post(page_of(record), {**sent, **values})
    record.refresh_from_db()
    return answer


def refused(answer):
    form = answer.context["adminform"].form
    return {name: " ".join(problems) for name, problems in form.errors.items()}


def a_store_that_may_have(asin, **values):
    store = agency.a_store_record(agency.a_client_record(), **values)
    agency.ungate(store, asin)
    return store


def give_out():
    confirm_allocation(load_settings(), plan_allocation(load_settings()))


def units_served():
    return sum(models.PreorderServing.objects.values_list("units", flat=True))


@pytest.fixture
def asin():
    return agency.an_asin_record(title="Lamp")


@pytest.fixture
def preorder(asin):
    """A preorder that has arrived, in a store that takes just as much."""
    store = a_store_that_may_have(asin, asin_units_max=10)
    return agency.a_preorder_record(store.client, asin)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("model", EDITABLE)
def test_a_form_that_nobody_touched_writes_nothing(browser, model, language):
    build.one_of_everything()
    record = model.objects.order_by("pk").first()
    sent = opened(browser, record, **{"accept-language": language})
    before = model.objects.filter(pk=record.pk).values().get()

    answer = browser.post(page_of(record), sent, headers={"accept-language": language})

    assert answer.status_code == 302
    assert model.objects.filter(pk=record.pk).values().get() == before
    assert any(name.startswith("initial-") for name in sent)


def test_what_carts_took_meanwhile_stays_taken(browser, asin):
    a_store_that_may_have(asin, asin_units_max=30)
    sent = opened(browser, asin)
    give_out()

    saved(browser, asin, sent, title="A better lamp")

    assert (asin.title, asin.remaining_units) == ("A better lamp", 70)


def test_what_the_sheet_wrote_behind_the_form_stays(browser, asin):
    sent = opened(browser, asin)
    models.CatalogAsin.objects.update(source_row_hash="read anew", booked_in_units=12)

    saved(browser, asin, sent, title="A better lamp")

    assert (asin.source_row_hash, asin.booked_in_units) == ("read anew", 12)


def test_what_both_changed_is_refused_by_field_with_what_it_is_now(browser, asin):
    a_store_that_may_have(asin, asin_units_max=30)
    sent = opened(browser, asin)
    give_out()

    answer = saved(browser, asin, sent, title="A better lamp", remaining_units=90)

    assert refused(answer) == {
        "remaining_units": "Changed meanwhile: it was “100” and is now “70”. Nothing was saved;"
        " you had entered “90”."
    }
    assert (asin.title, asin.remaining_units) == ("Lamp", 70)

    shown = what_it_sends(answer)
    assert (shown["title"], shown["remaining_units"]) == ("A better lamp", "70")

    saved(browser, asin, shown, remaining_units=60)

    assert (asin.title, asin.remaining_units) == ("A better lamp", 60)


def test_what_was_changed_to_the_same_is_no_matter(browser, asin):
    sent = opened(browser, asin)
    models.CatalogAsin.objects.update(remaining_units=70)

    assert saved(browser, asin, sent, remaining_units=70).status_code == 302
    assert asin.remaining_units == 70


def test_an_amount_is_not_saved_in_a_currency_that_was_not_shown(browser, asin):
    sent = opened(browser, asin)
    models.CatalogAsin.objects.update(currency="PLN")

    answer = saved(browser, asin, sent, unit_cost_minor="12.00")

    assert list(refused(answer)) == ["currency"]
    assert "it was “EUR” and is now “PLN”" in refused(answer)["currency"]
    assert asin.unit_cost_minor == 10_00


def test_an_entry_that_cannot_be_used_keeps_the_others(browser, asin):
    sent = opened(browser, asin)

    answer = saved(browser, asin, sent, title="A better lamp", remaining_units="many")
    saved(browser, asin, what_it_sends(answer), remaining_units=90)

    assert (asin.title, asin.remaining_units) == ("A better lamp", 90)


def test_a_time_that_was_entered_outlives_a_mistake_elsewhere(browser, asin):
    agency.ungate(agency.a_store_record(agency.a_client_record()), asin)
    status = models.UngatingStatus.objects.get()
    sent = opened(browser, status)

    answer = saved(browser, status, sent, checked_at_0="2026-02-01", answer="maybe")
    saved(browser, status, what_it_sends(answer), answer="No")

    assert (status.checked_at.date(), status.answer) == (date(2026, 2, 1), "No")


def test_a_served_preorder_is_not_served_again_by_an_old_form(browser, preorder):
    sent = opened(browser, preorder)
    give_out()

    saved(browser, preorder, sent, expected_arrival_date="2026-01-03")
    give_out()

    assert preorder.expected_arrival_date == date(2026, 1, 3)
    assert (preorder.status, preorder.allocated_units) == ("fulfilled", 10)
    assert (preorder.remaining_due_minor, preorder.uncounted_due_minor) == (0, 4_000)
    assert units_served() == 10


def test_what_was_served_is_undone_by_no_entry(browser, preorder):
    give_out()

    answer = saved(browser, preorder, opened(browser, preorder), status="arrived")

    assert "cancelling its pallet" in refused(answer)["status"]
    assert "allocated_units" not in opened(browser, preorder)


def test_a_due_that_carts_charged_meanwhile_is_named(browser, preorder):
    sent = opened(browser, preorder)
    give_out()

    answer = saved(browser, preorder, sent, remaining_due_minor="30.00")

    assert "it was “40.00” and is now “0.00”" in refused(answer)["remaining_due_minor"]
    assert preorder.remaining_due_minor == 0


def test_a_suspension_of_the_panel_outlives_an_open_form(browser, asin):
    store = a_store_that_may_have(asin)
    sent = opened(browser, store)
    models.Store.objects.update(status="Suspended", is_suspended_by_panel=True)

    saved(browser, store, sent, asin_units_max=50)

    assert (store.status, store.is_suspended_by_panel) == ("Suspended", True)
    assert store.asin_units_max == 50


def test_a_choice_that_both_changed_is_told_in_words(browser, asin):
    client = a_store_that_may_have(asin).client
    sent = opened(browser, client)
    models.Client.objects.update(priority=models.ClientPriority.HIGH)

    answer = saved(browser, client, sent, priority=models.ClientPriority.LOW)

    assert "it was “Medium” and is now “High”" in refused(answer)["priority"]
    assert "you had entered “Low”" in refused(answer)["priority"]


def test_a_pallet_that_left_meanwhile_is_not_called_ready(browser, preorder):
    give_out()
    pallet = models.Pallet.objects.get()
    sent = opened(browser, pallet)
    browser.post(reverse("pages:ship-pallet", args=[pallet.pk]))

    answer = saved(browser, pallet, sent, status="ready")

    assert "is now “shipped”" in refused(answer)["status"]
    assert pallet.status == "shipped"


def test_a_client_stays_in_its_currency(browser, asin):
    client = a_store_that_may_have(asin).client
    sent = opened(browser, client)

    saved(browser, client, sent, currency="GBP", name="Client One")

    assert "currency" not in sent
    assert (client.name, client.currency) == ("Client One", "EUR")
