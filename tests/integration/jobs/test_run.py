import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from dataclasses import dataclass

import pytest

from umschlag.jobs.main_job import main_steps

# One test after the other on one small world: the first run fills what the others look at.
JOB_SECONDS_MAX = 240
SERVING_SECONDS_MAX = 120


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("installation")


@pytest.fixture(scope="module")
def environment():
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("UMSCHLAG_") and name not in {"DATABASE_URL", "ONCE"}
    }
    return own | {
        "PYTHONWARNINGS": "ignore",
        "COLUMNS": "160",
        "UMSCHLAG_WEB_PORT": str(free_port()),
        "UMSCHLAG_SIMULATORS_PORT": str(free_port()),
        "UMSCHLAG_WEB_WORKERS": "1",
    }


def command(*arguments):
    return [sys.executable, "-m", "umschlag.jobs", "run", "--small", *arguments]


def run_once(folder, environment, **more):
    return subprocess.run(
        command(),
        cwd=folder,
        env=environment | {"ONCE": "1"} | more,
        capture_output=True,
        text=True,
        timeout=JOB_SECONDS_MAX,
        check=False,
    )


@pytest.fixture(scope="module")
def first(folder, environment):
    return run_once(folder, environment)


def one_number(folder, query):
    with closing(sqlite3.connect(folder / "var" / "records.sqlite3")) as records:
        return records.execute(query).fetchone()[0]


CONFIRMED = "SELECT count(*) FROM records_allocationrun WHERE state = 'confirmed'"
PALLETS = "SELECT count(*) FROM records_pallet"


def test_the_job_goes_through_and_reports(first):
    assert first.returncode == 0, first.stdout + first.stderr
    for heading in ("Stock value", "Dead stock", "Penner", "Renner", "Proposals", "Pallets"):
        assert heading in first.stdout
    assert "✗" not in first.stdout
    assert "Traceback" not in first.stderr


def test_every_step_says_how_long_it_took(first):
    steps = re.findall(r"^✓ .{20} +\d+\.\d s  \S", first.stdout, flags=re.MULTILINE)

    assert len(steps) == len(main_steps())


def test_the_password_is_shown_exactly_once_and_opens_the_back_office(first, folder):
    assert first.stdout.count("Password: ") == 1
    assert "/admin/" in first.stdout


def test_the_history_is_whole(first, folder):
    days = one_number(
        folder,
        "SELECT count(DISTINCT business_date) FROM records_snapshotrun WHERE status = 'complete'",
    )

    assert days >= 80


def test_the_history_is_compacted_and_every_day_has_its_total(first, folder):
    days = "records_lakeday WHERE dataset = 'article_days' AND superseded_at IS NULL"
    in_months = f"{days} AND file_id IN (SELECT id FROM records_lakefile WHERE day_count > 1)"
    with_totals = f"{days} AND id IN (SELECT day_id FROM records_lakedaytotal)"

    assert one_number(folder, f"SELECT count(*) FROM {in_months}") >= 60
    assert one_number(folder, f"SELECT count(*) FROM {days}") == one_number(
        folder, f"SELECT count(*) FROM {with_totals}"
    )


def test_pallets_were_built_and_people_told(first, folder):
    assert one_number(folder, CONFIRMED) == 1
    assert one_number(folder, PALLETS) > 0
    assert one_number(folder, "SELECT count(*) FROM records_notification") > 0


def test_a_taken_port_is_named_with_the_cure(first, folder, environment):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])

        answer = run_once(folder, environment, UMSCHLAG_SIMULATORS_PORT=port)

    assert answer.returncode == 1
    assert f"port {port}" in answer.stderr
    assert "UMSCHLAG_SIMULATORS_PORT" in answer.stderr


def test_a_step_that_fails_is_reported_and_fails_the_job(first, folder, environment):
    answer = run_once(
        folder, environment, UMSCHLAG_AUTOFBA_URL="http://127.0.0.1:9", UMSCHLAG_AUTOFBA_TOKEN="t"
    )

    assert answer.returncode == 1
    assert "✗ Clients and stores" in answer.stdout
    assert "– Allocation" in answer.stdout
    assert "✓ Forecast" in answer.stdout
    assert "Stock value" in answer.stdout
    assert "Clients and stores: " in answer.stderr


@pytest.fixture(scope="module")
def served(first, folder, environment):
    """Run it a second time, to serve; it is told to stop as soon as it answers."""
    pallets = one_number(folder, PALLETS)
    out = folder / "serving.txt"
    with out.open("wb") as log:
        process = subprocess.Popen(command(), cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        health = f"http://127.0.0.1:{environment['UMSCHLAG_WEB_PORT']}/api/health"
        assert answers_within(health, SERVING_SECONDS_MAX, process), out.read_text()
        children = children_of(process.pid)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
    return Served(process.returncode, out.read_text(), children, pallets)


@dataclass(frozen=True)
class Served:
    """What a run that served came to."""

    returncode: int
    said: str
    children: list[int]
    pallets_before: int


def test_it_serves_until_it_is_told_to_stop_and_leaves_no_process(served):
    assert served.returncode == 0
    assert len(served.children) >= 3
    assert [child for child in served.children if is_alive(child)] == []


def test_a_second_run_of_the_day_takes_nothing_twice(served, folder):
    assert "✓ Pallets" in served.said
    assert "✗" not in served.said
    assert "Password: " not in served.said
    assert one_number(folder, CONFIRMED) == 1
    assert one_number(folder, PALLETS) == served.pallets_before


def answers_within(url, seconds, process):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                return answer.status == 200
        except OSError:
            # Waiting for a process of its own: there is nothing to be woken by.
            time.sleep(0.2)
    return False


def children_of(pid):
    told = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=True
    )
    return [int(child) for child in told.stdout.split()]


def is_alive(pid):
    told = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return bool(told.stdout.strip()) and not told.stdout.startswith("Z")
