"""What every call meets before it is answered: limits, login and the faults that were asked for."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from umschlag.simulators.plentymarkets.answers import Answer, BadQuery, Question
from umschlag.simulators.plentymarkets.dents import asked_of, dented
from umschlag.simulators.plentymarkets.erp import Erp
from umschlag.simulators.plentymarkets.knobs import Fault, FaultKind, Knobs
from umschlag.simulators.plentymarkets.limits import Limiter, Verdict
from umschlag.simulators.plentymarkets.sessions import UNAUTHORISED, Sessions
from umschlag.simulators.plentymarkets.stock import StockRoom
from umschlag.simulators.plentymarkets.variations import INVALID_CURSOR, page_of

_LOGIN = "/rest/login"
_READS = {"GET", "HEAD"}
_DEADLOCK = "SQLSTATE[40001]: Serialization failure: 1213 Deadlock found when trying to get lock"


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it came in."""

    method: str
    authorization: str
    question: Question

    @property
    def is_read(self) -> bool:
        """Whether it is charged as a read."""
        return self.method in _READS


@dataclass
class Gate:
    """Judges calls and lets them through to their handlers."""

    knobs: Knobs
    erp: Erp
    stock: StockRoom
    sessions: Sessions = field(init=False)
    limiter: Limiter = field(init=False)
    _met: dict[int, int] = field(default_factory=dict)
    """How often each fault has struck."""
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)
    """Calls are counted one after the other; only their answers are made side by side."""
    _in_progress: int = 0

    def __post_init__(self) -> None:
        """Open for business: nobody is logged in, nothing is used up."""
        self.sessions = Sessions(self.knobs)
        self.limiter = Limiter(self.knobs)

    def answer(
        self, call: Call, handler: Callable[[Question], Answer]
    ) -> tuple[Answer, dict[str, str]]:
        """Return the answer and the headers that tell what is left of the limits."""
        if self.knobs.moved_to:
            place = self.knobs.moved_to + call.question.path
            return Answer(b"", status=301, headers={"location": place}), {}
        with self._one_at_a_time:
            user = self._user(call)
            verdict = self.limiter.charge(
                user or "nobody", is_read=call.is_read, path=call.question.path
            )
            refusal = self._refusal(call, user, verdict)
            fault = None if refusal else self._fault(call)
        if refusal is not None:
            return refusal, verdict.headers
        with self._counted() as parallel:
            struck = fault and self._strike(fault, call, verdict)
            if struck:
                return struck
            if self.knobs.parallel_calls_max is not None and (
                parallel > self.knobs.parallel_calls_max
            ):
                return Answer.refusal(500, _DEADLOCK), verdict.headers
            try:
                answer = self._handled(call, handler)
            except BadQuery as bad:
                answer = bad.answer
        is_cut = fault is not None and fault.kind is FaultKind.CONNECTION_CUT
        return replace(answer, is_cut=is_cut), verdict.headers

    @contextlib.contextmanager
    def _counted(self) -> Iterator[int]:
        """Count the call as one that is being answered, and give how many there are."""
        with self._one_at_a_time:
            self._in_progress += 1
            parallel = self._in_progress
            tally = self.knobs.tally
            tally.parallel_max = max(tally.parallel_max, parallel)
        try:
            yield parallel
        finally:
            with self._one_at_a_time:
                self._in_progress -= 1

    def _refusal(self, call: Call, user: str | None, verdict: Verdict) -> Answer | None:
        """Return why the call is not let in; None where it is."""
        if verdict.refusal is not None:
            return Answer.refusal(429, verdict.refusal)
        if user is None:
            return Answer.of(UNAUTHORISED, status=401)
        if call.question.path.startswith(self.knobs.forbidden_paths):
            return _forbidden(call.question)
        if call.question.path.startswith(self.knobs.absent_paths):
            return Answer.refusal(404, f"The route {call.question.path} could not be found.")
        return None

    def _handled(self, call: Call, handler: Callable[[Question], Answer]) -> Answer:
        if handler != self.session_call:
            return dented(asked_of(call.question, self.knobs), handler, self.knobs)
        with self._one_at_a_time:
            return self._session(call)

    def session_call(self, question: Question) -> Answer:
        """Stand for the calls about sessions, which the gate answers itself."""
        return Answer.refusal(404, question.path)

    def _user(self, call: Call) -> str | None:
        if call.question.path.startswith(_LOGIN):
            given = _given(call.question)
            return str(given.get("username") or "login")
        return self.sessions.user_of(call.authorization)

    def _session(self, call: Call) -> Answer:
        given = _given(call.question)
        match call.question.path:
            case "/rest/login":
                return self.sessions.login(given)
            case "/rest/login/refresh":
                return self.sessions.refresh(given)
            case "/rest/logout":
                return self.sessions.logout(call.authorization)
            case _:
                return self.sessions.limits()

    def _fault(self, call: Call) -> Fault | None:
        for number, fault in enumerate(self.knobs.faults):
            if _meets(call, fault) and self._met.get(number, 0) < fault.times:
                self._met[number] = self._met.get(number, 0) + 1
                self.knobs.tally.struck[fault.kind] += 1
                return fault
        return None

    def _strike(
        self, fault: Fault, call: Call, verdict: Verdict
    ) -> tuple[Answer, dict[str, str]] | None:
        """Return the faulty answer, or None where the fault lies in the rows or the time."""
        match fault.kind:
            case FaultKind.TOO_MANY_CALLS:
                user = self._user(call) or "nobody"
                seconds = fault.seconds
                refused = self.limiter.refuse(user, is_read=call.is_read, seconds=seconds)
                return Answer.refusal(429, refused.refusal or ""), refused.headers
            case FaultKind.TOKEN_EXPIRES:
                self.sessions.expire(call.authorization)
                return Answer.of(UNAUTHORISED, status=401), verdict.headers
            case FaultKind.SERVER_ERROR:
                return Answer.refusal(fault.status, "$data must be array, null given"), (
                    verdict.headers
                )
            case _:
                answer = _FALSE_ANSWERS.get(fault.kind)
                if answer is None:
                    self._disturb(fault, call)
                return None if answer is None else (answer, verdict.headers)

    def _disturb(self, fault: Fault, call: Call) -> None:
        """Change what the call is about to be answered from."""
        match fault.kind:
            case FaultKind.SLOW:
                time.sleep(fault.seconds)
            case FaultKind.ROW_VANISHES:
                self.erp.hide(self.erp.listed_articles()[0])
            case FaultKind.ROW_VANISHES_UNLOGGED:
                self.erp.hide(self.erp.listed_articles()[0], is_logged=False)
            case FaultKind.ORDER_VANISHES:
                self.erp.delete_an_order()
            case FaultKind.ROW_CHANGES:
                self.stock.book_one_more()
            case FaultKind.ROWS_SHIFT:
                self.stock.shift += 1
            case FaultKind.LIMITS_CHANGE:
                self.limiter.change_to(fault.edition)
            case FaultKind.OTHERS_CALL:
                user = self._user(call) or "nobody"
                self.limiter.let_others_call(user, fault.calls, is_read=call.is_read)


_FALSE_ANSWERS = {
    FaultKind.HTML: Answer(
        b"<!DOCTYPE html><html><body>Wartungsarbeiten</body></html>",
        content_type="text/html; charset=utf-8",
    ),
    FaultKind.EMPTY: Answer(b""),
    FaultKind.CURSOR_EXPIRES: INVALID_CURSOR,
    FaultKind.WRITE_IGNORED: Answer.of({"success": True}),
}
"""What is answered in place of the truth."""


def _meets(call: Call, fault: Fault) -> bool:
    question = call.question
    if fault.path not in question.path:
        return False
    if _LOGIN in question.path and _LOGIN not in fault.path:
        return False
    if fault.kind is FaultKind.CURSOR_EXPIRES and not question.text("cursor"):
        return False
    if fault.kind is FaultKind.WRITE_IGNORED and call.is_read:
        return False
    return fault.page is None or fault.page == page_of(question)


def _forbidden(question: Question) -> Answer:
    """Return the refusal of a user without the right, which is named after the route."""
    right = ".".join(question.path.split("/")[2:])
    error = {"message": "This action is unauthorized.", "missing_permissions": {right: {}}}
    return Answer.of({"error": error}, status=403)


def _given(question: Question) -> dict[str, Any]:
    """Return the arguments of a login, wherever they stand: JSON, form or query."""
    body = question.body if isinstance(question.body, dict) else {}
    return {**{name: values[-1] for name, values in question.query.items()}, **body}
