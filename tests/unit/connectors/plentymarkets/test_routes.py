"""The ways around a route that a tenant lacks: what is asked, how it comes, what is told."""

from datetime import date

import msgspec
import pytest
from hypothesis import given, settings

from builders.mangling import mangled_rows
from builders.plentymarkets import (
    ZONE,
    a_bundle_entry,
    a_stock_row,
    an_entry,
    an_old_entry,
    some_lookups,
    taken,
)
from umschlag.connectors.plentymarkets.null import RecordedAnswers
from umschlag.connectors.plentymarkets.parsing import variation_of
from umschlag.connectors.plentymarkets.plain import VariationReader
from umschlag.connectors.plentymarkets.reading import PlentymarketsSource
from umschlag.connectors.plentymarkets.refusals import RightMissing, RouteMissing
from umschlag.connectors.plentymarkets.routes import (
    INDEX,
    OF_ALL_WAREHOUSES,
    OLD_LIST,
    in_shape_of_index,
    open_routes,
    probe_of,
    stock_of,
    variations_asked_for,
)
from umschlag.intelligence.snapshots.model import Warehouse
from umschlag.kernel.progress import untold

DAY = date(2026, 9, 2)
HOME, ABROAD = (
    Warehouse(warehouse_id=number, name=f"#{number}", is_sales=True) for number in (1, 2)
)
STOCK_OF_HOME = "/rest/stockmanagement/warehouses/1/stock"
NAMED = some_lookups(items={106: "Bürostuhl"})


class Barred(RecordedAnswers):
    """Refuses what is not recorded for want of a right."""

    def read(self, path, params=None):
        try:
            return RecordedAnswers.read(self, path, params)
        except RouteMissing:
            raise RightMissing(f"GET {path} needs the right to {path}") from None


def test_the_old_list_says_what_the_index_says():
    told = variation_of(in_shape_of_index(an_old_entry()), NAMED)

    assert told == variation_of(an_entry(), some_lookups())
    assert told.name == "Bürostuhl"


def test_a_bundle_of_the_old_list_has_its_components():
    rows = a_bundle_entry(7, {1: 2, 5: 1})
    old = an_old_entry(7, bundleComponents=rows["bundleComponents"])

    told = variation_of(in_shape_of_index(old), NAMED)

    assert told.is_bundle
    assert [tuple(component) for component in told.components] == [(1, 2), (5, 1)]


def test_a_variation_s_own_name_comes_before_the_item_s():
    old = an_old_entry(base={"name": "Bürostuhl, schwarz"})

    assert variation_of(in_shape_of_index(old), NAMED).name == "Bürostuhl, schwarz"


@settings(max_examples=100, deadline=None)
@given(mangled_rows(an_old_entry()))
def test_nonsense_in_the_old_list_means_the_same_on_both_ways(row):
    # As it is sent: JSON has no word for infinity, which Python's rows can hold.
    sent = msgspec.json.encode(in_shape_of_index(row))

    assert VariationReader(NAMED).read(sent) == variation_of(msgspec.json.decode(sent), NAMED)


def test_a_broken_row_is_handed_on_as_it_is():
    broken = {"exception": "Call to a member function toArray() on null"}

    assert in_shape_of_index(broken) == broken


def test_a_row_of_one_warehouse_s_stock_need_not_name_it():
    nameless = a_stock_row(warehouse_id=None)

    assert stock_of(ABROAD).shape(nameless)["warehouseId"] == 2
    assert stock_of(ABROAD).shape(a_stock_row(warehouse_id=9))["warehouseId"] == 9


def test_the_usual_routes_are_read_where_they_may_be():
    reader = RecordedAnswers({INDEX.path: [], OF_ALL_WAREHOUSES.path: []})

    routes = open_routes(reader, [HOME, ABROAD])

    assert (routes.variations, routes.stock, routes.notes) == (INDEX, (OF_ALL_WAREHOUSES,), ())
    assert len(reader.asked) == 2


@pytest.mark.parametrize("kind", [RecordedAnswers, Barred])
def test_a_way_around_is_told_with_what_was_refused(kind):
    routes = open_routes(kind({OLD_LIST.path: [], STOCK_OF_HOME: []}), [HOME, ABROAD])

    assert routes.variations == OLD_LIST
    assert [route.path for route in routes.stock] == [
        STOCK_OF_HOME,
        "/rest/stockmanagement/warehouses/2/stock",
    ]
    assert [str(note).partition(" is refused")[0] for note in routes.notes] == [
        f"way around: {OLD_LIST.path} is read, since {INDEX.path}",
        f"way around: {STOCK_OF_HOME} is read, since {OF_ALL_WAREHOUSES.path}",
    ]


def test_what_can_be_granted_is_named_first():
    class OnlyTheOldListIsBarred(RecordedAnswers):
        def read(self, path, params=None):
            if path == OLD_LIST.path:
                raise RightMissing("tick items.variations")
            return RecordedAnswers.read(self, path, params)

    with pytest.raises(RightMissing, match=r"^tick items\.variations; nor .*/rest/pim/variations"):
        open_routes(OnlyTheOldListIsBarred({}), [HOME])


def test_a_system_without_either_route_is_no_matter_of_rights():
    with pytest.raises(RouteMissing):
        open_routes(RecordedAnswers({}), [HOME])


def test_the_highest_id_of_the_old_list_stands_on_its_last_page():
    rows = [an_old_entry(number) for number in range(1, 8)]

    assert probe_of(RecordedAnswers({OLD_LIST.path: rows}, page_size_max=3), OLD_LIST).id_max == 7
    rows.reverse()
    assert probe_of(RecordedAnswers({OLD_LIST.path: rows}), OLD_LIST).id_max is None


@pytest.mark.parametrize("route", [INDEX, OLD_LIST])
def test_no_more_are_asked_for_at_once_than_fit_on_a_page(route):
    entries = an_entry if route is INDEX else an_old_entry
    reader = RecordedAnswers({route.path: [entries(5), entries(999)]})

    found = variations_asked_for(reader, route, range(1, 252))

    assert list(found) == [5], "what was not asked for is none of our question"
    assert [len(asked[route.ids_filter].split(",")) for _, asked in reader.asked] == (
        [250, 1] if route is INDEX else [100, 100, 51]
    )


def answers(**more):
    return RecordedAnswers(
        {
            OLD_LIST.path: [an_old_entry()],
            OF_ALL_WAREHOUSES.path: [a_stock_row()],
            "/rest/stockmanagement/warehouses": [{"id": 1, "name": "Home", "typeId": 0}],
            "/rest/items": [{"id": 106, "texts": [{"lang": "de", "name1": "Bürostuhl"}]}, {}],
        }
        | more
    )


def read(reader):
    return taken(PlentymarketsSource(reader=reader, zone=ZONE, currency="EUR").read(DAY, untold))


def test_names_of_items_come_from_their_own_list():
    (state,) = read(answers()).batch.articles

    assert state.master.name == "Bürostuhl"


def test_items_that_cannot_be_used_are_counted():
    reading = read(answers())

    assert [str(one) for one in reading.problems if one.place == "/rest/items"] == [
        "/rest/items: 1 moved while they were read or cannot be used: their names are left empty"
    ]


def test_items_that_may_not_be_read_leave_the_names_empty_and_say_so():
    reader = answers()
    del reader.rows["/rest/items"]

    reading = read(reader)

    (state,) = reading.batch.articles
    assert state.master.name == ""
    (told,) = [str(one) for one in reading.problems if one.place == "/rest/items"]
    assert "names are left empty" in told


def test_the_index_s_own_texts_need_no_list_of_items():
    reader = answers(**{INDEX.path: [an_entry()]})

    read(reader)

    assert "/rest/items" not in [path for path, _ in reader.asked]


def test_a_route_is_asked_for_its_relations_by_its_own_names():
    assert OLD_LIST.asked()["with"].startswith("item,variationBarcodes,")
    assert "sortBy" not in OLD_LIST.asked(), "it is no filter that the old list knows"
    assert INDEX.asked()["sortBy"] == "id_asc"
    assert INDEX.newest_asked("2026-09-02T01:00:00+02:00")["sortBy"] == "id_desc"
    assert OLD_LIST.newest_asked("2026-09-02T01:00:00+02:00")["createdBetween"].endswith(",")
