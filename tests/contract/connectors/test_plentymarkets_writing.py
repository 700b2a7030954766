"""Writing back to the simulated Plentymarkets over real HTTP, healthy and with its faults on."""

from dataclasses import dataclass, field, replace
from decimal import Decimal

import pytest

from builders.corrections import JournalInMemory, a_correction, a_plan, a_price
from builders.plentymarkets import FakeTime
from builders.world import GENEROUS, a_scale, plenty_client, simulators_with
from umschlag.connectors.plentymarkets.client import KeptInMemory, PlentyLogin, open_client
from umschlag.connectors.plentymarkets.writing import (
    PRICES,
    ArticlesByNumber,
    PriceWriting,
    StockWriting,
)
from umschlag.intelligence.corrections.model import Outcome, Refusal
from umschlag.intelligence.corrections.usecases import write_back
from umschlag.kernel.errors import UnexpectedAnswer
from umschlag.simulators.demo import access
from umschlag.simulators.plentymarkets.knobs import Fault, FaultKind, Tally

CORRECTION = "/stock/correction"
SMALL = a_scale(days=3)
HOME, REPAIR = 1, 3


@dataclass
class Shop:
    """The simulated ERP, our client of it, and a look past our own code."""

    running: object
    client: object
    raw: object
    time: FakeTime
    tally: Tally = field(default_factory=Tally)

    @property
    def variations(self):
        rows = self.raw.get(
            "/rest/pim/variations", params={"with": "base,bundleComponents", "itemsPerPage": 250}
        ).json()["entries"]
        return {
            row["base"]["number"]: row for row in rows if row.get("base") and row["base"]["number"]
        }

    def plain_skus(self, count):
        plain = [sku for sku, row in sorted(self.variations.items()) if not row["bundleComponents"]]
        return plain[:count]

    def bundle_sku(self):
        return next(sku for sku, row in self.variations.items() if row["bundleComponents"])

    def units(self, sku, warehouse=HOME):
        rows = self.raw.get(
            f"/rest/stockmanagement/warehouses/{warehouse}/stock",
            params={"variationId": self.variations[sku]["id"]},
        ).json()["entries"]
        return Decimal(str(rows[0]["stockPhysical"])) if rows else Decimal(0)

    def prices(self, sku):
        links = self.raw.get(PRICES, params={"variationId": self.variations[sku]["id"]})
        return {
            link["salesPriceId"]: Decimal(str(link["price"])) for link in links.json()["entries"]
        }

    def movements(self, warehouse=HOME):
        rows = self.raw.get(
            f"/rest/stockmanagement/warehouses/{warehouse}/stock/movements",
            params={"itemsPerPage": 1000},
        ).json()["entries"]
        return [row for row in rows if row["reasonString"] == "API"]

    def sell_one(self, sku, warehouse=HOME):
        row = {"variationId": self.variations[sku]["id"], "quantity": 1, "reasonId": 201}
        self.raw.put(
            f"/rest/stockmanagement/warehouses/{warehouse}/stock/bookOutgoingItems",
            json={"outgoingItems": [row]},
        ).raise_for_status()

    def stock(self, **more_ids):
        return StockWriting(client=self.client, articles=self._articles(more_ids))

    def price_desk(self):
        return PriceWriting(client=self.client, articles=self._articles({}), currency="EUR")

    def _articles(self, more_ids):
        ids = {sku: row["id"] for sku, row in self.variations.items()} | more_ids
        return ArticlesByNumber(reader=self.client, variation_ids=ids)


@pytest.fixture
def shop(request):
    """Serve a small shop of the test's own; parametrized with its knobs."""
    time, tally = FakeTime(), Tally()
    knobs = getattr(request, "param", {})
    with (
        simulators_with(scale=SMALL, clock=lambda: time.seconds, tally=tally, **knobs) as running,
        plenty_client(running) as raw,
    ):
        login = PlentyLogin(
            base_url=f"{running.url}/plentymarkets",
            username=access.PLENTY_USER,
            password=access.PLENTY_PASSWORD,
        )
        with open_client(
            login, keeper=KeptInMemory(), day_reserve_percent=10, clock=time.clock
        ) as client:
            yield Shop(running, client, raw, time, tally)


def with_fault(kind, path=CORRECTION, **values):
    return pytest.param(
        {"faults": (Fault(kind=kind, path=path, **values),)}, id=f"{kind.value} {values}"
    )


def written(erp, *changes, dry=False):
    return write_back(a_plan(*changes, dry=dry), erp=erp, journal=JournalInMemory())


def outcomes(report):
    return [line.outcome for line in report.lines]


def test_a_dry_run_shows_the_call_and_changes_nothing(shop):
    sku = shop.plain_skus(1)[0]
    before = shop.units(sku)

    report = written(shop.stock(), a_correction(sku, int(before) + 5), dry=True)

    assert outcomes(report) == [Outcome.WOULD_SEND]
    assert report.requests[0].method == "PUT"
    assert report.requests[0].path == "/rest/stockmanagement/warehouses/1/stock/correction"
    assert report.requests[0].body == {
        "corrections": [
            {
                "variationId": shop.variations[sku]["id"],
                "storageLocationId": 0,
                "quantity": int(before) + 5,
                "reasonId": 301,
            }
        ]
    }
    assert shop.units(sku) == before
    assert shop.movements() == []


def test_corrections_are_absolute_sent_in_twenties_and_verified(shop):
    skus = shop.plain_skus(23)
    changes = [a_correction(sku, 100 + row, row=row) for row, sku in enumerate(skus, start=2)]

    report = written(shop.stock(), *changes)

    assert set(outcomes(report)) == {Outcome.VERIFIED}
    assert [len(request.body["corrections"]) for request in report.requests] == [20, 3]
    assert [shop.units(sku) for sku in skus] == [change.asked for change in changes]


def test_warehouses_and_articles_that_take_no_correction_are_refused_unsent(shop):
    sku = shop.plain_skus(1)[0]
    bundle = shop.bundle_sku()

    report = written(
        shop.stock(**{"HX-GONE": 999_999}),
        a_correction(sku, 5, warehouse=REPAIR, row=2),
        a_correction(sku, 5, warehouse=77, row=3),
        a_correction(bundle, 5, row=4),
        a_correction("HX-GONE", 5, row=5),
        a_correction("HX-NEVER", 5, row=6),
        a_correction(sku, 5, warehouse=None, row=7),
    )

    assert [line.refusal for line in report.lines] == [
        Refusal.NO_SALES_WAREHOUSE,
        Refusal.UNKNOWN_PLACE,
        Refusal.BUNDLE,
        Refusal.UNKNOWN_ARTICLE,
        Refusal.UNKNOWN_ARTICLE,
        Refusal.PLACE_MISSING,
    ]
    assert report.requests == ()
    assert shop.movements() == []


def test_a_variation_that_now_carries_another_number_is_not_corrected(shop):
    sku, other = shop.plain_skus(2)
    before = shop.units(other)

    report = written(shop.stock(**{sku: shop.variations[other]["id"]}), a_correction(sku, 77))

    assert report.lines[0].refusal is Refusal.UNKNOWN_ARTICLE
    assert shop.units(other) == before


def test_a_sale_since_the_count_was_read_stops_the_correction(shop):
    sku = shop.plain_skus(1)[0]
    counted_on = shop.units(sku)
    shop.sell_one(sku)

    report = written(shop.stock(), a_correction(sku, 3, based_on=counted_on))

    assert report.lines[0].refusal is Refusal.MOVED
    assert report.lines[0].before == counted_on - 1
    assert shop.units(sku) == counted_on - 1


def test_a_sale_right_after_the_write_is_told_and_not_undone(shop):
    sku = shop.plain_skus(1)[0]

    class SoldAtOnce(StockWriting):
        """Sells one between our write and our second look."""

        def send(self, request):
            StockWriting.send(self, request)
            shop.sell_one(sku)

    erp = SoldAtOnce(client=shop.client, articles=shop.stock().articles)
    report = written(erp, a_correction(sku, 40))

    assert outcomes(report) == [Outcome.CHANGED_MEANWHILE]
    assert shop.units(sku) == 39


@pytest.mark.parametrize("shop", [with_fault(FaultKind.WRITE_IGNORED)], indirect=True)
def test_a_200_that_did_nothing_is_found_out(shop):
    sku = shop.plain_skus(1)[0]
    before = shop.units(sku)

    report = written(shop.stock(), a_correction(sku, int(before) + 5))

    assert outcomes(report) == [Outcome.NOT_TAKEN_OVER]
    assert report.lines[0].after == before == shop.units(sku)


@pytest.mark.parametrize("shop", [with_fault(FaultKind.CONNECTION_CUT)], indirect=True)
def test_a_write_whose_answer_was_cut_off_is_looked_up_and_not_sent_again(shop):
    sku = shop.plain_skus(1)[0]

    report = written(shop.stock(), a_correction(sku, 41))

    assert outcomes(report) == [Outcome.VERIFIED]
    assert len(report.requests) == 1
    assert len(shop.movements()) == 1


@pytest.mark.parametrize(
    "shop",
    [with_fault(FaultKind.SERVER_ERROR, status=status) for status in (500, 502, 503, 504)],
    indirect=True,
)
def test_a_server_error_before_the_write_is_looked_up_and_then_sent_once_more(shop):
    sku = shop.plain_skus(1)[0]

    report = written(shop.stock(), a_correction(sku, 42))

    assert outcomes(report) == [Outcome.VERIFIED]
    assert len(report.requests) == 2
    assert shop.units(sku) == 42
    assert len(shop.movements()) == 1


@pytest.mark.parametrize("shop", [with_fault(FaultKind.TOO_MANY_CALLS, seconds=90)], indirect=True)
def test_a_spent_write_budget_is_waited_out(shop):
    sku = shop.plain_skus(1)[0]
    start = shop.time.seconds

    report = written(shop.stock(), a_correction(sku, 43))

    assert outcomes(report) == [Outcome.VERIFIED]
    assert shop.time.seconds - start >= 90, "as long as it says"
    assert shop.tally.refusals["write"] == 1
    assert len(shop.movements()) == 1


@pytest.mark.parametrize(
    "shop", [{"edition": replace(GENEROUS, write_per_minute=3)}], indirect=True
)
def test_writes_keep_to_their_own_budget(shop):
    skus = shop.plain_skus(30)
    start = shop.time.seconds

    for warehouse in (1, 2):
        changes = [a_correction(s, 9, warehouse=warehouse, row=r) for r, s in enumerate(skus)]
        report = written(shop.stock(), *changes)
        assert set(outcomes(report)) <= {Outcome.VERIFIED, Outcome.ALREADY}
        assert report.stopped_by == ""

    # Two logins, ours and the one that looks past it, and twice two calls of twenty rows at most.
    assert shop.tally.calls["write"] == 6
    assert shop.tally.refusals["write"] == 0
    assert 60 <= shop.time.seconds - start <= 122, "three a minute; reads wait for nothing"


@pytest.mark.parametrize("shop", [with_fault(FaultKind.TOKEN_EXPIRES)], indirect=True)
def test_a_session_that_ends_in_between_is_begun_anew(shop):
    sku = shop.plain_skus(1)[0]

    report = written(shop.stock(), a_correction(sku, 44))

    assert outcomes(report) == [Outcome.VERIFIED]
    assert len(shop.movements()) == 1


@pytest.mark.parametrize(
    "shop",
    [{"forbidden_paths": ("/rest/stockmanagement/warehouses/1/stock/correction",)}],
    indirect=True,
)
def test_without_the_right_to_write_nothing_is_sent_and_the_right_is_named(shop):
    sku = shop.plain_skus(1)[0]
    before = shop.units(sku)

    report = written(shop.stock(), a_correction(sku, int(before) + 1))

    assert outcomes(report) == [Outcome.NOT_SENT]
    assert "stock.correction" in report.stopped_by
    assert shop.units(sku) == before


@pytest.mark.parametrize("shop", [with_fault(FaultKind.HTML)], indirect=True)
def test_a_web_page_with_status_200_is_no_proof_of_a_write(shop):
    sku = shop.plain_skus(1)[0]
    before = shop.units(sku)

    report = written(shop.stock(), a_correction(sku, int(before) + 1))

    assert outcomes(report) == [Outcome.NOT_TAKEN_OVER]
    assert report.lines[0].after == before == shop.units(sku)


@pytest.mark.parametrize(
    "shop", [{"ignored_filters": ("variationId",), "page_rows_max": 20}], indirect=True
)
@pytest.mark.parametrize("desk", [Shop.stock, Shop.price_desk])
def test_a_filter_that_is_ignored_is_not_taken_for_no_stock_and_no_price(shop, desk):
    # The article's row is beyond the first page of them all.
    sku = shop.plain_skus(60)[-1]
    change = a_correction(sku, 1) if desk is Shop.stock else a_price(sku, "1.23")

    with pytest.raises(UnexpectedAnswer, match="ignores variationId"):
        written(desk(shop), change, dry=True)
    report = written(desk(shop), change)

    assert outcomes(report) == [Outcome.NOT_SENT]
    assert "nothing was sent" in report.stopped_by
    assert shop.tally.calls["write"] == 2, "the two logins"


@pytest.mark.parametrize("shop", [{"ignored_filters": ("variationId",)}], indirect=True)
def test_a_filter_that_is_ignored_does_no_harm_where_all_rows_fit_one_page(shop):
    sku, other = shop.plain_skus(60)[-1], shop.plain_skus(1)[0]

    report = written(shop.stock(), a_correction(sku, 45))

    assert outcomes(report) == [Outcome.VERIFIED]
    assert report.requests[0].body["corrections"][0]["variationId"] == shop.variations[sku]["id"]
    assert other != sku


def test_stock_in_several_storage_locations_is_left_to_people():
    with simulators_with(scale=SMALL) as running, plenty_client(running) as raw:
        rows = raw.get("/rest/stockmanagement/warehouses/1/stock").json()["entries"]
        number = next(row["variationId"] for row in rows if float(row["stockPhysical"]) > 1)
    time = FakeTime()
    with (
        simulators_with(scale=SMALL, split_stock=(number,)) as running,
        plenty_client(running) as raw,
        open_client(
            PlentyLogin(
                base_url=f"{running.url}/plentymarkets",
                username=access.PLENTY_USER,
                password=access.PLENTY_PASSWORD,
            ),
            keeper=KeptInMemory(),
            day_reserve_percent=10,
            clock=time.clock,
        ) as client,
    ):
        shop = Shop(running, client, raw, time)
        sku = next(sku for sku, row in shop.variations.items() if row["id"] == number)

        report = written(shop.stock(), a_correction(sku, 5))

        assert report.lines[0].refusal is Refusal.SEVERAL_LOCATIONS
        assert report.requests == ()
        assert shop.movements() == []


def test_prices_are_changed_fifty_at_a_time_and_verified(shop):
    skus = shop.plain_skus(52)
    changes = [
        a_price(sku, f"{50 + row}.99", price_id=None, row=row)
        for row, sku in enumerate(skus, start=2)
    ]

    report = written(shop.price_desk(), *changes)

    assert set(outcomes(report)) == {Outcome.VERIFIED}
    assert [len(request.body) for request in report.requests] == [50, len(skus) - 50]
    assert [shop.prices(sku)[1] for sku in skus] == [change.asked for change in changes]


def test_a_price_that_the_article_lacks_is_made_and_not_lost_in_a_put(shop):
    lacking = next(sku for sku in shop.plain_skus(60) if 3 not in shop.prices(sku))

    report = written(shop.price_desk(), a_price(lacking, "19.95", price_id=3))

    assert outcomes(report) == [Outcome.VERIFIED]
    assert [request.method for request in report.requests] == ["POST"]
    assert report.lines[0].before is None
    assert shop.prices(lacking)[3] == Decimal("19.95")


@pytest.mark.parametrize("shop", [with_fault(FaultKind.WRITE_IGNORED, path=PRICES)], indirect=True)
def test_a_price_that_was_answered_200_and_not_taken_over_is_found_out(shop):
    sku = shop.plain_skus(1)[0]
    before = shop.prices(sku)[1]

    report = written(shop.price_desk(), a_price(sku, "1.23"))

    assert outcomes(report) == [Outcome.NOT_TAKEN_OVER]
    assert shop.prices(sku)[1] == before


def test_a_price_that_changed_since_it_was_decided_on_is_left_alone(shop):
    sku = shop.plain_skus(1)[0]
    before = shop.prices(sku)[1]

    report = written(shop.price_desk(), a_price(sku, "1.23", based_on=before + 1))

    assert report.lines[0].refusal is Refusal.MOVED
    assert shop.prices(sku)[1] == before


def test_a_price_of_another_currency_or_of_none_is_refused(shop):
    sku = shop.plain_skus(1)[0]

    report = written(
        shop.price_desk(),
        a_price(sku, "5.00", price_id=2, currency="GBP", row=2),
        a_price(sku, "5.00", price_id=99, row=3),
    )

    assert [line.refusal for line in report.lines] == [
        Refusal.OTHER_CURRENCY,
        Refusal.UNKNOWN_PLACE,
    ]
