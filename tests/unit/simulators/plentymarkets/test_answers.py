"""Pages and questions as the real system reads and writes them."""

from datetime import datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from umschlag.simulators.demo.calendar import ZONE
from umschlag.simulators.plentymarkets.answers import (
    Answer,
    BadQuery,
    PageCut,
    Question,
    instant_of,
    page_size,
)


def asked(**query):
    return Question("/rest/x", {name: [str(value)] for name, value in query.items()})


def envelope(*, total, size, page, is_clamping=True):
    cut = PageCut.of(asked(page=page), size=size, total=total, is_clamping=is_clamping)
    return msgspec.json.decode(cut.enclose(list(range(total))[cut.rows]).body)


@given(total=st.integers(0, 500), size=st.integers(1, 60))
def test_pages_hold_every_row_once(total, size):
    last = envelope(total=total, size=size, page=1)["lastPageNumber"]
    pages = [envelope(total=total, size=size, page=page) for page in range(1, last + 1)]

    assert [row for page in pages for row in page["entries"]] == list(range(total))
    assert [page["isLastPage"] for page in pages] == [False] * (last - 1) + [True]
    assert all(page["totalsCount"] == total for page in pages)


def test_an_envelope_has_the_eight_fields():
    assert envelope(total=605, size=100, page=2) | {"entries": []} == {
        "page": 2,
        "totalsCount": 605,
        "isLastPage": False,
        "lastPageNumber": 7,
        "firstOnPage": 101,
        "lastOnPage": 200,
        "itemsPerPage": 100,
        "entries": [],
    }


def test_a_page_beyond_the_end_is_the_last_one_and_says_so():
    page = envelope(total=5, size=2, page=9)

    assert (page["page"], page["entries"], page["isLastPage"]) == (3, [4], True)


def test_without_clamping_a_page_beyond_the_end_is_empty():
    page = envelope(total=5, size=2, page=9, is_clamping=False)

    assert (page["page"], page["entries"], page["isLastPage"]) == (9, [], True)


@pytest.mark.parametrize(("wished", "used"), [("1000", 250), ("20", 20), ("0", 1), ("x", 50)])
def test_page_sizes_are_clamped_without_a_word(wished, used):
    assert page_size(asked(itemsPerPage=wished), default=50, largest=250) == used


@pytest.mark.parametrize("page", ["0", "-3", "x", ""])
def test_a_senseless_page_is_the_first(page):
    assert asked(page=page).page == 1


def test_lists_are_read_in_every_spelling():
    question = Question("/", {"with": ["base, item"], "with[]": ["unit", "tags"]})

    assert question.values("with") == ["base", "item", "unit", "tags"]


@pytest.mark.parametrize(
    "text",
    ["2026-09-02T18:35:14+02:00", "2026-09-02T16:35:14Z", "2026-09-02 18:35:14", "1788366914"],
)
def test_an_instant_is_read_in_every_format(text):
    assert instant_of(text, "updatedAtFrom") == 1_788_366_914


def test_a_date_alone_is_local_midnight():
    assert instant_of("2026-09-02", "x") == datetime(2026, 9, 2, tzinfo=ZONE).timestamp()


def test_a_plus_sign_that_was_not_escaped_is_refused_by_name():
    with pytest.raises(BadQuery) as refusal:
        instant_of("2026-09-02T18:35:14 02:00", "updatedAtFrom")

    assert refusal.value.answer.status == 422
    assert b"updatedAtFrom" in refusal.value.answer.body


def test_a_period_may_be_open():
    assert asked(updatedAt="1788366914").period("updatedAt") == (1_788_366_914, None)
    assert asked(updatedAt=",1788366914").period("updatedAt") == (None, 1_788_366_914)
    assert asked().period("updatedAt") == (None, None)


def test_a_refusal_is_an_error_in_the_usual_envelope():
    answer = Answer.refusal(404, "gone")

    assert answer.status == 404
    assert msgspec.json.decode(answer.body) == {"error": {"code": 404, "message": "gone"}}
