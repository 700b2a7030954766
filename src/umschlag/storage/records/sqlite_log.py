"""SQLite's write-ahead log, with which pages read while a job writes."""

import random
import sqlite3
import time
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

_WAIT_SECONDS_MAX = 30.0
_PAUSE_SECONDS_MAX = 0.05


def keep_a_write_ahead_log(*, connection: BaseDatabaseWrapper, **_signal: Any) -> None:  # noqa: ANN401 - Django's own
    """Have the file of a connection that was just made keep one. A receiver of Django's signal.

    Raises:
        sqlite3.OperationalError: others held the file for half a minute.
    """
    if connection.vendor == "sqlite":
        # Past Django's cursors: a statement of theirs would count among those a page makes.
        _switch(connection.connection)


def _switch(file: sqlite3.Connection) -> None:
    deadline = time.monotonic() + _WAIT_SECONDS_MAX
    while True:
        try:
            file.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            # The web server and the worker open a new file at once. Of two who switch it, SQLite
            # refuses one at once, whatever its timeout, since each would wait for the other.
            if not _is_busy(error) or time.monotonic() >= deadline:
                raise
        time.sleep(random.uniform(0, _PAUSE_SECONDS_MAX))  # noqa: S311 - no secret


def _is_busy(error: sqlite3.OperationalError) -> bool:
    # The low byte is the kind; a higher one only says more of it.
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
