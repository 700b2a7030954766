"""The adapter contract that panel and ungating software share, as a server.

Bearer token, `updated_since`, cursor paging, a limit of requests a minute, errors as
problem+json. docs/reference/panel-and-ungating-adapters.md describes it.
"""

import base64
import binascii
import json
import math
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

PAGE_ROWS_DEFAULT = 200
PAGE_ROWS_MAX = 500


@dataclass(kw_only=True, slots=True)
class AdapterKnobs:
    """Faults to serve, turned while the server runs."""

    fail_next: list[int] = field(default_factory=list)
    """HTTP statuses that answer the next requests, first one first."""
    truncate_next: int = 0
    """So many of the next pages break off in the middle."""
    lose_row_next: int = 0
    """So many of the next pages silently lack their last row."""
    requests_per_minute: int = 300
    clock: Callable[[], float] = time.monotonic


@dataclass(kw_only=True, slots=True)
class Gate:
    """Lets a request in, or answers it with what is wrong with it."""

    token: str
    knobs: AdapterKnobs
    _minute: int | None = None
    _used: int = 0

    def refusal(self, request: Request) -> Response | None:
        """Return the answer that refuses the request; None lets it in."""
        if self.knobs.fail_next:
            return problem(self.knobs.fail_next.pop(0), "fault asked for by a knob")
        given = request.headers.get("authorization", "")
        if not secrets.compare_digest(given.encode(), f"Bearer {self.token}".encode()):
            return problem(401, "the bearer token is missing or wrong")
        now = self.knobs.clock()
        if self._minute != int(now // 60):
            self._minute, self._used = int(now // 60), 0
        self._used += 1
        if self._used > self.knobs.requests_per_minute:
            return problem(429, "too many requests", retry_after=math.ceil(60 - now % 60))
        return None


def problem(status: int, detail: str, *, retry_after: int | None = None) -> Response:
    """Return an error as problem+json (RFC 9457)."""
    if status == 429 and retry_after is None:
        retry_after = 1
    return JSONResponse(
        {"type": "about:blank", "status": status, "detail": detail},
        status_code=status,
        media_type="application/problem+json",
        headers={"Retry-After": str(retry_after)} if retry_after else None,
    )


def page(request: Request, rows: Sequence[dict[str, Any]], knobs: AdapterKnobs) -> Response:
    """Answer with one page of the rows, oldest change first.

    A row has `id` and `updated_at` (ISO 8601 in UTC, so that text order is time order).
    """
    try:
        since, after, limit = _page_wish(request)
    except ValueError as error:
        return problem(400, str(error))
    chosen = sorted(
        (row for row in rows if row["updated_at"] >= since),
        key=lambda row: (row["updated_at"], row["id"]),
    )
    rest = [row for row in chosen if (row["updated_at"], row["id"]) > after]
    items = rest[:limit]
    more = len(rest) > limit
    answer = {
        "items": items,
        "total": len(chosen),
        "next_cursor": _cursor(items[-1]) if more else None,
    }
    return _spoiled(answer, knobs)


def _page_wish(request: Request) -> tuple[str, tuple[str, int], int]:
    since = request.query_params.get("updated_since", "")
    if since:
        instant = datetime.fromisoformat(since)
        if instant.tzinfo is None:
            raise ValueError("updated_since needs a time zone, as in 2026-01-31T06:00:00+00:00")
    after = ("", 0)
    cursor = request.query_params.get("cursor", "")
    if cursor:
        try:
            updated_at, number = base64.urlsafe_b64decode(cursor).decode().split("|")
            after = (updated_at, int(number))
        except (binascii.Error, UnicodeDecodeError, ValueError):
            raise ValueError("cursor is none of ours") from None
    limit = int(request.query_params.get("limit", PAGE_ROWS_DEFAULT))
    if not 1 <= limit <= PAGE_ROWS_MAX:
        raise ValueError(f"limit must be from 1 to {PAGE_ROWS_MAX}")
    return since, after, limit


def _cursor(row: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(f"{row['updated_at']}|{row['id']}".encode()).decode()


def _spoiled(answer: dict[str, Any], knobs: AdapterKnobs) -> Response:
    if knobs.lose_row_next and answer["items"]:
        knobs.lose_row_next -= 1
        answer["items"] = answer["items"][:-1]
    body = json.dumps(answer).encode()
    if knobs.truncate_next:
        knobs.truncate_next -= 1
        body = body[: len(body) // 2]
    return Response(body, media_type="application/json")
