"""`POST /generate_pallets`: each refusal is its own, names its field, and changes nothing."""

import pytest
from django.test import Client

from builders import web as build
from umschlag.storage.records import models

pytestmark = [pytest.mark.django_db, pytest.mark.database]
ADDRESSES = ["/generate_pallets", "/api/generate_pallets"]
RIGHT = {"clientName": "Nordlicht GmbH", "clientID": "C-1", "storeID": "S-1"}


@pytest.fixture
def caller():
    token = build.a_token(build.a_superuser())
    return Client(headers={"authorization": f"Bearer {token}"})


@pytest.fixture
def agency():
    client = build.a_client()
    store = build.a_store(client)
    build.a_store(client, "S-2", name="Nordlicht UK", status="Suspended")
    other = build.a_client("C-2", name="Citrus Trade")
    build.a_store(other, "S-3", name="Citrus DE")
    build.an_answer(store, build.an_asin())
    return client


def ask(caller, body, address=ADDRESSES[0]):
    return caller.post(address, body, content_type="application/json")


def footprint():
    return (
        models.AllocationRun.objects.count(),
        models.Cart.objects.count(),
        models.Pallet.objects.count(),
        models.LedgerEntry.objects.count(),
        models.CatalogAsin.objects.get().remaining_units,
    )


@pytest.mark.parametrize("address", ADDRESSES)
def test_pallets_are_made_under_both_addresses(caller, agency, address):
    answer = ask(caller, RIGHT, address)

    made = answer.json()
    assert answer.status_code == 200, made
    assert made["units"] > 0
    assert made["units"] % 6 == 0
    assert made["pallets"][0]["store_id"] == "S-1"
    assert models.CatalogAsin.objects.get().remaining_units == 240 - made["units"]
    spent = made["goods"]["minor"] + made["shipping"]["minor"]
    assert spent <= 500_000
    held = models.LedgerPosting.objects.get(entry__kind="hold", account__kind="held")
    assert held.amount_minor == spent


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"clientID": "C-404"}, 404, "clientID"),
        ({"storeID": "S-404"}, 404, "storeID"),
        ({"clientName": "Citrus Trade"}, 409, "clientName"),
        ({"storeID": "S-3"}, 409, "storeID"),
        ({"storeID": "S-2"}, 409, "storeID"),
        ({"clientName": ""}, 422, "clientName"),
        ({"clientID": None}, 422, "clientID"),
        ({"storeID": 7}, 422, "storeID"),
    ],
)
def test_a_refusal_names_its_field_and_changes_nothing(caller, agency, change, status, field):
    before = footprint()

    answer = ask(caller, RIGHT | change)

    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert [problem["field"] for problem in answer.json()["errors"]] == [field]
    assert footprint() == before


def test_the_refusals_can_be_told_apart(caller, agency):
    changes = [
        {"clientID": "C-404"},
        {"storeID": "S-404"},
        {"clientName": "Citrus Trade"},
        {"storeID": "S-3"},
        {"storeID": "S-2"},
    ]

    kinds = {ask(caller, RIGHT | change).json()["type"] for change in changes}

    assert len(kinds) == len(changes)


@pytest.mark.parametrize("field", RIGHT)
def test_a_missing_field_is_named(caller, agency, field):
    body = {name: value for name, value in RIGHT.items() if name != field}

    answer = ask(caller, body)

    assert answer.status_code == 422
    assert [problem["field"] for problem in answer.json()["errors"]] == [field]


def test_where_nothing_can_be_given_it_says_why_and_changes_nothing(caller, agency):
    models.UngatingStatus.objects.update(answer="No")
    before = footprint()

    answer = ask(caller, RIGHT)

    assert answer.status_code == 409
    assert "B000000001" in answer.json()["detail"]
    assert footprint() == before


def test_a_stranger_makes_nothing(client, agency):
    before = footprint()

    assert ask(client, RIGHT).status_code == 401
    assert footprint() == before


def test_who_may_not_allocate_makes_nothing(agency):
    user = build.a_user(permissions=["view_pallet"])
    caller = Client(headers={"authorization": f"Bearer {build.a_token(user)}"})

    assert ask(caller, RIGHT).status_code == 403


def test_only_post_makes_pallets(caller, agency):
    for address in ADDRESSES:
        answer = caller.get(address)
        assert answer.status_code == 405
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["Allow"] == "POST"


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_stranger_is_told_to_log_in(agency, address):
    answer = Client(enforce_csrf_checks=True).post(address, RIGHT, content_type="application/json")

    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["title"] == "Not logged in"


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_session_needs_its_csrf_token(agency, address):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(build.a_superuser())

    answer = browser.post(address, RIGHT, content_type="application/json")

    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"
