"""`umschlag` in processes of its own: two snapshots at once, records that lag, the doctor."""

import signal
import sqlite3
import time
from contextlib import closing

import pytest

from builders.installation import PATIENCE_SECONDS, Installation
from builders.world import a_scale, simulators_with
from umschlag.simulators.plentymarkets.knobs import Fault, FaultKind

SCALE = a_scale(days=3)
STOCK = "/rest/stockmanagement/stock"
UNITS = "select sum(on_hand_units) from records_article"


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """An installation with tables and nothing in them."""
    folder = tmp_path_factory.mktemp("empty")
    Installation(folder, port=1).run("setup-records")
    return folder


@pytest.fixture(scope="module")
def with_a_day(empty, tmp_path_factory):
    """One that has taken today's snapshot; no outside system is needed any more."""
    folder = tmp_path_factory.mktemp("with_a_day")
    with simulators_with(scale=SCALE) as running:
        Installation.copied(empty, folder, port_of(running)).run("snapshot")
    return folder


def port_of(running):
    return int(running.url.rpartition(":")[2])


def records_of(installation):
    return closing(sqlite3.connect(installation.folder / "var" / "records.sqlite3", timeout=30))


def units_on_record(installation):
    with records_of(installation) as records:
        return records.execute(UNITS).fetchone()[0]


def let_the_records_lag(installation):
    """Leave them as an older backup of the records alone does: other figures, of another day."""
    with records_of(installation) as records, records:
        records.execute("update records_article set on_hand_units = 0")
        records.execute("update records_articlesasof set business_date = '2020-01-01'")


def ended(process):
    said, _ = process.communicate(timeout=PATIENCE_SECONDS)
    return process.returncode, said


def test_of_two_snapshots_at_once_the_second_refuses_and_names_the_first(empty, tmp_path):
    slow = tuple(Fault(kind=FaultKind.SLOW, path=STOCK, page=n, seconds=2) for n in (1, 2, 3))
    with simulators_with(scale=SCALE, page_rows_max=10, faults=slow) as running:
        installation = Installation.copied(empty, tmp_path, port_of(running))
        first = installation.started("snapshot")
        while not installation.half_read():
            assert first.poll() is None, first.stdout.read()
            time.sleep(0.02)
        # However long the second takes to start, the first is amid its reading.
        first.send_signal(signal.SIGSTOP)
        code, refused = ended(installation.started("snapshot"))
        visible = installation.rows("records_article") + installation.rows("records_lakefile")
        first.send_signal(signal.SIGCONT)
        first_code, said = ended(first)

    assert code == 1
    assert "is being taken since" in refused
    assert f"process {first.pid} " in refused
    assert visible == []
    assert first_code == 0, said
    runs = installation.rows("records_snapshotrun")
    assert sorted(run["status"] for run in runs) == ["complete", "failed"]
    (complete,) = [run for run in runs if run["status"] == "complete"]
    assert complete["row_count"] == len(installation.rows("records_article"))
    days = [row["dataset"] for row in installation.rows("records_lakefile")]
    assert days.count("article_days") == 1


@pytest.mark.parametrize("start", ["snapshot", "worker"])
def test_records_that_lag_behind_the_lake_are_brought_up_at_the_next_start(
    start, with_a_day, tmp_path
):
    installation = Installation.copied(with_a_day, tmp_path, port=1)
    units = units_on_record(installation)
    let_the_records_lag(installation)
    process = installation.started(start)
    try:
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while units_on_record(installation) != units and time.monotonic() < give_up_at:
            time.sleep(0.1)
        assert units_on_record(installation) == units > 0
    finally:
        process.kill()
        process.communicate()


def test_the_doctor_reads_the_whole_lake_and_holds_the_records_against_it(with_a_day, tmp_path):
    installation = Installation.copied(with_a_day, tmp_path, port=1)
    units = units_on_record(installation)
    code, well = ended(installation.started("doctor", "--lake"))
    let_the_records_lag(installation)
    file = next((tmp_path / "var" / "lake").rglob("warehouse_days/**/*.parquet"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(bytes(content))
    code_when_ill, ill = ended(installation.started("doctor", "--lake"))
    _, repaired = ended(installation.started("doctor", "--repair"))

    assert "every file read, all checksums right" in well
    assert "records are as the lake has them" in well
    assert code == 0
    assert "the checksum is not the recorded one" in ill
    assert "records stand at 2020-01-01" in ill
    assert code_when_ill == 1
    assert "articles written anew" in repaired
    assert units_on_record(installation) == units
