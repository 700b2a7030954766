"""How many calls we may still make, as the ERP's `X-Plenty-*` headers say.

Reads and writes are separate budgets. The short period (a minute) belongs to our user: when it is
spent we wait. The long period (a day) belongs to the whole system, so we stop before it is spent
and leave the rest to the merchant's other programs.
"""

import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from umschlag.kernel.errors import OutsideSystemFailed

_PREFIX = "X-Plenty-Global-"
RETRY_AFTER_SECONDS_DEFAULT = 10.0
_SAME_WINDOW_SECONDS = 2.0
"""Decay comes in whole seconds, so two answers of one window may differ by this much."""


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


@dataclass(slots=True)
class _Window:
    """One period's state: how many calls are left in it, and when the next one begins."""

    limit: int
    left: int
    resets_at: float


@dataclass(slots=True)
class _Budget:
    short: _Window | None = None
    long: _Window | None = None
    in_flight: int = 0
    blocked_until: float = 0.0


@dataclass(slots=True, kw_only=True)
class CallLimits:
    """Hands out permission to call; safe for several threads."""

    clock: Clock
    day_reserve_percent: int = 10
    _budgets: dict[CallKind, _Budget] = field(
        default_factory=lambda: {kind: _Budget() for kind in CallKind}, init=False
    )
    _changed: threading.Condition = field(default_factory=threading.Condition, init=False)

    def acquire(self, kind: CallKind) -> None:
        """Return when one call of the kind may be made.

        Raises:
            DayBudgetSpent: only the reserve of the day's calls is left.
        """
        while True:
            with self._changed:
                budget = self._budgets[kind]
                self._check_day(kind, budget)
                seconds = self._seconds_to_wait(budget)
                if seconds <= 0:
                    budget.in_flight += 1
                    if budget.short is not None:
                        budget.short.left -= 1
                    return
                if math.isinf(seconds):
                    # The first answer will say what the limits are.
                    self._changed.wait()
                    continue
            self.clock.wait(seconds)

    def learn(self, kind: CallKind, headers: Mapping[str, str] | None) -> None:
        """Take in what an answer's headers say; None where no answer came."""
        with self._changed:
            budget = self._budgets[kind]
            budget.in_flight -= 1
            if headers is not None:
                budget.short = self._merged(budget.short, headers, "Short", budget.in_flight)
                budget.long = self._merged(budget.long, headers, "Long", budget.in_flight)
            self._changed.notify_all()

    def refused(self, kind: CallKind, headers: Mapping[str, str]) -> None:
        """Take in that a call was refused (429): nothing is sent until the ERP is ready again."""
        seconds = _number(headers, "Retry-After")
        if seconds is None:
            seconds = _number(headers, f"{_PREFIX}Short-Period-Decay")
        wait = RETRY_AFTER_SECONDS_DEFAULT if seconds is None else seconds
        with self._changed:
            budget = self._budgets[kind]
            # One second more, because whole ones are announced and the window must really be over.
            budget.blocked_until = max(budget.blocked_until, self.clock.now() + wait + 1)
            budget.short = None
            self._changed.notify_all()

    def _check_day(self, kind: CallKind, budget: _Budget) -> None:
        day = budget.long
        if day is None or self.clock.now() >= day.resets_at:
            return
        if day.left - budget.in_flight <= day.limit * self.day_reserve_percent / 100:
            hours = (day.resets_at - self.clock.now()) / 3600
            raise DayBudgetSpent(
                f"Plentymarkets: {day.left} of {day.limit} {kind} calls are left today, which "
                f"are kept for other programs; new ones come in {hours:.1f} h, or lower "
                "UMSCHLAG_PLENTYMARKETS_DAY_BUDGET_RESERVE_PERCENT"
            )

    def _seconds_to_wait(self, budget: _Budget) -> float:
        now = self.clock.now()
        if now < budget.blocked_until:
            return budget.blocked_until - now
        if budget.short is None:
            return math.inf if budget.in_flight else 0.0
        if now >= budget.short.resets_at:
            budget.short = None
            return math.inf if budget.in_flight else 0.0
        return 0.0 if budget.short.left > 0 else budget.short.resets_at - now

    def _merged(
        self, known: _Window | None, headers: Mapping[str, str], period: str, in_flight: int
    ) -> _Window | None:
        limit = _number(headers, f"{_PREFIX}{period}-Period-Limit")
        left = _number(headers, f"{_PREFIX}{period}-Period-Calls-Left")
        decay = _number(headers, f"{_PREFIX}{period}-Period-Decay")
        if limit is None or left is None or decay is None:
            return known
        told = _Window(int(limit), int(left) - in_flight, self.clock.now() + decay)
        if known is None or told.resets_at > known.resets_at + _SAME_WINDOW_SECONDS:
            return told
        # Answers overtake each other, and the ERP's count is not always exact: the lower one is
        # safe within one window. The reset only moves later, as decay is rounded.
        return _Window(told.limit, min(told.left, known.left), max(told.resets_at, known.resets_at))


def _number(headers: Mapping[str, str], name: str) -> float | None:
    try:
        value = float(headers[name])
    except (KeyError, ValueError):
        return None
    return value if math.isfinite(value) and value >= 0 else None
