"""A write that is sent twice under one key has one effect, whatever happens in between."""

import json
import signal
import threading
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import web as build
from builders.child import a_child
from umschlag.settings import load_settings
from umschlag.storage.records import models
from umschlag.storage.records.idempotency import (
    KEPT_DAYS,
    Answer,
    KeyedRequest,
    OtherRequest,
    StillAtWork,
    answered_late,
    answered_once,
)
from umschlag.web.api.idempotency import HEADER, WRITES
from umschlag.web.api.root import api as whole_api
from umschlag.wiring.allocation import plan_allocation
from umschlag.wiring.upkeep import forget_old_answers

pytestmark = [pytest.mark.django_db, pytest.mark.database]
RULE = {"name": "Slow", "verdict": "penner", "days_sold_threshold": 60}
ASKED = {"clientName": "Nordlicht GmbH", "clientID": "C-1", "storeID": "S-1"}
RACERS = 6


@pytest.fixture
def token():
    return build.a_token(build.a_superuser())


@pytest.fixture
def api(token):
    return Client(headers={"authorization": f"Bearer {token}"})


def send(client, content, key, *, address="/api/rules", method="post"):
    return getattr(client, method)(
        address, content, content_type="application/json", headers={HEADER: key}
    )


def rule_count():
    return models.MovementRule.objects.count()


def test_a_repeated_write_has_one_effect_and_the_same_answer(api):
    first = send(api, RULE, "k-1")
    again = send(api, dict(reversed(RULE.items())), "k-1")

    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert "Idempotency-Replayed" not in first.headers
    assert again["Idempotency-Replayed"] == "true"
    assert rule_count() == 1


def test_pallets_are_made_once_under_one_key(api):
    store = build.a_store(build.a_client())
    build.an_answer(store, build.an_asin())

    first, again = (send(api, ASKED, "k-1", address="/api/generate_pallets") for _ in range(2))

    assert first.status_code == 200, first.content
    assert first.content == again.content
    assert models.AllocationRun.objects.count() == 1


def test_deleting_twice_under_one_key_is_no_error(api):
    rule = build.a_rule()

    answers = [
        send(api, None, "k-1", address=f"/api/rules/{rule.pk}", method="delete") for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [204, 204]


def test_another_request_under_a_used_key_is_refused(api):
    send(api, RULE, "k-1")

    answer = send(api, RULE | {"name": "Other"}, "k-1")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == HEADER
    assert "another request" in answer.json()["detail"]
    assert rule_count() == 1


def test_keys_that_differ_in_case_alone_are_two(api):
    assert send(api, RULE, "k-a").status_code == 201
    assert send(api, RULE | {"name": "Other"}, "K-A").status_code == 201


def test_one_user_s_key_is_nothing_to_another(api):
    other = Client(headers={"authorization": f"Bearer {build.a_token(build.a_superuser('eve'))}"})
    send(api, RULE, "k-1")

    answer = send(other, RULE | {"name": "Other"}, "k-1")

    assert answer.status_code == 201
    assert rule_count() == 2


def test_a_refused_request_leaves_its_key_free(api):
    wrong = send(api, RULE | {"days_sold_threshold": 0}, "k-1")
    right = send(api, RULE, "k-1")

    assert (wrong.status_code, right.status_code) == (422, 201)
    assert models.KeptAnswer.objects.count() == 1


@pytest.mark.parametrize("key", ["", "two words", "x" * 256, "ä"])
def test_what_is_no_key_is_refused(api, key):
    answer = send(api, RULE, key)

    assert answer.status_code == 422
    assert rule_count() == 0


def test_without_a_key_nothing_is_kept_and_reading_needs_none(api):
    api.post("/api/rules", RULE, content_type="application/json")
    api.get("/api/rules", headers={HEADER: "k-1"})

    assert not models.KeptAnswer.objects.exists()


def test_a_stranger_is_told_to_log_in_whatever_the_key(api, client):
    send(api, RULE, "k-1")

    assert send(client, RULE, "k-1").status_code == 401


def test_a_key_is_free_again_after_its_days_and_then_forgotten(api):
    send(api, RULE, "k-1")
    long_ago = timezone.now() - timedelta(days=KEPT_DAYS, minutes=1)
    models.KeptAnswer.objects.update(made_at=long_ago)

    later = send(api, RULE | {"name": "Later"}, "k-1")
    send(api, RULE | {"name": "Last"}, "k-2")
    models.KeptAnswer.objects.filter(pk=models.KeptAnswer.objects.latest("pk").pk).update(
        made_at=long_ago
    )

    assert later.status_code == 201
    assert forget_old_answers() == 1
    assert models.KeptAnswer.objects.count() == 1


def test_every_write_of_the_schema_takes_a_key_and_no_reading_does():
    schema = json.loads(json.dumps(whole_api.get_openapi_schema()))

    for address, path in schema["paths"].items():
        for method, operation in path.items():
            names = [one["name"] for one in operation.get("parameters", [])]
            assert (HEADER in names) == (method.upper() in WRITES), address
            if method.upper() in WRITES:
                assert {"409", "422"} <= set(operation["responses"])


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sent=st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from([30, 60, 0])), min_size=1, max_size=8
    )
)
def test_any_order_of_requests_has_one_effect_for_each_key(api, sent):
    run, before = uuid.uuid4().hex, rule_count()
    kept = {}

    for key, days in sent:
        content = RULE | {"name": f"{run}{key}", "days_sold_threshold": days}
        answer = send(api, content, run + key)
        if key in kept:
            known_days, known = kept[key]
            assert answer.status_code == (201 if days == known_days else 422)
            assert days != known_days or answer.content == known
        elif days:
            assert answer.status_code == 201
            kept[key] = days, answer.content
        else:
            assert answer.status_code == 422

    assert rule_count() - before == len(kept)


def together(acts):
    """Do all at the same moment where the database can; return what each came to."""
    came_to = []
    if connection.vendor == "sqlite":
        return [act() for act in acts]
    start = threading.Barrier(len(acts))

    def run(act):
        try:
            start.wait(timeout=30)
            came_to.append(act())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return came_to


@pytest.mark.django_db(transaction=True)
def test_requests_side_by_side_have_one_effect_and_one_answer(token):
    def ask():
        caller = Client(headers={"authorization": f"Bearer {token}"})
        answer = send(caller, RULE, "k-1")
        return answer.status_code, answer.content if answer.status_code == 201 else b""

    came_to = together([ask] * RACERS)

    assert len(came_to) == RACERS
    assert rule_count() == 1
    assert set(came_to) - {(409, b"")} == {ask()}


@pytest.mark.django_db(transaction=True)
def test_while_the_first_is_being_answered_the_second_is_told_to_wait():
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time: the second waits for the first")
    user = build.a_superuser()
    asked = KeyedRequest(user_id=user.pk, key="k-1", fingerprint="POST", at=timezone.now())
    done = Answer(status=201, content_type="application/json", content="{}")
    has_begun, may_end = threading.Event(), threading.Event()
    first = []

    def slow():
        has_begun.set()
        may_end.wait(timeout=60)
        return done

    def run():
        try:
            first.append(answered_once(asked, slow))
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    assert has_begun.wait(timeout=60)
    try:
        with pytest.raises(StillAtWork):
            answered_once(asked, lambda: done)
    finally:
        may_end.set()
        thread.join(timeout=60)

    assert first == [done]
    assert answered_once(asked, slow).is_repeated


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("key", ["k-1", None])
@pytest.mark.parametrize("operation", ["", "/{run}/plan-again", "generate"])
def test_planning_holds_no_transaction_while_it_searches(api, operation, key):
    build.an_answer(build.a_store(build.a_client()), build.an_asin())
    run_id = plan_allocation(load_settings())
    address = f"/api/allocation-runs{operation.format(run=run_id)}"
    content = {}
    if operation == "generate":
        address, content = "/api/generate_pallets", ASKED
    facts_read_in = []

    def watch(execute, sql, params, many, context):
        if models.ArticleMovement._meta.db_table in sql:
            facts_read_in.append(connection.in_atomic_block)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        headers = {HEADER: key} if key else {}
        answer = api.post(address, content, content_type="application/json", headers=headers)

    assert answer.status_code == 200, answer.content
    # How goods move is asked just before the planner; confirming asks it again in its own.
    assert facts_read_in[0] is False
    if key:
        again = send(api, content, key, address=address)
        assert (again.content, again["Idempotency-Replayed"]) == (answer.content, "true")
    assert models.AllocationRun.objects.count() == 2


def a_long_request(user, key="k-1", **values):
    return KeyedRequest(
        **{"user_id": user.pk, "key": key, "fingerprint": "POST", "at": timezone.now(), **values}
    )


DONE = Answer(status=200, content_type="application/json", content="{}")
AN_HOUR = timedelta(hours=1)


def test_planning_that_is_at_work_is_told_with_when_it_could_be_taken_over():
    asked = a_long_request(build.a_superuser())
    met = []

    def answer(begin):
        with pytest.raises(StillAtWork) as refused:
            answered_late(replace(asked, at=asked.at + AN_HOUR), never, at_work_for=AN_HOUR)
        met.append(refused.value.free_at)
        with pytest.raises(OtherRequest):
            answered_once(replace(asked, fingerprint="other"), lambda: DONE)
        begin()
        return DONE

    assert answered_late(asked, answer, at_work_for=AN_HOUR) == DONE
    assert met == [asked.at + AN_HOUR]
    assert answered_late(asked, never, at_work_for=AN_HOUR).is_repeated


def never(begin):
    raise AssertionError("answered a second time")


def test_a_claim_that_was_taken_over_has_no_effect_any_more():
    user = build.a_superuser()
    asked = a_long_request(user)
    later = replace(asked, at=asked.at + AN_HOUR + timedelta(seconds=1))

    def second(begin):
        begin()
        build.a_rule(name="Second")
        return DONE

    def first(begin):
        assert answered_late(later, second, at_work_for=AN_HOUR) == DONE
        begin()
        build.a_rule(name="First")
        return DONE

    with pytest.raises(StillAtWork):
        answered_late(asked, first, at_work_for=AN_HOUR)

    assert list(models.MovementRule.objects.values_list("name", flat=True)) == ["Second"]
    assert answered_late(asked, never, at_work_for=AN_HOUR).is_repeated


@pytest.mark.parametrize("refusal", [Answer(status=409, content_type="", content=""), ValueError])
def test_planning_that_comes_to_nothing_leaves_its_key_free(refusal):
    asked = a_long_request(build.a_superuser())

    def answer(begin):
        begin()
        build.a_rule()
        if isinstance(refusal, Answer):
            return refusal
        raise refusal

    if isinstance(refusal, Answer):
        assert answered_late(asked, answer, at_work_for=AN_HOUR) == refusal
    else:
        with pytest.raises(refusal):
            answered_late(asked, answer, at_work_for=AN_HOUR)

    assert rule_count() == 0
    assert not models.KeptAnswer.objects.exists()


def test_whoever_asks_while_a_plan_is_made_is_told_until_when(api):
    user = models.KeptAnswer._meta.get_field("user").related_model.objects.get()
    build.an_answer(build.a_store(build.a_client()), build.an_asin())
    first = send(api, {}, "k-1", address="/api/allocation-runs")
    models.KeptAnswer.objects.filter(user=user).update(status=0, content="")

    meanwhile = send(api, {}, "k-1", address="/api/allocation-runs")
    models.KeptAnswer.objects.update(made_at=timezone.now() - AN_HOUR)
    taken_over = send(api, {}, "k-1", address="/api/allocation-runs")

    assert (first.status_code, meanwhile.status_code, taken_over.status_code) == (200, 409, 200)
    assert "takes it over from 20" in meanwhile.json()["detail"]
    assert meanwhile["Retry-After"] == "10"


class Killed:
    """Writes under keys in processes that may be killed."""

    def __init__(self, folder):
        self.process = a_child("builders.keyed_api", folder=folder)

    def send(self, key, moment="never"):
        self.process.stdin.write(f"{key} {moment}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@pytest.fixture
def killed(tmp_path):
    found = Killed(tmp_path)
    yield found
    found.process.stdin.close()
    found.process.wait(timeout=60)
    found.process.stdout.close()


def test_a_crash_before_the_end_leaves_neither_effect_nor_key(killed):
    died = killed.send("k-1", "before")
    again = killed.send("k-1")

    assert died == [-signal.SIGKILL, "", 0, 0]
    assert again == [0, "201 false 1", 1, 1]


def test_a_crash_after_the_end_leaves_both_and_the_answer_is_given_then(killed):
    died = killed.send("k-1", "after")
    again = killed.send("k-1")

    assert died == [-signal.SIGKILL, "", 1, 1]
    assert again == [0, "201 true 1", 1, 1]
