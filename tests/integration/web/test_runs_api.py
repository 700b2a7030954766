"""Allocation runs over the API: planned, changed by hand, compared, confirmed, put aside."""

import json

import pytest
from django.test import Client

from builders import web as build
from umschlag.storage.records import models

pytestmark = [pytest.mark.django_db, pytest.mark.database]
RUNS = "/api/allocation-runs"


@pytest.fixture
def api():
    token = build.a_token(build.a_superuser("robot"))
    return Client(headers={"authorization": f"Bearer {token}"})


@pytest.fixture
def stores():
    first = build.a_store(build.a_client())
    second = build.a_store(build.a_client("C-2", name="Citrus"), "S-3", name="Citrus DE")
    build.a_store(second.client, "S-9", name="Citrus FR", status="Suspended")
    for number in (1, 2):
        asin = build.an_asin(f"B00000000{number}")
        for store in (first, second):
            build.an_answer(store, asin)
    build.an_asin("B000000003")
    return first, second


def send(api, address, body=None, *, method="post", **headers):
    return getattr(api, method)(
        f"{RUNS}{address}", json.dumps(body or {}), content_type="application/json", **headers
    )


def a_plan(api, **body):
    return send(api, "", body).json()


def a_line(units, asin="B000000001", store="S-1"):
    return {"store_id": store, "asin": asin, "units": units}


def lines_of(api, run_id, asked=""):
    items = api.get(f"{RUNS}/{run_id}/lines?limit=500{asked}").json()["items"]
    return {(line["store_id"], line["asin"]): line["units"] for line in items}


def test_a_plan_says_how_good_it_is_and_how_each_client_comes_off(api, stores):
    told = a_plan(api, policy="max_min")
    run, figures = told["run"], told["figures"]

    assert (run["state"], run["policy"], run["made_by"]) == ("proposed", "max_min", "robot")
    assert run["bound"]["minor"] >= run["worth"]["minor"] == figures["plan"]["worth"]["minor"] > 0
    assert run["gap"] == pytest.approx(run["bound"]["minor"] / run["worth"]["minor"] - 1)
    assert figures["plan"]["worth"]["minor"] >= figures["loop"]["worth"]["minor"]
    assert figures["plan"]["units"] == sum(cart["units"] for cart in told["carts"])
    assert 0 < figures["jain_run"] <= 1
    by_client = {share["client_id"]: share for share in told["shares"]}
    for cart in told["carts"]:
        share = by_client[cart["client_id"]]
        assert share["given"] == cart["total"]
        assert share["run_share"] == pytest.approx(
            cart["total"]["minor"] / share["available"]["minor"]
        )
    assert api.get(f"{RUNS}/{run['run_id']}").json() == told
    assert models.LedgerEntry.objects.filter(kind="hold").count() == 0


def test_lines_and_refusals_have_lists_with_their_reasons(api, stores):
    told = a_plan(api)
    run_id = told["run"]["run_id"]

    lines = api.get(f"{RUNS}/{run_id}/lines").json()
    refusals = api.get(f"{RUNS}/{run_id}/refusals").json()

    assert lines["total"] == told["line_count"] > 0
    assert all(line["reason"] for line in lines["items"])
    assert refusals["total"] == told["refusal_count"] > 0
    assert "unknown_gate" in {row["code"] for row in refusals["items"]}
    assert all(row["reason"] for row in refusals["items"])
    assert {store for store, _ in lines_of(api, run_id, "&store_id=S-3")} == {"S-3"}
    assert api.get(f"{RUNS}?state=proposed").json()["items"] == [told["run"]]
    assert api.get(f"{RUNS}?state=undone").json()["total"] == 0


def test_a_plan_for_one_store_gives_to_no_other(api, stores):
    told = a_plan(api, store_id="S-3")

    assert told["run"]["only_store_id"] == "S-3"
    assert {cart["store_id"] for cart in told["carts"]} == {"S-3"}


def test_a_line_set_by_hand_of_what_is_gone_since_is_named_and_not_dropped(api, stores):
    run_id = a_plan(api)["run"]["run_id"]
    send(api, f"/{run_id}/lines", a_line(12), method="put")
    models.CatalogAsin.objects.filter(asin="B000000001").update(remaining_units=0)

    refused = send(api, f"/{run_id}/plan-again")

    assert refused.status_code == 409
    assert "B000000001: 12 units more than there are in stock" in refused.json()["detail"]
    assert api.get(f"{RUNS}/{run_id}").json()["run"]["state"] == "proposed"
    api.delete(f"{RUNS}/{run_id}/lines/S-1/B000000001")
    again = send(api, f"/{run_id}/plan-again").json()
    assert again["pins"] == []


def test_a_line_set_by_hand_stays_when_planned_again_and_is_left_to_the_planner(api, stores):
    planned = a_plan(api)["run"]
    run_id = planned["run_id"]

    told = send(api, f"/{run_id}/lines", a_line(12), method="put").json()
    again = send(api, f"/{run_id}/plan-again").json()
    again_id = again["run"]["run_id"]

    assert [(pin["asin"], pin["units"], pin["set_by"]) for pin in told["pins"]] == [
        ("B000000001", 12, "robot")
    ]
    assert again["run"]["based_on_run_id"] == run_id
    assert lines_of(api, again_id)["S-1", "B000000001"] == 12
    assert api.get(f"{RUNS}/{run_id}").json()["run"]["state"] == "discarded"

    for _ in range(2):
        released = api.delete(f"{RUNS}/{again_id}/lines/S-1/B000000001")
        assert released.status_code == 204
    last = send(api, f"/{again_id}/plan-again").json()
    assert last["pins"] == []
    # Both ASINs earn alike, so that other lines may be worth as much.
    assert last["run"]["worth"] == planned["worth"]


def test_a_line_that_would_break_a_rule_is_refused_with_the_rule(api, stores):
    run_id = a_plan(api)["run"]["run_id"]
    before = lines_of(api, run_id)

    refused = send(api, f"/{run_id}/lines", a_line(100_002), method="put")

    assert refused.status_code == 409
    assert "more than there are in stock" in refused.json()["detail"]
    assert refused.json()["errors"][0]["field"] == "units"
    assert lines_of(api, run_id) == before


def test_two_runs_are_compared(api, stores):
    first = a_plan(api)["run"]["run_id"]
    send(api, f"/{first}/lines", a_line(12), method="put")
    second = send(api, f"/{first}/plan-again").json()["run"]["run_id"]
    send(api, f"/{second}/lines", a_line(6), method="put")

    told = api.get(f"{RUNS}/{first}/compare/{second}").json()

    assert (told["before"]["run_id"], told["after"]["run_id"]) == (first, second)
    changed = {(one["store_name"], one["asin"]): one for one in told["items"]}
    line = changed["Nordlicht DE", "B000000001"]
    assert (line["before_units"], line["after_units"]) == (12, 6)
    assert told["total"] == len(changed)
    assert {one["client_name"] for one in told["clients"]} == {"Citrus", "Nordlicht GmbH"}
    assert told["after_figures"]["units"] == sum(lines_of(api, second).values())


def test_confirming_takes_the_run_once_whatever_is_sent_again(api, stores):
    told = a_plan(api)
    address = f"/{told['run']['run_id']}/confirm"

    done = send(api, address, headers={"Idempotency-Key": "take-it"})
    repeated = send(api, address, headers={"Idempotency-Key": "take-it"})
    refused = send(api, address)

    assert done.status_code == repeated.status_code == 200
    assert done.json() == repeated.json()
    assert done.json()["units"] == told["figures"]["plan"]["units"]
    assert done.json()["cart_count"] == len(told["carts"])
    assert refused.status_code == 409
    assert "already" in refused.json()["detail"]
    holds = models.LedgerEntry.objects.filter(kind="hold")
    assert {entry.booked_by for entry in holds} == {"robot"}
    assert holds.count() == len(told["carts"])


def test_a_repeated_request_plans_once(api, stores):
    for _ in range(2):
        assert send(api, "", headers={"Idempotency-Key": "plan-it"}).status_code == 200

    assert models.AllocationRun.objects.count() == 1


def test_a_discarded_run_is_decided(api, stores):
    run_id = a_plan(api)["run"]["run_id"]

    assert send(api, f"/{run_id}/discard").json()["state"] == "discarded"

    for act in ("discard", "confirm", "plan-again"):
        assert send(api, f"/{run_id}/{act}").status_code == 409
    assert send(api, f"/{run_id}/lines", a_line(6), method="put").status_code == 409
    assert models.AllocationRun.objects.count() == 1


@pytest.mark.parametrize("act", ["confirm", "discard", "plan-again"])
def test_a_run_that_is_none_is_said_to_be_none(api, stores, act):
    assert send(api, f"/4711/{act}").status_code == 404
    assert models.AllocationRun.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"store_id": "S-404"}, 404, "store_id"),
        ({"store_id": "S-9"}, 409, "store_id"),
        ({"store_id": ""}, 422, "store_id"),
        ({"policy": "luck"}, 422, "policy"),
        ([None], 422, "told"),
    ],
)
def test_what_cannot_be_planned_names_the_field(api, stores, body, status, field):
    answer = send(api, "", body)

    assert answer.status_code == status
    assert answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (a_line(6, store="S-404"), 404),
        (a_line(6, asin="B00NOWHERE"), 404),
        (a_line(6, asin="lamp"), 422),
        (a_line(-6), 422),
        (a_line("6"), 422),
    ],
)
def test_a_line_that_cannot_be_is_refused(api, stores, line, status):
    run_id = a_plan(api)["run"]["run_id"]

    assert send(api, f"/{run_id}/lines", line, method="put").status_code == status


def test_who_may_only_look_changes_nothing(api, stores):
    run_id = a_plan(api)["run"]["run_id"]
    token = build.a_token(build.a_user(permissions=["records.view_allocationrun"]))
    reader = Client(headers={"authorization": f"Bearer {token}"})

    for path in ("", f"/{run_id}", f"/{run_id}/lines", f"/{run_id}/compare/{run_id}"):
        assert reader.get(f"{RUNS}{path}").status_code == 200
    for path in ("", *(f"/{run_id}/{act}" for act in ("plan-again", "confirm", "discard"))):
        assert send(reader, path).status_code == 403
    assert send(reader, f"/{run_id}/lines", a_line(6), method="put").status_code == 403
    assert reader.delete(f"{RUNS}/{run_id}/lines/S-1/B000000001").status_code == 403
    assert models.AllocationRun.objects.get().state == "proposed"


def test_a_run_of_an_older_version_has_no_figures(api):
    records = build.one_of_everything()

    told = api.get(f"{RUNS}/{records['run'].pk}").json()

    assert told["figures"] is None
    assert told["run"]["gap"] is None
    assert told["line_count"] == 1


def test_a_plan_worth_nothing_is_not_said_to_be_the_best(api):
    run = build.a_run(worth_minor=0, bound_minor=5_00)

    assert api.get(f"{RUNS}/{run.pk}").json()["run"]["gap"] is None
