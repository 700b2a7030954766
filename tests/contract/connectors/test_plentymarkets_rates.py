"""A day's whole download over real HTTP at the rate that each edition allows.

Three readers and the simulator share one clock, so that the figures are exact: they are counts out
of the simulator's own log. One test more has them on a real clock that runs faster.
"""

import contextlib
import math
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from builders.call_rates import EDITIONS, SharedTime, Wire, rates
from builders.plentymarkets import ZONE, taken
from builders.world import TODAY, a_scale, simulators_with
from umschlag.connectors.plentymarkets.client import KeptInMemory, PlentyLogin, open_client
from umschlag.connectors.plentymarkets.limits import Clock, DayBudgetSpent
from umschlag.connectors.plentymarkets.paging import PARALLEL_READS
from umschlag.connectors.plentymarkets.reading import PlentymarketsSource
from umschlag.kernel.progress import untold
from umschlag.simulators.demo import access
from umschlag.simulators.plentymarkets.knobs import BASIC, Edition, Fault, FaultKind, Tally

VARIATIONS = "/rest/pim/variations"
NOON = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)


def a_client(running, clock, *, day_reserve_percent=10, transport=None):
    return open_client(
        PlentyLogin(
            base_url=f"{running.url}/plentymarkets",
            username=access.PLENTY_USER,
            password=access.PLENTY_PASSWORD,
        ),
        keeper=KeptInMemory(),
        day_reserve_percent=day_reserve_percent,
        clock=clock,
        transport=transport,
    )


@dataclass
class Download:
    """A day's whole download by three readers over HTTP, and what the simulator counted of it."""

    edition: Edition
    faults: tuple[Fault, ...] = ()
    reserve_percent: int = 10
    calls_cost: int = 1
    time: SharedTime = field(default_factory=SharedTime)
    tally: Tally = field(default_factory=Tally)

    @contextlib.contextmanager
    def source(self, *, calls):
        """Give what reads the day of a merchant so large that it takes about so many calls."""
        # A page a row: one of each article, and one or two of its stock.
        scale = a_scale(days=3, article_count=calls * 10 // 21)
        with (
            simulators_with(
                scale=scale,
                edition=self.edition,
                faults=self.faults,
                clock=lambda: self.time.seconds,
                calls_cost=self.calls_cost,
                tally=self.tally,
                page_rows_max=1,
            ) as running,
            a_client(
                running,
                Clock(self.time.now, self.time.wait),
                day_reserve_percent=self.reserve_percent,
                transport=Wire(self.time),
            ) as client,
        ):
            self.articles = running.world.merchant.articles.exists_on(scale.day_count - 1).sum()
            yield PlentymarketsSource(reader=client, zone=ZONE, currency="EUR", now=lambda: NOON)

    def run(self, *, calls):
        with self.source(calls=calls) as source:
            self.read(source)

    def read(self, source):
        articles = taken(source.read(TODAY, untold)).batch.articles
        assert len(articles) == self.articles, "the download is whole"

    @property
    def windows(self):
        return [window for window in self.tally.windows if window.kind == "read"]


@pytest.mark.parametrize("name", EDITIONS)
def test_a_whole_download_over_http_uses_the_rate_of_its_edition(name):
    download = Download(EDITIONS[name])

    download.run(calls=EDITIONS[name].read_per_minute * 16 // 5)

    assert len(download.windows) >= 3
    assert min(rates(download.windows)) >= 0.95
    assert download.tally.refusals["read"] == 0


@pytest.mark.parametrize("name", ["basic", "classic"])
def test_a_download_whose_calls_cost_two_uses_the_rate_as_well(name):
    # An odd number, so that one is left over that pays for no call.
    edition = replace(EDITIONS[name], read_per_minute=EDITIONS[name].read_per_minute + 1)
    download = Download(edition, calls_cost=2)

    download.run(calls=edition.read_per_minute * 8 // 5)

    assert len(download.windows) >= 2
    assert min(rates(download.windows)) >= 0.95
    assert download.tally.refusals["read"] <= 1, "what a call costs is found out once at most"


@pytest.mark.parametrize(
    ("name", "reserve_percent"), [*((name, 10) for name in EDITIONS), ("basic", 0), ("basic", 40)]
)
def test_each_day_s_calls_over_http_are_used_up_to_the_head_room(name, reserve_percent):
    per_day = EDITIONS[name].read_per_minute + 70
    download = Download(
        replace(EDITIONS[name], read_per_day=per_day), reserve_percent=reserve_percent
    )
    used = []

    with download.source(calls=per_day * 3 // 2) as source:
        for _ in range(9):
            before = download.tally.calls["read"]
            try:
                download.read(source)
                break
            except DayBudgetSpent:
                used.append(download.tally.calls["read"] - before)
                download.time.seconds += 86_400
        else:
            pytest.fail("nine days were not enough")

    allowed = per_day * (100 - reserve_percent) / 100
    assert used
    assert min(used) >= allowed * 0.95
    assert max(used) <= allowed
    assert download.tally.refusals["read"] == 0


@pytest.mark.parametrize("name", EDITIONS)
def test_a_refusal_over_http_is_waited_out_as_long_as_it_says(name):
    """Longer than its minute: who went by the minute's end would be refused again."""
    shut_out = Fault(kind=FaultKind.TOO_MANY_CALLS, path=VARIATIONS, page=10, seconds=150)
    download = Download(EDITIONS[name], faults=(shut_out,))

    download.run(calls=60)

    # Those that were under way beside it are refused as well.
    assert 1 <= download.tally.refusals["read"] <= PARALLEL_READS
    assert 150 <= download.time.seconds - 1_000 < 170


@pytest.mark.parametrize("name", EDITIONS)
def test_others_who_call_during_a_download_over_http_cause_no_storm(name):
    limit = EDITIONS[name].read_per_minute
    others = tuple(
        Fault(kind=FaultKind.OTHERS_CALL, path=VARIATIONS, page=page, calls=limit // 2)
        for page in (limit // 8, limit // 3, limit // 2)
    )
    download = Download(EDITIONS[name], faults=others)

    download.run(calls=limit * 2)

    assert len(download.windows) > download.tally.calls["read"] // limit
    assert min(rates(download.windows)) >= 0.95, "theirs and ours together"
    assert max(window.refused for window in download.windows) <= PARALLEL_READS


@pytest.mark.parametrize(
    ("before", "after", "place", "calls"),
    [
        ("basic", "classic", {"path": "/rest/items/barcodes"}, 640),
        ("plus", "basic", {"path": VARIATIONS, "page": 100}, 420),
        ("flex", "basic", {"path": VARIATIONS, "page": 100}, 420),
    ],
)
def test_an_edition_changed_during_a_download_over_http_is_adapted_to(before, after, place, calls):
    limit = EDITIONS[after].read_per_minute
    change = Fault(kind=FaultKind.LIMITS_CHANGE, edition=EDITIONS[after], **place)
    download = Download(EDITIONS[before], faults=(change,))

    download.run(calls=calls)

    first, *settled = download.windows
    assert [window.limit for window in (first, *settled)] == [limit] * len(download.windows)
    assert len(settled) >= 2
    assert min(rates(download.windows)) >= 0.95
    # Who is above the new limit already is refused at once, with those under way beside it.
    assert first.refused <= PARALLEL_READS
    assert download.tally.refusals["read"] == first.refused


def test_a_clock_that_runs_while_answers_come_is_kept_to_as_well():
    """On a real clock, forty times as fast: full minutes and no refusal."""
    waits, tally, factor = [], Tally(), 40

    def wait(seconds):
        waits.append(time.monotonic() * factor)
        time.sleep(seconds / factor)

    with (
        simulators_with(
            scale=a_scale(days=2, article_count=10), edition=BASIC, time_factor=factor, tally=tally
        ) as running,
        a_client(running, Clock(lambda: time.monotonic() * factor, wait)) as client,
        ThreadPoolExecutor(PARALLEL_READS) as pool,
    ):
        list(pool.map(lambda _: client.read("/rest/users/me"), range(161)))

    windows = [window for window in tally.windows if window.kind == "read"]
    assert tally.refusals["read"] == 0
    # A machine too busy to answer so many calls in time fills no window, and never waits.
    for window, following in zip(windows, [*windows[1:], None], strict=True):
        end = following.started_at if following else math.inf
        if any(window.started_at <= moment < end for moment in waits):
            assert window.used == window.limit
