"""What a test or a demo can turn on the simulated Plentymarkets: limits, sessions and faults.

Which knob stands for which trap of the contract sheet, and which test turns it on:
docs/reference/plentymarkets-traps.md.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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
    ROW_VANISHES_UNLOGGED = "row vanishes unlogged"
    """As a deletion that the delete log does not know, or that the index merely lost."""
    ORDER_VANISHES = "order vanishes"
    """The oldest order is deleted."""
    ROW_CHANGES = "row changes"
    """A unit more is booked on the first stock row."""
    ROWS_SHIFT = "rows shift"
    CONNECTION_CUT = "connection cut"
    """Half the body arrives, and then the connection closes."""
    CURSOR_EXPIRES = "cursor expires"
    """Met by calls with a cursor alone; `page` counts the chunks."""
    WRITE_IGNORED = "write ignored"
    """Met by writes alone: status 200, and nothing has happened."""
    LIMITS_CHANGE = "limits change"
    """From now on the limits are those of the fault's `edition`."""
    OTHERS_CALL = "others call"
    """Another program with our user makes the fault's `calls` at this moment."""


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
    """How slow `SLOW` is; how long `TOO_MANY_CALLS` shuts us out, which `Retry-After` alone tells.
    0: this one call is refused, as if others had used up the minute."""
    edition: Edition = BASIC
    """What `LIMITS_CHANGE` changes the limits to."""
    calls: int = 0
    """How many `OTHERS_CALL` makes."""


class DateStyle(StrEnum):
    """How an instant is written; contracts/plentymarkets.md, section 4.4."""

    W3C = "2026-09-02T18:35:14+02:00"
    NO_COLON = "2026-09-02T18:35:14+0200"
    SHOP_TIME = "2026-09-02 18:35:14"
    ZERO = "-0001-11-30T00:00:00+00:53"


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowCount:
    """What the simulator counted in one window of a minute that is over."""

    kind: str
    limit: int
    used: int
    """Calls that were let through, those that others made included."""
    refused: int
    started_at: float
    """In the simulator's seconds; the next window of the kind starts with the next call."""


@dataclass(slots=True)
class Tally:
    """The simulator's own count, which a test may read while it serves."""

    windows: list[WindowCount] = field(default_factory=list)
    """Minutes that are over."""
    calls: Counter[str] = field(default_factory=Counter)
    """Calls let through so far by kind, those of the open minute included; others' left out."""
    refusals: Counter[str] = field(default_factory=Counter)
    """Calls answered with 429 so far by kind."""
    parallel_max: int = 0
    """Calls that were being answered at once, at most."""
    secrets: list[str] = field(default_factory=list)
    """Every token that was given out, to look for where none may be."""
    struck: Counter[FaultKind] = field(default_factory=Counter)
    """How often each kind of fault was met."""


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
    costly_paths: tuple[str, ...] = ()
    """Beginnings of paths whose reads are charged with one call more."""
    route_limits: Mapping[str, int] = field(default_factory=dict)
    """Calls a minute of the paths that have a limit of their own."""
    parallel_calls_max: int | None = None
    """Calls at a time; one more is answered with a deadlock. None: as many as come."""
    pim_window: int = 10_000
    """Rows that the search index pages through before it answers with an error."""
    index_lag_days: int = 1
    """How old the stock is that the search index tells."""
    is_clamping_pages: bool = True
    """Whether a page beyond the end is answered with the last one, or with none."""
    page_rows_max: int | None = None
    """Rows a page, whatever is asked for; None: what each route is known to allow."""
    is_scroll_ending_empty: bool = False
    """Whether the last chunk still has a cursor, which leads to an empty one."""
    ignored_filters: tuple[str, ...] = ()
    """Arguments that the system does not know, and ignores without a word."""
    ignored_relations: tuple[str, ...] = ()
    """Relations that are left null although `with` asks for them."""
    laravel_paths: tuple[str, ...] = ()
    """Lists that come in Laravel's envelope."""
    bare_paths: tuple[str, ...] = ()
    """Lists that come whole, as a bare array."""
    is_writing_numbers_as_text: bool = False
    """Whether every decimal and every nested id comes as text."""
    date_styles: tuple[DateStyle, ...] = ()
    """How instants are written, in turn; none: W3C, with the odd exception."""
    oversold_rows: int = 0
    """Stock rows with fewer units than none."""
    split_stock: tuple[int, ...] = ()
    """Variations whose stock lies in two storage locations of a warehouse."""
    is_stocking_bundles: bool = False
    """Whether bundles have stock rows, with as many units as their components allow."""
    exception_rows: int = 1
    """Broken rows among the variations."""
    forbidden_paths: tuple[str, ...] = ()
    """Beginnings of paths that the API user has no right to."""
    absent_paths: tuple[str, ...] = ()
    """Beginnings of paths that this tenant does not have: 404."""
    wrong_password_status: int = 401
    """Real systems were seen to refuse a login with 401, 403 and 200."""
    moved_to: str = ""
    """Another host, to which every call is redirected: a POST that follows loses its body."""
    faults: tuple[Fault, ...] = ()
    tally: Tally = field(default_factory=Tally)

    def now(self) -> float:
        """Return the simulator's time in seconds."""
        return self.clock() * self.time_factor
