import threading
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from builders.plentymarkets import FakeTime
from umschlag.connectors.plentymarkets.client import KeptInMemory, PlentyLogin, open_client
from umschlag.connectors.plentymarkets.limits import CallKind
from umschlag.connectors.plentymarkets.refusals import RightMissing, RouteMissing
from umschlag.kernel.errors import LoginRejected, UnexpectedAnswer, Unreachable

PASSWORD = "pass/word+1"
TOKEN = {"access_token": "t1", "expires_in": 86400}
OK = httpx2.Response(200, json={"fine": True})
PLENTY_OF_CALLS = {
    "X-Plenty-Global-Short-Period-Limit": "1000",
    "X-Plenty-Global-Short-Period-Decay": "60",
    "X-Plenty-Global-Short-Period-Calls-Left": "999",
}


class Plenty:
    """A system that answers each path's calls with the responses given for it, in turn."""

    def __init__(self, login=None, **answers):
        self.answers = {"/rest/login": login or [{"json": TOKEN}], "/rest/logout": [{}]}
        self.answers |= {f"/rest/{name}": value for name, value in answers.items()}
        self.asked = []

    def __call__(self, request):
        path = request.url.path
        self.asked.append(request)
        answers = self.answers[path]
        told = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(told, Exception):
            raise told
        return httpx2.Response(**{"status_code": 200} | told)

    def paths(self):
        return [request.url.path.removeprefix("/rest/") for request in self.asked]


def a_client(plenty, *, time=None, keeper=None, base_url="http://shop.test/rest/"):
    return open_client(
        PlentyLogin(base_url=base_url, username="anna", password=PASSWORD),
        keeper=keeper or KeptInMemory(),
        day_reserve_percent=10,
        transport=httpx2.MockTransport(plenty),
        clock=(time or FakeTime()).clock,
    )


def test_one_login_serves_all_reads_and_ends_with_a_logout():
    plenty = Plenty(items=[{"json": {"a": 1}}])

    with a_client(plenty) as client:
        assert client.read("/rest/items") == {"a": 1}
        client.read("/rest/items")

    assert plenty.paths() == ["login", "items", "items", "logout"]
    assert plenty.asked[1].headers["Authorization"] == "Bearer t1"
    assert (client.calls_used, client.retries) == (4, 0)


def test_nothing_is_sent_where_nothing_is_asked():
    plenty = Plenty()

    with a_client(plenty):
        pass

    assert plenty.asked == []


def test_the_password_travels_in_the_body_alone():
    plenty = Plenty(items=[{"json": {}}])

    with a_client(plenty) as client:
        client.read("/rest/items")

    assert PASSWORD in plenty.asked[0].content.decode()
    assert not any("pass" in str(request.url) for request in plenty.asked)


@pytest.mark.parametrize("style", [{"accessToken": "t2"}, {"access_token": "t2"}])
def test_both_styles_of_a_login_s_answer_are_read(style):
    plenty = Plenty(login=[{"json": style}], items=[{"json": {}}])

    with a_client(plenty) as client:
        client.read("/rest/items")

    assert plenty.asked[1].headers["Authorization"] == "Bearer t2"


@pytest.mark.parametrize(
    "answer",
    [
        {"status_code": 401, "json": {"error": "invalid_credentials"}},
        {"status_code": 200, "json": {"error": "invalid_credentials"}},
        {"status_code": 403, "text": "locked"},
        {"status_code": 200, "json": {}},
    ],
)
def test_a_rejected_login_names_the_user_and_never_the_password(answer):
    client = a_client(Plenty(login=[answer]))

    with pytest.raises(LoginRejected, match="'anna'") as caught:
        client.read("/rest/items")

    assert "pass" not in str(caught.value).replace("password under", "")


def test_an_expired_token_is_renewed_once():
    plenty = Plenty(
        login=[{"json": TOKEN}, {"json": {"accessToken": "t9"}}],
        items=[{"status_code": 401, "json": {}}, {"json": {"a": 1}}],
    )

    with a_client(plenty) as client:
        assert client.read("/rest/items") == {"a": 1}

    assert plenty.paths() == ["login", "items", "login", "items", "logout"]


class TwoTokensEnd:
    """The first token ends under two calls; the second under the call that was answered later."""

    def __init__(self):
        self.logins = 0
        self.both_are_under_way = threading.Barrier(2)
        self.first_is_through = threading.Event()

    def __call__(self, request):
        path, token = request.url.path, request.headers.get("Authorization")
        if path == "/rest/login":
            self.logins += 1
            return httpx2.Response(200, json={"accessToken": f"t{self.logins}"})
        if token == "Bearer t1" and path != "/rest/warm":
            self.both_are_under_way.wait(5)
            if path == "/rest/second":
                self.first_is_through.wait(5)
            return httpx2.Response(401, json={})
        if token == "Bearer t2" and path == "/rest/second":
            return httpx2.Response(401, json={})
        return httpx2.Response(200, json=path)


def test_a_token_that_another_call_has_renewed_counts_for_none_of_its_own():
    system = TwoTokensEnd()
    client = a_client(system)
    client.limits.learn(client.limits.acquire(CallKind.READ), PLENTY_OF_CALLS)
    client.read("/rest/warm")

    with ThreadPoolExecutor(2) as pool:
        second = pool.submit(client.read, "/rest/second")
        assert pool.submit(client.read, "/rest/first").result() == "/rest/first"
        system.first_is_through.set()

    assert second.result() == "/rest/second"
    assert system.logins == 3


def test_threads_that_begin_together_share_one_login():
    together = threading.Barrier(3)
    plenty = Plenty(items=[{"json": {}, "headers": PLENTY_OF_CALLS}])
    plenty.answers["/rest/login"] = [{"json": {"accessToken": f"t{n}"}} for n in range(1, 4)]

    def answered(request):
        if request.url.path == "/rest/login":
            # Time for the other two to come and see that there is no token yet.
            threading.Event().wait(0.05)
        return plenty(request)

    def read(_):
        together.wait(5)
        client.read("/rest/items")

    with a_client(answered) as client, ThreadPoolExecutor(3) as pool:
        list(pool.map(read, range(3)))

    assert plenty.paths().count("login") == 1
    tokens = {request.headers.get("Authorization") for request in plenty.asked}
    assert tokens == {None, "Bearer t1"}


def test_a_token_refused_twice_is_a_rejected_login():
    client = a_client(Plenty(items=[{"status_code": 401, "json": {}}]))

    with pytest.raises(LoginRejected):
        client.read("/rest/items")


def test_a_kept_token_is_used_instead_of_a_login():
    plenty = Plenty(items=[{"json": {}}])

    with a_client(plenty, keeper=KeptInMemory("kept")) as client:
        client.read("/rest/items")

    assert plenty.paths() == ["items", "logout"]
    assert plenty.asked[0].headers["Authorization"] == "Bearer kept"


def test_the_session_cap_is_waited_out():
    time = FakeTime()
    full = {"status_code": 429, "json": {"error": "too_many_concurrent_sessions"}}
    plenty = Plenty(login=[full, full, {"json": TOKEN}], items=[{"json": {}}])

    with a_client(plenty, time=time) as client:
        client.read("/rest/items")

    assert time.waits == [30, 30]
    assert client.retries == 2


def test_a_session_cap_that_never_ends_is_given_up():
    full = {"status_code": 429, "json": {"error": "too_many_concurrent_sessions"}}

    with pytest.raises(Unreachable, match="no free session"):
        a_client(Plenty(login=[full])).read("/rest/items")


def test_a_refused_call_waits_and_is_made_again():
    time = FakeTime()
    plenty = Plenty(
        items=[{"status_code": 429, "headers": {"Retry-After": "7"}, "json": {}}, {"json": [1]}]
    )

    with a_client(plenty, time=time) as client:
        assert client.read("/rest/items") == [1]

    assert sum(time.waits) == 8


@pytest.mark.parametrize(
    "trouble",
    [
        {"status_code": 500, "text": "Too few arguments"},
        {"status_code": 503},
        {"status_code": 200, "html": "<html>Wartung</html>"},
        {"status_code": 200, "text": ""},
    ],
)
def test_a_passing_failure_is_read_past(trouble):
    plenty = Plenty(items=[trouble, trouble, {"json": [1]}])

    with a_client(plenty) as client:
        assert client.read("/rest/items") == [1]

    assert client.retries == 2


@pytest.mark.parametrize(
    ("trouble", "error", "named"),
    [
        ({"status_code": 500, "text": "broken"}, Unreachable, "answered 500: broken"),
        ({"status_code": 200, "text": "<p>"}, UnexpectedAnswer, "a web page instead of data"),
        ({"status_code": 422, "text": "Invalid filter"}, UnexpectedAnswer, "Invalid filter"),
        ({"status_code": 404, "text": "no route"}, RouteMissing, "/rest/items answered 404"),
        ({"status_code": 403, "json": {"error": "unauthorized"}}, RightMissing, "the right to it"),
        (
            {"status_code": 403, "json": {"error": {"missing_permissions": {"item.show": {}}}}},
            RightMissing,
            r"GET /rest/items needs the right item\.show",
        ),
        ({"status_code": 302, "headers": {"Location": "/x"}}, UnexpectedAnswer, "redirect"),
    ],
)
def test_a_lasting_failure_is_named(trouble, error, named):
    with pytest.raises(error, match=named):
        a_client(Plenty(items=[trouble])).read("/rest/items")


def test_a_token_is_kept_until_the_session_ends():
    keeper, plenty = KeptInMemory(), Plenty(items=[{"json": {}}])

    with a_client(plenty, keeper=keeper) as client:
        client.read("/rest/items")
        kept = keeper.token

    assert (kept, keeper.token) == ("t1", "")


def test_a_kept_token_that_is_refused_is_replaced():
    keeper = KeptInMemory("old")
    client = a_client(Plenty(items=[{"status_code": 401, "json": {}}]), keeper=keeper)

    with pytest.raises(LoginRejected):
        client.read("/rest/items")

    assert keeper.token == "t1"


def test_a_redirected_login_is_never_followed():
    plenty = Plenty(login=[{"status_code": 301, "headers": {"Location": "http://evil.test/"}}])

    with pytest.raises(UnexpectedAnswer, match="redirect"):
        a_client(plenty).read("/rest/items")

    assert plenty.paths() == ["login"]


def test_a_plus_sign_in_an_instant_is_escaped():
    plenty = Plenty(items=[{"json": {}}])

    with a_client(plenty) as client:
        client.read("/rest/items", {"createdAtFrom": "2026-09-01T00:00:00+02:00"})

    assert b"%2B02" in plenty.asked[1].url.raw_path


def test_a_logout_that_fails_does_not_matter():
    plenty = Plenty(items=[{"json": [1]}])
    plenty.answers["/rest/logout"] = [{"status_code": 500}]

    with a_client(plenty) as client:
        assert client.read("/rest/items") == [1]


def test_a_connection_that_breaks_is_tried_again():
    plenty = Plenty(items=[httpx2.ReadTimeout("slow"), httpx2.ConnectError("gone"), {"json": [1]}])
    time = FakeTime()

    with a_client(plenty, time=time) as client:
        assert client.read("/rest/items") == [1]

    assert client.retries == 2
    assert time.waits == sorted(time.waits)


def test_a_connection_that_stays_broken_is_unreachable():
    plenty = Plenty(items=[httpx2.ConnectError("gone")])

    with pytest.raises(Unreachable, match="ConnectError"):
        a_client(plenty).read("/rest/items")


def test_a_login_is_tried_again_where_the_server_or_its_limit_was_in_the_way():
    time = FakeTime()
    busy = {"status_code": 429, "headers": {"Retry-After": "20"}, "json": {"error": "limit"}}
    plenty = Plenty(login=[{"status_code": 503}, busy, {"json": TOKEN}], items=[{"json": [1]}])

    with a_client(plenty, time=time) as client:
        assert client.read("/rest/items") == [1]

    assert plenty.paths() == ["login", "login", "login", "items", "logout"]
    assert time.waits == [0.5, 21.0], "once for the server, once for the limit"
