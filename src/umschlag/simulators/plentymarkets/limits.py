"""Plentymarkets' call limits: fixed windows per user and minute, per system and day, per route."""

import math
from dataclasses import dataclass, field
from typing import Final

from umschlag.simulators.plentymarkets.knobs import Edition, Knobs, WindowCount

MINUTE_SECONDS: Final = 60
DAY_SECONDS: Final = 86_400


@dataclass(slots=True)
class Window:
    """Counts calls in one fixed window, which starts with its first call."""

    limit: int
    length_seconds: int
    started_at: float = float("-inf")
    used: int = 0
    refused: int = 0

    def is_over(self, now: float) -> bool:
        """Tell whether the next call starts a new window."""
        return now - self.started_at >= self.length_seconds

    def roll(self, now: float) -> None:
        """Start a new window where the former one is over."""
        if self.is_over(now):
            self.started_at = now
            self.used = self.refused = 0

    def seconds_left(self, now: float) -> int:
        """Return the whole seconds until the window resets: what the vendor calls *decay*."""
        return max(1, int(self.length_seconds - (now - self.started_at)))

    @property
    def calls_left(self) -> int:
        """Calls that this window still allows."""
        return max(0, self.limit - self.used)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a call is let through, and the headers its answer carries either way."""

    refusal: str | None
    headers: dict[str, str]


@dataclass(slots=True)
class _Windows:
    """The windows that one call is counted in."""

    short: Window
    long: Window
    route: Window | None

    def all(self) -> list[tuple[str, Window]]:
        found = [("short", self.short), ("long", self.long)]
        return [*found, ("route", self.route)] if self.route else found


@dataclass(slots=True)
class Limiter:
    """Reads and writes have budgets of their own, and headers tell of the call's own kind."""

    knobs: Knobs
    _edition: Edition = field(init=False)
    _short: dict[tuple[str, str], Window] = field(default_factory=dict)
    _long: dict[str, Window] = field(default_factory=dict)
    _route: dict[str, Window] = field(default_factory=dict)
    _shut_until: dict[tuple[str, str], float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with the limits that the knobs say."""
        self._edition = self.knobs.edition

    def charge(self, user: str, *, is_read: bool, path: str = "") -> Verdict:
        """Count one call of the user and judge it."""
        kind = _kind(is_read=is_read)
        windows, now = self._windows(user, kind, path), self.knobs.now()
        cost = self._cost(path) if is_read else 1
        self._roll(windows, kind, now)
        shut_seconds = self._shut_until.get((user, kind), now) - now
        if shut_seconds > 0:
            return self._refused(windows, kind, "short", wait=math.ceil(shut_seconds))
        for period, window in windows.all():
            if window.used + cost > window.limit:
                return self._refused(windows, kind, period, wait=window.seconds_left(now))
        for _, window in windows.all():
            window.used += cost
        self.knobs.tally.calls[kind] += 1
        return Verdict(None, _headers(windows, now))

    def refuse(self, user: str, *, is_read: bool, seconds: float = 0.0) -> Verdict:
        """Return a refusal as if another program had used up the minute.

        With `seconds`, the user is shut out for so long, whatever the minute's end says.
        """
        kind = _kind(is_read=is_read)
        windows, now = self._windows(user, kind, ""), self.knobs.now()
        self._roll(windows, kind, now)
        if seconds:
            self._shut_until[user, kind] = now + seconds
        wait = math.ceil(seconds) or windows.short.seconds_left(now)
        return self._refused(windows, kind, "short", wait=wait)

    def _refused(self, windows: _Windows, kind: str, period: str, *, wait: int) -> Verdict:
        windows.short.refused += 1
        self.knobs.tally.refusals[kind] += 1
        limit = f"{period} period {kind}" if period != "route" else "route"
        return Verdict(
            f"{limit} limit reached", _headers(windows, self.knobs.now(), retry_after=wait)
        )

    def let_others_call(self, user: str, calls: int, *, is_read: bool) -> None:
        """Count the calls of another program with the same login."""
        windows = self._windows(user, _kind(is_read=is_read), "")
        windows.short.used += calls
        windows.long.used += calls

    def change_to(self, edition: Edition) -> None:
        """Allow another number of calls from now on, in windows that are open as well."""
        self._edition = edition
        for (_, kind), window in self._short.items():
            window.limit = self._limits(kind)[0]
        for kind, window in self._long.items():
            window.limit = self._limits(kind)[1]

    def _roll(self, windows: _Windows, kind: str, now: float) -> None:
        short = windows.short
        if short.is_over(now) and short.used:
            self.knobs.tally.windows.append(
                WindowCount(
                    kind=kind,
                    limit=short.limit,
                    used=short.used,
                    refused=short.refused,
                    started_at=short.started_at,
                )
            )
        for _, window in windows.all():
            window.roll(now)

    def _cost(self, path: str) -> int:
        costly = self.knobs.costly_paths
        return self.knobs.calls_cost + bool(costly and path.startswith(costly))

    def _windows(self, user: str, kind: str, path: str) -> _Windows:
        per_minute, per_day = self._limits(kind)
        short = self._short.setdefault((user, kind), Window(per_minute, MINUTE_SECONDS))
        long = self._long.setdefault(kind, Window(per_day, DAY_SECONDS))
        own = self.knobs.route_limits.get(path)
        if own is None:
            return _Windows(short, long, None)
        return _Windows(short, long, self._route.setdefault(path, Window(own, MINUTE_SECONDS)))

    def _limits(self, kind: str) -> tuple[int, int]:
        edition = self._edition
        if kind == "read":
            return edition.read_per_minute, edition.read_per_day
        return edition.write_per_minute, edition.write_per_day


def _kind(*, is_read: bool) -> str:
    return "read" if is_read else "write"


def _headers(windows: _Windows, now: float, *, retry_after: int | None = None) -> dict[str, str]:
    headers = {}
    prefixes = {
        "short": "X-Plenty-Global-Short-Period",
        "long": "X-Plenty-Global-Long-Period",
        "route": "X-Plenty-Route",
    }
    for period, window in windows.all():
        headers[f"{prefixes[period]}-Limit"] = str(window.limit)
        headers[f"{prefixes[period]}-Decay"] = str(window.seconds_left(now))
        headers[f"{prefixes[period]}-Calls-Left"] = str(window.calls_left)
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
        headers["X-Plenty-Global-Short-Period-Calls-Reset"] = str(int(now) + retry_after)
    return headers
