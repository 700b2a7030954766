"""Runs before Django's settings are read: tests have their own `var`, and no outside world."""

import os
import tempfile
from pathlib import Path

import pytest

_VAR_DIR = Path(tempfile.mkdtemp(prefix="umschlag-tests-"))
os.environ["UMSCHLAG_VAR_DIR"] = str(_VAR_DIR)
os.environ["UMSCHLAG_CONFIG"] = str(_VAR_DIR / "no-such-file.toml")
os.environ["UMSCHLAG_MODE"] = "demo"


@pytest.fixture
def settings_in(tmp_path):
    """Return a maker of settings whose `var_dir` is this test's own folder."""
    from umschlag.settings import Settings

    def make(**values):
        return Settings(**{"var_dir": tmp_path / "var", **values})

    return make


@pytest.fixture(scope="session")
def simulators():
    """Serve a small world (60 articles, 90 days) on a free port: `.url`, `.world`, `.state_dir`."""
    from builders.world import simulators_with

    with simulators_with() as running:
        yield running
