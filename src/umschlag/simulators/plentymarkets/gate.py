"""What every call meets before it is answered: limits, login and the faults that were asked for."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from umschlag.simulators.plentymarkets.answers import Answer, BadQuery, Question
from umschlag.simulators.plentymarkets.erp import Erp
from umschlag.simulators.plentymarkets.knobs import Fault, FaultKind, Knobs
from umschlag.simulators.plentymarkets.limits import Limiter, Verdict
from umschlag.simulators.plentymarkets.sessions import UNAUTHORISED, Sessions
from umschlag.simulators.plentymarkets.stock import StockRoom

_LOGIN = "/rest/login"
_READS = {"GET", "HEAD"}


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it came in."""

    method: str
    authorization: str
    question: Question


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

    def __post_init__(self) -> None:
        """Open for business: nobody is logged in, nothing is used up."""
        self.sessions = Sessions(self.knobs)
        self.limiter = Limiter(self.knobs)

    def answer(
        self, call: Call, handler: Callable[[Question], Answer]
    ) -> tuple[Answer, dict[str, str]]:
        """Return the answer and the headers that tell what is left of the limits."""
        is_read = call.method in _READS
        with self._one_at_a_time:
            user = self._user(call)
            verdict = self.limiter.charge(user or "nobody", is_read=is_read)
            refusal = self._refusal(call, user, verdict)
            fault = None if refusal else self._fault(call.question)
        if refusal is not None:
            return refusal, verdict.headers
        struck = fault and self._strike(fault, call, verdict, is_read=is_read)
        if struck:
            return struck
        try:
            return self._handled(call, handler), verdict.headers
        except BadQuery as bad:
            return bad.answer, verdict.headers

    def _refusal(self, call: Call, user: str | None, verdict: Verdict) -> Answer | None:
        """Return why the call is not let in; None where it is."""
        if verdict.refusal is not None:
            return Answer.refusal(429, verdict.refusal)
        if user is None:
            return Answer.of(UNAUTHORISED, status=401)
        if call.question.path.startswith(self.knobs.forbidden_paths):
            return _forbidden(call.question)
        return None

    def _handled(self, call: Call, handler: Callable[[Question], Answer]) -> Answer:
        if handler != self.session_call:
            return handler(call.question)
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

    def _fault(self, question: Question) -> Fault | None:
        for number, fault in enumerate(self.knobs.faults):
            if fault.path not in question.path:
                continue
            if _LOGIN in question.path and _LOGIN not in fault.path:
                continue
            if fault.page is not None and fault.page != question.page:
                continue
            if self._met.get(number, 0) < fault.times:
                self._met[number] = self._met.get(number, 0) + 1
                return fault
        return None

    def _strike(
        self, fault: Fault, call: Call, verdict: Verdict, *, is_read: bool
    ) -> tuple[Answer, dict[str, str]] | None:
        """Return the faulty answer, or None where the fault lies in the rows or the time."""
        match fault.kind:
            case FaultKind.TOO_MANY_CALLS:
                refused = self.limiter.refuse("nobody", is_read=is_read)
                return Answer.refusal(429, refused.refusal or ""), refused.headers
            case FaultKind.SERVER_ERROR:
                text = "$data must be array, null given"
                return Answer.refusal(fault.status, text), verdict.headers
            case FaultKind.HTML:
                page = b"<!DOCTYPE html><html><body>Wartungsarbeiten</body></html>"
                return Answer(page, content_type="text/html; charset=utf-8"), verdict.headers
            case FaultKind.EMPTY:
                return Answer(b""), verdict.headers
            case FaultKind.TOKEN_EXPIRES:
                self.sessions.expire(call.authorization)
                return Answer.of(UNAUTHORISED, status=401), verdict.headers
            case FaultKind.SLOW:
                time.sleep(fault.seconds)
            case FaultKind.ROW_VANISHES:
                self.erp.hidden.add(self.erp.listed_articles()[0])
            case FaultKind.ROWS_SHIFT:
                self.stock.shift += 1
        return None


def _forbidden(question: Question) -> Answer:
    """Return the refusal of a user without the right, which is named after the route."""
    right = ".".join(question.path.split("/")[2:])
    error = {"message": "This action is unauthorized.", "missing_permissions": {right: {}}}
    return Answer.of({"error": error}, status=403)


def _given(question: Question) -> dict[str, Any]:
    """Return the arguments of a login, wherever they stand: JSON, form or query."""
    body = question.body if isinstance(question.body, dict) else {}
    return {**{name: values[-1] for name, values in question.query.items()}, **body}
