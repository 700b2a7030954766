"""The adapter contract that panel and ungating software share, from the asking side.

docs/reference/panel-and-ungating-adapters.md describes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import httpx2
import stamina

from umschlag.connectors.transport import OutsideSystem, TemporaryFailure, json_of
from umschlag.kernel.errors import UnexpectedAnswer
from umschlag.kernel.progress import Progress, untold

PAGE_ROWS = 500
RETRY_AFTER_SECONDS_MAX = 90.0
"""A limit a minute is over by then; a server that asks for more is answered with a failure."""
PAGES_MAX = 10_000


class TooManyRequests(TemporaryFailure):
    """The system told us to wait, and for how long."""

    def __init__(self, message: str, *, wait_seconds: float) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


def _wait_before_retry(error: Exception) -> bool | float:
    if isinstance(error, TooManyRequests):
        return error.wait_seconds
    return isinstance(error, TemporaryFailure)


@dataclass(slots=True, kw_only=True)
class PagedAdapter:
    """A system that speaks the adapter contract."""

    system: OutsideSystem

    def rows(
        self, table: str, *, updated_since: datetime | None = None, progress: Progress = untold
    ) -> list[object]:
        """Return all rows of a list, in the order of their change, or raise: never a part.

        Raises:
            Unreachable: no answer, a server error or a rate limit, however often it was asked.
            LoginRejected: the token is not accepted.
            UnexpectedAnswer: an answer that breaks the contract, also a list that lost rows.
        """
        params = {"limit": str(PAGE_ROWS)}
        if updated_since is not None:
            params["updated_since"] = updated_since.isoformat()
        rows: list[object] = []
        for _ in range(PAGES_MAX):
            answer = self._page(table, params)
            rows += answer.items
            progress(len(rows), answer.total, table)
            if answer.next_cursor is None:
                # Only fewer are wrong: rows that change while we page come once more at the end.
                if len(rows) < answer.total:
                    raise UnexpectedAnswer(
                        f"{self.system.name}: /{table} has {answer.total} rows but gave"
                        f" {len(rows)}; nothing was taken over"
                    )
                return rows
            params["cursor"] = answer.next_cursor
        raise UnexpectedAnswer(f"{self.system.name}: /{table} has no last page")

    def _page(self, table: str, params: Mapping[str, str]) -> "_Page":
        patience = self.system.patience
        for attempt in stamina.retry_context(
            on=_wait_before_retry,
            attempts=patience.attempts,
            timeout=None,
            wait_initial=patience.first_wait_seconds,
            wait_max=patience.longest_wait_seconds,
            wait_jitter=patience.first_wait_seconds,
        ):
            with attempt:
                response = self.system.send("GET", f"/{table}", params=params)
                refuse_when_busy(response, self.system)
                answer = json_of(self.system.checked(response), system=self.system)
                return _page_of(answer, f"{self.system.name}: /{table}")
        raise AssertionError("stamina returns or raises")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    items: list[object]
    total: int
    next_cursor: str | None


def _page_of(answer: object, place: str) -> _Page:
    if isinstance(answer, dict):
        items, total = answer.get("items"), answer.get("total")
        cursor = answer.get("next_cursor")
        if isinstance(items, list) and isinstance(total, int) and isinstance(cursor, str | None):
            return _Page(items=items, total=total, next_cursor=cursor)
    raise UnexpectedAnswer(f"{place} answered no page (items, total, next_cursor)")


def adapter_at(url: str, *, name: str, token: str) -> OutsideSystem:
    """Return the adapter at the address, asked with the bearer token."""
    return OutsideSystem(
        name=name,
        base_url=url,
        headers={"Authorization": f"Bearer {token}"},
        secrets=[token],
    )


def refuse_when_busy(response: httpx2.Response, system: OutsideSystem) -> None:
    """Raise what a 429 asks for: to wait as long as it says."""
    if response.status_code != 429:
        return
    try:
        wait_seconds = float(response.headers.get("Retry-After", ""))
    except ValueError:
        # An HTTP date is allowed too; then our own longest wait has to do.
        wait_seconds = system.patience.longest_wait_seconds
    raise TooManyRequests(
        system.described(response),
        wait_seconds=min(max(wait_seconds, 0.0), RETRY_AFTER_SECONDS_MAX),
    )
