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
from umschlag.connectors.plentymarkets.values import part_of, text_of, whole_of
from umschlag.connectors.transport import (
    RETRIED_STATUSES,
    OutsideSystem,
    TemporaryFailure,
    json_of,
)
from umschlag.kernel.errors import LoginRejected, OutsideSystemFailed, UnexpectedAnswer, Unreachable

SESSION_CAP_WAIT_SECONDS = 30.0
SESSION_CAP_WAITS_MAX = 10
"""Somebody else's program holds the sessions; it may end within five minutes."""
CALL_ATTEMPTS = 6
TOKEN_LIFE_SECONDS_DEFAULT = 86_400
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
            LoginRejected: the login or a right is missing; the message names it.
            UnexpectedAnswer: another refusal, or never any JSON.
            DayBudgetSpent: only the reserve of the day's calls is left.
        """
        renewed = False
        problem: Exception | None = None
        for attempt in range(CALL_ATTEMPTS):
            if attempt:
                self._count(retries=1)
            token = self._valid_token()
            try:
                response = self._call("GET", path, params=params, token=token)
            except TemporaryFailure as error:
                problem = error
                self._back_off(attempt)
                continue
            if response.status_code == 429:
                self.limits.refused(CallKind.READ, response.headers)
                problem = TemporaryFailure(self.system.described(response))
                continue
            if response.status_code == 401 and not renewed:
                renewed = True
                self._drop(token)
                continue
            if response.status_code in RETRIED_STATUSES:
                problem = TemporaryFailure(self.system.described(response))
                self._back_off(attempt)
                continue
            self.system.checked(response)
            try:
                return json_of(response, system=self.system)
            except UnexpectedAnswer as error:
                # A page of the web server or nothing at all, with status 200: it passes.
                problem = error
                self._back_off(attempt)
        raise problem or Unreachable(f"{self.system.name}: GET {path} was never answered")

    def end_session(self) -> None:
        """Log out, so that the session does not count against the cap any more."""
        if not self._token:
            return
        # A failed logout is no matter, because the session ends by itself within the day.
        with contextlib.suppress(OutsideSystemFailed):
            self._call("POST", "/rest/logout", token=self._token)
        self._token = ""
        self.keeper.forget()

    def _valid_token(self) -> str:
        with self._login_lock:
            if not self._token:
                self._token = self.keeper.load() or self._log_in()
            return self._token

    def _drop(self, token: str) -> None:
        """Forget a refused token, unless another thread has a newer one already."""
        with self._login_lock:
            if self._token == token:
                self._token = ""
                self.keeper.forget()

    def _log_in(self) -> str:
        # Logging in is a write, and never sent as a query: addresses end up in logs.
        body = {"username": self.login.username, "password": self.login.password}
        for attempt in range(SESSION_CAP_WAITS_MAX + 1):
            if attempt:
                self._count(retries=1)
            response = self._call("POST", "/rest/login", body=body)
            if response.status_code == 429:
                self._wait_for_login(response)
                continue
            if response.status_code in RETRIED_STATUSES:
                self._back_off(min(attempt, CALL_ATTEMPTS))
                continue
            return self._token_in(response)
        raise Unreachable(f"{self.system.name} has no free session; log other programs out")

    def _wait_for_login(self, response: httpx2.Response) -> None:
        if "too_many_concurrent_sessions" in response.text:
            self.limits.clock.wait(SESSION_CAP_WAIT_SECONDS)
        else:
            self.limits.refused(CallKind.WRITE, response.headers)

    def _token_in(self, response: httpx2.Response) -> str:
        refusal = (
            f"{self.system.name} rejects the login of {self.login.username!r}: check user and "
            "password under Plentymarkets logins"
        )
        # The body must decide, since a wrong password was seen with status 401 and with 200.
        if response.status_code in (400, 401, 403) or b"invalid_credentials" in response.content:
            raise LoginRejected(refusal)
        self.system.checked(response)
        answer = part_of(json_of(response, system=self.system))
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
        self.limits.acquire(kind)
        self._count(calls=1)
        headers: Mapping[str, str] | None = None
        try:
            response = self.system.send(
                method,
                path,
                params=params,
                body=body,
                headers={"Authorization": f"Bearer {token}"} if token else None,
            )
            headers = response.headers
            return response
        finally:
            self.limits.learn(kind, headers)

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
) -> PlentymarketsClient:
    """Return a client for the system; nothing is sent before its first call."""
    # A doubled /rest is redirected, and a redirected POST loses its body.
    base_url = login.base_url.rstrip("/").removesuffix("/rest")
    return PlentymarketsClient(
        system=OutsideSystem(
            name="Plentymarkets", base_url=base_url, secrets=[login.password], transport=transport
        ),
        login=login,
        limits=CallLimits(clock=clock, day_reserve_percent=day_reserve_percent),
        keeper=keeper,
    )
