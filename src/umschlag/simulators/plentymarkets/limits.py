"""Plentymarkets' call limits: fixed windows per user and minute and per system and day."""

from dataclasses import dataclass, field
from typing import Final

from umschlag.simulators.plentymarkets.knobs import Knobs

MINUTE_SECONDS: Final = 60
DAY_SECONDS: Final = 86_400


@dataclass(slots=True)
class Window:
    """Counts calls in one fixed window, which starts with its first call."""

    limit: int
    length_seconds: int
    started_at: float = float("-inf")
    used: int = 0

    def roll(self, now: float) -> None:
        """Start a new window where the former one is over."""
        if now - self.started_at >= self.length_seconds:
            self.started_at = now
            self.used = 0

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
class Limiter:
    """Reads and writes have budgets of their own, and headers tell of the call's own kind."""

    knobs: Knobs
    _short: dict[tuple[str, str], Window] = field(default_factory=dict)
    _long: dict[str, Window] = field(default_factory=dict)

    def charge(self, user: str, *, is_read: bool) -> Verdict:
        """Count one call of the user and judge it."""
        kind = "read" if is_read else "write"
        short, long = self._windows(user, kind)
        now = self.knobs.now()
        cost = self.knobs.calls_cost if is_read else 1
        for period, window in (("short", short), ("long", long)):
            window.roll(now)
            if window.used + cost > window.limit:
                return Verdict(
                    f"{period} period {kind} limit reached",
                    _headers(short, long, now, exceeded=window),
                )
        short.used += cost
        long.used += cost
        return Verdict(None, _headers(short, long, now))

    def refuse(self, user: str, *, is_read: bool) -> Verdict:
        """Return a refusal as if another program had used up the minute."""
        kind = "read" if is_read else "write"
        short, long = self._windows(user, kind)
        now = self.knobs.now()
        short.roll(now)
        long.roll(now)
        return Verdict(
            f"short period {kind} limit reached", _headers(short, long, now, exceeded=short)
        )

    def _windows(self, user: str, kind: str) -> tuple[Window, Window]:
        edition = self.knobs.edition
        reads = kind == "read"
        per_minute = edition.read_per_minute if reads else edition.write_per_minute
        per_day = edition.read_per_day if reads else edition.write_per_day
        short = self._short.setdefault((user, kind), Window(per_minute, MINUTE_SECONDS))
        return short, self._long.setdefault(kind, Window(per_day, DAY_SECONDS))


def _headers(
    short: Window, long: Window, now: float, *, exceeded: Window | None = None
) -> dict[str, str]:
    headers = {}
    for name, window in (("Short", short), ("Long", long)):
        prefix = f"X-Plenty-Global-{name}-Period"
        headers[f"{prefix}-Limit"] = str(window.limit)
        headers[f"{prefix}-Decay"] = str(window.seconds_left(now))
        headers[f"{prefix}-Calls-Left"] = str(window.calls_left)
    if exceeded is not None:
        wait = exceeded.seconds_left(now)
        headers["Retry-After"] = str(wait)
        headers["X-Plenty-Global-Short-Period-Calls-Reset"] = str(int(now) + wait)
    return headers
