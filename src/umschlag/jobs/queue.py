"""The queue that jobs wait in: huey, kept beside the records."""

import logging
from functools import lru_cache

from huey import Huey, PostgresHuey, SqliteHuey  # type: ignore[import-untyped]  # has no types

from umschlag.settings import Settings, load_settings

QUEUE_NAME = "umschlag"


def make_queue(settings: Settings, *, immediate: bool = False) -> Huey:
    """Return the queue: in PostgreSQL where the records are there, else in a file of its own.

    huey has no storage in MariaDB; the file under `var_dir` then serves the one worker there is.
    """
    dsn = postgres_dsn(settings)
    if dsn is not None:
        return PostgresHuey(QUEUE_NAME, dsn=dsn, immediate=immediate)
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    return SqliteHuey(
        QUEUE_NAME,
        filename=str(settings.var_dir / "queue.sqlite3"),
        immediate=immediate,
        timeout=30,
    )


def postgres_dsn(settings: Settings) -> str | None:
    """Return the address of the records where they are in PostgreSQL."""
    scheme, separator, rest = settings.records_url.partition("://")
    if scheme not in {"postgres", "postgresql"}:
        return None
    return f"postgresql{separator}{rest}"


@lru_cache(maxsize=1)
def the_queue() -> Huey:
    """Return this installation's queue."""
    return make_queue(load_settings())


def work(settings: Settings) -> None:
    """Run the jobs until SIGINT or SIGTERM, letting the one at hand finish."""
    from umschlag.jobs.tasks import TaskBook
    from umschlag.wiring.history import repair_if_behind

    shown = logging.StreamHandler()
    shown.setFormatter(logging.Formatter("%(asctime)s %(name)s %(message)s"))
    for name in ("huey", "umschlag"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.INFO)
        logger.addHandler(shown)
        logger.propagate = False
    queue = the_queue()
    book = TaskBook(settings, queue)
    consumer = queue.create_consumer(
        workers=1,
        # A killed worker leaves its locks behind; safe, since only one worker runs.
        flush_locks=True,
        graceful_signal="TERM",
        shutdown_timeout=10,
    )
    repair_if_behind(settings)
    book.catch_up()
    consumer.run()
