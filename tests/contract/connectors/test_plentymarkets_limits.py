"""Calls at the rate that each edition allows, counted by the simulator itself, without a network.

One virtual clock, one call at a time: the figures are exact. The simulator's windows begin with
their first call, as the vendor describes them. Whole downloads by three readers over real HTTP
stand in `test_plentymarkets_rates.py`.
"""

import httpx2
import pytest

from builders.call_rates import ANSWER_SECONDS, EDITIONS, rates
from builders.plentymarkets import FakeTime
from builders.world import a_world
from umschlag.connectors.plentymarkets.client import KeptInMemory, PlentyLogin, open_client
from umschlag.connectors.plentymarkets.limits import DayBudgetSpent
from umschlag.simulators.demo import access
from umschlag.simulators.plentymarkets.answers import Answer, Question
from umschlag.simulators.plentymarkets.erp import Erp
from umschlag.simulators.plentymarkets.gate import Call, Gate
from umschlag.simulators.plentymarkets.knobs import BASIC, PLUS, Edition, Fault, FaultKind, Knobs
from umschlag.simulators.plentymarkets.stock import StockRoom

STOCK = "/rest/stockmanagement/stock"


def a_client(base_url, clock, **more):
    return open_client(
        PlentyLogin(
            base_url=base_url, username=access.PLENTY_USER, password=access.PLENTY_PASSWORD
        ),
        keeper=KeptInMemory(),
        day_reserve_percent=10,
        clock=clock,
        **more,
    )


class VirtualSystem:
    """The simulator's gate on the client's clock; an answer takes fifty milliseconds of it."""

    def __init__(self, **knobs):
        self.time = FakeTime()
        self.knobs = Knobs(clock=lambda: self.time.seconds, **knobs)
        erp = Erp(a_world(days=2, article_count=10).merchant, self.knobs)
        self.gate = Gate(self.knobs, erp, StockRoom(erp))

    def __call__(self, request):
        self.time.seconds += ANSWER_SECONDS / 2
        path = request.url.path
        body = {"username": access.PLENTY_USER, "password": access.PLENTY_PASSWORD}
        query = {name: [value] for name, value in request.url.params.items()}
        question = Question(path=path, query=query, body=body)
        call = Call(request.method, request.headers.get("authorization", ""), question)
        is_login = path.startswith("/rest/log")
        handler = self.gate.session_call if is_login else lambda _: Answer.of([])
        answer, headers = self.gate.answer(call, handler)
        self.time.seconds += ANSWER_SECONDS / 2
        return httpx2.Response(answer.status, headers=headers, content=answer.body)

    def client(self):
        transport = httpx2.MockTransport(self)
        return a_client("http://shop.test", self.time.clock, transport=transport)

    @property
    def windows(self):
        return [window for window in self.knobs.tally.windows if window.kind == "read"]


@pytest.mark.parametrize("name", EDITIONS)
def test_a_download_uses_the_rate_that_its_edition_allows(name):
    edition = EDITIONS[name]
    system = VirtualSystem(edition=edition)

    with system.client() as client:
        for _ in range(edition.read_per_minute * 6 + 1):
            client.read(STOCK)

    assert len(system.windows) == 6
    assert min(rates(system.windows)) >= 0.95
    assert sum(window.refused for window in system.windows) == 0


@pytest.mark.parametrize("cost", [1, 2, 3])
def test_calls_that_cost_more_are_reckoned_with(cost):
    system = VirtualSystem(edition=BASIC, calls_cost=cost)

    with system.client() as client:
        for _ in range(BASIC.read_per_minute // cost * 6 + 1):
            client.read(STOCK)

    assert min(rates(system.windows)) >= 0.95
    # What a call costs can be found out by being refused, once.
    assert [window.refused for window in system.windows][1:] == [0] * (len(system.windows) - 1)
    assert system.windows[0].refused <= (1 if cost == 3 else 0)


def test_routes_that_cost_more_do_not_hold_up_the_others():
    system = VirtualSystem(edition=BASIC, costly_paths=("/rest/orders",))

    with system.client() as client:
        for _ in range(180):
            client.read(STOCK)
            client.read("/rest/orders")

    assert min(rates(system.windows)) >= 0.95
    assert sum(window.refused for window in system.windows) <= 1


def test_a_route_s_own_limit_is_kept():
    system = VirtualSystem(edition=PLUS, route_limits={"/rest/orders": 10})

    with system.client() as client:
        for _ in range(35):
            client.read("/rest/orders")

    assert client.retries == 0
    assert 180 <= system.time.seconds - 1_000 < 200


@pytest.mark.parametrize("name", ["classic", "flex", "plus"])
@pytest.mark.parametrize("is_raised", [True, False])
def test_limits_that_change_under_a_download_are_adapted_to(name, is_raised):
    before, after = (BASIC, EDITIONS[name]) if is_raised else (EDITIONS[name], BASIC)
    change = Fault(kind=FaultKind.LIMITS_CHANGE, path=STOCK, page=100, edition=after)
    system = VirtualSystem(edition=before, faults=(change,))

    with system.client() as client:
        for page in range(1, 1_001):
            client.read(STOCK, {"page": str(page)})

    settled = [window for window in system.windows if window.limit == after.read_per_minute]
    assert len(settled) >= 3
    assert min(rates(settled[1:])) >= 0.95
    assert max(window.refused for window in system.windows) <= 1
    assert sum(window.refused for window in settled[1:]) == 0


def test_others_who_eat_from_our_budget_cause_no_storm():
    others = tuple(
        Fault(kind=FaultKind.OTHERS_CALL, path=STOCK, page=page, calls=30)
        for page in range(20, 400, 20)
    )
    system = VirtualSystem(edition=BASIC, faults=others)

    with system.client() as client:
        for page in range(1, 401):
            client.read(STOCK, {"page": str(page)})

    assert max(window.refused for window in system.windows) <= 1
    assert min(rates(system.windows)) >= 0.95, "theirs and ours together"


def test_a_storm_of_refusals_is_met_by_one_call_a_minute():
    storm = Fault(kind=FaultKind.TOO_MANY_CALLS, path=STOCK, times=10)
    system = VirtualSystem(edition=BASIC, faults=(storm,))

    with system.client() as client:
        client.read(STOCK)

    assert client.retries == 10
    assert max(window.refused for window in system.windows) == 1


def test_the_day_s_head_room_is_left_to_other_programs():
    edition = Edition(
        read_per_minute=80, read_per_day=200, write_per_minute=40, write_per_day=17_280
    )
    system = VirtualSystem(edition=edition)

    with system.client() as client:
        for _ in range(180):
            client.read(STOCK)
        with pytest.raises(DayBudgetSpent, match="20 of 200 read calls"):
            client.read(STOCK)
