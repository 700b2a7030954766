"""Orders in the lake: what changes later, moves to another month, goes, or gets its name."""

from dataclasses import replace

import pytest

from builders.plentymarkets import an_item, an_order_row
from umschlag.connectors.plentymarkets.null import RecordedAnswers
from umschlag.kernel.progress import untold
from umschlag.storage.lake.files import FilesUnavailable
from umschlag.storage.lake.questions import Question
from umschlag.wiring.history import open_lake
from umschlag.wiring.orders import import_orders_into

pytestmark = [pytest.mark.django_db, pytest.mark.database]

ROWS = Question.parse(
    "select order_id, business_date, sku, units from sales order by order_id", name="rows"
)


@pytest.fixture
def bring_in(settings_in):
    """Return a function that imports the orders and tells what the lake has then."""
    settings = settings_in()
    lake = open_lake(settings)

    def bring(*rows, deleted=(), skus=None, files=None):
        log = [{"referenceType": 3, "referenceValue": number} for number in deleted]
        outcome = import_orders_into(
            replace(lake, files=files(lake.files)) if files else lake,
            reader=RecordedAnswers({"/rest/orders": list(rows), "/rest/delete_log": log}),
            settings=settings,
            skus={1004: "CHAIR-1"} if skus is None else skus,
            watermark="",
            progress=untold,
        )
        found = lake.ask(ROWS).to_pylist()
        return outcome, [(r["order_id"], f"{r['business_date']}", r["sku"]) for r in found]

    return bring


def test_an_order_that_moves_to_another_month_is_there_once(bring_in):
    bring_in(an_order_row(1), an_order_row(2))

    outcome, rows = bring_in(an_order_row(1, createdAt="2026-11-30T23:30:00+00:00"))

    assert rows == [("1", "2026-12-01", "CHAIR-1"), ("2", "2026-09-01", "CHAIR-1")]
    assert (outcome.created_count, outcome.updated_count) == (0, 1)


class RoomForOneFile:
    """Files on a disk that is full after the next one."""

    def __init__(self, files):
        self.files, self.is_full = files, False

    def __getattr__(self, name):
        return getattr(self.files, name)

    def put(self, path, content):
        if self.is_full:
            raise FilesUnavailable("no room")
        self.is_full = True
        self.files.put(path, content)


def test_an_order_whose_second_month_fails_stays_where_it_was(bring_in):
    _, before = bring_in(an_order_row(1), an_order_row(2))

    # Brought in under August first, it would be left in September as well.
    moved = an_order_row(1, createdAt="2026-08-31T12:00:00+00:00")
    with pytest.raises(FilesUnavailable):
        bring_in(moved, files=RoomForOneFile)

    _, after = bring_in()
    assert after == before
    _, moved_at_last = bring_in(moved)
    assert moved_at_last == [("1", "2026-08-31", "CHAIR-1"), before[1]]


def test_names_that_fail_halfway_leave_the_orders_as_they_were(bring_in):
    _, before = bring_in(an_order_row(1), skus={})

    with pytest.raises(FilesUnavailable):
        bring_in(
            an_order_row(2, createdAt="2026-08-31T12:00:00+00:00"),
            files=RoomForOneFile,
        )

    _, after = bring_in(skus={})
    assert after == before


@pytest.mark.parametrize("later", [{"statusId": "8.1"}, {"typeId": 7}, {"orderItems": []}])
def test_an_order_that_no_longer_counts_leaves_the_sales(bring_in, later):
    bring_in(an_order_row(1), an_order_row(2))

    _, rows = bring_in(an_order_row(1) | later)

    assert [order_id for order_id, _, _ in rows] == ["2"]


def test_a_deleted_order_leaves_the_sales_and_an_unknown_one_is_nothing(bring_in):
    bring_in(an_order_row(1), an_order_row(2))

    outcome, rows = bring_in(deleted=["1", "77"])

    assert [order_id for order_id, _, _ in rows] == ["2"]
    assert (outcome.read_count, outcome.updated_count) == (1, 1)


def test_sales_from_before_the_first_snapshot_get_their_sku_afterwards(bring_in):
    _, before = bring_in(an_order_row(1), an_order_row(2, [an_item(itemVariationId=9)]), skus={})

    _, after = bring_in()

    assert [sku for _, _, sku in before] == ["#1004", "#9"]
    assert [sku for _, _, sku in after] == ["CHAIR-1", "#9"]
