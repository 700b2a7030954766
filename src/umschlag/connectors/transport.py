"""How we speak HTTP to other people's systems.

One place for time limits, retries, the guard against answers that are no JSON, and the rule that a
credential never stands in an error.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import quote, quote_plus

import httpx2
import msgspec
import stamina

from umschlag.kernel.errors import (
    LoginRejected,
    OutsideSystemFailed,
    UnexpectedAnswer,
    Unreachable,
)

RETRIED_STATUSES = frozenset({500, 502, 503, 504})
"""What a busy or restarting server answers; a read may simply be asked again."""
EXCERPT_CHARACTERS = 200


class TemporaryFailure(Unreachable):
    """The system failed in a way that may pass; a read is tried again before this is raised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long we wait and how often we ask again."""

    connect_seconds: float = 10.0
    read_seconds: float = 60.0
    attempts: int = 4
    first_wait_seconds: float = 0.5
    longest_wait_seconds: float = 10.0


@dataclass(slots=True, kw_only=True)
class OutsideSystem:
    """One other system, by its address. `name` is how errors call it.

    `secrets` are credentials that may stand in addresses or answers; no error shows them.
    """

    name: str
    base_url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    secrets: Iterable[str] = ()
    patience: Patience = field(default_factory=Patience)
    transport: httpx2.BaseTransport | None = None
    """Replaces the network, in tests."""
    retries: int = field(default=0, init=False)
    _client: httpx2.Client = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.secrets = tuple(self.secrets)
        self._client = httpx2.Client(
            base_url=self.base_url,
            headers=dict(self.headers),
            timeout=httpx2.Timeout(
                self.patience.read_seconds, connect=self.patience.connect_seconds
            ),
            transport=self.transport,
            # Never followed, since a POST would lose its body and a token may reach another host.
            follow_redirects=False,
            # Proxies and certificates of the environment are the administrator's business.
            trust_env=True,
        )

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def get(self, path: str, *, params: Mapping[str, str] | None = None) -> httpx2.Response:
        """Return the answer to a read whatever its type, asked again where failure may pass.

        Raises:
            Unreachable: no answer, or a server error, however often it was asked.
            LoginRejected: our credentials or rights are not accepted (401, 403).
            UnexpectedAnswer: a redirect or another refusal.
        """
        for attempt in stamina.retry_context(
            on=TemporaryFailure,
            attempts=self.patience.attempts,
            timeout=None,
            wait_initial=self.patience.first_wait_seconds,
            wait_max=self.patience.longest_wait_seconds,
            wait_jitter=self.patience.first_wait_seconds,
        ):
            with attempt:
                self.retries += attempt.num > 1
                return self.checked(self.send("GET", path, params=params))
        raise AssertionError("stamina returns or raises")

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        """Return the answer to one call, whatever its status; never sent a second time.

        Raises:
            TemporaryFailure: nothing came back.
        """
        try:
            return self._client.request(
                method,
                path,
                params=dict(params) if params else None,
                json=body,
                headers=dict(headers) if headers else None,
            )
        except httpx2.TransportError as error:
            # httpx's own text may show the address, and in it a credential.
            raise TemporaryFailure(
                self.redacted(f"{self.name} does not answer ({type(error).__name__}: {error})")
            ) from None

    def checked(self, response: httpx2.Response) -> httpx2.Response:
        """Return the answer where it is a success.

        Raises:
            TemporaryFailure: a server error that may pass.
            LoginRejected: 401 or 403.
            UnexpectedAnswer: a redirect or another refusal.
        """
        if response.is_success:
            return response
        kind: type[OutsideSystemFailed] = UnexpectedAnswer
        if response.status_code in RETRIED_STATUSES or response.status_code == 429:
            kind = TemporaryFailure
        elif response.status_code in (401, 403):
            kind = LoginRejected
        raise kind(self.described(response))

    def described(self, response: httpx2.Response) -> str:
        """Return what was asked and answered, on one line and without any credential."""
        request = response.request
        excerpt = " ".join(response.text.split())[:EXCERPT_CHARACTERS]
        where = f"{request.method} {request.url.path}"
        if response.is_redirect:
            excerpt = "a redirect, which we do not follow; check the address in the settings"
        return self.redacted(f"{self.name}: {where} answered {response.status_code}: {excerpt}")

    def redacted(self, text: str) -> str:
        """Return the text with every secret, plain or percent-encoded, blotted out."""
        return redacted(text, self.secrets)


def json_of(response: httpx2.Response, *, system: OutsideSystem) -> Any:  # noqa: ANN401 - outside data
    """Return the decoded body.

    Raises:
        UnexpectedAnswer: it is empty, an HTML page, or no valid JSON.
    """
    content = response.content
    if not content.strip():
        raise UnexpectedAnswer(f"{_asked(response, system)} answered nothing")
    if content.lstrip()[:1] == b"<":
        raise UnexpectedAnswer(f"{_asked(response, system)} answered a web page instead of data")
    try:
        return msgspec.json.decode(content)
    except msgspec.DecodeError as error:
        raise UnexpectedAnswer(f"{_asked(response, system)} answered no JSON: {error}") from error


def redacted(text: str, secrets: Iterable[str]) -> str:
    """Return the text with every secret, plain or percent-encoded, blotted out."""
    for secret in secrets:
        for spelling in {secret, quote(secret, safe=""), quote_plus(secret), quote(secret)}:
            if spelling:
                text = text.replace(spelling, "•••")
    return text


def _asked(response: httpx2.Response, system: OutsideSystem) -> str:
    return system.redacted(f"{system.name}: {response.request.method} {response.request.url.path}")
