"""A recording of the simulated Plentymarkets, made over real HTTP, read in place of it."""

import gzip
from datetime import UTC, datetime, timedelta

from builders.plentymarkets import ZONE, FakeTime, taken
from builders.world import TODAY
from umschlag.connectors.plentymarkets.client import KeptInMemory, PlentyLogin, open_client
from umschlag.connectors.plentymarkets.movements import MovementReader
from umschlag.connectors.plentymarkets.null import open_recording
from umschlag.connectors.plentymarkets.orders import read_orders
from umschlag.connectors.plentymarkets.reading import PlentymarketsSource
from umschlag.connectors.plentymarkets.recording import Recorder
from umschlag.kernel.progress import untold
from umschlag.simulators.demo import access

NOW = datetime(2026, 4, 20, 4, tzinfo=UTC)
ARCHIVED = TODAY - timedelta(days=85)
"""So far back that movements come from a year's archive as well."""


def a_client(running, keeper):
    return open_client(
        PlentyLogin(
            base_url=f"{running.url}/plentymarkets",
            username=access.PLENTY_USER,
            password=access.PLENTY_PASSWORD,
        ),
        keeper=keeper,
        day_reserve_percent=10,
        clock=FakeTime().clock,
    )


def everything_read_by(reader, now=NOW):
    """Return the day's articles and stock, the movements and the orders."""
    source = PlentymarketsSource(reader=reader, zone=ZONE, currency="EUR", now=lambda: now)
    day = taken(source.read(TODAY, untold))
    skus = {int(state.master.variation_id): state.sku for state in day.batch.articles}
    movements = MovementReader(reader=reader, zone=ZONE, currency="EUR", skus=skus).read_since(
        ARCHIVED, through_date=TODAY, warehouses=source.warehouses
    )
    orders = read_orders(reader, since=None, started_at=NOW, zone=ZONE, currency="EUR")
    return day, movements, orders


def test_what_is_read_from_a_recording_is_what_the_system_said(simulators, tmp_path):
    keeper = KeptInMemory()
    with a_client(simulators, keeper) as client:
        live = everything_read_by(client)
        recorder = Recorder(reader=client, folder=tmp_path / "recording")
        everything_read_by(recorder)
        recorder.finish(business_date=TODAY, recorded_at=NOW)
        token = keeper.token

    replayed = everything_read_by(
        open_recording(tmp_path / "recording"), now=NOW + timedelta(days=200)
    )

    assert replayed == live
    day, movements, orders = replayed
    assert day.batch.articles
    assert day.batch.positions
    assert movements.movements
    assert orders.orders
    files = [path for path in (tmp_path / "recording").rglob("*") if path.is_file()]
    told = "".join(
        (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()).decode()
        for path in files
    )
    unwanted = (access.PLENTY_PASSWORD, access.PLENTY_USER, token, "addressRelations", "contactId")
    assert all(unwanted)
    assert [text for text in (*unwanted, "userRealName", "receiver") if text in told] == []
