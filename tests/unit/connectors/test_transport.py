import httpx2
import pytest

from umschlag.connectors.transport import OutsideSystem, Patience, json_of
from umschlag.kernel.errors import LoginRejected, UmschlagError, UnexpectedAnswer, Unreachable

SECRET = "s3cr3t/+ö"


def a_system(answer, **values):
    """Return a system whose calls are answered by the function."""
    return OutsideSystem(
        **{
            "name": "Shop",
            "base_url": "http://shop.test",
            "secrets": [SECRET],
            "patience": Patience(attempts=3, first_wait_seconds=0, longest_wait_seconds=0),
            "transport": httpx2.MockTransport(answer),
        }
        | values
    )


def answers(*responses):
    """Return a function that gives the responses one after the other."""
    queue = list(responses)
    return lambda request: queue.pop(0)


def read(system, **query):
    return json_of(system.get("/things", params=query), system=system)


def test_a_read_returns_the_decoded_answer():
    system = a_system(answers(httpx2.Response(200, json={"a": 1})))

    assert read(system) == {"a": 1}


def test_a_read_is_asked_again_after_a_server_error():
    system = a_system(
        answers(httpx2.Response(503), httpx2.Response(500), httpx2.Response(200, json=[1]))
    )

    assert read(system) == [1]
    assert system.retries == 2


def test_a_read_gives_up_at_last():
    system = a_system(lambda request: httpx2.Response(503, text="busy"))

    with pytest.raises(Unreachable, match="GET /things answered 503: busy"):
        read(system)


def test_a_call_by_itself_is_sent_once_so_that_no_write_is_doubled():
    calls = []
    system = a_system(lambda request: calls.append(request) or httpx2.Response(500))

    with pytest.raises(Unreachable):
        system.checked(system.send("POST", "/things", body={}))

    assert len(calls) == 1


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (httpx2.Response(200, text=""), UnexpectedAnswer),
        (httpx2.Response(200, html="<html>maintenance</html>"), UnexpectedAnswer),
        (httpx2.Response(200, text="{"), UnexpectedAnswer),
        (httpx2.Response(302, headers={"Location": "http://evil.test"}), UnexpectedAnswer),
        (httpx2.Response(422, json={"error": "no"}), UnexpectedAnswer),
        (httpx2.Response(401), LoginRejected),
        (httpx2.Response(403), LoginRejected),
    ],
)
def test_an_unusable_answer_is_named(response, error):
    with pytest.raises(error):
        read(a_system(answers(response)))


def test_a_redirect_is_never_followed():
    seen = []

    def answer(request):
        seen.append(str(request.url))
        return httpx2.Response(307, headers={"Location": "http://evil.test/"})

    system = a_system(answer)

    with pytest.raises(UnexpectedAnswer, match="redirect"):
        system.checked(system.send("POST", "/login", body={"password": SECRET}))

    assert seen == ["http://shop.test/login"]


@pytest.mark.parametrize("status", [200, 403, 500])
def test_no_error_shows_a_secret(status):
    def answer(request):
        return httpx2.Response(status, text=f"<b>{SECRET}</b> {request.url}")

    with pytest.raises(UmschlagError) as caught:
        read(a_system(answer), key=SECRET)

    assert "s3cr3t" not in str(caught.value)


def test_a_failed_connection_shows_no_secret():
    def answer(request):
        raise httpx2.ConnectError(f"cannot reach {request.url}")

    with pytest.raises(Unreachable) as caught:
        read(a_system(answer), key=SECRET)

    assert "s3cr3t" not in str(caught.value)
    assert "ConnectError" in str(caught.value)
