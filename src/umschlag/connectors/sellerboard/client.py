"""Fetches a Sellerboard report from its automation link.

The link is the credential: it stands in no error, no log and no record.
"""

import logging
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

import httpx2
import stamina

from umschlag.connectors.transport import OutsideSystem, Patience
from umschlag.kernel.errors import Misconfigured, OutsideSystemFailed, UnexpectedAnswer

_NOT_READY = b"report not ready"
_NOT_READY_BYTES_MAX = 200
NAME = "Sellerboard"


class ReportNotReady(OutsideSystemFailed):
    """Sellerboard is still making the report; the next try may get it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportWaiting:
    """How often we ask for a report that is being made, and how long we wait in between."""

    attempts: int = 8
    first_wait_seconds: float = 5.0
    longest_wait_seconds: float = 60.0


class _WithoutQuery(logging.Filter):
    """Cuts the query, and with it the secret, from the addresses that the HTTP library logs."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record, without queries."""
        if isinstance(record.args, tuple):
            record.args = tuple(
                arg.copy_with(query=None) if isinstance(arg, httpx2.URL) else arg
                for arg in record.args
            )
        return True


_WITHOUT_QUERY = _WithoutQuery()


@dataclass(slots=True, kw_only=True)
class SellerboardReports:
    """One account's report, at its secret link."""

    link: str = field(repr=False)
    waiting: ReportWaiting = field(default_factory=ReportWaiting)
    patience: Patience = field(default_factory=lambda: Patience(read_seconds=120.0))
    transport: httpx2.BaseTransport | None = None

    def fetch(self) -> bytes:
        """Return the report's bytes, waiting while it is being made.

        Raises:
            ReportNotReady: it was not made in the time we wait.
            Unreachable: Sellerboard does not answer.
            UnexpectedAnswer: the link is wrong or expired, or leads to a web page.
            Misconfigured: the link is no address.
        """
        parts = urlsplit(self.link)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise Misconfigured(
                "UMSCHLAG_SELLERBOARD_REPORT_URL is no address; copy the whole link from "
                "Sellerboard's Settings, Automation"
            )
        logging.getLogger("httpx2").addFilter(_WITHOUT_QUERY)
        query = dict(parse_qsl(parts.query))
        with OutsideSystem(
            name=NAME,
            base_url=f"{parts.scheme}://{parts.netloc}",
            secrets=(self.link, parts.query, *query.values()),
            patience=self.patience,
            transport=self.transport,
        ) as system:
            return self._when_ready(system, parts.path, query)

    def _when_ready(self, system: OutsideSystem, path: str, query: dict[str, str]) -> bytes:
        for attempt in stamina.retry_context(
            on=ReportNotReady,
            attempts=self.waiting.attempts,
            timeout=None,
            wait_initial=self.waiting.first_wait_seconds,
            wait_max=self.waiting.longest_wait_seconds,
            wait_jitter=0,
        ):
            with attempt:
                return _report_in(system, path, query)
        raise AssertionError("stamina returns or raises")


def _report_in(system: OutsideSystem, path: str, query: dict[str, str]) -> bytes:
    response = system.send("GET", path, params=query)
    if response.status_code in (403, 404, 410):
        raise UnexpectedAnswer(
            f"{NAME} does not know the report link ({response.status_code}); make it anew in "
            "Settings, Automation and set UMSCHLAG_SELLERBOARD_REPORT_URL"
        )
    if not response.is_success:
        response = system.get(path, params=query)
    content = response.content
    if len(content) < _NOT_READY_BYTES_MAX and _NOT_READY in content.lower():
        raise ReportNotReady(f"{NAME} is still making the report; try again in some minutes")
    if not content.strip():
        raise UnexpectedAnswer(f"{NAME} answered nothing; try again in some minutes")
    if content.lstrip()[:1] == b"<":
        raise UnexpectedAnswer(
            f"{NAME} answered a web page instead of a report; make the link anew in Settings, "
            "Automation"
        )
    return content
