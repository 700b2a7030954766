import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from umschlag.connectors.plentymarkets.null import RecordedAnswers
from umschlag.connectors.plentymarkets.paging import page_of, pages, read_whole
from umschlag.intelligence.snapshots.rules import SnapshotIncomplete
from umschlag.kernel.errors import UnexpectedAnswer

PATH = "/rest/things"


def rows(count):
    return [{"id": number} for number in range(1, count + 1)]


def own_id(row):
    return row.get("id")


class Moving(RecordedAnswers):
    """Loses its first row after the first page of each of so many passes."""

    __slots__ = ("losses",)

    def read(self, path, params=None):
        answer = super().read(path, params)
        if answer["page"] == 1 and self.losses:
            self.losses -= 1
            del self.rows[path][0]
        return answer


def a_moving(count, *, losses):
    moving = Moving({PATH: rows(count)})
    moving.losses = losses
    return moving


@settings(deadline=None)
@given(st.integers(0, 120), st.integers(1, 50))
def test_every_row_is_read_once_whatever_the_page_size(count, size):
    reader = RecordedAnswers({PATH: rows(count)}, page_size_max=size)

    found = read_whole(reader, PATH, {"itemsPerPage": "1000"}, key=own_id)

    assert found == rows(count)


def test_rows_that_moved_under_the_pages_are_read_anew():
    reader = a_moving(25, losses=1)

    found = read_whole(reader, PATH, {"itemsPerPage": "10"}, key=own_id)

    assert [row["id"] for row in found] == list(range(2, 26))


def test_rows_that_never_stop_moving_make_no_snapshot():
    reader = a_moving(25, losses=99)

    with pytest.raises(SnapshotIncomplete, match="rows at the start"):
        read_whole(reader, PATH, {"itemsPerPage": "10"}, key=own_id)


def test_duplicates_are_noticed():
    reader = RecordedAnswers({PATH: [{"id": 1}, {"id": 1}]})

    with pytest.raises(SnapshotIncomplete):
        read_whole(reader, PATH, {}, key=own_id)


def test_rows_without_a_key_are_handed_back_last():
    reader = RecordedAnswers({PATH: [{"exception": "x"}, {"id": 1}]})

    assert read_whole(reader, PATH, {}, key=own_id) == [{"id": 1}, {"exception": "x"}]


def test_the_last_page_handed_out_again_is_the_end():
    class NeverLast(RecordedAnswers):
        def read(self, path, params=None):
            return super().read(path, params) | {"isLastPage": False, "lastPageNumber": 99}

    found = list(pages(NeverLast({PATH: rows(20)}), PATH, {"itemsPerPage": "10"}))

    assert [page.number for page in found] == [1, 2]


@pytest.mark.parametrize(
    ("answer", "total", "is_last"),
    [
        ([{"id": 1}, {"id": 2}], 2, True),
        (
            {
                "page": "1",
                "totalsCount": "3",
                "isLastPage": False,
                "lastPageNumber": "2",
                "entries": [{"id": 1}, {"id": 2}],
            },
            3,
            False,
        ),
        ({"current_page": 1, "last_page": 2, "total": 3, "data": [{"id": 1}, {"id": 2}]}, 3, False),
        ({"page": 2, "lastPageNumber": 2, "totalsCount": 2, "entries": [{"id": 1}, 7]}, 2, True),
    ],
)
def test_every_envelope_is_read(answer, total, is_last):
    page = page_of(answer, asked=1)

    assert (page.total, page.is_last, page.row_count) == (total, is_last, 2)


@pytest.mark.parametrize("answer", [None, "text", {}, {"entries": None}, {"error": "x"}])
def test_what_is_no_page_is_named(answer):
    with pytest.raises(UnexpectedAnswer):
        page_of(answer, asked=3)
