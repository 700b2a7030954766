"""Any history of orders, imported in any number of steps, comes to what is there in the end."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from builders.plentymarkets import ZONE, an_item, an_order_row
from umschlag.connectors.plentymarkets.orders import read_orders
from umschlag.connectors.plentymarkets.refusals import RightMissing
from umschlag.kernel.errors import UnexpectedAnswer

START = datetime(2026, 1, 30, 20, tzinfo=UTC)
STEP = timedelta(hours=5)
"""Longer than the overlap, so that only what must be read again is read again."""


class Orders:
    """The ERP's orders, their references and its delete log, answered in pages of three."""

    calls_used = retries = 0

    def __init__(self):
        self.now = START
        self.rows = {}
        self.log = []
        self.is_log_open = True

    def read(self, path, params=None):
        given = params or {}
        if path == "/rest/delete_log":
            if not self.is_log_open:
                raise RightMissing("needs the right delete_log")
            start, end = map(datetime.fromisoformat, given["updatedBetween"].split(","))
            return self.page([row for at, row in self.log if start <= at <= end], given)
        if path == "/rest/orders/referrers":
            return []
        if path != "/rest/orders":
            row = self.rows.get(int(path.rpartition("/")[2]))
            if row is None:
                raise UnexpectedAnswer("404")
            return row
        rows = [self.rows[number] for number in sorted(self.rows)]
        if "updatedAtFrom" in given:
            start = datetime.fromisoformat(given["updatedAtFrom"])
            rows = [row for row in rows if datetime.fromisoformat(row["updatedAt"]) >= start]
        if "parentOrderId" in given:
            parent = int(given["parentOrderId"])
            rows = [
                row
                for row in rows
                if any(one["referenceOrderId"] == parent for one in row["orderReferences"])
            ]
        return self.page(rows, given)

    def page(self, rows, given):
        number = int(given["page"])
        return {
            "page": number,
            "totalsCount": len(rows),
            "lastPageNumber": max(1, -(-len(rows) // 3)),
            "isLastPage": number * 3 >= len(rows),
            "entries": rows[number * 3 - 3 : number * 3],
        }

    def create(self, kind, items, parent=None):
        references = [] if parent is None else [{"referenceOrderId": parent, "orderId": 0}]
        number = len(self.rows) + len(self.log) + 1
        self.rows[number] = an_order_row(
            number,
            items,
            typeId=kind,
            createdAt=self.now.isoformat(),
            updatedAt=self.now.isoformat(),
            orderReferences=references,
        )

    def change(self, number, **values):
        self.rows[number] |= {"updatedAt": self.now.isoformat()} | values

    def delete(self, number):
        del self.rows[number]
        self.log.append((self.now, {"referenceType": 3, "referenceValue": str(number)}))


def some_goods(variation, units, price):
    return [an_item(1, units, price, itemVariationId=variation)]


def a_bundle(variation, units, price):
    part = {"typeId": 3, "amounts": [{"isSystemCurrency": True, "purchasePrice": 3}]}
    return [
        an_item(1, units, price, typeId=2, itemVariationId=90),
        an_item(2, units, 0, itemVariationId=variation, **part),
        an_item(3, 2 * units, 0, itemVariationId=variation + 1, **part),
    ]


goods = st.builds(
    lambda make, *values: make(*values),
    st.sampled_from([some_goods, a_bundle]),
    st.integers(1, 2),
    st.integers(1, 3),
    st.integers(1, 99),
)
events = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "sale",
                "sale",
                "return",
                "credit",
                "credit",
                "cancel",
                "revive",
                "goods",
                "redate",
                "retype",
                "delete",
                "bar the log",
                "import",
                "import",
            ]
        ),
        st.integers(0, 99),
        goods,
    ),
    max_size=25,
)


def happen(erp, what, which, items):
    numbers = sorted(erp.rows)
    number = numbers[which % len(numbers)] if numbers else None
    if what == "sale" or number is None:
        erp.create(1, items)
    elif what in ("return", "credit"):
        erp.create({"return": 3, "credit": 4}[what], items, parent=number)
    elif what == "bar the log":
        erp.is_log_open = not erp.is_log_open
    elif what == "delete":
        # A return that is deleted leaves nothing that names the credit notes beside it.
        if erp.rows[number]["typeId"] != 3:
            erp.delete(number)
    else:
        erp.change(
            number,
            **{
                "cancel": {"statusId": "8.1"},
                "revive": {"statusId": 7},
                "goods": {"orderItems": items},
                "redate": {"createdAt": (START + which * timedelta(days=1)).isoformat()},
                "retype": {"typeId": 6 if erp.rows[number]["typeId"] == 3 else 7},
            }[what],
        )


def imported(erp, known, since):
    found = read_orders(erp, since=since, started_at=erp.now, zone=ZONE, currency="EUR")
    for order_id in found.deleted:
        known.pop(order_id, None)
    for order_id, order in found.orders.items():
        known[order_id] = (order.business_date, order.lines)
    return found.read_to


def counted(known):
    return {order_id: order for order_id, order in known.items() if order[1]}


@settings(max_examples=80, deadline=None)
@given(events)
def test_importing_step_by_step_comes_to_the_same_as_importing_the_end(history):
    erp, step_by_step, since = Orders(), {}, None

    for what, which, items in history:
        erp.now += STEP
        if what == "import":
            since = imported(erp, step_by_step, since)
        else:
            happen(erp, what, which, items)
    erp.now += STEP
    erp.is_log_open = True
    imported(erp, step_by_step, since)
    at_once = {}
    imported(erp, at_once, None)

    assert counted(step_by_step) == counted(at_once)
