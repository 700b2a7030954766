"""How many calls we may still make, as the ERP's `X-Plenty-*` headers say.

Reads and writes are separate budgets. The short period (a minute) belongs to our user: when it is
spent we wait. The long period (a day) belongs to the whole system, so we stop before it is spent
and leave the rest to the merchant's other programs. Some routes have a limit of their own besides.

What an answer says is already old: other calls of ours, and of other programs, may be under way.
So calls in flight count as spent, the last calls of a period are made one at a time, and at the
beginning of a period, when nothing is known of it, one call alone finds out.
"""

import math
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from umschlag.kernel.errors import OutsideSystemFailed

_GLOBAL = "X-Plenty-Global-{}-Period"
_ROUTE = "X-Plenty-Route"
RETRY_AFTER_SECONDS_DEFAULT = 10.0
LONGEST_WAIT_SECONDS = 900.0
"""Who is told to wait longer is not waiting for the minute's end, but for the day's."""
_SAME_PERIOD_SECONDS = 2.0
"""Decay comes in whole seconds, so two answers of one period may differ by this much."""
_COST_SEEN = 2
"""Real systems were seen to charge a call once or twice."""
_COST_MAX = 5
_ALONE_BELOW_CALLS = 8
_NUMBER_IN_PATH = re.compile(r"(?<=/)\d+(?=/|$)")


class DayBudgetSpent(OutsideSystemFailed):
    """Today's calls are used up, down to the reserve for the merchant's other programs."""


class CallKind(StrEnum):
    """Which budget a call comes out of."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Clock:
    """Seconds that only go forward, and waiting; replaced in tests."""

    now: Callable[[], float]
    wait: Callable[[float], None]


@dataclass(frozen=True, slots=True)
class _Told:
    """What one answer says of one period."""

    limit: int
    left: int
    decay_seconds: float


@dataclass(slots=True)
class _Period:
    """What we know of one limit's present period."""

    limit: int = 0
    left: int = 0
    """Calls left as last told; those in flight may have been counted in it or not."""
    ends_at: float = -math.inf
    """The latest moment at which it can end; once that is past, nothing is known."""
    learnt_at: int = 0
    """Number of the last call that had been let go when we learnt this."""
    in_flight: int = 0
    blocked_until: float = -math.inf

    def seconds_to_wait(self, now: float, cost: int) -> float:
        """Return when one more call may go; infinite until one in flight is answered."""
        if now < self.blocked_until:
            return self.blocked_until - now
        if now >= self.ends_at:
            return math.inf if self.in_flight else 0.0
        spare = self.left - self.in_flight * cost
        if self.in_flight:
            return 0.0 if spare >= _ALONE_BELOW_CALLS * cost else math.inf
        return 0.0 if spare >= cost else self.ends_at - now

    def learn(self, told: _Told, *, sent: int, let_go: int, now: float) -> int | None:
        """Take in what an answer says; return by how much the calls left went down, if known."""
        # Rounded up or down, it cannot be more than one second later than announced.
        ends_at = now + told.decay_seconds + 1
        is_same = abs(ends_at - self.ends_at) <= _SAME_PERIOD_SECONDS and now < self.ends_at
        has_overtaken = sent <= self.learnt_at
        if not is_same and has_overtaken and ends_at < self.ends_at:
            # It comes late, out of the period before.
            return None
        is_lone = is_same and not self.in_flight and sent == let_go == self.learnt_at + 1
        step = self.left - told.left if is_lone else None
        # Answers overtake each other: the lower one is safe, unless the call was made after all
        # that we knew, as then it says what has been changed meanwhile.
        self.left = min(told.left, self.left) if is_same and has_overtaken else told.left
        self.ends_at = min(ends_at, self.ends_at) if is_same else ends_at
        self.limit = told.limit
        self.learnt_at = let_go
        return step

    def block(self, seconds: float, *, now: float) -> None:
        """Let nothing go for some time, and then one call to find out."""
        self.blocked_until = max(self.blocked_until, now + seconds)
        self.ends_at = -math.inf


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to make one call, to be handed back with what its answer said."""

    kind: CallKind
    route: str
    """The path without the numbers in it."""
    number: int
    """Calls are numbered as they are let go."""
    counted_in: tuple[_Period, ...] = field(repr=False)


@dataclass(slots=True, kw_only=True)
class CallLimits:
    """Hands out permission to call; safe for several threads."""

    clock: Clock
    day_reserve_percent: int = 10
    _minutes: dict[CallKind, _Period] = field(
        default_factory=lambda: {kind: _Period() for kind in CallKind}, init=False
    )
    _days: dict[CallKind, _Period] = field(
        default_factory=lambda: {kind: _Period() for kind in CallKind}, init=False
    )
    _routes: dict[tuple[CallKind, str], _Period] = field(default_factory=dict, init=False)
    """Only of routes that said that they have a limit of their own."""
    _costs: dict[tuple[CallKind, str], int] = field(default_factory=dict, init=False)
    _let_go: int = field(default=0, init=False)
    _changed: threading.Condition = field(default_factory=threading.Condition, init=False)

    def acquire(self, kind: CallKind, path: str = "") -> Permit:
        """Return when one call of the kind may be made.

        Raises:
            DayBudgetSpent: only the reserve of the day's calls is left.
        """
        route = _NUMBER_IN_PATH.sub("#", path)
        while True:
            with self._changed:
                cost = self._costs.get((kind, route), 1)
                self._check_day(kind, cost)
                periods, now = self._periods(kind, route), self.clock.now()
                seconds = max(period.seconds_to_wait(now, cost) for period in periods)
                if seconds <= 0:
                    self._let_go += 1
                    for period in periods:
                        period.in_flight += 1
                    return Permit(kind, route, self._let_go, periods)
                if math.isinf(seconds):
                    # An answer that is on its way will say what is left.
                    self._changed.wait()
                    continue
            self.clock.wait(seconds)

    def learn(
        self, permit: Permit, headers: Mapping[str, str] | None, *, is_refused: bool = False
    ) -> None:
        """Take in what an answer's headers say; None where no answer came."""
        with self._changed:
            for period in permit.counted_in:
                period.in_flight -= 1
                if headers is None:
                    period.left -= self._costs.get((permit.kind, permit.route), 1)
            if headers is not None:
                now = self.clock.now()
                self._learn_periods(permit, headers, now)
                if is_refused:
                    self._refused(permit, headers, now)
            self._changed.notify_all()

    def _learn_periods(self, permit: Permit, headers: Mapping[str, str], now: float) -> None:
        key = (permit.kind, permit.route)
        order = {"sent": permit.number, "let_go": self._let_go}
        if minute := _told(headers, _GLOBAL.format("Short")):
            step = self._minutes[permit.kind].learn(minute, **order, now=now)
            if step is not None and 1 <= step <= max(_COST_SEEN, self._costs.get(key, 1)):
                self._costs[key] = step
        else:
            self._minutes[permit.kind].left -= self._costs.get(key, 1)
        if day := _told(headers, _GLOBAL.format("Long")):
            self._days[permit.kind].learn(day, **order, now=now)
        if route := _told(headers, _ROUTE):
            self._routes.setdefault(key, _Period()).learn(route, **order, now=now)

    def _refused(self, permit: Permit, headers: Mapping[str, str], now: float) -> None:
        """Take in that the call was refused (429): nothing is sent until the ERP is ready again."""
        minute, route = _told(headers, _GLOBAL.format("Short")), _told(headers, _ROUTE)
        wait = _number(headers, "Retry-After")
        if wait is None:
            wait = minute.decay_seconds if minute else RETRY_AFTER_SECONDS_DEFAULT
        key = (permit.kind, permit.route)
        if wait > LONGEST_WAIT_SECONDS:
            day = self._days[permit.kind]
            day.left, day.ends_at = 0, now + wait
            return
        cost = self._costs.get(key, 1)
        is_of_route = route is not None and route.left < cost
        period = self._routes[key] if is_of_route else self._minutes[permit.kind]
        told = route if is_of_route else minute
        if told is not None and told.left < _COST_MAX:
            # Refused with calls left: it must have cost more than these.
            self._costs[key] = max(cost, told.left + 1)
        # One second more, because whole ones are announced and the window must really be over.
        period.block(wait + 1, now=now)

    def _periods(self, kind: CallKind, route: str) -> tuple[_Period, ...]:
        own = self._routes.get((kind, route))
        return (self._minutes[kind],) if own is None else (self._minutes[kind], own)

    def _check_day(self, kind: CallKind, cost: int) -> None:
        day, now = self._days[kind], self.clock.now()
        if now >= day.ends_at:
            return
        spare = day.left - self._minutes[kind].in_flight * cost
        if spare <= day.limit * self.day_reserve_percent / 100:
            hours = (day.ends_at - now) / 3600
            raise DayBudgetSpent(
                f"Plentymarkets: {day.left} of {day.limit} {kind} calls are left today, which "
                f"are kept for other programs; new ones come in {hours:.1f} h, or lower "
                "UMSCHLAG_PLENTYMARKETS_DAY_BUDGET_RESERVE_PERCENT"
            )


def _told(headers: Mapping[str, str], prefix: str) -> _Told | None:
    limit = _number(headers, f"{prefix}-Limit")
    left = _number(headers, f"{prefix}-Calls-Left")
    decay = _number(headers, f"{prefix}-Decay")
    if limit is None or left is None or decay is None:
        return None
    return _Told(int(limit), int(left), decay)


def _number(headers: Mapping[str, str], name: str) -> float | None:
    try:
        value = float(headers[name])
    except (KeyError, ValueError):
        return None
    return value if math.isfinite(value) and value >= 0 else None
