"""Plentymarkets' logins: opaque tokens, their lifetime, and the cap on concurrent sessions."""

import base64
import secrets
from dataclasses import dataclass, field
from typing import Any

from umschlag.simulators.demo.access import PLENTY_PASSWORD, PLENTY_USER
from umschlag.simulators.plentymarkets.answers import Answer
from umschlag.simulators.plentymarkets.knobs import Knobs


@dataclass(frozen=True, slots=True)
class Session:
    """One login."""

    user: str
    refresh_token: str
    ends_at: float


@dataclass(slots=True)
class Sessions:
    """The sessions that are open."""

    knobs: Knobs
    _open: dict[str, Session] = field(default_factory=dict)

    def user_of(self, authorization: str) -> str | None:
        """Return whose bearer token the header holds; None where it is not valid any more."""
        session = self._open.get(authorization.removeprefix("Bearer ").strip())
        if session is None or session.ends_at <= self.knobs.now():
            return None
        return session.user

    def login(self, given: dict[str, Any]) -> Answer:
        """Open a session for a user name and password."""
        user, password = given.get("username"), given.get("password")
        if (user, password) != (PLENTY_USER, PLENTY_PASSWORD):
            return Answer.of(_INVALID, status=self.knobs.wrong_password_status)
        self._drop_ended()
        if len(self._open) >= self.knobs.sessions_max:
            return Answer.of(
                {
                    "error": "too_many_concurrent_sessions",
                    "max_current_sessions": self.knobs.sessions_max,
                    "message": "Too many users are logged in with these credentials.",
                },
                status=429,
            )
        return self._opened(str(user))

    def refresh(self, given: dict[str, Any]) -> Answer:
        """Replace a session by a fresh one; both spellings of the argument are in use."""
        wanted = given.get("refresh_token") or given.get("refreshToken")
        for token, session in self._open.items():
            if wanted and session.refresh_token == wanted:
                del self._open[token]
                return self._opened(session.user)
        return Answer.of(UNAUTHORISED, status=401)

    def logout(self, authorization: str) -> Answer:
        """Close the session."""
        self._open.pop(authorization.removeprefix("Bearer ").strip(), None)
        return Answer.of({"message": "logged out"})

    def expire(self, authorization: str) -> None:
        """End the session at once, as a revoked token does."""
        self._open.pop(authorization.removeprefix("Bearer ").strip(), None)

    def limits(self) -> Answer:
        """Tell how many sessions are open and allowed."""
        self._drop_ended()
        return Answer.of(self._counts())

    def _opened(self, user: str) -> Answer:
        token, refresh_token = _token_like_text(), "def" + secrets.token_hex(40)
        self.knobs.tally.secrets += [token, refresh_token]
        lifetime = self.knobs.token_lifetime_seconds
        self._open[token] = Session(user, refresh_token, self.knobs.now() + lifetime)
        fields = {
            "token_type": "Bearer",
            "expires_in": lifetime,
            "access_token": token,
            "refresh_token": refresh_token,
        }
        camel = {
            "tokenType": "Bearer",
            "expiresIn": lifetime,
            "accessToken": token,
            "refreshToken": refresh_token,
        }
        return Answer.of({**fields, **self._counts(), **camel, "user_id": 7})

    def _counts(self) -> dict[str, int]:
        return {
            "concurrent_sessions": len(self._open),
            "max_current_sessions": self.knobs.sessions_max,
        }

    def _drop_ended(self) -> None:
        now = self.knobs.now()
        self._open = {t: session for t, session in self._open.items() if session.ends_at > now}


UNAUTHORISED = {
    "error": "access_denied",
    "message": "The resource owner or authorization server denied the request.",
}
_INVALID = {
    "error": "invalid_credentials",
    "message": "The user credentials were incorrect.",
    "tokenType": None,
    "expiresIn": None,
    "accessToken": None,
    "refreshToken": None,
}


def _token_like_text() -> str:
    """Return an opaque text in the shape of a JSON web token; nobody can verify it."""
    head = base64.urlsafe_b64encode(b'{"typ":"JWT","alg":"none"}').decode().rstrip("=")
    return f"{head}.{secrets.token_urlsafe(48)}.{secrets.token_urlsafe(32)}"
