"""A new file of SQLite that several processes open at once: none of them is refused."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db.backends.sqlite3.base import DatabaseWrapper

_AT_ONCE = 4
# One round in ten goes wrong where nobody tries again.
_ROUNDS = 80


def test_everyone_who_opens_a_new_file_at_once_gets_in(tmp_path, settings, django_db_blocker):
    told = settings.DATABASES["default"] | {"OPTIONS": {"timeout": 30}}

    def opened(number, barrier):
        connection = DatabaseWrapper(told | {"NAME": tmp_path / f"{number}.sqlite3"})
        barrier.wait()
        with connection.cursor() as cursor:
            mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
        connection.close()
        return mode

    with django_db_blocker.unblock(), ThreadPoolExecutor(_AT_ONCE) as pool:
        for number in range(_ROUNDS):
            barrier = Barrier(_AT_ONCE)
            tries = [pool.submit(opened, number, barrier) for _ in range(_AT_ONCE)]
            assert [one.result() for one in tries] == ["wal"] * _AT_ONCE
