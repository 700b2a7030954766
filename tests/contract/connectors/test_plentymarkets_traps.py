"""Every trap of the contract sheet, turned on over real HTTP: the exact whole truth, or a refusal.

The rows of docs/reference/plentymarkets-traps.md. What a reading must come to is known from the
world itself, not from another reading.
"""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from builders.plentymarkets import ZONE, FakeTime
from builders.world import GENEROUS, TODAY, a_scale, plenty_client, simulators_with
from umschlag.connectors.plentymarkets.client import KeptInMemory, PlentyLogin, open_client
from umschlag.connectors.plentymarkets.limits import Clock
from umschlag.connectors.plentymarkets.orders import ReadTo, read_orders
from umschlag.connectors.plentymarkets.reading import PlentymarketsSource
from umschlag.connectors.plentymarkets.refusals import RightMissing
from umschlag.connectors.transport import Patience
from umschlag.kernel.errors import (
    LoginRejected,
    UnexpectedAnswer,
    Unreachable,
)
from umschlag.kernel.identifiers import VariationId
from umschlag.kernel.progress import untold
from umschlag.simulators.demo import access
from umschlag.simulators.demo.identities import sku_of
from umschlag.simulators.plentymarkets.knobs import (
    DateStyle,
    Edition,
    Fault,
    FaultKind,
    Tally,
)

SMALL = a_scale(days=5)
WITH_ORDERS = a_scale(days=30)
VARIATIONS = "/rest/pim/variations"
STOCK = "/rest/stockmanagement/stock"
NOON = datetime.combine(TODAY, datetime.min.time(), UTC).replace(hour=12)
ORDERS_SINCE = NOON - timedelta(days=3)
PAGES_OF_20 = {"page_rows_max": 20}
DATES_TOLD = (DateStyle.NO_COLON, DateStyle.SHOP_TIME, DateStyle.W3C)


@dataclass
class RememberedTokens(KeptInMemory):
    """Every token that was ever given out."""

    ever: list[str] = field(default_factory=list)

    def save(self, token, expires_at):
        super().save(token, expires_at)
        self.ever.append(token)


@pytest.fixture
def keeper(caplog):
    """Watch that no credential is logged, whatever a test provokes."""
    caplog.set_level(logging.DEBUG)
    keeper = RememberedTokens()
    yield keeper
    for secret in (access.PLENTY_PASSWORD, *keeper.ever):
        assert secret not in caplog.text


def a_client(running, keeper, *, time=None, patience=None, **login):
    return open_client(
        PlentyLogin(
            **{
                "base_url": f"{running.url}/plentymarkets",
                "username": access.PLENTY_USER,
                "password": access.PLENTY_PASSWORD,
            }
            | login
        ),
        keeper=keeper,
        day_reserve_percent=10,
        clock=(time or FakeTime()).clock,
        patience=patience,
    )


def a_source(client, **values):
    return PlentymarketsSource(
        **{"reader": client, "zone": ZONE, "currency": "EUR", "now": lambda: NOON} | values
    )


def states_read(source):
    """Return all that is told of each SKU, everything delivered once."""
    reading = source.read(TODAY, untold)
    delivered = [state for batch in reading.batches() for state in batch.articles]
    states = {state.sku: state for state in delivered}
    assert len(states) == len(delivered)
    assert reading.expected_count == len(delivered) + reading.unusable_count
    return states


def units_of(states):
    """Return on hand, reserved and elsewhere by SKU."""
    return {
        sku: (state.on_hand_units, state.reserved_units, state.other_on_hand_units)
        for sku, state in states.items()
    }


def units_read(source):
    return units_of(states_read(source))


@pytest.fixture(scope="module")
def undisturbed():
    """All that a healthy system tells of each SKU."""
    with simulators_with(scale=SMALL) as running, a_client(running, KeptInMemory()) as client:
        states = states_read(a_source(client))
    assert all(state.master.created_date for state in states.values())
    return states


def units_there(running, *, deleted=0, booked=0, oversold=0):
    """Return what the world has, less its first articles, with more on the first stock row."""
    merchant, day = running.world.merchant, running.world.scale.day_count - 1
    listed = np.flatnonzero(merchant.articles.exists_on(day))
    ids = merchant.articles.variation_id_on(day, listed)
    listed = listed[np.argsort(ids)]
    on_hand, reserved = np.array(merchant.on_hand[day]), merchant.reserved[day]
    stocked = [article for article in listed if on_hand[article, 0] > 0]
    on_hand[stocked[:oversold], 0] = -3
    if booked:
        moved = merchant.movements
        on_hand[next(a for a in listed if a in stocked or a in moved.article), 0] += booked
    return {
        sku_of(int(article)): (
            int(on_hand[article, :2].sum()),
            int(reserved[article, :2].sum()),
            int(on_hand[article, 2]),
        )
        for article in listed[deleted:]
    }


def always(kind, path="/rest/", **more):
    return Fault(**{"kind": kind, "path": path, "times": 10_000} | more)


WHOLE = {
    "1 a 429 on one page": [Fault(kind=FaultKind.TOO_MANY_CALLS, path=VARIATIONS, page=2)],
    "1 a storm of 429": [Fault(kind=FaultKind.TOO_MANY_CALLS, path=STOCK, page=2, times=9)],
    "2 rows shift": [Fault(kind=FaultKind.ROWS_SHIFT, path=STOCK, page=2)],
    "10 a 500 with a text of PHP": [Fault(kind=FaultKind.SERVER_ERROR, path=STOCK, times=2)],
    "10 a 502": [Fault(kind=FaultKind.SERVER_ERROR, path=STOCK, page=2, status=502)],
    "10 a 504": [Fault(kind=FaultKind.SERVER_ERROR, path=VARIATIONS, page=2, status=504)],
    "11 a page of HTML": [Fault(kind=FaultKind.HTML, path=STOCK, page=2)],
    "11 an empty answer": [Fault(kind=FaultKind.EMPTY, path=VARIATIONS, page=2)],
    "12 a 503": [Fault(kind=FaultKind.SERVER_ERROR, path=VARIATIONS, status=503, times=3)],
    "12 a connection cut in the middle": [
        Fault(kind=FaultKind.CONNECTION_CUT, path=STOCK, page=2),
        Fault(kind=FaultKind.CONNECTION_CUT, path=VARIATIONS, page=1),
    ],
    "17 a token that ends in the middle": [
        Fault(kind=FaultKind.TOKEN_EXPIRES, path=STOCK, page=2),
        Fault(kind=FaultKind.TOKEN_EXPIRES, path=VARIATIONS, page=2),
    ],
    "17 a login that fails twice": [
        Fault(kind=FaultKind.SERVER_ERROR, path="/rest/login", status=503, times=2),
        Fault(kind=FaultKind.HTML, path="/rest/login"),
    ],
}


@pytest.mark.parametrize("trap", WHOLE)
def test_what_passes_leaves_the_day_whole(trap, keeper):
    faults, tally = tuple(WHOLE[trap]), Tally()

    with (
        simulators_with(scale=SMALL, faults=faults, tally=tally, **PAGES_OF_20) as running,
        a_client(running, keeper) as client,
    ):
        assert units_read(a_source(client)) == units_there(running)
        assert tally.struck.total() == sum(fault.times for fault in faults)


SHAPES = {
    "3 more rows than the index pages through": {"pim_window": 40},
    "4 an index that lags behind the stock": {"index_lag_days": 4},
    "6 pages of twenty, whatever is asked for": {},
    "6 nothing beyond the last page": {"is_clamping_pages": False},
    "7 filters that are ignored": {
        "ignored_filters": ("updatedAtFrom", "updatedAt", "relatedUpdatedAt", "sortBy", "ids")
    },
    "8 numbers as text": {"is_writing_numbers_as_text": True},
    "9 dates in all their styles": {"date_styles": DATES_TOLD},
    "9 zero dates": {"date_styles": (DateStyle.ZERO,)},
    "broken rows": {"exception_rows": 3},
    "Laravel's envelope": {"laravel_paths": (VARIATIONS, STOCK, "/rest/items/sales_prices")},
    "bare arrays": {"bare_paths": (STOCK, "/rest/items/barcodes", "/rest/categories")},
    "a route with a limit of its own": {"route_limits": {STOCK: 2}},
}


@pytest.mark.parametrize("trap", SHAPES)
def test_other_shapes_mean_the_same(trap, undisturbed, keeper):
    time = FakeTime()
    knobs = {"clock": lambda: time.seconds} | PAGES_OF_20 | SHAPES[trap]
    window = {"window_rows": 40} if "pim_window" in knobs else {}

    with (
        simulators_with(scale=SMALL, **knobs) as running,
        a_client(running, keeper, time=time) as client,
    ):
        states = states_read(a_source(client, **window))
        assert units_of(states) == units_there(running)
        assert client.retries == 0

    if "zero dates" in trap:
        undisturbed = {sku: without_dates(state) for sku, state in undisturbed.items()}
    assert states == undisturbed


def without_dates(state):
    return replace(state, master=replace(state.master, created_date=None))


ORDERS = "/rest/orders"
SHAPES_OF_ORDERS = {
    "6 pages of twenty": {},
    "6 nothing beyond the last page": {"is_clamping_pages": False},
    "7 filters that are ignored": {"ignored_filters": ("updatedAtFrom", "sortBy", "sortOrder")},
    "8 numbers as text": {"is_writing_numbers_as_text": True},
    "9 dates in all their styles": {"date_styles": DATES_TOLD},
    "Laravel's envelope": {"laravel_paths": (ORDERS, "/rest/orders/referrers")},
    "bare arrays": {"bare_paths": (ORDERS,)},
}


@pytest.mark.parametrize("trap", SHAPES_OF_ORDERS)
def test_orders_in_other_shapes_mean_the_same(trap, orders_undisturbed, keeper):
    everything, changed = orders_undisturbed
    since = ReadTo(ORDERS_SINCE, ORDERS_SINCE)

    with (
        simulators_with(scale=WITH_ORDERS, **PAGES_OF_20 | SHAPES_OF_ORDERS[trap]) as running,
        a_client(running, keeper) as client,
    ):
        assert orders_read(client) == everything
        found = orders_read(client, since=since)

    # More is read where the filter is ignored; what is read counts as it did.
    is_filtered = "filters" not in trap
    assert found == (changed if is_filtered else everything)


@pytest.fixture(scope="module")
def orders_undisturbed():
    """Return all orders of a healthy system, and those of the last days."""
    with simulators_with(scale=WITH_ORDERS) as running, a_client(running, KeptInMemory()) as client:
        everything = orders_read(client)
        changed = orders_read(client, since=ReadTo(ORDERS_SINCE, ORDERS_SINCE))
    assert 0 < len(changed) < len(everything)
    assert len({order.business_date for order in everything.values()}) > 10
    return everything, changed


def orders_read(client, *, since=None):
    found = read_orders(client, since=since, started_at=NOON, zone=ZONE, currency="EUR")
    assert found.problems == found.notes == ()
    return found.orders


@pytest.mark.parametrize("knobs", [{"is_scroll_ending_empty": True}, {}], ids=["empty", "null"])
def test_a_scroll_ends_by_a_null_cursor_or_an_empty_chunk(knobs, keeper):
    with (
        simulators_with(scale=SMALL, pim_window=40, **PAGES_OF_20, **knobs) as running,
        a_client(running, keeper) as client,
    ):
        assert units_read(a_source(client, window_rows=40)) == units_there(running)


def test_a_cursor_that_expires_is_begun_anew(keeper):
    scale = a_scale(days=3, article_count=600)
    expiry = Fault(kind=FaultKind.CURSOR_EXPIRES, path=f"{VARIATIONS}/scroll", page=3)
    tally = Tally()

    with (
        simulators_with(scale=scale, pim_window=250, faults=(expiry,), tally=tally) as running,
        a_client(running, keeper) as client,
    ):
        assert units_read(a_source(client, window_rows=250)) == units_there(running)
        assert tally.struck[FaultKind.CURSOR_EXPIRES] == 1


@pytest.mark.parametrize(
    ("kind", "path"),
    [(FaultKind.ROW_VANISHES, VARIATIONS), (FaultKind.ROW_VANISHES_UNLOGGED, VARIATIONS)],
)
def test_a_row_that_goes_while_we_page_hides_no_other(kind, path, keeper):
    vanishing = Fault(kind=kind, path=path, page=2)

    with (
        simulators_with(scale=SMALL, faults=(vanishing,), **PAGES_OF_20) as running,
        a_client(running, keeper) as client,
    ):
        assert units_read(a_source(client)) == units_there(running, deleted=1)


def test_a_booking_while_we_page_is_read_as_well(keeper):
    booking = Fault(kind=FaultKind.ROW_CHANGES, path=STOCK, page=3)

    with (
        simulators_with(scale=SMALL, faults=(booking,), **PAGES_OF_20) as running,
        a_client(running, keeper) as client,
    ):
        units = units_read(a_source(client))

        assert units == units_there(running, booked=1)


def test_fewer_units_than_none_are_told_as_they_are(keeper):
    with (
        simulators_with(scale=SMALL, oversold_rows=3) as running,
        a_client(running, keeper) as client,
    ):
        units = units_read(a_source(client))

        assert units == units_there(running, oversold=3)
        assert min(on_hand for on_hand, _, _ in units.values()) < 0


def test_stock_told_for_a_bundle_is_never_counted(keeper):
    with (
        simulators_with(scale=SMALL, is_stocking_bundles=True) as running,
        a_client(running, keeper) as client,
    ):
        bundles = client.read("/rest/items/variations", {"isBundle": "true"})["entries"]
        ids = {row["id"] for row in bundles}
        asked = {"variationId": ",".join(map(str, ids))}
        told = client.read(STOCK, asked)["entries"]
        source = a_source(client)
        units = units_read(source)

    assert any(row["stockPhysical"] for row in told)
    assert {row["variationId"] for row in told} == ids
    assert units == units_there(running)


REFUSED = {
    "3 an index that answers no further page": (
        {"pim_window": 10},
        Unreachable,
        "Result window is too large",
    ),
    "7 relations that are ignored": (
        {"ignored_relations": ("salesPrices",)},
        UnexpectedAnswer,
        "salesPrices",
    ),
    "10 a system that stays broken": (
        {"faults": (always(FaultKind.SERVER_ERROR, STOCK),)},
        Unreachable,
        "answered 500",
    ),
    "11 HTML for ever": (
        {"faults": (always(FaultKind.HTML, STOCK),)},
        UnexpectedAnswer,
        "a web page instead of data",
    ),
    "11 nothing for ever": (
        {"faults": (always(FaultKind.EMPTY, VARIATIONS),)},
        UnexpectedAnswer,
        "answered nothing",
    ),
    "12 connections always cut": (
        {"faults": (always(FaultKind.CONNECTION_CUT, STOCK),)},
        Unreachable,
        "does not answer",
    ),
    "1 refused for ever": (
        {"faults": (always(FaultKind.TOO_MANY_CALLS, STOCK),)},
        Unreachable,
        "met the call limits each time",
    ),
    "a right that is missing": (
        {"forbidden_paths": (STOCK, "/rest/stockmanagement/warehouses/")},
        RightMissing,
        r"GET /plentymarkets/rest/stockmanagement/stock needs the right stockmanagement\.stock",
    ),
    "another host": ({"moved_to": "http://elsewhere.test"}, UnexpectedAnswer, "a redirect"),
}


@pytest.mark.parametrize("trap", REFUSED)
def test_what_does_not_pass_is_refused_by_name(trap, keeper):
    knobs, error, message = REFUSED[trap]

    with (
        simulators_with(scale=SMALL, **knobs) as running,
        a_client(running, keeper) as client,
        pytest.raises(error, match=message) as caught,
    ):
        units_read(a_source(client))

    for secret in (access.PLENTY_PASSWORD, *keeper.ever):
        assert secret not in str(caught.value)


@pytest.mark.parametrize("status", [200, 401, 403])
def test_a_wrong_password_is_known_by_its_body(status, keeper):
    with (
        simulators_with(scale=SMALL, wrong_password_status=status) as running,
        a_client(running, keeper, password="wrong/pass+word") as client,
        pytest.raises(LoginRejected, match="check user and password") as caught,
    ):
        client.read(STOCK)

    assert "wrong" not in str(caught.value)


def test_an_unknown_filter_is_refused_by_the_one_route_that_knows(keeper):
    with (
        simulators_with(scale=SMALL) as running,
        a_client(running, keeper) as client,
        pytest.raises(UnexpectedAnswer, match=r"answered 422: .*Invalid filter given"),
    ):
        client.read("/rest/items/variations", {"name": "x"})


@pytest.mark.parametrize(
    ("kind", "forbidden", "is_deleted"),
    [
        (FaultKind.ROW_VANISHES, (), True),
        (FaultKind.ROW_VANISHES_UNLOGGED, (), False),
        (FaultKind.ROW_VANISHES, ("/rest/delete_log",), False),
    ],
)
def test_what_vanished_is_looked_up_in_the_delete_log(kind, forbidden, is_deleted, keeper):
    vanishing = Fault(kind=kind, path="/rest/users/me")

    with (
        simulators_with(scale=SMALL, faults=(vanishing,), forbidden_paths=forbidden) as running,
        a_client(running, keeper) as client,
    ):
        rows = client.read(VARIATIONS, {"sortBy": "id_asc"})["entries"]
        first = VariationId(rows[0]["id"])
        client.read("/rest/users/me")
        source = a_source(client)
        units_read(source)
        missing = source.look_for({first}, since=SMALL.first_date)

    assert missing.deleted == ({first} if is_deleted else set())
    assert missing.unexplained == (set() if is_deleted else {first})
    assert ("/rest/delete_log" in missing.note) == bool(forbidden)


def test_an_answer_that_takes_too_long_is_asked_for_again(keeper):
    slow = Fault(kind=FaultKind.SLOW, path=STOCK, page=2, seconds=3)

    with (
        simulators_with(scale=SMALL, faults=(slow,), **PAGES_OF_20) as running,
        a_client(running, keeper, patience=Patience(read_seconds=1.5)) as client,
    ):
        assert units_read(a_source(client)) == units_there(running)
        assert client.retries >= 1


ENDING = {
    "an outage": (
        Fault(kind=FaultKind.SERVER_ERROR, path=STOCK, page=3, status=503, times=6),
        Unreachable,
    ),
    "a storm of 429": (
        Fault(kind=FaultKind.TOO_MANY_CALLS, path=STOCK, page=3, times=15),
        Unreachable,
    ),
    "a token refused as soon as it is given": (
        # Twice would do, were not the first time forgiven where another thread renewed the token.
        Fault(kind=FaultKind.TOKEN_EXPIRES, path=STOCK, page=3, times=3),
        LoginRejected,
    ),
}


@pytest.mark.parametrize("trouble", ENDING)
def test_a_run_that_trouble_ends_goes_on_later(trouble, keeper):
    fault, error = ENDING[trouble]
    time = FakeTime()

    with (
        simulators_with(
            scale=SMALL, faults=(fault,), clock=lambda: time.seconds, page_rows_max=10
        ) as running,
        a_client(running, keeper, time=time) as client,
    ):
        source = a_source(client)
        with pytest.raises(error):
            units_read(source)
        begun = client.calls_used
        assert units_read(source) == units_there(running)
        resumed = client.calls_used
        units_read(a_source(client))

        calls_of_a_whole_run = client.calls_used - resumed
        assert resumed - begun < calls_of_a_whole_run - 5, "what was there cost no call"


def test_no_more_than_three_reads_at_a_time(keeper):
    tally = Tally()
    # However late the other two threads come, three pages are long enough to meet in.
    together = [Fault(kind=FaultKind.SLOW, path=STOCK, page=n, seconds=0.5) for n in (2, 3, 4)]
    slow = Fault(kind=FaultKind.SLOW, path="/rest/", times=10_000, seconds=0.02)

    with (
        simulators_with(
            scale=SMALL,
            faults=(*together, slow),
            parallel_calls_max=3,
            tally=tally,
            page_rows_max=5,
        ) as running,
        a_client(running, keeper) as client,
    ):
        assert units_read(a_source(client)) == units_there(running)
        assert client.retries == 0

    assert tally.parallel_max == 3


def test_a_fourth_read_at_a_time_would_meet_a_deadlock():
    slow = Fault(kind=FaultKind.SLOW, path=STOCK, times=3, seconds=0.5)

    with (
        simulators_with(scale=SMALL, faults=(slow,), parallel_calls_max=3) as running,
        plenty_client(running) as raw,
        ThreadPoolExecutor(4) as pool,
    ):
        answers = list(pool.map(lambda _: raw.get(STOCK), range(4)))

    (refused,) = [answer for answer in answers if answer.status_code == 500]
    assert "Deadlock found" in refused.text


def test_sessions_that_end_soon_are_renewed_and_used_up_writes_waited_for(keeper):
    """A login is a write: with two writes a minute, the third login waits for the next minute."""
    time, tally = FakeTime(), Tally()
    edition = Edition(
        read_per_minute=1_000, read_per_day=50_000, write_per_minute=2, write_per_day=50_000
    )

    with (
        simulators_with(
            scale=SMALL,
            edition=edition,
            clock=lambda: time.seconds,
            token_lifetime_seconds=15,
            sessions_max=1,
            tally=tally,
        ) as running,
        a_client(running, keeper, time=time) as client,
    ):
        for _ in range(8):
            client.read(STOCK)
            time.seconds += 10

    assert len(keeper.ever) > 3
    assert len(set(keeper.ever)) == len(keeper.ever)
    assert tally.refusals["write"] == 0
    assert len(time.waits) >= len(keeper.ever) // 2 - 1, "two logins a minute, and no more"


def test_windows_that_run_faster_than_the_clock_are_kept(keeper):
    time = FakeTime()
    faster = Clock(lambda: time.seconds * 60, lambda seconds: time.wait(seconds / 60))
    edition = Edition(**{name: getattr(GENEROUS, name) for name in _LIMITS} | _FIVE_READS)

    with simulators_with(
        scale=SMALL, edition=edition, clock=lambda: time.seconds, time_factor=60
    ) as running:
        client = open_client(
            PlentyLogin(
                base_url=f"{running.url}/plentymarkets",
                username=access.PLENTY_USER,
                password=access.PLENTY_PASSWORD,
            ),
            keeper=keeper,
            day_reserve_percent=10,
            clock=faster,
        )
        with client:
            for _ in range(11):
                client.read(STOCK)

    assert client.retries == 0
    assert 2 <= time.seconds - 1_000 < 2.1


_LIMITS = ("read_per_minute", "read_per_day", "write_per_minute", "write_per_day")
_FIVE_READS = {"read_per_minute": 5}
