"""Paging through the adapter contract, over a transport that says what a test wants."""

import json
from datetime import UTC, datetime

import httpx2
import pytest
import stamina

from umschlag.connectors.paged_adapter import PagedAdapter, TooManyRequests
from umschlag.connectors.transport import OutsideSystem
from umschlag.kernel.errors import UnexpectedAnswer


def adapter(*answers, asked=None):
    waiting = iter(answers)

    def answer(request):
        if asked is not None:
            asked.append(dict(request.url.params))
        said = next(waiting)
        if isinstance(said, httpx2.Response):
            return said
        return httpx2.Response(200, text=json.dumps(said))

    return PagedAdapter(
        system=OutsideSystem(
            name="panel",
            base_url="http://panel.example",
            transport=httpx2.MockTransport(answer),
        )
    )


def a_page(*items, total, following=None):
    return {"items": list(items), "total": total, "next_cursor": following}


def test_cursors_are_handed_back_until_there_is_none():
    asked, told = [], []
    pages = [a_page(1, 2, total=3, following="c1"), a_page(3, total=3)]

    rows = adapter(*pages, asked=asked).rows(
        "clients",
        updated_since=datetime(2026, 3, 1, tzinfo=UTC),
        progress=lambda *news: told.append(news),
    )

    assert rows == [1, 2, 3]
    assert [ask.get("cursor") for ask in asked] == [None, "c1"]
    assert {ask["updated_since"] for ask in asked} == {"2026-03-01T00:00:00+00:00"}
    assert told == [(2, 3, "clients"), (3, 3, "clients")]


def test_rows_that_came_on_top_are_welcome():
    pages = [a_page(1, total=2, following="c"), a_page(2, 1, total=3)]

    assert adapter(*pages).rows("clients") == [1, 2, 1]


def test_rows_that_are_missing_are_a_broken_answer():
    with pytest.raises(UnexpectedAnswer, match="3 rows but gave 1"):
        adapter(a_page(1, total=3)).rows("clients")


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {},
        {"items": {}, "total": 0, "next_cursor": None},
        {"items": [], "total": "0", "next_cursor": None},
        {"items": [], "total": 0, "next_cursor": 7},
        None,
    ],
)
def test_what_is_no_page_is_a_broken_answer(answer):
    with pytest.raises(UnexpectedAnswer, match="/clients"):
        adapter(answer).rows("clients")


@pytest.mark.parametrize(("header", "seconds"), [("7", 7), ("3600", 90), ("-1", 0), ("soon", 10)])
def test_a_limit_is_waited_for_as_long_as_it_says_within_reason(header, seconds):
    busy = httpx2.Response(429, headers={"Retry-After": header}, text="{}")

    with stamina.set_testing(True, attempts=1), pytest.raises(TooManyRequests) as refusal:
        adapter(busy).rows("clients")

    assert refusal.value.wait_seconds == seconds
