"""`umschlag snapshot` killed for real: nothing is visible, and the next run that day goes on."""

import random
import signal
import time

import numpy as np
import pytest

from builders.installation import PATIENCE_SECONDS, Installation
from builders.world import a_scale, simulators_with
from umschlag.simulators.demo import access
from umschlag.simulators.plentymarkets.knobs import Fault, FaultKind, Tally

SCALE = a_scale(days=3)
VARIATIONS, STOCK = "/rest/pim/variations", "/rest/stockmanagement/stock"
TROUBLES = {
    "a token that ends": Fault(kind=FaultKind.TOKEN_EXPIRES, path=STOCK, page=2),
    "a storm of 429": Fault(kind=FaultKind.TOO_MANY_CALLS, path=STOCK, page=2, times=2, seconds=1),
}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prepared")
    Installation(folder, port=1).run("setup-records")
    return folder


def kill_somewhere(process, installation, moments):
    """Kill it once it has kept some pages, or while it puts them together."""
    wanted = moments.randrange(3, 16)
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while len(installation.half_read()) < wanted and time.monotonic() < give_up_at:
        assert process.poll() is None, process.stdout.read()
        time.sleep(0.005)
    time.sleep(moments.uniform(0, 0.02))
    process.send_signal(signal.SIGKILL)
    said, _ = process.communicate()
    assert process.returncode == -signal.SIGKILL
    return said


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_killed_snapshot_shows_nothing_and_is_gone_on_with(trouble, prepared, tmp_path):
    tally, moments = Tally(), random.Random(trouble)
    fault = TROUBLES[trouble]
    with simulators_with(
        scale=SCALE,
        page_rows_max=10,
        # The session of a run that was killed stays open: the next one has to use it on. Where the
        # kill may hit a login on its way, its session is nobody's, and waiting for its end takes
        # longer than we do: there, one more is free.
        sessions_max=2 if fault.kind is FaultKind.TOKEN_EXPIRES else 1,
        faults=(fault,),
        tally=tally,
    ) as running:
        merchant = running.world.merchant
        port = int(running.url.rpartition(":")[2])
        installation = Installation.copied(prepared, tmp_path, port)
        said = kill_somewhere(installation.started("snapshot"), installation, moments)
        (died,) = installation.rows("records_snapshotrun")
        visible = [installation.rows(f"records_{name}") for name in ("article", "lakefile")]
        files = list((tmp_path / "var" / "lake").rglob("*.parquet"))
        pages = installation.half_read()

        said += installation.run("snapshot")

    assert died["status"] == "running", "it died without a word"
    assert (visible, files) == ([[], []], [])
    assert pages
    first, second = installation.rows("records_snapshotrun")
    there = np.count_nonzero(merchant.articles.exists_on(SCALE.day_count - 1))
    assert (first["status"], "killed" in first["error"]) == ("failed", True)
    assert (second["status"], second["was_resumed"]) == ("complete", True)
    assert second["business_date"] == first["business_date"]
    assert second["row_count"] == len(installation.rows("records_article")) == there
    assert installation.half_read() == [], "what was kept for resuming goes with the publishing"
    assert tally.struck.total() == fault.times
    assert tally.secrets
    assert [text for text in (access.PLENTY_PASSWORD, *tally.secrets) if text in said] == []
