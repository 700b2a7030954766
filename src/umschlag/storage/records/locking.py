"""Rows that are locked, and transactions that are tried again where two waited for each other."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction
from django.db.models import Model, QuerySet

_Arguments = ParamSpec("_Arguments")
_Answer = TypeVar("_Answer")
_Row = TypeVar("_Row", bound=Model)

TRIES_MAX = 12
_PAUSE_SECONDS = 0.02
_DOUBLINGS_MAX = 5
"""The first pause at most; each further one may be twice as long, so many times."""
_CROSSED_POSTGRESQL = frozenset({"40P01", "40001", "55P03"})
_CROSSED_MYSQL = frozenset({1205, 1213})


def locked(rows: QuerySet[_Row]) -> QuerySet[_Row]:
    """Return the rows locked until the transaction ends, those joined to them left free.

    On PostgreSQL others may still refer to a locked row, as a new proposal does to its client:
    no more is needed, since nobody changes a key.
    """
    features = connection.features
    return rows.select_for_update(
        of=("self",) if features.has_select_for_update_of else (),
        no_key=features.has_select_for_no_key_update,
    )


def in_one_transaction(act: Callable[[], _Answer]) -> _Answer:
    """Return what `act` returns, done whole or not at all.

    Where it and another transaction waited for each other, the database has taken one of them
    back, and it is done again. Inside a transaction that is for its owner to do.
    """
    if connection.in_atomic_block:
        with transaction.atomic():
            return act()
    for tries in range(1, TRIES_MAX):
        try:
            with transaction.atomic():
                return act()
        except OperationalError as error:
            if not is_crossed(error):
                raise
            # Unevenly long, or the same two would meet again.
            time.sleep(random.uniform(0, _PAUSE_SECONDS * 2 ** min(tries, _DOUBLINGS_MAX)))  # noqa: S311 - no secret
    with transaction.atomic():
        return act()


def whole(act: Callable[_Arguments, _Answer]) -> Callable[_Arguments, _Answer]:
    """Return the function so that each call of it is one transaction, as above."""

    @wraps(act)
    def done(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Answer:
        return in_one_transaction(lambda: act(*args, **kwargs))

    return done


@contextmanager
def begun_late() -> Iterator[Callable[[], None]]:
    """Let what comes after the first call of what it yields be one transaction.

    For an act that works long before its first effect: around it all, a transaction would keep
    others from writing for as long.
    """
    with ExitStack() as whole_act:
        begun: list[bool] = []

        def begin() -> None:
            if not begun:
                whole_act.enter_context(transaction.atomic())
                begun.append(True)

        yield begin


def is_crossed(error: OperationalError) -> bool:
    """Tell whether the database took the transaction back over a lock, so that a new try helps."""
    cause = error.__cause__
    if getattr(cause, "sqlstate", None) in _CROSSED_POSTGRESQL:
        return True
    return bool(error.args) and error.args[0] in _CROSSED_MYSQL
