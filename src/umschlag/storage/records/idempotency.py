"""One effect for one key: the answer is kept in the transaction of the effect, or neither is.

What works long before its effect first claims its key in a transaction of its own, so that nobody
else has to wait for it, and holds the claim against whoever took it over in that of the effect.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import QuerySet

from umschlag.kernel.errors import Refused
from umschlag.storage.records.locking import begun_late, is_crossed, locked
from umschlag.storage.records.models import KeptAnswer

KEPT_DAYS = 7
"""A program that repeats a request after more than a week has forgotten why it asked."""
_DONE_MAX = 399
_WAITS = {
    # Where rows are locked one by one, whoever waits here waits for a request of the same key.
    "postgresql": ("SET LOCAL lock_timeout = '1s'", "SET LOCAL lock_timeout TO DEFAULT"),
    "mysql": (
        "SET SESSION innodb_lock_wait_timeout = 1",
        "SET SESSION innodb_lock_wait_timeout = DEFAULT",
    ),
}


class StillAtWork(Refused):
    """A request with the same key is being answered just now.

    `free_at` is when its key can be taken over, should it have been broken off.
    """

    def __init__(self, message: str, *, free_at: datetime | None = None) -> None:
        super().__init__(message)
        self.free_at = free_at


class OtherRequest(Refused):
    """The key was used for another request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedRequest:
    """Who asks for what under which key; `fingerprint` is equal for equal requests alone."""

    user_id: int
    key: str
    fingerprint: str
    at: datetime

    @property
    def key_sha256(self) -> str:
        """The key as it is kept."""
        return sha256(self.key.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the caller is sent. `is_repeated` where it was kept from an earlier request."""

    status: int
    content_type: str
    content: str
    is_repeated: bool = False


class _NothingDone(Exception):
    """Takes the transaction back, since the request was refused."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def answered_once(asked: KeyedRequest, answer: Callable[[], Answer]) -> Answer:
    """Return what `answer` returns, or what it returned when the key was first used.

    Effect and key are written in one transaction: a crash before its end leaves neither, one
    after it both. A refusal (400 and above) takes back whatever was done and leaves the key free.

    Raises:
        StillAtWork: a request with the key is being answered; nothing was done.
        OtherRequest: the key was used for a request that is not this one; nothing was done.
    """
    has_begun = False
    try:
        with transaction.atomic():
            has_begun = True
            row = _claimed(asked)
            if row is not None:
                return _keep(row, answer())
    except _NothingDone as refused:
        return refused.answer
    except OperationalError as error:
        # Taken back over a lock, it may be asked again as well.
        if has_begun and not is_crossed(error):
            raise
        raise StillAtWork(f"another request is still writing: {error}") from error
    return _kept(asked)


def answered_late(
    asked: KeyedRequest, answer: Callable[[Callable[[], None]], Answer], *, at_work_for: timedelta
) -> Answer:
    """As `answered_once`, for what works long: in a transaction from its first effect on alone.

    `answer` is handed what begins that transaction, to be called before its first effect. A crash
    leaves the key claimed; after `at_work_for` the next request with it takes it over. Of two at
    work the one that holds the claim has its effect, and the other none.

    Raises:
        StillAtWork: a request with the key is at work, or took this one's over; nothing was done.
        OtherRequest: the key was used for a request that is not this one; nothing was done.
    """
    with transaction.atomic():
        claim = _claimed(asked) or _taken_over(asked, at_work_for)
    if claim is None:
        return _kept(asked, at_work_for)
    try:
        with begun_late() as begin:

            def begin_claimed() -> None:
                begin()
                _hold(claim)

            given = answer(begin_claimed)
            begin_claimed()
            return _keep(claim, given)
    except _NothingDone as refused:
        _release(claim)
        return refused.answer
    except OperationalError as error:
        _release(claim)
        if not is_crossed(error):
            raise
        raise StillAtWork(f"another request is still writing: {error}") from error
    except BaseException:
        _release(claim)
        raise


def forget_answers(*, before: datetime) -> int:
    """Delete the answers that were given before the instant, and return how many."""
    return KeptAnswer.objects.filter(made_at__lt=before).delete()[0]


def _claimed(asked: KeyedRequest) -> KeptAnswer | None:
    """Return the key's new row, or None where it has one that still counts."""
    rows = KeptAnswer.objects.filter(user_id=asked.user_id, key_sha256=asked.key_sha256)
    try:
        with _short_wait(), transaction.atomic():
            rows.filter(made_at__lt=asked.at - timedelta(days=KEPT_DAYS)).delete()
            return rows.create(
                user_id=asked.user_id,
                key_sha256=asked.key_sha256,
                request_sha256=sha256(asked.fingerprint.encode()).hexdigest(),
                status=0,
                content_type="",
                content="",
                made_at=asked.at,
            )
    except IntegrityError:
        return None
    except OperationalError as error:
        raise StillAtWork(f"a request with this key is still at work: {error}") from error


def _taken_over(asked: KeyedRequest, at_work_for: timedelta) -> KeptAnswer | None:
    """Return the key's claim where an equal request left it behind, renewed; else None."""
    left = KeptAnswer.objects.filter(
        user_id=asked.user_id,
        key_sha256=asked.key_sha256,
        request_sha256=sha256(asked.fingerprint.encode()).hexdigest(),
        status=0,
        made_at__lt=asked.at - at_work_for,
    )
    # Of several that find it, one changes it: for the others it is new by then.
    if not left.update(made_at=asked.at):
        return None
    return KeptAnswer.objects.get(user_id=asked.user_id, key_sha256=asked.key_sha256)


def _own(claim: KeptAnswer) -> QuerySet[KeptAnswer]:
    return KeptAnswer.objects.filter(pk=claim.pk, status=0, made_at=claim.made_at)


def _hold(claim: KeptAnswer) -> None:
    if not locked(_own(claim)).exists():
        raise StillAtWork("another request with this key took over")


def _release(claim: KeptAnswer) -> None:
    _own(claim).delete()


def _keep(row: KeptAnswer, answer: Answer) -> Answer:
    if answer.status > _DONE_MAX:
        raise _NothingDone(answer)
    row.status, row.content_type = answer.status, answer.content_type
    row.content = answer.content
    row.save(update_fields=["status", "content_type", "content"])
    return answer


def _kept(asked: KeyedRequest, at_work_for: timedelta = timedelta(0)) -> Answer:
    row = KeptAnswer.objects.filter(user_id=asked.user_id, key_sha256=asked.key_sha256).first()
    if row is None:
        # It was refused between our look and this one, which leaves the key free again.
        raise StillAtWork("a request with this key was still at work")
    if row.request_sha256 != sha256(asked.fingerprint.encode()).hexdigest():
        raise OtherRequest("the key was used for another request")
    if not row.status:
        raise StillAtWork("a request with this key is at work", free_at=row.made_at + at_work_for)
    return Answer(
        status=row.status, content_type=row.content_type, content=row.content, is_repeated=True
    )


@contextmanager
def _short_wait() -> Iterator[None]:
    """Wait for another's row for a second at most, where the database can be told so.

    SQLite knows one writer at a time, and waits for any.
    """
    told = _WAITS.get(connection.vendor)
    if told is None:
        yield
        return
    before, after = told
    with connection.cursor() as cursor:
        cursor.execute(before)
        try:
            yield
        finally:
            cursor.execute(after)
