"""kill -9 at random moments while a day is published: the new day in both, or in neither."""

import json
import os
import secrets
import signal
import time
from contextlib import suppress
from datetime import timedelta

import numpy as np
import psycopg
import pytest

from builders.child import a_child
from builders.snapshots import DAY

KILLS = 20
SERVER = "postgresql://postgres@127.0.0.1:5432"


class Publisher:
    """Speaks with `builders.publishing_process`."""

    def __init__(self, folder, records_url):
        self.process = a_child(
            "builders.publishing_process", folder=folder, records_url=records_url
        )

    def heard(self):
        return self.process.stdout.readline().strip()

    def told(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def publish(self, day, *, kill_after=None):
        """Return how the child ended and how long it took."""
        began = time.monotonic()
        self.told(f"publish {day}")
        child = int(self.heard())
        if kill_after is not None:
            time.sleep(kill_after)
            # One that was done before is no fault; how many were killed is counted.
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        return int(self.heard()), time.monotonic() - began

    def asked(self, command):
        self.told(command)
        return json.loads(self.heard())

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.process.stdout.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def publisher(request, tmp_path):
    if request.param == "sqlite":
        started = Publisher(tmp_path, f"sqlite:///{tmp_path}/records.sqlite3")
        yield started
        started.close()
        return
    name = f"umschlag_killed_{secrets.token_hex(4)}"
    try:
        server = psycopg.connect(SERVER, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL on this machine: {error}")
    with server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            started = Publisher(tmp_path, f"{SERVER}/{name}")
            yield started
            started.close()
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_kill_at_any_moment_leaves_the_new_day_in_both_or_in_neither(publisher):
    chance = np.random.default_rng(20260902)
    day = DAY
    _, whole = publisher.publish(day)
    killed = 0
    for _ in range(KILLS):
        former, day = day, day + timedelta(days=1)
        code, _ = publisher.publish(day, kill_after=chance.uniform(0, whole))
        killed += code == -signal.SIGKILL

        found = publisher.asked("look")
        assert found["agrees"], found
        assert found["lake"] == found["records"]
        assert found["lake"] in (str(former), str(day))
        assert found["complete"][-1] == found["lake"]
        stands = day if found["lake"] == str(day) else former
        assert found["units"] == [stands.toordinal()]

        code, whole = publisher.publish(day)
        assert code == 0, "a new run publishes, or finds the day there"

    assert killed > KILLS // 4, "the kills came too late to prove anything"
    assert publisher.asked("sweep") == []
    last = publisher.asked("look whole")
    assert (last["lake"], last["agrees"], last["damaged"]) == (str(day), True, [])
    assert len(last["complete"]) == KILLS + 1, "each day is complete once"
