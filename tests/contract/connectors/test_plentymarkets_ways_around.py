"""Tenants that lack a usual route, over real HTTP: another makes the same picture, and is told."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from builders.corrections import JournalInMemory, a_correction, a_plan
from builders.plentymarkets import ZONE, FakeTime, taken
from builders.world import TODAY, a_scale, simulators_with
from umschlag.connectors.plentymarkets.client import KeptInMemory, PlentyLogin, open_client
from umschlag.connectors.plentymarkets.null import open_recording
from umschlag.connectors.plentymarkets.reading import PlentymarketsSource
from umschlag.connectors.plentymarkets.recording import Recorder
from umschlag.connectors.plentymarkets.refusals import RightMissing, RouteMissing
from umschlag.connectors.plentymarkets.writing import ArticlesByNumber, StockWriting
from umschlag.intelligence.corrections.model import Outcome
from umschlag.intelligence.corrections.usecases import write_back
from umschlag.kernel.identifiers import VariationId
from umschlag.kernel.progress import untold
from umschlag.simulators.demo import access
from umschlag.simulators.plentymarkets.knobs import Fault, FaultKind

SCALE = a_scale(days=5)
NOON = datetime.combine(TODAY, datetime.min.time(), UTC).replace(hour=12)
INDEX = "/rest/pim/"
OLD_LIST = "/rest/items/variations"
STOCK = "/rest/stockmanagement/stock"
ONE_WAREHOUSE = "/rest/stockmanagement/warehouses/"
PAGES_OF_20 = {"page_rows_max": 20}
TENANTS = {
    "no article index": {"absent_paths": (INDEX,)},
    "no right to the article index": {"forbidden_paths": (INDEX,)},
    "no stock of all warehouses": {"absent_paths": (STOCK,)},
    "no right to the stock of all warehouses": {"forbidden_paths": (STOCK,)},
    "neither": {"absent_paths": (INDEX,), "forbidden_paths": (STOCK,)},
}
NOTES = {
    "absent_paths": "answered 404",
    "forbidden_paths": "needs the right",
}


def a_client(running, time=None):
    return open_client(
        PlentyLogin(
            base_url=f"{running.url}/plentymarkets",
            username=access.PLENTY_USER,
            password=access.PLENTY_PASSWORD,
        ),
        keeper=KeptInMemory(),
        day_reserve_percent=10,
        clock=(time or FakeTime()).clock,
    )


def a_source(reader):
    return PlentymarketsSource(reader=reader, zone=ZONE, currency="EUR", now=lambda: NOON)


def read_with(**knobs):
    """Return the day of a tenant with these knobs, and what was asked of its routes."""
    with (
        simulators_with(scale=SCALE, **PAGES_OF_20 | knobs) as running,
        a_client(running) as client,
    ):
        return taken(a_source(client).read(TODAY, untold))


def picture(reading):
    """Return all that a snapshot is made of; broken rows are met in the article index alone."""
    batch = reading.batch
    return (
        sorted(batch.articles, key=lambda state: state.sku),
        sorted(batch.positions, key=lambda one: (one.sku, one.warehouse.warehouse_id)),
        sorted(batch.bundle_parts),
    )


@pytest.fixture(scope="module")
def usual():
    return picture(read_with())


def ways_around(reading):
    return [problem.message for problem in reading.problems if problem.place == "way around"]


@pytest.mark.parametrize("tenant", TENANTS)
def test_a_tenant_without_a_usual_route_has_the_same_picture(tenant, usual):
    reading = read_with(**TENANTS[tenant])

    assert picture(reading) == usual
    told = ways_around(reading)
    lacking = [(kind, path) for kind, paths in TENANTS[tenant].items() for path in paths]
    assert len(told) == len(lacking)
    for kind, path in lacking:
        assert any(path in message and NOTES[kind] in message for message in told)


def test_who_lacks_nothing_is_told_of_no_way_around():
    assert ways_around(read_with()) == []


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind=FaultKind.ROW_VANISHES, path=OLD_LIST, page=2),
        Fault(kind=FaultKind.ROW_VANISHES_UNLOGGED, path=OLD_LIST, page=2),
        Fault(kind=FaultKind.ROW_VANISHES, path=f"{ONE_WAREHOUSE}1/stock", page=2),
        Fault(kind=FaultKind.ROWS_SHIFT, path=f"{ONE_WAREHOUSE}1/stock", page=2),
        Fault(kind=FaultKind.TOKEN_EXPIRES, path=f"{ONE_WAREHOUSE}2/stock"),
        Fault(kind=FaultKind.SERVER_ERROR, path=OLD_LIST, page=2, times=2),
    ],
    ids=lambda fault: f"{fault.kind} {fault.path}",
)
def test_rows_that_move_on_a_way_around_hide_no_other(fault, usual):
    reading = read_with(**TENANTS["neither"], faults=(fault,))

    articles, _, _ = usual
    gone = 1 if "vanishes" in fault.kind else 0
    ids = sorted(state.master.variation_id for state in articles)
    found = {state.sku: state.on_hand_units for state in reading.batch.articles}
    assert found == {
        state.sku: state.on_hand_units
        for state in articles
        if state.master.variation_id not in ids[:gone]
    }


@dataclass
class Watched:
    """The client, and the paths that it was asked for."""

    client: object
    asked: list[str] = field(default_factory=list)
    calls_used: int = 0
    retries: int = 0

    def read(self, path, params=None):
        self.asked.append(path)
        return self.client.read(path, params)


@pytest.mark.parametrize("is_logged", [True, False])
def test_what_vanished_is_looked_up_in_the_old_list_as_well(is_logged):
    kind = FaultKind.ROW_VANISHES if is_logged else FaultKind.ROW_VANISHES_UNLOGGED
    vanishing = Fault(kind=kind, path="/rest/users/me")

    with (
        simulators_with(scale=SCALE, faults=(vanishing,), **TENANTS["neither"]) as running,
        a_client(running) as client,
    ):
        first, second = (VariationId(row["id"]) for row in client.read(OLD_LIST)["entries"][:2])
        client.read("/rest/users/me")
        source = a_source(client)
        taken(source.read(TODAY, untold))
        missing = source.look_for({first, second}, since=SCALE.first_date)

    (found,) = missing.found.articles
    assert found.master.variation_id == second
    assert missing.deleted == ({first} if is_logged else set())
    assert missing.unexplained == (set() if is_logged else {first})


@pytest.mark.parametrize(
    ("knobs", "error", "names"),
    [
        (
            {"forbidden_paths": (INDEX, OLD_LIST)},
            RightMissing,
            ("pim.variations", "items.variations"),
        ),
        (
            {"forbidden_paths": (STOCK, ONE_WAREHOUSE)},
            RightMissing,
            ("stockmanagement.stock", "1.stock"),
        ),
        (
            {"absent_paths": (STOCK,), "forbidden_paths": (ONE_WAREHOUSE,)},
            RightMissing,
            ("stockmanagement.warehouses.1.stock", "404"),
        ),
        (
            {"absent_paths": (ONE_WAREHOUSE,), "forbidden_paths": (STOCK,)},
            RightMissing,
            ("stockmanagement.stock", "404"),
        ),
        ({"absent_paths": (INDEX, OLD_LIST)}, RouteMissing, (INDEX, OLD_LIST)),
    ],
)
def test_who_may_go_neither_way_is_told_which_right_to_grant(knobs, error, names):
    with pytest.raises(error) as caught:
        read_with(**knobs)

    assert [name for name in names if name not in caught.value.message] == []
    is_grantable = error is RightMissing
    assert ("tick it for the API user" in caught.value.message) == is_grantable


def test_the_way_around_is_chosen_once_and_the_barred_route_asked_no_more():
    with simulators_with(scale=SCALE, **TENANTS["neither"]) as running, a_client(running) as client:
        watched = Watched(client)
        taken(a_source(watched).read(TODAY, untold))

    assert [path for path in watched.asked if path.startswith(INDEX) or path == STOCK] == [
        "/rest/pim/variations",
        STOCK,
    ]


def test_a_recording_of_such_a_tenant_goes_the_same_way(tmp_path, usual):
    with simulators_with(scale=SCALE, **TENANTS["neither"]) as running, a_client(running) as client:
        recorder = Recorder(reader=client, folder=tmp_path / "recording")
        live = taken(a_source(recorder).read(TODAY, untold))
        recorder.finish(business_date=TODAY, recorded_at=NOON)

    source = PlentymarketsSource(
        reader=open_recording(tmp_path / "recording"),
        zone=ZONE,
        currency="EUR",
        now=lambda: NOON + timedelta(days=9),
    )
    replayed = taken(source.read(TODAY, untold))

    assert picture(replayed) == picture(live) == usual
    assert len(ways_around(replayed)) == len(ways_around(live)) == 2


def test_stock_is_corrected_without_the_article_index_too():
    time = FakeTime()
    with (
        simulators_with(scale=SCALE, clock=lambda: time.seconds, absent_paths=(INDEX,)) as running,
        a_client(running, time) as client,
    ):
        rows = client.read(OLD_LIST, {"isBundle": "false"})["entries"]
        bundle = client.read(OLD_LIST, {"isBundle": "true"})["entries"][0]
        ids = {row["number"]: row["id"] for row in (*rows, bundle)}
        erp = StockWriting(
            client=client, articles=ArticlesByNumber(reader=client, variation_ids=ids)
        )
        changes = [
            a_correction(rows[0]["number"], 41, row=2),
            a_correction(bundle["number"], 41, row=3),
        ]
        report = write_back(a_plan(*changes), erp=erp, journal=JournalInMemory())

    assert [line.outcome for line in report.lines] == [Outcome.VERIFIED, Outcome.REFUSED]
