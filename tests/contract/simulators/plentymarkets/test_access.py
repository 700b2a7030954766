"""Logging in, sessions and limits, over HTTP: contracts/plentymarkets.md, sections 1 and 2."""

import httpx2
import pytest

from builders.world import a_scale, log_in, plenty_client, simulators_with
from umschlag.simulators.demo.access import PLENTY_PASSWORD, PLENTY_USER
from umschlag.simulators.plentymarkets.knobs import Edition

SMALL = a_scale(days=5, article_count=10)
WAREHOUSES = "/rest/stockmanagement/warehouses"
LIMIT_HEADERS = [
    f"X-Plenty-Global-{period}-Period-{what}"
    for period in ("Short", "Long")
    for what in ("Limit", "Decay", "Calls-Left")
]
RIGHT = {"username": PLENTY_USER, "password": PLENTY_PASSWORD}


class Clock:
    def __init__(self):
        self.now = 5_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def stranger():
    """Return a client that is not logged in."""
    with (
        simulators_with(scale=SMALL) as running,
        httpx2.Client(base_url=f"{running.url}/plentymarkets") as client,
    ):
        yield client


def test_a_login_is_answered_in_both_spellings(stranger):
    answer = log_in(stranger)
    body = answer.json()

    assert answer.status_code == 200
    assert body["accessToken"] == body["access_token"]
    assert body["refreshToken"] == body["refresh_token"]
    assert body["expiresIn"] == body["expires_in"] == 86_400
    assert (body["tokenType"], body["concurrent_sessions"]) == ("Bearer", 1)
    assert body["max_current_sessions"] == 3


@pytest.mark.parametrize("how", ["json", "data", "params"])
def test_a_login_may_be_json_form_or_query(stranger, how):
    assert stranger.post("/rest/login", **{how: RIGHT}).status_code == 200


@pytest.mark.parametrize("wrong", [{}, {"password": "x"}, {"username": "x"}])
def test_wrong_credentials_are_named_and_give_no_token(stranger, wrong):
    answer = stranger.post("/rest/login", json={**RIGHT, **wrong} if wrong else {})

    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_credentials"
    assert answer.json()["accessToken"] is None


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer nonsense", "Basic x"])
def test_without_a_token_nothing_is_answered(stranger, header):
    headers = {} if header is None else {"authorization": header}
    answer = stranger.get(WAREHOUSES, headers=headers)

    assert answer.status_code == 401
    assert answer.json()["error"] == "access_denied"


def test_sessions_are_capped_until_one_logs_out(stranger):
    tokens = [log_in(stranger).json()["accessToken"] for _ in range(3)]

    refused = log_in(stranger)
    stranger.post("/rest/logout", headers={"authorization": f"Bearer {tokens[0]}"})

    assert refused.status_code == 429
    assert refused.json()["error"] == "too_many_concurrent_sessions"
    assert refused.json()["max_current_sessions"] == 3
    assert log_in(stranger).status_code == 200


def test_a_token_that_was_logged_out_is_dead(stranger):
    headers = {"authorization": f"Bearer {log_in(stranger).json()['accessToken']}"}
    before = stranger.get(WAREHOUSES, headers=headers).status_code
    stranger.post("/rest/logout", headers=headers)

    assert before == 200
    assert stranger.get(WAREHOUSES, headers=headers).status_code == 401


@pytest.mark.parametrize("spelling", ["refresh_token", "refreshToken"])
def test_a_refresh_replaces_the_session(stranger, spelling):
    old = log_in(stranger).json()
    new = stranger.post("/rest/login/refresh", json={spelling: old["refreshToken"]}).json()
    again = stranger.post("/rest/login/refresh", json={spelling: old["refreshToken"]})

    used = stranger.get(WAREHOUSES, headers={"authorization": f"Bearer {new['accessToken']}"})
    former = stranger.get(WAREHOUSES, headers={"authorization": f"Bearer {old['accessToken']}"})
    assert (used.status_code, former.status_code, again.status_code) == (200, 401, 401)
    assert new["concurrent_sessions"] == 1


def test_tokens_end_and_make_room_for_others():
    clock = Clock()
    with (
        simulators_with(scale=SMALL, clock=clock, token_lifetime_seconds=600) as running,
        plenty_client(running) as client,
    ):
        client.get(WAREHOUSES).raise_for_status()
        clock.now += 600

        late = client.get(WAREHOUSES)

        assert late.status_code == 401
        assert log_in(client).json()["concurrent_sessions"] == 1


def test_session_limits_and_user_can_be_asked_for(stranger):
    headers = {"authorization": f"Bearer {log_in(stranger).json()['accessToken']}"}

    limits = stranger.get("/rest/session_limits", headers=headers).json()

    assert limits == {"concurrent_sessions": 1, "max_current_sessions": 3}
    assert stranger.get("/rest/users/me", headers=headers).json()["username"] == PLENTY_USER


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", WAREHOUSES, 200),
        ("GET", "/rest/nothing", 404),
        ("POST", "/rest/nothing", 404),
        ("GET", "/rest/items/variations?name=x", 422),
        ("GET", "/rest/stockmanagement/stock?updatedAtFrom=yesterday", 422),
        ("PUT", f"{WAREHOUSES}/1/stock/correction", 422),
    ],
)
def test_every_answer_tells_what_is_left(stranger, method, path, status):
    headers = {"authorization": f"Bearer {log_in(stranger).json()['accessToken']}"}

    answer = stranger.request(method, path, headers=headers)

    assert answer.status_code == status
    assert all(int(answer.headers[name]) >= 0 for name in LIMIT_HEADERS)
    assert "Retry-After" not in answer.headers


def test_refused_strangers_are_told_their_limits_too(stranger):
    answer = stranger.get(WAREHOUSES)

    assert all(name in answer.headers for name in LIMIT_HEADERS)


def test_a_missing_right_is_named_and_spares_other_routes():
    with (
        simulators_with(scale=SMALL, forbidden_paths=("/rest/orders",)) as running,
        plenty_client(running) as client,
    ):
        refused = client.get("/rest/orders/referrers")

        assert refused.status_code == 403
        assert refused.json()["error"]["missing_permissions"] == {"orders.referrers": {}}
        assert client.get(WAREHOUSES).status_code == 200


def test_a_doubled_rest_is_redirected_and_the_login_is_lost_on_the_way(stranger):
    answer = stranger.post("/rest/rest/login", json=RIGHT)
    followed = stranger.post("/rest/rest/login", json=RIGHT, follow_redirects=True)

    assert answer.status_code == 301
    assert answer.headers["location"].endswith("/plentymarkets/rest/login")
    assert "accessToken" not in followed.text


def test_the_minutes_limit_is_kept_and_ends_with_the_minute():
    clock = Clock()
    edition = Edition(read_per_minute=2, read_per_day=100, write_per_minute=9, write_per_day=9)
    with (
        simulators_with(scale=SMALL, clock=clock, edition=edition) as running,
        plenty_client(running) as client,
    ):
        answers = [client.get(WAREHOUSES) for _ in range(3)]
        clock.now += 60
        later = client.get(WAREHOUSES)

        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[2].json()["error"]["message"] == "short period read limit reached"
        assert answers[2].headers["Retry-After"] == "60"
        assert "X-Plenty-Global-Short-Period-Calls-Reset" in answers[2].headers
        assert later.status_code == 200
        assert later.headers["X-Plenty-Global-Short-Period-Calls-Left"] == "1"


def test_logging_in_is_a_write_and_is_refused_with_the_writes():
    edition = Edition(read_per_minute=9, read_per_day=99, write_per_minute=1, write_per_day=9)
    with (
        simulators_with(scale=SMALL, edition=edition) as running,
        plenty_client(running) as client,
    ):
        refused = log_in(client)

        assert refused.status_code == 429
        assert refused.json()["error"]["message"] == "short period write limit reached"
        assert client.get(WAREHOUSES).status_code == 200
