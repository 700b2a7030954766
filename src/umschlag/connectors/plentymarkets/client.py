"""Calls to one Plentymarkets system: one session, its limits kept, failures told apart."""

import contextlib
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, Self

import httpx2

from umschlag.connectors.plentymarkets.limits import CallKind, CallLimits, Clock
from umschlag.connectors.plentymarkets.refusals import is_session_cap, require_open
from umschlag.connectors.plentymarkets.values import part_of, text_of, whole_of
from umschlag.connectors.transport import (
    RETRIED_STATUSES,
    OutsideSystem,
    Patience,
    TemporaryFailure,
    json_of,
)
from umschlag.intelligence.corrections.ports import AnswerLost, RowsRefused
from umschlag.kernel.errors import LoginRejected, OutsideSystemFailed, UnexpectedAnswer, Unreachable

SESSION_CAP_WAIT_SECONDS = 30.0
SESSION_CAP_WAITS_MAX = 10
"""Somebody else's program holds the sessions; it may end within five minutes."""
CALL_ATTEMPTS = 6
REFUSALS_MAX = 15
"""Each is waited out, so these are as many minutes in which others have used up every call."""
TOKEN_LIFE_SECONDS_DEFAULT = 86_400
ROWS_REFUSED_STATUSES = frozenset({400, 404, 409, 422})
"""What is answered where a row of a write is at fault: its article, its place or its figure."""
REAL_CLOCK = Clock(time.monotonic, time.sleep)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlentyLogin:
    """What we log in with."""

    base_url: str
    """Address of the system; a trailing /rest is not needed and taken off."""
    username: str
    password: str = field(repr=False)


class TokenKeeper(Protocol):
    """Keeps the session's token, so that a program that died does not leave a session behind."""

    def load(self) -> str:
        """Return the kept token; "" where there is none that is still good."""

    def save(self, token: str, expires_at: datetime) -> None:
        """Keep the token."""

    def forget(self) -> None:
        """Keep none."""


@dataclass(slots=True)
class KeptInMemory:
    """Keeps the token while the program runs."""

    token: str = ""

    def load(self) -> str:
        """Return the kept token."""
        return self.token

    def save(self, token: str, expires_at: datetime) -> None:
        """Keep the token; when it ends, the ERP says so by itself."""
        del expires_at
        self.token = token

    def forget(self) -> None:
        """Keep none."""
        self.token = ""


@dataclass(slots=True, kw_only=True)
class PlentymarketsClient:
    """One session with one system; safe for several threads, which share its token."""

    system: OutsideSystem
    login: PlentyLogin
    limits: CallLimits
    keeper: TokenKeeper = field(default_factory=KeptInMemory)
    calls_used: int = 0
    retries: int = 0
    _token: str = field(default="", init=False, repr=False)
    _login_lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _count_lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __enter__(self) -> Self:
        """Return itself; the session starts with the first call."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the session and close the connections."""
        self.end_session()
        self.system.close()

    def read(self, path: str, params: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401 - outside data
        """Return the decoded answer to a GET, waiting for limits and past passing failures.

        Raises:
            Unreachable: no usable answer, however often it was asked.
            LoginRejected: the login is not accepted.
            RightMissing: the API user may not ask this; the message names the right.
            RouteMissing: the system does not have the route.
            UnexpectedAnswer: another refusal, or never any JSON.
            DayBudgetSpent: only the reserve of the day's calls is left.
        """
        problem: OutsideSystemFailed | None = None
        for attempt in range(CALL_ATTEMPTS):
            if attempt:
                self._count(retries=1)
                self._back_off(attempt - 1)
            try:
                response = self._checked(self._answered("GET", path, params=params))
            except TemporaryFailure as error:
                problem = error
                continue
            try:
                return json_of(response, system=self.system)
            except UnexpectedAnswer as error:
                # A page of the web server or nothing at all, with status 200: it passes.
                problem = error
        raise problem or Unreachable(f"{self.system.name}: GET {path} was never answered")

    def write(self, method: str, path: str, body: object) -> None:
        """Make a write once; it is sent again only where it was refused before it began.

        The answer's body is not returned: the ERP says success to writes that change nothing.

        Raises:
            AnswerLost: no answer, or a server error: it may have happened or not.
            RowsRefused: the ERP does not accept what the body says.
            LoginRejected: the login is not accepted.
            RightMissing: the API user may not write this; the message names the right.
            UnexpectedAnswer: another refusal.
            Unreachable: the limits never let it through.
            DayBudgetSpent: only the reserve of the day's calls is left.
        """
        try:
            response = self._answered(method, path, body=body)
        except TemporaryFailure as error:
            raise AnswerLost(error.message) from error
        if response.status_code in RETRIED_STATUSES:
            raise AnswerLost(self.system.described(response))
        if response.status_code in ROWS_REFUSED_STATUSES:
            raise RowsRefused(self.system.described(response))
        self._checked(response)

    def end_session(self) -> None:
        """Log out, so that the session does not count against the cap any more."""
        if not self._token:
            return
        # A failed logout is no matter, because the session ends by itself within the day.
        with contextlib.suppress(OutsideSystemFailed):
            self._call("POST", "/rest/logout", token=self._token)
        self._token = ""
        self.keeper.forget()

    def _answered(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: object = None,
    ) -> httpx2.Response:
        """Return the answer, past refusals by the limits and past one token that has ended.

        Raises:
            TemporaryFailure: nothing came back.
            Unreachable: the limits never let the call through, or nobody can log in.
        """
        is_renewed = False
        for _ in range(REFUSALS_MAX):
            token = self._valid_token()
            response = self._call(method, path, params=params, body=body, token=token)
            if response.status_code == 401 and not is_renewed:
                # A token that another thread has replaced already says nothing of the new one.
                is_renewed = self._drop(token)
            elif response.status_code != 429:
                return response
            self._count(retries=1)
        raise Unreachable(f"{self.system.name}: {method} {path} met the call limits each time")

    def _checked(self, response: httpx2.Response) -> httpx2.Response:
        """Return the answer where it is a success; else raise what `OutsideSystem.checked` does.

        Raises:
            RightMissing: the API user lacks the right.
            RouteMissing: the system does not have the route.
        """
        require_open(response, system=self.system)
        return self.system.checked(response)

    def _valid_token(self) -> str:
        with self._login_lock:
            if not self._token:
                self._token = self.keeper.load() or self._log_in()
                # An answer that repeats the token must not carry it into an error.
                self.system.secrets = (self.login.password, self._token)
            return self._token

    def _drop(self, token: str) -> bool:
        """Forget a refused token; tell whether it was the one in use."""
        with self._login_lock:
            if self._token != token:
                return False
            self._token = ""
            self.keeper.forget()
            return True

    def _log_in(self) -> str:
        # Logging in is a write, and never sent as a query: addresses end up in logs.
        body = {"username": self.login.username, "password": self.login.password}
        failures, problem = 0, f"{self.system.name} has no free session; log other programs out"
        for attempt in range(SESSION_CAP_WAITS_MAX + 1):
            if attempt:
                self._count(retries=1)
            try:
                response = self._call("POST", "/rest/login", body=body)
                if response.status_code != 429:
                    return self._token_in(response)
                if is_session_cap(response):
                    self.limits.clock.wait(SESSION_CAP_WAIT_SECONDS)
            except TemporaryFailure as error:
                problem = error.message
                failures += 1
                if failures == CALL_ATTEMPTS:
                    break
                self._back_off(failures - 1)
        raise Unreachable(problem)

    def _token_in(self, response: httpx2.Response) -> str:
        refusal = (
            f"{self.system.name} rejects the login of {self.login.username!r}: check user and "
            "password under Plentymarkets logins"
        )
        # The body must decide, since a wrong password was seen with status 401 and with 200.
        if response.status_code in (400, 401, 403) or b"invalid_credentials" in response.content:
            raise LoginRejected(refusal)
        self.system.checked(response)
        try:
            answer = part_of(json_of(response, system=self.system))
        except UnexpectedAnswer as error:
            raise TemporaryFailure(error.message) from error
        token = text_of(answer.get("accessToken")) or text_of(answer.get("access_token"))
        if not token:
            raise LoginRejected(refusal)
        life = whole_of(answer.get("expiresIn")) or whole_of(answer.get("expires_in"))
        expires_at = datetime.now(UTC) + timedelta(seconds=life or TOKEN_LIFE_SECONDS_DEFAULT)
        self.keeper.save(token, expires_at)
        return token

    def _call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: object = None,
        token: str = "",
    ) -> httpx2.Response:
        kind = CallKind.READ if method == "GET" else CallKind.WRITE
        permit = self.limits.acquire(kind, path)
        self._count(calls=1)
        headers: Mapping[str, str] | None = None
        is_refused = False
        try:
            response = self.system.send(
                method,
                path,
                params=params,
                body=body,
                headers={"Authorization": f"Bearer {token}"} if token else None,
            )
            headers = response.headers
            is_refused = response.status_code == 429 and not is_session_cap(response)
            return response
        finally:
            self.limits.learn(permit, headers, is_refused=is_refused)

    def _back_off(self, attempt: int) -> None:
        patience = self.system.patience
        self.limits.clock.wait(
            min(patience.first_wait_seconds * 2**attempt, patience.longest_wait_seconds)
        )

    def _count(self, *, calls: int = 0, retries: int = 0) -> None:
        with self._count_lock:
            self.calls_used += calls
            self.retries += retries


def open_client(
    login: PlentyLogin,
    *,
    keeper: TokenKeeper,
    day_reserve_percent: int,
    transport: httpx2.BaseTransport | None = None,
    clock: Clock = REAL_CLOCK,
    patience: Patience | None = None,
) -> PlentymarketsClient:
    """Return a client for the system; nothing is sent before its first call."""
    # A doubled /rest is redirected, and a redirected POST loses its body.
    base_url = login.base_url.rstrip("/").removesuffix("/rest")
    return PlentymarketsClient(
        system=OutsideSystem(
            name="Plentymarkets",
            base_url=base_url,
            secrets=[login.password],
            transport=transport,
            patience=patience or Patience(),
        ),
        login=login,
        limits=CallLimits(clock=clock, day_reserve_percent=day_reserve_percent),
        keeper=keeper,
    )
