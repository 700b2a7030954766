"""A day read while its rows move: whole and right, or not there at all."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.moving_erp import START, MovingErp, die
from builders.plentymarkets import ZONE
from umschlag.connectors.plentymarkets.reading import PlentymarketsSource
from umschlag.connectors.plentymarkets.spool import SpoolsInMemory
from umschlag.intelligence.snapshots.rules import SnapshotIncomplete
from umschlag.kernel.errors import OutsideSystemFailed, UnexpectedAnswer, Unreachable
from umschlag.kernel.periods import business_date_of
from umschlag.kernel.progress import untold

DAY = business_date_of(START, ZONE)
VARIATIONS = "/rest/pim/variations"
STOCK = "/rest/stockmanagement/stock"


def a_source(erp, spools=None, **values):
    return PlentymarketsSource(
        reader=erp,
        zone=ZONE,
        currency="EUR",
        spools=spools or SpoolsInMemory(),
        now=lambda: erp.now,
        **values,
    )


def units_in(source):
    """Return each variation's units, all in one."""
    reading = source.read(DAY, untold)
    articles = [state for batch in reading.batches() for state in batch.articles]
    assert len(articles) + reading.unusable_count == reading.expected_count
    units = {state.master.variation_id: state.on_hand_units for state in articles}
    assert len(units) == len(articles)
    return units


def pages_asked(erp, path):
    return [given["page"] for asked, given in erp.asked if asked == path and "page" in given]


def delete(index):
    return lambda erp: erp.delete(erp.nth(index))


def make(index):
    return lambda erp: erp.make(units=index + 100)


def book(index):
    return lambda erp: erp.book(erp.nth(index), index + 200)


def stock_again(index):
    """A row of stock goes, and comes again later: as a first receipt in a warehouse does."""
    return lambda erp: erp.book(erp.nth(index), 0)


def change(index):
    return lambda erp: erp.variations.update({erp.nth(index): erp.now})


EVENTS = st.tuples(
    st.integers(6, 80),
    st.sampled_from([delete, make, book, stock_again]),
    st.integers(0, 40),
)
ROUTES = [
    {},
    {"has_index": False},
    {"may_see_all_stock": False},
    {"has_index": False, "may_see_all_stock": False},
]
WAYS = [
    {"window_rows": 10_000},
    {"window_rows": 5, "scroll": "rows"},
    {"window_rows": 5, "scroll": "frozen"},
    {"window_rows": 5, "scroll": "refused"},
]


@settings(deadline=None, max_examples=60)
@given(
    count=st.integers(10, 40),
    events=st.lists(EVENTS, max_size=12),
    deaths=st.lists(st.integers(0, 60), max_size=3, unique=True),
    way=st.sampled_from(WAYS),
    routes=st.sampled_from(ROUTES),
    is_log_open=st.booleans(),
    knows_filters=st.booleans(),
)
def test_whatever_moves_and_dies_the_picture_is_right_or_there_is_none(
    count, events, deaths, way, routes, is_log_open, knows_filters
):
    erp = MovingErp(
        count,
        is_log_open=is_log_open,
        knows_filters=knows_filters,
        scroll=way.get("scroll", "rows"),
        **routes,
    )
    for call, kind, index in events:
        erp.events[call].append(kind(index))
    for call in deaths:
        erp.events[call].append(die)
    at_start = set(erp.variations)
    spools = SpoolsInMemory()

    found = None
    for _ in range(len(deaths) + 1):
        try:
            found = units_in(a_source(erp, spools, window_rows=way["window_rows"]))
            break
        except (SnapshotIncomplete, OutsideSystemFailed):
            continue

    if found is None:
        assert events or deaths, "a calm system is read at the first go"
        return
    throughout = at_start & set(erp.variations)
    assert throughout <= set(found), "nothing that was there all the time is missing"
    for number, units in found.items():
        assert units in erp.was[number], f"{number} never had {units}"


@pytest.mark.parametrize("routes", ROUTES)
def test_the_routes_of_a_tenant_make_no_other_picture(routes):
    erp = MovingErp(30, **routes)

    reading = a_source(erp).read(DAY, untold)
    states = [state for batch in reading.batches() for state in batch.articles]

    usual = a_source(MovingErp(30)).read(DAY, untold)
    assert states == [state for batch in usual.batches() for state in batch.articles]
    told = [problem.place for problem in reading.problems if problem not in usual.problems]
    assert told == ["way around"] * len(routes)


def test_a_tenant_that_gets_its_routes_back_is_read_anew():
    erp, spools = MovingErp(30, may_see_all_stock=False), SpoolsInMemory()
    units_in(a_source(erp, spools))

    assert a_source(erp, spools).read(DAY, untold).was_resumed
    erp.may_see_all_stock = True
    assert not a_source(erp, spools).read(DAY, untold).was_resumed


@pytest.mark.parametrize("way", WAYS)
def test_a_calm_system_is_read_once(way):
    erp = MovingErp(30, scroll=way.get("scroll", "rows"))

    found = units_in(a_source(erp, window_rows=way["window_rows"]))

    assert found == {number: number for number in range(1, 31)}
    asked = [number for number in pages_asked(erp, STOCK) if number != "1"]
    assert sorted(asked, key=int) == [str(number) for number in range(2, 9)]


def test_without_the_delete_log_a_variation_deleted_meanwhile_is_no_article_without_stock():
    erp = MovingErp(30, is_log_open=False)
    erp.events[20].append(delete(20))

    found = units_in(a_source(erp))

    assert found == {number: number for number in range(1, 31) if number != 21}


def test_more_changes_than_the_index_pages_through_are_told():
    erp = MovingErp(30, scroll="rows")
    erp.events[12] += [change(index) for index in range(10)]

    reading = a_source(erp, window_rows=5).read(DAY, untold)

    (note,) = reading.problems
    assert note.place == "variations"
    assert "changed while they were read" in note.message


def test_a_row_that_slips_under_the_pages_while_another_comes_is_found():
    """The total and the count of rows stay what they were: neither shows it."""
    erp = MovingErp(30)
    erp.events[14] += [delete(0), make(0)]

    found = units_in(a_source(erp))

    assert set(found) >= set(range(2, 31))


def test_a_deletion_before_stock_is_counted_hides_no_row_that_slipped():
    """A row slips, and of the rows we have one more goes: the count is right again."""
    erp = MovingErp(17)
    is_counted = {"itemsPerPage": "1"}
    erp.before(STOCK, delete(0), lambda erp: erp.before(STOCK, delete(0), **is_counted), page="2")

    found = units_in(a_source(erp))

    assert found == {number: number for number in range(3, 18)}


def test_a_variation_that_comes_and_goes_hides_no_row_that_slipped():
    erp = MovingErp(17)
    erp.before(STOCK, make(0), page="1")
    erp.before(STOCK, delete(0), page="2")
    erp.before(VARIATIONS, delete(-1), relatedUpdatedAt=...)

    found = units_in(a_source(erp))

    assert found == {number: number for number in range(2, 18)}


def test_without_the_delete_log_what_goes_while_new_ones_are_counted_is_noticed():
    erp = MovingErp(17, is_log_open=False, knows_filters=False)
    erp.before(STOCK, make(0), delete(0), page="2")
    erp.before(VARIATIONS, delete(-1), make(0), sortBy="id_desc", page="1")

    found = units_in(a_source(erp))

    assert found == {number: number for number in range(2, 18)} | {19: 100}


def test_pages_whose_beginning_the_disk_has_lost_are_read_again():
    """Nobody knows any more what went since they were read."""
    erp, spools = MovingErp(30), SpoolsInMemory()
    erp.before(STOCK, die, page="4")
    with pytest.raises(Unreachable):
        units_in(a_source(erp, spools))
    spools.on(DAY).remove("baseline-stock")
    erp.delete(1)
    erp.make(units=31)

    found = units_in(a_source(erp, spools))

    assert found == {number: number for number in range(2, 32)}


def test_only_the_pages_that_moved_are_read_again():
    calm, moved = MovingErp(200), MovingErp(200)
    moved.events[80].append(delete(199))

    units_in(a_source(calm))
    found = units_in(a_source(moved))

    assert set(found) == set(range(1, 200))
    assert moved.calls_used < calm.calls_used * 1.3


def test_rows_changed_while_they_were_read_are_read_again():
    erp = MovingErp(30)
    erp.events[25].append(book(0))

    assert units_in(a_source(erp))[1] == 200


def test_filters_that_are_ignored_are_noticed_and_told():
    erp = MovingErp(30, knows_filters=False)

    source = a_source(erp)
    reading = source.read(DAY, untold)
    list(reading.batches())

    assert {p.place for p in reading.problems if "filters are ignored" in p.message} == {
        "variations",
        "stock",
    }


def test_a_run_that_died_goes_on_where_it_was():
    erp, spools = MovingErp(100), SpoolsInMemory()
    erp.events[40].append(die)
    with pytest.raises(Unreachable):
        units_in(a_source(erp, spools))
    before = erp.calls_used

    source = a_source(erp, spools)
    found = units_in(source)

    assert found == {number: number for number in range(1, 101)}
    assert len(pages_asked(erp, VARIATIONS)) == len(set(pages_asked(erp, VARIATIONS))) + 1
    assert source.read(DAY, untold).was_resumed
    assert erp.calls_used - before < before + 30


def test_calls_of_the_run_before_are_counted_too():
    erp, spools = MovingErp(100), SpoolsInMemory()
    erp.events[40].append(die)
    with pytest.raises(Unreachable):
        units_in(a_source(erp, spools))
    died_after, erp.calls_used = erp.calls_used, 0
    erp.events.clear()

    source = a_source(erp, spools)
    units_in(source)

    assert erp.calls_used < source.calls_used <= erp.calls_used + died_after


def test_retries_of_the_run_before_are_counted_too():
    erp, spools = MovingErp(40), SpoolsInMemory()
    erp.retries = 3
    erp.events[25].append(die)
    with pytest.raises(Unreachable):
        units_in(a_source(erp, spools))
    erp.retries = 2

    source = a_source(erp, spools)
    units_in(source)

    assert source.retries == 5


def test_a_chunk_that_was_not_kept_breaks_the_chain_of_cursors():
    erp, spools = MovingErp(40, scroll="rows"), SpoolsInMemory()
    units_in(a_source(erp, spools, window_rows=5))
    shelf = spools.on(DAY)
    shelf.remove("cursor-000004")

    found = units_in(a_source(erp, spools, window_rows=5))

    assert found == {number: number for number in range(1, 41)}
    assert erp.cursors_asked.count(None) == 2, "read from its beginning"


def test_ids_that_are_not_heeded_make_no_picture():
    class IdsAreIgnored(MovingErp):
        def _pim(self, given):
            return super()._pim({name: value for name, value in given.items() if name != "ids"})

    erp = IdsAreIgnored(600, page_rows=300, scroll="refused")

    with pytest.raises(UnexpectedAnswer, match="does not heed which ids are asked"):
        units_in(a_source(erp, window_rows=5))


def test_what_was_read_on_another_day_or_of_another_system_is_not_used():
    erp, spools = MovingErp(30), SpoolsInMemory()
    units_in(a_source(erp, spools, system="one"))
    calls = erp.calls_used

    erp.now += timedelta(minutes=1)
    assert a_source(erp, spools, system="one").read(DAY, untold).was_resumed
    assert not a_source(erp, spools, system="two").read(DAY, untold).was_resumed
    erp.now += timedelta(days=1)
    assert not a_source(erp, spools, system="two").read(DAY, untold).was_resumed
    assert erp.calls_used > calls * 3


def test_a_cursor_that_died_is_begun_anew():
    class CursorsDie(MovingErp):
        def _scrolled(self, given):
            if given.get("cursor") == "20" and self.calls_used < 40:
                self.calls_used = 40
                from umschlag.kernel.errors import UnexpectedAnswer

                raise UnexpectedAnswer("The cursor is not valid.")
            return super()._scrolled(given)

    found = units_in(a_source(CursorsDie(60), window_rows=10))

    assert found == {number: number for number in range(1, 61)}


def test_what_was_published_is_kept_no_longer():
    erp, spools = MovingErp(10), SpoolsInMemory()
    source = a_source(erp, spools)
    units_in(source)

    source.published(DAY)

    assert not a_source(erp, spools).read(DAY, untold).was_resumed


def test_the_missing_are_there_deleted_or_unexplained():
    erp = MovingErp(30)
    erp.now = START - timedelta(hours=3)
    erp.delete(7)
    erp.now = START
    source = a_source(erp)
    units_in(source)
    del erp.variations[8]
    erp.make(31, units=5)

    answer = source.look_for({7, 8, 31}, since=DAY - timedelta(days=1))

    assert (answer.deleted, answer.unexplained, answer.note) == ({7}, {8}, "")
    (state,) = answer.found.articles
    assert (state.sku, state.master.variation_id) == ("N31", 31)


def test_without_the_right_to_the_delete_log_the_missing_are_unexplained():
    erp = MovingErp(30, is_log_open=False)
    source = a_source(erp)
    units_in(source)

    answer = source.look_for({7, 99}, since=DAY)

    assert answer.unexplained == {99}
    assert "delete_log" in answer.note


def test_where_the_missing_cannot_be_asked_for_they_are_unexplained_and_that_is_told():
    erp = MovingErp(30)
    source = a_source(erp)
    units_in(source)
    # The delete log first, then what it does not know.
    erp.events[erp.calls_used + 2].append(die)

    answer = source.look_for({7, 99}, since=DAY)

    assert answer.unexplained == {7, 99}
    assert answer.note == "could not be asked for one by one: Plentymarkets does not answer"
