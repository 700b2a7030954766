"""kill -9 at random moments, on a disk and on object storage; readers meanwhile.

The long run sets UMSCHLAG_TEST_KILLS=30 and UMSCHLAG_TEST_READS=800.
"""

import json
import os
import random
import signal
import time
from contextlib import contextmanager
from dataclasses import asdict

import pytest

from builders.child import a_child
from builders.lake_writer import ROWS
from builders.object_store import a_bucket, a_running_store

KILLS = int(os.environ.get("UMSCHLAG_TEST_KILLS", "0"))
READS = int(os.environ.get("UMSCHLAG_TEST_READS", "30"))
"""By each of two readers."""


@pytest.fixture(scope="module")
def store():
    with a_running_store() as endpoint_url:
        yield endpoint_url


@contextmanager
def a_writer(folder, bucket=None):
    """Yield a `Writer` on a fresh lake; its records are in a file of the folder."""
    told = json.dumps(asdict(bucket) if bucket else None)
    process = a_child("builders.lake_writer", told, folder=folder)
    try:
        yield Writer(process)
    finally:
        process.stdin.close()
        process.wait(timeout=60)
        process.stdout.close()


class Writer:
    """Gives `builders.lake_writer` its commands, and remembers what it acknowledged."""

    def __init__(self, process):
        self.process = process
        self.acknowledged = {}
        self.tried = {}

    def ask(self, command):
        """Return the lines that a command came to; it must end well."""
        lines = list(self._lines_of(command))
        assert lines[-1] == "ended 0", lines
        return lines[:-1]

    def work_until_killed(self, seed):
        """Let it work, kill it somewhere, and take note of what it had said till then."""
        choice = random.Random(seed)
        lines_before = choice.randint(2, 9)
        for number, line in enumerate(self._lines_of(f"work {seed}"), start=1):
            self._note(line)
            if number == lines_before:
                time.sleep(choice.random() * 0.3)
                os.kill(self.child, signal.SIGKILL)
        assert line == "ended -9"

    def _lines_of(self, command):
        self.process.stdin.write(f"{command}\n")
        self.process.stdin.flush()
        # The child may speak before its parent tells its number.
        early = []
        while not (line := self._line()).isdigit():
            early.append(line)
        self.child = int(line)
        yield from early
        while not (line := self._line()).startswith("ended"):
            yield line
        yield line

    def _line(self):
        line = self.process.stdout.readline()
        assert line, "the writer itself died"
        return line.strip()

    def _note(self, line):
        match line.split():
            case ["try", "sale", number]:
                self.tried["sale"] = int(number)
            case ["try", day, units]:
                self.tried[day] = int(units)
            case ["ack", "sale", number]:
                self.acknowledged.setdefault("sales", set()).add(int(number))
            case ["ack", day, units]:
                self.acknowledged[day] = int(units)

    def require_all_is_well(self):
        """Look, and hold what is there against what was acknowledged."""
        told = json.loads(self.ask("look")[0])
        assert told["damaged"] == told["orphans"] == told["missing"] == []
        assert told["spans"] == told["days"], "the layouts must agree"
        assert all(count == ROWS and low == high for _, count, low, high in told["days"])
        sales = self.acknowledged.pop("sales", set())
        tried_sale = {self.tried.pop("sale")} if "sale" in self.tried else set()
        sales |= self.former_sales
        assert sales <= set(told["sales"]) <= sales | tried_sale
        self.former_sales = set(told["sales"])
        there = {day: units for day, _, units, _ in told["days"]}
        assert self.acknowledged.keys() <= there.keys()
        for day, units in there.items():
            # Published but not acknowledged may happen; anything else may not.
            assert units in (self.acknowledged.get(day), self.tried.get(day))
        self.acknowledged = dict(there)
        self.tried = {}

    former_sales = frozenset()


@pytest.mark.parametrize(("place", "kills"), [("disk", KILLS or 8), ("object storage", KILLS or 4)])
def test_a_killed_writer_loses_nothing_and_leaves_nothing_half(place, kills, tmp_path, request):
    bucket = a_bucket(request.getfixturevalue("store")) if place != "disk" else None
    with a_writer(tmp_path, bucket) as writer:
        for seed in range(1, kills + 1):
            writer.work_until_killed(seed)

            writer.require_all_is_well()

            day = max(writer.acknowledged, default="2026-07-01")
            writer._note(writer.ask(f"publish {day} {seed * 1_000 + 999}")[-1])
            writer.require_all_is_well()


@pytest.mark.parametrize("place", ["disk", "object storage"])
def test_readers_never_see_anything_wrong_while_days_change_and_months_are_compacted(
    place, tmp_path, request
):
    bucket = a_bucket(request.getfixturevalue("store")) if place != "disk" else None
    with a_writer(tmp_path, bucket) as writer:
        lines = writer.ask(f"crowd {READS} 40")

    told = [json.loads(line.removeprefix("read ")) for line in lines if line.startswith("read ")]
    assert [one["wrong"] for one in told] == [[], []]
    assert len(told) == 2
    assert min(one["reads"] for one in told) >= READS
    removed = [int(line.split()[2]) for line in lines if line.startswith("changed ")]
    assert sum(removed) > 0, "files must have been removed under the readers"
