"""A run that dies at any moment goes on where it was: a real process, killed for real."""

import contextlib
import importlib.util
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from builders.plentymarkets import taken
from builders.world import a_scale, simulators_with
from umschlag.kernel.progress import untold
from umschlag.simulators.plentymarkets.knobs import Fault, FaultKind

SCRIPT = Path(__file__).with_name("reading_to_the_end.py")
KILLS = 2
"""Raise it for a long run: every kill has another moment."""
PATIENCE_SECONDS = 120
SCALE = a_scale(days=20)
VARIATIONS, STOCK = "/rest/pim/variations", "/rest/stockmanagement/stock"
TROUBLES = {
    "a calm system": (),
    "tokens that end in the middle": tuple(
        Fault(kind=FaultKind.TOKEN_EXPIRES, path=path, page=page)
        for path in (VARIATIONS, STOCK)
        for page in (2, 5)
    ),
    "a storm of 429": (
        Fault(kind=FaultKind.TOO_MANY_CALLS, path=VARIATIONS, page=3, seconds=0.5),
        Fault(kind=FaultKind.TOO_MANY_CALLS, path=STOCK, page=3, times=2, seconds=0.5),
    ),
}


def _module():
    spec = importlib.util.spec_from_file_location("reading_to_the_end", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCRIPTED = _module()


@contextlib.contextmanager
def a_system(*faults):
    """Serve the same rows each time, in small pages: there are many moments to die at."""
    with simulators_with(
        scale=SCALE, page_rows_max=10, sessions_max=1_000, faults=faults
    ) as running:
        yield f"{running.url}/plentymarkets"


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """Read it once without trouble: the reading, its calls, and the files it kept."""
    folder = tmp_path_factory.mktemp("undisturbed")
    with a_system() as address:
        reading, calls = read_here(address, folder)
    return reading, calls, kept_in(folder)


def read_here(address, folder):
    client, source = SCRIPTED.a_source(address, folder)
    with client:
        reading = taken(source.read(SCRIPTED.DAY, untold))
    return reading, client.calls_used


def by_sku(reading):
    return sorted(reading.batch.articles, key=lambda state: state.sku)


def started(address, folder, *, file_bytes_max=0):
    return subprocess.Popen(
        [sys.executable, SCRIPT, address, folder, str(file_bytes_max)],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def kept_in(folder):
    """Return the size of each file by its name."""
    return {path.stem: path.stat().st_size for path in folder.rglob("*.part")}


def kill_after(process, folder, *, file_count, seconds):
    """Kill the process some time after it has kept so many files, or fail if it ends before."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while len(kept_in(folder)) < file_count and time.monotonic() < give_up_at:
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.01)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_run_killed_at_any_moment_is_gone_on_with(trouble, undisturbed, tmp_path):
    whole, calls_of_a_whole_run, files = undisturbed
    moments = random.Random(trouble)

    for number in range(KILLS):
        folder = tmp_path / str(number)
        with a_system(*TROUBLES[trouble]) as address:
            kill_after(
                started(address, folder),
                folder,
                file_count=moments.randrange(4, len(files) + 1),
                seconds=moments.uniform(0, 0.03),
            )
            pages = [name for name in kept_in(folder) if name.startswith(("variations-", "stock-"))]

            resumed, calls = read_here(address, folder)

        assert resumed.was_resumed
        assert by_sku(resumed) == by_sku(whole)
        repeated = sum(fault.times for fault in TROUBLES[trouble])
        # A token that ends costs a login besides.
        assert calls <= calls_of_a_whole_run - len(pages) + 2 * repeated, "they cost no call"


def test_a_full_disk_is_told_with_the_remedy_and_what_was_read_is_kept(undisturbed, tmp_path):
    whole, _, files = undisturbed
    folder = tmp_path / "full"
    # The first page fits, the largest does not; each may be a byte longer in another run.
    bound = (files["variations-000001"] + max(files.values())) // 2
    assert files["variations-000001"] + 5 < bound < max(files.values()) - 5

    with a_system() as address:
        process = started(address, folder, file_bytes_max=bound)
        _, error = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 1
        assert error.startswith("NoRoomOnDisk")
        assert "make room" in error
        resumed, _ = read_here(address, folder)

    assert resumed.was_resumed
    assert by_sku(resumed) == by_sku(whole)
