"""The demo world is kept between starts, and moves on when the date does."""

import json
from datetime import date, timedelta

import httpx2
import pytest

from builders.world import a_scale
from umschlag.kernel.errors import Misconfigured
from umschlag.simulators.demo.scale import DemoScale
from umschlag.simulators.server import MOUNTS, WORLD_FILE, DayByDay, scale_kept_in

TODAY = date(2026, 4, 20)
SIZES = {"article_count": 60}


def test_the_first_start_ends_today_and_is_kept(tmp_path):
    scale = scale_kept_in(tmp_path / "new", today=TODAY, days=90, sizes=SIZES)

    assert scale == DemoScale(first_date=date(2026, 1, 21), today=TODAY, article_count=60)
    assert scale.day_count == 90
    assert json.loads((tmp_path / "new" / WORLD_FILE).read_text())["first_date"] == "2026-01-21"


def test_tomorrow_has_the_same_first_date(tmp_path):
    first = scale_kept_in(tmp_path, today=TODAY, days=90, sizes=SIZES)
    second = scale_kept_in(tmp_path, today=TODAY + timedelta(days=1), days=90, sizes=SIZES)

    assert second.first_date == first.first_date
    assert second.day_count == 91


def test_a_start_without_sizes_takes_the_kept_ones(tmp_path):
    scale_kept_in(tmp_path, today=TODAY, days=90, sizes=SIZES)

    assert scale_kept_in(tmp_path, today=TODAY, days=400, sizes={}).article_count == 60


def test_other_sizes_are_refused_with_the_cure(tmp_path):
    scale_kept_in(tmp_path, today=TODAY, days=90, sizes=SIZES)

    with pytest.raises(Misconfigured, match=r"article_count.*delete the demo's whole folder"):
        scale_kept_in(tmp_path, today=TODAY, days=90, sizes={"article_count": 61})


def test_a_world_from_the_future_is_refused(tmp_path):
    scale_kept_in(tmp_path, today=TODAY, days=1, sizes=SIZES)

    with pytest.raises(Misconfigured, match="clock"):
        scale_kept_in(tmp_path, today=TODAY - timedelta(days=1), days=1, sizes=SIZES)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"first_date": 3}'])
def test_a_broken_description_is_refused_by_its_path(tmp_path, text):
    (tmp_path / WORLD_FILE).write_text(text)

    with pytest.raises(Misconfigured, match=WORLD_FILE):
        scale_kept_in(tmp_path, today=TODAY, days=90, sizes={})


async def health_of(app):
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url="http://demo"
    ) as client:
        return (await client.get("/health")).json()


def test_a_server_left_running_lives_through_midnight():
    import asyncio

    days = iter([TODAY, TODAY + timedelta(days=1), TODAY])
    app = DayByDay(a_scale(days=3, today=TODAY), today=lambda: next(days))

    seen = [asyncio.run(health_of(app))["today"] for _ in range(3)]

    # A clock that was set back does not take a lived day away.
    assert seen == ["2026-04-20", "2026-04-21", "2026-04-21"]


def test_every_simulator_is_mounted(simulators):
    for mount in MOUNTS.values():
        answer = httpx2.get(f"{simulators.url}{mount}/no/such/route")
        assert answer.status_code in {401, 403, 404}, mount


def test_health_tells_the_worlds_date(simulators):
    answer = httpx2.get(f"{simulators.url}/health")

    assert answer.json() == {"status": "ok", "today": simulators.world.scale.today.isoformat()}
