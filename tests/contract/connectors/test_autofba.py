"""Our panel client against the adapter contract: paging, limits, faults, adjustments."""

import httpx2
import pytest
import stamina

from builders.agency import a_world
from builders.serving import serving
from umschlag.connectors.autofba.client import autofba_panel_at
from umschlag.kernel.errors import LoginRejected, UnexpectedAnswer, Unreachable
from umschlag.kernel.identifiers import Marketplace
from umschlag.kernel.money import Money
from umschlag.simulators.autofba.app import Knobs, create_app
from umschlag.simulators.demo.access import AUTOFBA_TOKEN

KNOBS = Knobs()


@pytest.fixture(scope="module")
def url():
    with serving(create_app(a_world(), KNOBS)) as address:
        yield address


@pytest.fixture
def panel(url):
    it = autofba_panel_at(url, token=AUTOFBA_TOKEN)
    with stamina.set_testing(True, attempts=3), it.system:
        yield it


def get(url, path, **params):
    return httpx2.get(
        f"{url}{path}", params=params, headers={"Authorization": f"Bearer {AUTOFBA_TOKEN}"}
    )


def test_clients_stores_and_preorders_fit_together(panel):
    clients, stores, preorders = panel.clients(), panel.stores(), panel.preorders()

    assert not (clients.problems)
    assert not (stores.problems)
    assert not (preorders.problems)
    assert (len(clients.rows), len(stores.rows), len(preorders.rows)) == (6, 10, 15)
    known = {client.external_id for client in clients.rows}
    assert {store.client_external_id for store in stores.rows} == known
    assert {preorder.client_external_id for preorder in preorders.rows} <= known
    assert any(store.is_mutual for store in stores.rows)
    assert {store.is_active for store in stores.rows} == {True, False}
    assert {store.marketplace for store in stores.rows} == {Marketplace.DE, Marketplace.UK}


def test_pages_follow_one_another_until_all_are_told(url):
    first = get(url, "/stores", limit=4).json()
    second = get(url, "/stores", limit=4, cursor=first["next_cursor"]).json()
    third = get(url, "/stores", limit=4, cursor=second["next_cursor"]).json()

    ids = [row["id"] for page in (first, second, third) for row in page["items"]]
    assert len(set(ids)) == 10
    assert third["next_cursor"] is None
    assert {page["total"] for page in (first, second, third)} == {10}


def test_updated_since_tells_what_changed_at_or_after_it(url, panel):
    newest = max(client.updated_at for client in panel.clients().rows)

    told = get(url, "/clients", updated_since=newest.isoformat()).json()

    assert told["total"] < 6
    assert all(row["updated_at"] >= newest.isoformat() for row in told["items"])


@pytest.mark.parametrize(
    "params",
    [{"cursor": "%%%"}, {"limit": "0"}, {"limit": "many"}, {"updated_since": "2026-01-01"}],
)
def test_a_senseless_question_is_refused(url, params):
    answer = get(url, "/clients", **params)

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_fault_that_passes_is_waited_out(panel, knobs, status):
    knobs.fail_next = [status]

    assert len(panel.clients().rows) == 6


def test_a_limit_says_how_long_to_wait(url, knobs):
    knobs.requests_per_minute, knobs.clock = 2, lambda: 480.0

    answers = [get(url, "/clients") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].headers["retry-after"] == "60"


def test_a_limit_that_does_not_pass_is_an_unreachable_system(panel, knobs):
    knobs.requests_per_minute, knobs.clock = 0, lambda: 480.0

    with pytest.raises(Unreachable, match="429"):
        panel.clients()


def test_a_wrong_token_is_rejected_and_not_quoted(url):
    panel = autofba_panel_at(url, token="not-the-token")

    with panel.system, pytest.raises(LoginRejected, match="401") as refusal:
        panel.clients()

    assert "not-the-token" not in str(refusal.value)


def test_a_page_that_breaks_off_is_refused(panel, knobs):
    knobs.truncate_next = 1

    with pytest.raises(UnexpectedAnswer, match="no JSON"):
        panel.clients()


def test_a_list_that_lost_a_row_is_refused_whole(panel, knobs):
    knobs.lose_row_next = 1

    with pytest.raises(UnexpectedAnswer, match="6 rows but gave 5"):
        panel.clients()


def test_an_adjustment_is_booked_once_however_often_it_is_sent(panel):
    before = next(client for client in panel.clients().rows if client.external_id == "102")
    wish = {
        "client_external_id": "102",
        "amount": Money(-1250, "EUR"),
        "reason": "pallet UM-1",
        "idempotency_key": "pallet-UM-1",
    }

    answers = [panel.adjust_balance(**wish) for _ in range(3)]

    after = next(client for client in panel.clients().rows if client.external_id == "102")
    assert after.balance == before.balance - Money(1250, "EUR")
    assert answers == [after.balance] * 3
    assert after.updated_at > before.updated_at


def test_a_key_is_not_used_for_two_adjustments(panel):
    wish = {"client_external_id": "102", "reason": "pallet", "idempotency_key": "one"}
    panel.adjust_balance(amount=Money(-1, "EUR"), **wish)

    with pytest.raises(UnexpectedAnswer, match="409"):
        panel.adjust_balance(amount=Money(-2, "EUR"), **wish)


@pytest.mark.parametrize(
    ("client", "amount", "status"),
    [
        ("999", Money(1, "EUR"), "404"),
        ("102", Money(1, "GBP"), "400"),
        ("x", Money(1, "EUR"), "404"),
    ],
)
def test_an_adjustment_that_makes_no_sense_is_refused(panel, client, amount, status):
    with pytest.raises(UnexpectedAnswer, match=status):
        panel.adjust_balance(
            client_external_id=client, amount=amount, reason="test", idempotency_key="k"
        )


@pytest.mark.parametrize("body", ["[]", "{}", '{"amount": 1}', "no json"])
def test_an_adjustment_without_its_fields_is_refused(url, body):
    answer = httpx2.post(
        f"{url}/balance-adjustments",
        content=body,
        headers={"Authorization": f"Bearer {AUTOFBA_TOKEN}", "Idempotency-Key": "k"},
    )

    assert answer.status_code == 400
