"""Our client against the simulated Plentymarkets over real HTTP, healthy and with its faults on."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from builders.plentymarkets import ZONE, FakeTime, taken
from builders.world import TODAY, a_scale, simulators_with
from umschlag.connectors.plentymarkets.client import KeptInMemory, PlentyLogin, open_client
from umschlag.connectors.plentymarkets.movements import MovementReader
from umschlag.connectors.plentymarkets.orders import ReadTo, read_orders
from umschlag.connectors.plentymarkets.reading import PlentymarketsSource
from umschlag.intelligence.snapshots.model import Snapshot
from umschlag.intelligence.snapshots.reconstruction import Reconstruction
from umschlag.intelligence.snapshots.rules import SnapshotIncomplete, check_whole
from umschlag.kernel.errors import LoginRejected, Unreachable
from umschlag.kernel.progress import untold
from umschlag.simulators.demo import access
from umschlag.simulators.demo.catalogue import SUPPLIERS
from umschlag.simulators.demo.identities import asin_of, gtin_of, sku_of
from umschlag.simulators.plentymarkets.erp import WAREHOUSE_IDS
from umschlag.simulators.plentymarkets.knobs import Edition, Fault, FaultKind

VARIATIONS = "/rest/pim/variations"
STOCK = "/rest/stockmanagement/stock"
NOON = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=ZONE)
"""The simulated delete log is dated in its own world."""


def a_client(running, *, time=None, password=access.PLENTY_PASSWORD, keeper=None):
    return open_client(
        PlentyLogin(
            base_url=f"{running.url}/plentymarkets",
            username=access.PLENTY_USER,
            password=password,
        ),
        keeper=keeper or KeptInMemory(),
        day_reserve_percent=10,
        clock=(time or FakeTime()).clock,
    )


def read_day(client, **values):
    given = {"reader": client, "zone": ZONE, "currency": "EUR", "now": lambda: NOON}
    source = PlentymarketsSource(**given | values)
    reading = taken(source.read(TODAY, untold))
    check_whole(
        business_date=TODAY,
        article_count=len(reading.batch.articles),
        unusable_count=reading.unusable_count,
        expected_count=reading.expected_count,
    )
    return source, reading


def skus_in(reading):
    return {state.sku for state in reading.batch.articles}


def test_a_whole_day_is_read(simulators):
    merchant = simulators.world.merchant
    last = simulators.world.scale.day_count - 1

    with a_client(simulators) as client:
        source, reading = read_day(client)

    there = np.flatnonzero(merchant.articles.exists_on(last))
    on_hand = {state.sku: state.on_hand_units for state in reading.batch.articles}
    assert len(on_hand) == len(there)
    assert sum(on_hand.values()) == merchant.on_hand[last][there][:, :2].sum()
    assert (
        sum(s.reserved_units for s in reading.batch.articles)
        == merchant.reserved[last][there][:, :2].sum()
    )
    assert {warehouse.is_sales for warehouse in source.warehouses} == {True, False}
    assert any(state.master.asin for state in reading.batch.articles)
    assert any(state.master.gtin for state in reading.batch.articles)
    for field in ("name", "manufacturer", "category", "supplier"):
        assert any(getattr(state.master, field) for state in reading.batch.articles), field
    assert any(state.sales_price_minor for state in reading.batch.articles)


def test_every_article_is_told_as_the_world_has_it(simulators):
    merchant, articles = simulators.world.merchant, simulators.world.merchant.articles
    last = simulators.world.scale.day_count - 1

    with a_client(simulators) as client:
        _, reading = read_day(client)

    told = {state.sku: state for state in reading.batch.articles}
    for article in map(int, np.flatnonzero(articles.exists_on(last))):
        state = told[sku_of(article)]
        master = state.master
        supplier = SUPPLIERS[articles.supplier_index[article]]
        assert master.asin == asin_of(article)
        assert master.gtin == ("" if articles.lacks_gtin[article] else gtin_of(article))
        assert (master.name, master.manufacturer) == (
            merchant.name[article],
            articles.brand[article],
        )
        assert master.category == (
            "" if articles.lacks_category[article] else articles.category[article]
        )
        assert (master.supplier, master.lead_time_days, master.order_units_min) == (
            supplier.name,
            supplier.lead_time_days,
            supplier.order_units_min,
        )
        assert master.is_active != articles.is_inactive[article]
        assert master.currency == "EUR"
        assert state.sales_price_minor == merchant.price_minor[last, article]
        if not articles.lacks_cost[article]:
            assert state.unit_cost_minor == merchant.unit_cost_minor[last, article]


def test_each_warehouse_s_stock_is_that_of_the_world(simulators):
    merchant, articles = simulators.world.merchant, simulators.world.merchant.articles
    last = simulators.world.scale.day_count - 1
    there = np.flatnonzero(articles.exists_on(last) & ~articles.is_bundle)

    with a_client(simulators) as client:
        _, reading = read_day(client)

    told = {
        (position.sku, position.warehouse.warehouse_id): (
            position.on_hand_units,
            position.reserved_units,
            position.warehouse.is_sales,
        )
        for position in reading.batch.positions
    }
    assert len(told) == len(reading.batch.positions)
    for article in map(int, there):
        for place, warehouse_id in enumerate(WAREHOUSE_IDS):
            units = (
                merchant.on_hand[last, article, place],
                merchant.reserved[last, article, place],
            )
            # An article that never was in a warehouse has no row there.
            assert told.get((sku_of(article), warehouse_id), (0, 0, place < 2)) == (
                *units,
                place < 2,
            )
    assert any(units and not is_sales for units, _, is_sales in told.values())


def test_bundles_are_told_by_the_components_that_the_world_gave_them(simulators):
    articles = simulators.world.merchant.articles

    with a_client(simulators) as client:
        _, reading = read_day(client)

    bundles = np.flatnonzero(articles.is_bundle)
    parts = {part[:2]: part.units_per_bundle for part in reading.batch.bundle_parts}
    assert parts == {
        (sku_of(int(bundle)), sku_of(int(part))): 1
        for bundle in bundles
        for part in articles.components[bundle]
    }
    assert parts


def test_rebuilt_days_are_those_the_world_lived_through(simulators):
    world = simulators.world
    with a_client(simulators) as client:
        source, reading = read_day(client)
        skus = {state.master.variation_id: state.sku for state in reading.batch.articles}
        read = MovementReader(reader=client, zone=ZONE, currency="EUR", skus=skus).read_since(
            world.scale.first_date, through_date=TODAY, warehouses=source.warehouses
        )
    today = Snapshot(
        business_date=TODAY,
        articles=reading.batch.articles,
        positions=reading.batch.positions,
    )
    rebuilt = Reconstruction(
        snapshot=today,
        movements=read.movements,
        warehouses=source.warehouses,
        first_date=world.scale.first_date,
    )

    articles = world.merchant.articles
    lasting = {
        state.sku: index
        for state in reading.batch.articles
        for index in np.flatnonzero(articles.first_variation_id == state.master.variation_id)
    }
    for day in (0, 10, 45, 88):
        states = rebuilt.read(world.scale.first_date + timedelta(days=day), untold).batch.articles
        known = {state.sku: state.on_hand_units for state in states if state.sku in lasting}
        truth = {sku: int(world.merchant.on_hand[day, lasting[sku], :2].sum()) for sku in known}
        assert known == truth
    assert any(movement.is_receipt and movement.unit_cost_minor for movement in read.movements)


def orders_since(client, since):
    started_at = datetime.combine(TODAY, datetime.max.time(), UTC)
    since = ReadTo(since, since) if since else None
    return read_orders(client, since=since, started_at=started_at, zone=ZONE, currency="EUR")


def test_sales_less_returns_are_those_of_the_world(simulators):
    with a_client(simulators) as client:
        found = orders_since(client, None)

    merchant = simulators.world.merchant
    orders = found.orders.values()
    assert found.problems == ()
    assert len(orders) == len(merchant.orders.day)
    assert {order.marketplace for order in orders} == {"Amazon.de", "Amazon.co.uk", "Shop"}
    sold = [line for order in orders for line in order.lines]
    assert sum(line.units for line in sold if line.units < 0) < 0
    assert sum(line.revenue_minor for line in sold) > 0


def test_an_order_deleted_while_they_are_paged_hides_no_other():
    vanishing = Fault(kind=FaultKind.ORDER_VANISHES, path="/rest/orders", page=2)

    with (
        simulators_with(faults=(vanishing,), page_rows_max=50) as running,
        a_client(running) as client,
    ):
        found = orders_since(client, NOON - timedelta(days=30))
        _, second, *_ = client.read("/rest/orders")["entries"]
        everything = orders_since(client, None)

    oldest = str(second["id"] - 2)
    assert oldest not in everything.orders
    assert found.deleted == {oldest}
    assert found.orders.keys() <= everything.orders.keys()
    changed = [o for o in everything.orders.values() if o.updated_at >= NOON - timedelta(days=30)]
    assert {order.order_id for order in changed} <= found.orders.keys()


def test_only_changed_orders_are_read_again(simulators):
    since = datetime.combine(TODAY, datetime.min.time(), UTC)

    with a_client(simulators) as client:
        everything = orders_since(client, None).orders
        changed = orders_since(client, since).orders

    assert 0 < len(changed) < len(everything)
    assert all(everything[order_id].lines == order.lines for order_id, order in changed.items())


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind=FaultKind.SERVER_ERROR, path=VARIATIONS, status=503, times=2),
        Fault(kind=FaultKind.HTML, path=STOCK),
        Fault(kind=FaultKind.EMPTY, path=STOCK),
        Fault(kind=FaultKind.TOO_MANY_CALLS, path=VARIATIONS),
        Fault(kind=FaultKind.TOKEN_EXPIRES, path=STOCK),
    ],
    ids=lambda fault: fault.kind.value,
)
def test_a_passing_fault_does_not_spoil_the_day(fault):
    with simulators_with(faults=(fault,)) as running, a_client(running) as client:
        source, reading = read_day(client)

        assert reading.batch.articles
        assert source.retries > 0


def test_a_lasting_fault_gives_up():
    fault = Fault(kind=FaultKind.SERVER_ERROR, path=STOCK, times=99)

    with (
        simulators_with(faults=(fault,)) as running,
        a_client(running) as client,
        pytest.raises(Unreachable, match="answered 500"),
    ):
        read_day(client)


@pytest.mark.parametrize(
    ("kind", "path"), [(FaultKind.ROW_VANISHES, VARIATIONS), (FaultKind.ROWS_SHIFT, STOCK)]
)
def test_rows_that_move_under_the_pages_are_read_anew(kind, path):
    # Stock comes a thousand rows a page, and there must be a second one.
    scale = a_scale(article_count=1_500, days=30)
    fault = Fault(kind=kind, path=path, page=2)

    with simulators_with(scale=scale, faults=(fault,)) as running, a_client(running) as client:
        _, disturbed = read_day(client)
        calls_disturbed = client.calls_used
        _, calm = read_day(client)

    assert skus_in(disturbed) == skus_in(calm)
    assert calls_disturbed > client.calls_used - calls_disturbed


def test_rows_that_never_stop_moving_make_no_snapshot():
    scale = a_scale(article_count=600, days=30)
    fault = Fault(kind=FaultKind.ROW_VANISHES, path=VARIATIONS, page=2, times=99)

    with (
        simulators_with(scale=scale, faults=(fault,)) as running,
        a_client(running) as client,
        pytest.raises(SnapshotIncomplete),
    ):
        read_day(client)


def test_a_wrong_password_is_rejected_and_not_shown(simulators):
    with (
        a_client(simulators, password="wrong-password") as client,
        pytest.raises(LoginRejected) as caught,
    ):
        client.read("/rest/items/barcodes")

    assert "wrong-password" not in str(caught.value)


def test_an_enforced_limit_is_kept_without_a_second_refusal():
    time = FakeTime()
    tight = Edition(
        read_per_minute=5, read_per_day=50_000, write_per_minute=40, write_per_day=17_000
    )

    with (
        simulators_with(edition=tight, clock=lambda: time.seconds) as running,
        a_client(running, time=time) as client,
    ):
        for _ in range(23):
            client.read("/rest/items/barcodes")

    assert client.retries == 0
    assert len(time.waits) == 4, "five calls a minute, so four minutes are waited for"


def test_the_session_cap_is_waited_out_until_somebody_leaves():
    time = FakeTime()

    with simulators_with(sessions_max=1) as running:
        others = a_client(running)
        others.read("/rest/items/barcodes")
        time.wait = lambda seconds: (time.waits.append(seconds), others.end_session())
        with a_client(running, time=time) as client:
            assert client.read("/rest/items/barcodes")["entries"]
        others.system.close()

    assert time.waits == [30]


def test_a_token_left_behind_is_used_on():
    with simulators_with(sessions_max=1) as running:
        keeper = KeptInMemory()
        died = a_client(running, keeper=keeper)
        died.read("/rest/items/barcodes")
        died.system.close()

        with a_client(running, keeper=keeper) as client:
            client.read("/rest/items/barcodes")

    assert client.calls_used == 2, "one read and the logout: no login was needed"


def test_more_articles_than_the_index_pages_through_come_by_cursor():
    scale = a_scale(article_count=300, days=20)

    with simulators_with(scale=scale) as running, a_client(running) as client:
        _, found = read_day(client, window_rows=100)

    assert len(found.batch.articles) > 250
