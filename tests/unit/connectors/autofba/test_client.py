"""Booking on the panel's balances: what was asked, and which answers are none."""

import json

import httpx2
import pytest

from umschlag.connectors.autofba.client import AutofbaPanel, autofba_panel_at
from umschlag.connectors.paged_adapter import TooManyRequests
from umschlag.connectors.transport import OutsideSystem
from umschlag.kernel.errors import LoginRejected, UnexpectedAnswer, Unreachable
from umschlag.kernel.money import Money

WISH = {
    "client_external_id": "102",
    "amount": Money(-1250, "EUR"),
    "reason": "pallet UM-1",
    "idempotency_key": "pallet-UM-1",
}


class Panel:
    """Answers every call alike and remembers what it was asked."""

    def __init__(self, **response):
        self.response = {"status_code": 201} | response
        self.asked = []

    def __call__(self, request):
        self.asked.append(request)
        return httpx2.Response(**self.response)


def booked(panel):
    system = OutsideSystem(
        name="panel", base_url="http://panel.test", transport=httpx2.MockTransport(panel)
    )
    with system:
        return AutofbaPanel(system=system).adjust_balance(**WISH)


def test_the_amount_goes_out_as_exact_text_under_its_key():
    panel = Panel(json={"balance": "1487.50", "currency": "EUR"})

    balance = booked(panel)

    (request,) = panel.asked
    assert json.loads(request.content) == {
        "client_id": "102",
        "amount": "-12.50",
        "currency": "EUR",
        "reason": "pallet UM-1",
    }
    assert request.headers["Idempotency-Key"] == "pallet-UM-1"
    assert balance == Money(148_750, "EUR")


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {},
        {"balance": 1487.5, "currency": "EUR"},
        {"balance": "1487.505", "currency": "EUR"},
        {"balance": "1487.50", "currency": "Taler"},
        {"balance": "1487.50"},
    ],
)
def test_an_answer_without_an_exact_balance_is_refused(answer):
    with pytest.raises(UnexpectedAnswer, match="no balance in the answer"):
        booked(Panel(json=answer))


@pytest.mark.parametrize(
    ("response", "error"),
    [
        ({"status_code": 429, "headers": {"Retry-After": "3"}}, TooManyRequests),
        ({"status_code": 503}, Unreachable),
        ({"status_code": 401}, LoginRejected),
        ({"status_code": 200, "html": "<html>login</html>"}, UnexpectedAnswer),
    ],
)
def test_a_booking_that_fails_is_never_sent_again_by_itself(response, error):
    panel = Panel(**response)

    with pytest.raises(error):
        booked(panel)

    assert len(panel.asked) == 1


def test_the_token_goes_with_every_call_and_into_no_error():
    with autofba_panel_at("http://127.0.0.1:9", token="t-secret").system as system:
        assert dict(system.headers) == {"Authorization": "Bearer t-secret"}
        assert "t-secret" not in system.redacted("Bearer t-secret is not accepted")
