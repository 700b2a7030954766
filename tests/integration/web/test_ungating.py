"""The worklist of closed gates in the back office and over the API."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from builders import web as build
from umschlag.settings import load_settings
from umschlag.storage.records.models import UngatingCase, UngatingEvidence
from umschlag.wiring.ungating_work import refresh_cases

pytestmark = [pytest.mark.django_db, pytest.mark.database]
LIST = "/ungating/"
PDF = b"%PDF-1.7 an invoice"


@pytest.fixture
def case():
    store = build.a_store(build.a_client())
    build.an_answer(store, build.an_asin(brand="Talvik"), "No, Invoice Needed")
    refresh_cases(load_settings())
    return UngatingCase.objects.get()


def text(answer):
    return answer.content.decode()


def test_without_a_count_the_page_says_what_to_do(browser):
    assert "umschlag gates" in text(browser.get(LIST))


def test_brands_lead_to_their_stores_and_those_to_the_case(browser, case):
    brands = browser.get(LIST)
    stores = browser.get(LIST, {"brand": "Talvik"})

    assert 'href="?brand=Talvik"' in text(brands)
    assert brands.context["brands"][0].worth.minor == case.worth_minor > 0
    assert f"/ungating/cases/{case.pk}/" in text(stores)
    assert case.store.name in text(browser.get(f"/ungating/cases/{case.pk}/"))


@pytest.mark.parametrize("asked", [{"q": "nothing like it"}, {"state": "applied"}, {"due": "1"}])
def test_filters_that_fit_nothing_say_so(browser, case, asked):
    assert "Nothing fits." in text(browser.get(LIST, asked))


def test_a_case_is_changed_on_its_page_and_tells_it(browser, case):
    day = timezone.localdate() + timedelta(days=7)

    said = browser.post(
        f"/ungating/cases/{case.pk}/change",
        {"state": "applied", "responsible": "admin", "next_check": day, "note": "sent <b>it</b>"},
        follow=True,
    )

    case.refresh_from_db()
    assert (case.state, case.responsible.username, case.next_check_date) == (
        "applied",
        "admin",
        day,
    )
    assert "1 attempt so far" in text(said)
    assert "sent &lt;b&gt;it&lt;/b&gt;" in text(said)


def test_a_day_that_is_none_changes_nothing(browser, case):
    said = browser.post(
        f"/ungating/cases/{case.pk}/change",
        {"state": "applied", "next_check": "2026-02-31"},
        follow=True,
    )

    assert "“2026-02-31” is no day." in text(said)
    case.refresh_from_db()
    assert case.state == "open"


def upload(browser, case, content, name="invoice.pdf", **values):
    return browser.post(
        f"/ungating/cases/{case.pk}/evidence",
        {"file": SimpleUploadedFile(name, content), **values},
        follow=True,
    )


def test_evidence_goes_in_and_comes_out_as_it_was(browser, case):
    day = timezone.localdate()

    said = upload(
        browser, case, PDF, "Rechnung Müller.pdf", units="10", buyer="yes", invoice_date=day
    )
    kept = UngatingEvidence.objects.get()
    answer = browser.get(f"/ungating/evidence/{kept.pk}")

    assert "10 of 10 units shown" in text(said)
    assert answer.content == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "To correct its units, date or buyer" in text(upload(browser, case, PDF))
    assert UngatingEvidence.objects.count() == 1


@pytest.mark.parametrize(
    "told", [{"units": "-5"}, {"units": "1.5"}, {"units": "many"}, {"invoice_date": "31.13.2026"}]
)
def test_what_is_told_of_an_invoice_and_is_no_number_or_day_is_refused(browser, case, told):
    said = text(upload(browser, case, PDF, **told))

    assert f"“{next(iter(told.values()))}” is no" in said
    assert not UngatingEvidence.objects.exists()


def test_a_web_page_called_an_invoice_is_refused(browser, case):
    said = upload(browser, case, b"<script>alert(1)</script>")

    assert "no PDF, PNG or JPEG" in text(said)
    assert not UngatingEvidence.objects.exists()


def test_the_list_goes_into_a_file(browser, case):
    lines = text(browser.get("/ungating/list.csv")).splitlines()

    assert lines[0].lstrip("\ufeff").startswith("brand,store,client")
    assert lines[1].startswith(f"Talvik,{case.store.name}")
    assert len(lines) == 2


def test_who_may_only_look_changes_nothing(client, case):
    client.force_login(build.a_user(permissions=["view_ungatingcase"]))

    shown = client.get(f"/ungating/cases/{case.pk}/")
    changed = client.post(f"/ungating/cases/{case.pk}/change", {"state": "applied"})
    handed_in = client.post(f"/ungating/cases/{case.pk}/evidence")

    assert "/change" not in text(shown)
    assert (changed.status_code, handed_in.status_code) == (403, 403)


def test_the_page_speaks_german(browser, case):
    shown = text(browser.get(LIST, headers={"accept-language": "de"}))

    assert "Fehlende Freigaben" in shown
    assert "Stores waiting" not in shown


@pytest.fixture
def api():
    return Client(headers={"authorization": f"Bearer {build.a_token(build.a_superuser('api'))}"})


def test_the_api_lists_and_changes_cases(api, case):
    listed = api.get("/api/ungating-cases?brand=Talvik").json()
    changed = api.post(
        f"/api/ungating-cases/{case.pk}",
        json.dumps({"state": "buying", "responsible": "api", "note": "ordered 10"}),
        content_type="application/json",
    )

    (row,) = listed["items"]
    assert (row["brand"], row["invoice_asins"], row["state"]) == ("Talvik", 1, "open")
    assert row["worth"]["minor"] == case.worth_minor
    assert changed.status_code == 200, changed.content
    assert (changed.json()["state"], changed.json()["responsible"]) == ("buying", "api")
    assert case.events.count() == 3


def test_the_api_refuses_unknown_people_and_those_who_may_only_look(api, case):
    address = f"/api/ungating-cases/{case.pk}"
    unknown = api.post(
        address, json.dumps({"responsible": "nobody"}), content_type="application/json"
    )
    token = build.a_token(build.a_user(permissions=["view_ungatingcase"]), name="reader")
    reader = Client(headers={"authorization": f"Bearer {token}"})

    assert unknown.status_code == 422
    assert unknown.json()["errors"][0]["field"] == "responsible"
    assert reader.get("/api/ungating-cases").status_code == 200
    assert reader.post(address, "{}", content_type="application/json").status_code == 403
