"""What a test or a demo can turn on the simulated Plentymarkets: limits, sessions and faults."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The calls an edition allows: reads and writes, per user and minute, per system and day."""

    read_per_minute: int
    read_per_day: int
    write_per_minute: int
    write_per_day: int


# Limits as the vendor's guide states them; contracts/plentymarkets.md, section 2.
BASIC = Edition(read_per_minute=80, read_per_day=59_760, write_per_minute=40, write_per_day=17_280)
CLASSIC = Edition(
    read_per_minute=200, read_per_day=166_000, write_per_minute=80, write_per_day=48_000
)
FLEX = Edition(
    read_per_minute=240, read_per_day=282_000, write_per_minute=100, write_per_day=72_000
)
PLUS = Edition(
    read_per_minute=280, read_per_day=282_000, write_per_minute=120, write_per_day=72_000
)


class FaultKind(StrEnum):
    """What can go wrong with an answer."""

    TOO_MANY_CALLS = "too many calls"
    SERVER_ERROR = "server error"
    HTML = "html"
    EMPTY = "empty"
    SLOW = "slow"
    TOKEN_EXPIRES = "token expires"  # noqa: S105 - a fault, not a secret
    ROW_VANISHES = "row vanishes"
    ROWS_SHIFT = "rows shift"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault, met by calls whose path contains `path` and that ask for `page`."""

    kind: FaultKind
    path: str = "/rest/"
    page: int | None = None
    """Page that meets it; None: any call, the login left out unless `path` names it."""
    times: int = 1
    status: int = 500
    """Of `SERVER_ERROR`: 500, 502, 503 or 504."""
    seconds: float = 0.0
    """How slow `SLOW` is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs:
    """All that can be turned. The defaults are a healthy system of the Plus edition."""

    edition: Edition = PLUS
    clock: Callable[[], float] = time.monotonic
    """Seconds that windows and tokens are measured in."""
    time_factor: float = 1.0
    """How many times faster than the clock the windows run: 60 makes a minute a second."""
    token_lifetime_seconds: int = 86_400
    sessions_max: int = 3
    calls_cost: int = 1
    """Calls that each read is charged with; real systems were seen to take two."""
    pim_window: int = 10_000
    """Rows that the search index pages through before it answers with an error."""
    is_clamping_pages: bool = True
    """Whether a page beyond the end is answered with the last one, or with none."""
    exception_rows: int = 1
    """Broken rows among the variations."""
    forbidden_paths: tuple[str, ...] = ()
    """Beginnings of paths that the API user has no right to."""
    faults: tuple[Fault, ...] = ()

    def now(self) -> float:
        """Return the simulator's time in seconds."""
        return self.clock() * self.time_factor
