"""Runs before Django's settings are read: tests have their own `var`, and no outside world."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import hypothesis
import pytest

# How long an example takes depends on what else the machine does, and says nothing of the rule.
hypothesis.settings.register_profile("umschlag", deadline=None)
hypothesis.settings.load_profile("umschlag")

# In memory where there is room: the lake waits for the disk at every file, and up to half of some
# tests is that wait. Who names a TMPDIR gets that one.
_MEMORY = Path("/dev/shm")
_ROOM_BYTES_MIN = 4 * 2**30
if (
    "TMPDIR" not in os.environ
    and os.access(_MEMORY, os.W_OK)
    and shutil.disk_usage(_MEMORY).free >= _ROOM_BYTES_MIN
):
    os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)

_VAR_DIR = Path(tempfile.mkdtemp(prefix="umschlag-tests-"))
atexit.register(shutil.rmtree, _VAR_DIR, ignore_errors=True)
os.environ["UMSCHLAG_VAR_DIR"] = str(_VAR_DIR)
os.environ["UMSCHLAG_CONFIG"] = str(_VAR_DIR / "no-such-file.toml")
os.environ["UMSCHLAG_MODE"] = "demo"
# What a test commits on PostgreSQL need not outlive a power cut.
os.environ.setdefault("PGOPTIONS", "-c synchronous_commit=off")


def _forget_settings_read_before():
    """Let this process read its settings anew.

    Of several processes side by side, each inherits the folder of the one that started it, and
    pytest-django makes it read its settings before this file: all of them would write into one
    lake, where a test that takes files away takes those of the others too.
    """
    from umschlag.settings import load_settings

    load_settings.cache_clear()


_forget_settings_read_before()


@pytest.fixture(autouse=True)
def _nobodys_language():
    """Forget the language of a page's reader, which Django keeps on in the thread that answered."""
    yield
    from django.utils import translation

    translation.deactivate()


_COMMITTING = {"transactional_db", "live_server", "django_db_reset_sequences"}


@pytest.fixture(autouse=True)
def _emptied_ledger(request):
    """Empty the ledger before a test's records are flushed, which the database would refuse."""
    marker = request.node.get_closest_marker("django_db")
    by_marker = bool(marker and marker.kwargs.get("transaction"))
    if not by_marker and _COMMITTING.isdisjoint(request.fixturenames):
        yield
        return
    # Asked for, so that it is torn down after us.
    request.getfixturevalue("_django_db_helper")
    yield
    from django.db import connection, transaction

    from umschlag.storage.records import ledger_guard
    from umschlag.storage.records.models import (
        LedgerAccount,
        LedgerEnd,
        LedgerEntry,
        LedgerPosting,
        OwnershipEntry,
    )

    # What refers to the ledger is flushed next: to look whether all references are sound meanwhile
    # takes MariaDB a second.
    unchecked = connection.constraint_checks_disabled()
    with transaction.atomic(), unchecked, ledger_guard.lifted():
        for model in (OwnershipEntry, LedgerPosting, LedgerEntry, LedgerAccount, LedgerEnd):
            model._base_manager.all()._raw_delete(using="default")


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
