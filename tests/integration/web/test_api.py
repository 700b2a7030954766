"""The API: who may call it, what it answers, and how it says no."""

from datetime import timedelta

import pytest
from django.test import Client

from builders import web as build
from builders.agency_records import let_spend
from builders.records import TODAY, a_forecast
from umschlag.storage.records import models
from umschlag.web.api.paging import in_one_order

pytestmark = [pytest.mark.django_db, pytest.mark.database]
LISTS = {
    "asins": "catalogasin",
    "clients": "client",
    "stores": "store",
    "ungating": "ungatingstatus",
    "preorders": "preorder",
    "arrivals": "preorderarrival",
    "allocation-runs": "allocationrun",
    "transfers": "mutualtransfer",
    "ownership": "mutualtransfer",
    "pallets": "pallet",
    "articles": "article",
    "snapshots": "snapshotrun",
    "rules": "movementrule",
    "penner-renner": "articlemovement",
    "forecasts": "articleforecast",
    "sync-runs": "syncrun",
}
RULE = {"name": "Slow", "verdict": "penner", "days_sold_threshold": 60}


def send(client, method, address, content):
    return getattr(client, method)(address, content, content_type="application/json")


@pytest.mark.parametrize("name", LISTS)
def test_a_list_comes_in_pages_with_its_total(api, name):
    build.one_of_everything()

    answer = api.get(f"/api/{name}?limit=1").json()

    assert answer["total"] >= 1
    assert len(answer["items"]) == 1
    assert (answer["limit"], answer["offset"]) == (1, 0)
    assert api.get(f"/api/{name}?offset=1000").json()["items"] == []


def test_rows_that_are_alike_stand_once_on_the_pages(api):
    for number in range(120):
        build.a_client(f"C-{number}", name=f"GmbH {number % 5}", balance_minor=0)

    seen = [
        client["client_id"]
        for offset in range(0, 120, 25)
        for client in api.get(f"/api/clients?limit=25&offset={offset}").json()["items"]
    ]

    assert len(set(seen)) == len(seen) == 120


@pytest.mark.parametrize(
    ("rows", "order"),
    [
        (models.Client.objects.all(), ("name", "pk")),
        (models.Client.objects.order_by("-priority", "name"), ("-priority", "name", "pk")),
        (models.AllocationRun.objects.order_by("-made_at", "-pk"), ("-made_at", "-pk")),
        (models.LedgerEntry.objects.all(), ()),
    ],
)
def test_the_last_thing_that_a_page_is_sorted_by_is_the_number(rows, order):
    assert in_one_order(rows).query.order_by == order


@pytest.mark.parametrize("name", [*LISTS, "openapi.json", "docs"])
def test_a_stranger_learns_nothing(client, name):
    answer = client.get(f"/api/{name}")

    assert answer.status_code in (401, 302)
    if answer.status_code == 401:
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["WWW-Authenticate"] == "Bearer"
        assert "Authorization: Bearer um_" in answer.json()["detail"]


@pytest.mark.parametrize("name", LISTS)
def test_a_user_who_is_no_staff_learns_nothing(client, name):
    user = build.a_user(is_staff=False, permissions=[f"view_{LISTS[name]}"])
    client.force_login(user)
    token = build.a_token(user)

    assert client.get(f"/api/{name}").status_code == 401
    assert (
        Client(headers={"authorization": f"Bearer {token}"}).get(f"/api/{name}").status_code == 401
    )


@pytest.mark.parametrize(("name", "model"), LISTS.items())
def test_a_list_needs_its_own_permission(name, model):
    for permission, status in ((f"view_{model}", 200), ("view_backup", 403)):
        user = build.a_user(permission, permissions=[permission])
        caller = Client(headers={"authorization": f"Bearer {build.a_token(user)}"})
        answer = caller.get(f"/api/{name}")
        assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"


def test_only_health_is_open(client):
    assert client.get("/api/health").json() == {"status": "ok"}


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer ", "Basic YTpi", "um_x"])
def test_a_wrong_token_is_no_token(client, header):
    build.a_token(build.a_superuser())

    assert client.get("/api/clients", headers={"authorization": header}).status_code == 401


def test_a_revoked_token_and_one_of_a_dismissed_user_are_refused(client):
    user = build.a_superuser()
    revoked = build.a_token(user, revoked_at=build.NOW)
    dismissed = build.a_token(build.a_superuser("former"), name="of a former colleague")
    models.ApiToken.objects.get(name="of a former colleague").user.__class__.objects.filter(
        username="former"
    ).update(is_active=False)

    for token in (revoked, dismissed):
        answer = client.get("/api/clients", headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 401


def test_a_token_remembers_when_it_was_last_used(api):
    api.get("/api/clients")

    assert models.ApiToken.objects.get().last_used_at is not None


def test_a_session_may_read_and_needs_csrf_to_write():
    caller = Client(enforce_csrf_checks=True)
    caller.force_login(build.a_superuser())

    assert caller.get("/api/clients").status_code == 200
    assert send(caller, "post", "/api/rules", RULE).status_code == 403
    assert not models.MovementRule.objects.exists()


def test_a_token_needs_no_csrf():
    token = build.a_token(build.a_superuser())
    caller = Client(enforce_csrf_checks=True, headers={"authorization": f"Bearer {token}"})

    assert send(caller, "post", "/api/rules", RULE).status_code == 201


def test_money_is_minor_units_with_a_currency(api):
    build.an_asin(unit_cost_minor=1250, shipping_price_minor_min=None)

    (asin,) = api.get("/api/asins").json()["items"]

    assert asin["unit_cost"] == {"minor": 1250, "currency": "EUR"}
    assert asin["shipping_price_min"] is None


def test_clients_tell_what_they_can_spend(api, django_assert_max_num_queries):
    held = build.a_client("C-1", name="A", balance_minor=500_000)
    let_spend(held, 380_000)
    build.a_client("C-2", name="B", balance_minor=0, currency="GBP")
    for number in range(3, 9):
        build.a_client(f"C-{number}", name="C")

    # The token, its user and rights, the page and its total: no query a client.
    with django_assert_max_num_queries(6):
        clients = api.get("/api/clients").json()["items"]

    assert clients[0]["balance"] == {"minor": 500_000, "currency": "EUR"}
    assert clients[0]["spendable"] == {"minor": 380_000, "currency": "EUR"}
    assert clients[1]["spendable"] == {"minor": 0, "currency": "GBP"}


def test_lists_are_filtered(api):
    one, two = build.a_client("C-1"), build.a_client("C-2", name="Other")
    build.a_store(one, "S-1")
    build.a_store(two, "S-2", status="Suspended")

    by_client = api.get("/api/stores?client_id=C-2").json()["items"]
    active = api.get("/api/stores?status=Active").json()["items"]

    assert [store["store_id"] for store in by_client] == ["S-2"]
    assert [store["store_id"] for store in active] == ["S-1"]
    assert api.get("/api/clients?search=oth").json()["total"] == 1
    assert api.get("/api/asins?has_remaining=true").json()["total"] == 0


@pytest.mark.parametrize(
    ("query", "field"),
    [("limit=0", "limit"), ("limit=501", "limit"), ("offset=-1", "offset"), ("limit=x", "limit")],
)
def test_a_wrong_argument_is_named(api, query, field):
    answer = api.get(f"/api/clients?{query}")

    assert answer.status_code == 422
    assert [problem["field"] for problem in answer.json()["errors"]] == [field]


def test_a_rule_is_added_replaced_and_deleted(api):
    added = send(api, "post", "/api/rules", RULE).json()
    replaced = send(api, "put", f"/api/rules/{added['id']}", RULE | {"priority": 3})

    assert replaced.json()["priority"] == 3
    assert api.get(f"/api/rules/{added['id']}").json()["name"] == "Slow"
    assert api.delete(f"/api/rules/{added['id']}").status_code == 204
    assert api.get(f"/api/rules/{added['id']}").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"days_sold_threshold": None}, "days_sold_threshold"),
        ({"verdict": "renner"}, "stock_turnover_threshold"),
        ({"verdict": "slow"}, "verdict"),
        ({"scope": "category"}, "scope_value"),
        ({"name": ""}, "name"),
        ({"days_sold_threshold": 0}, "days_sold_threshold"),
        ({"stock_unit_min": 5}, "stock_unit_min"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_field(api, wrong, field):
    answer = send(api, "post", "/api/rules", RULE | wrong)

    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert field in [problem["field"] for problem in answer.json()["errors"]]
    assert not models.MovementRule.objects.exists()


def test_a_second_rule_of_the_same_name_is_refused(api):
    send(api, "post", "/api/rules", RULE)

    answer = send(api, "post", "/api/rules", RULE)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "name")


def test_who_may_only_read_rules_may_not_write_them():
    user = build.a_user(permissions=["view_movementrule"])
    caller = Client(headers={"authorization": f"Bearer {build.a_token(user)}"})

    assert send(caller, "post", "/api/rules", RULE).status_code == 403
    assert not models.MovementRule.objects.exists()


def test_a_body_that_is_no_json_is_refused(api):
    answer = api.post("/api/rules", "{", content_type="application/json")

    assert answer.status_code in (400, 422)
    assert answer["Content-Type"] == "application/problem+json"


def test_the_documentation_loads_nothing_from_elsewhere(client):
    client.force_login(build.a_superuser())

    page = client.get("/api/docs").content.decode()

    assert "/static/ninja/swagger-ui-bundle.js" in page
    assert "https://" not in page


def test_a_caller_with_a_token_may_read_the_schema(api):
    schema = api.get("/api/openapi.json").json()

    assert "/api/generate_pallets" in schema["paths"]


def test_no_body_of_our_own_takes_a_field_that_nobody_knows(api):
    schema = api.get("/api/openapi.json").json()

    taken = {
        operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].split("/")[-1]
        for address in schema["paths"].values()
        for operation in address.values()
        if "requestBody" in operation
    }
    lenient = {
        name
        for name in taken
        if schema["components"]["schemas"][name].get("additionalProperties") is not False
    }
    # The generator's body is the panel's, who may send more than we ask for.
    assert lenient == {"GeneratePallets"}
    assert len(taken) > 15


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [("get", "/api/no-such-thing", 404), ("delete", "/api/pallets", 405)],
)
def test_a_call_that_fits_no_address_is_answered_as_a_problem(api, method, address, status):
    answer = getattr(api, method)(address)

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status


def test_a_pallet_that_waits_is_planned_in_the_api_as_on_the_pages(api):
    build.one_of_everything()

    (pallet,) = api.get("/api/pallets?status=planned").json()["items"]

    assert pallet["status"] == "planned"


@pytest.mark.parametrize(("days", "is_out"), [(0, True), (9, False), (None, False)])
def test_a_forecast_tells_what_is_out_from_what_runs_out(api, days, is_out):
    stockout_date = None if days is None else TODAY + timedelta(days=days)
    a_forecast(build.an_article(), stockout_date=stockout_date)

    (row,) = api.get("/api/forecasts").json()["items"]

    assert row["is_out"] is is_out


def test_an_argument_that_no_one_asked_for_is_named_beside_the_known_ones(api):
    answer = api.get("/api/stores?clientid=C-1&limit=5")

    told = answer.json()
    assert answer.status_code == 422
    assert [problem["field"] for problem in told["errors"]] == ["clientid"]
    assert "client_id, limit, marketplace, offset, status" in told["detail"]


def test_an_address_without_arguments_says_so(api):
    answer = api.get("/api/forecast-quality?day=2026-11-01")

    assert answer.status_code == 422
    assert "takes none" in answer.json()["detail"]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize(
    "address",
    [
        "snapshots?since=",
        "forecasts?made_date=",
        "ungating-cases?due_by=",
        "article-forecasts?sku=HX-1&made_date=",
        "article-course?sku=HX-1&known_on=",
    ],
)
def test_days_at_the_calendars_ends_are_days_like_others(api, address, day):
    build.one_of_everything()

    assert api.get(f"/api/{address}{day}").status_code == 200


def test_a_day_that_is_none_is_told_in_words_of_ours(api):
    problem = api.get("/api/snapshots?since=2026-02-31").json()["errors"][0]

    assert problem == {
        "field": "since",
        "message": "“2026-02-31” is no day. Write it as 2026-08-31.",
    }
