"""Snapshot, back-fill and orders end to end: simulator over HTTP, lake and records."""

from datetime import timedelta

import pytest

from builders.world import TODAY, plenty_client, simulators_with
from umschlag.kernel.errors import LoginRejected, Misconfigured, Refused, UnexpectedAnswer
from umschlag.kernel.progress import untold
from umschlag.simulators.demo.access import PLENTY_ID, PLENTY_PASSWORD, PLENTY_USER
from umschlag.simulators.plentymarkets.knobs import Fault, FaultKind
from umschlag.storage.lake.questions import Question
from umschlag.storage.lake.upkeep import verify
from umschlag.storage.records.credentials import TokenOnRecord, ensure_credential
from umschlag.storage.records.models import (
    Article,
    LakeFile,
    PlentymarketsCredential,
    SnapshotRun,
    SyncRun,
)
from umschlag.wiring.doctoring import records_findings
from umschlag.wiring.history import backfill_history, import_orders, take_snapshot
from umschlag.wiring.lake import open_lake
from umschlag.wiring.plentymarkets import plentymarkets_login

pytestmark = [pytest.mark.django_db, pytest.mark.database]

SALES = Question.parse(
    "select count(*) as lines, count(distinct order_id || '/' || line_id) as different, "
    "sum(units) as units, sum(revenue_minor) as revenue_minor from sales",
    name="sales",
)


@pytest.fixture
def settings_for(settings_in):
    """Return a maker of settings that lead to running simulators."""

    def make(running, **values):
        ensure_credential(
            name="Test",
            base_url=f"{running.url}/plentymarkets",
            username=PLENTY_USER,
            password=values.pop("password", PLENTY_PASSWORD),
            plenty_id=PLENTY_ID,
        )
        return settings_in(
            plentymarkets_url=f"{running.url}/plentymarkets",
            **{"backfill_days": 30, "snapshot_vanished_percent_max": 100} | values,
        )

    return make


def watched(_title):
    return untold


def snapshot(settings, business_date=TODAY):
    return take_snapshot(settings, progress_for=watched, business_date=business_date)


def test_the_whole_history_is_made_and_made_once(simulators, settings_for):
    settings = settings_for(simulators)

    taken = snapshot(settings)
    filled = backfill_history(settings, progress_for=watched)
    sold = import_orders(settings, progress_for=watched)

    lake = open_lake(settings)
    assert lake.business_dates() == [TODAY - timedelta(days=back) for back in range(29, -1, -1)]
    assert (filled.days_made, filled.last_date) == (29, TODAY - timedelta(days=1))
    assert taken.article_count == Article.objects.count()
    assert sold.created_count > 0
    assert verify(lake) == []
    assert SnapshotRun.objects.filter(status="complete").count() == 30
    assert Article.objects.filter(first_seen_date__lt=TODAY).exists()

    again = (
        snapshot(settings),
        backfill_history(settings, progress_for=watched),
        import_orders(settings, progress_for=watched),
    )

    assert again[0].was_there_already
    assert again[1].days_made == 0
    assert (again[2].created_count, again[2].updated_count) == (0, 0)
    (row,) = lake.ask(SALES).to_pylist()
    assert row["lines"] == row["different"]


def test_rebuilt_days_have_no_price_and_say_so(simulators, settings_for):
    settings = settings_for(simulators, backfill_days=5)
    snapshot(settings)
    backfill_history(settings, progress_for=watched)

    rows = open_lake(settings).ask(
        Question.parse(
            "select business_date, bool_and(is_reconstructed) as is_rebuilt, "
            "count(sales_price_minor) as prices from article_days group by 1 order by 1",
            name="prices",
        )
    )

    assert rows["is_rebuilt"].to_pylist() == [True] * 4 + [False]
    prices = rows["prices"].to_pylist()
    assert prices[:4] == [0] * 4
    assert prices[4] > 0


def test_receipts_are_read_once(simulators, settings_for):
    settings = settings_for(simulators)
    receipts = Question.parse(
        "select business_date, sku, warehouse_id, units from receipts order by 1, 2, 3", name="r"
    )
    snapshot(settings)
    backfill_history(settings, progress_for=watched)
    first = open_lake(settings).ask(receipts)

    backfill_history(settings, progress_for=watched)

    assert first.num_rows > 0
    assert open_lake(settings).ask(receipts).equals(first)


def test_sales_are_those_of_the_world(simulators, settings_for):
    settings = settings_for(simulators)
    snapshot(settings)
    import_orders(settings, progress_for=watched)

    by_marketplace = open_lake(settings).ask(
        Question.parse(
            "select marketplace, sum(units) as units from sales "
            "where units > 0 group by marketplace order by marketplace",
            name="sold",
        )
    )

    merchant = simulators.world.merchant
    # Bundles are sold as such in the world and counted by their two components by us.
    extra = merchant.units_sold[:, merchant.articles.is_bundle, 0].sum()
    assert dict(zip(*by_marketplace.to_pydict().values(), strict=True)) == {
        "Amazon.co.uk": merchant.units_sold[:, :, 1].sum(),
        "Amazon.de": merchant.units_sold[:, :, 0].sum() + extra,
        "Shop": merchant.units_sold_in_shop.sum(),
    }


SALES_BY_ORDER = Question.parse(
    "select order_id, sum(units) as units, sum(revenue_minor) as revenue_minor from sales "
    "group by order_id order by order_id",
    name="by_order",
)


def imported_from_a_shop_without_its_oldest_orders(settings_for, count, **knobs):
    vanishing = Fault(kind=FaultKind.ORDER_VANISHES, path="/rest/users/me", times=count)
    with simulators_with(faults=(vanishing,), **knobs) as running, plenty_client(running) as client:
        for _ in range(count):
            client.get("/rest/users/me")
        return import_orders(settings_for(running), progress_for=watched)


@pytest.mark.parametrize("is_log_barred_at_first", [False, True])
def test_an_order_deleted_in_the_erp_takes_its_sales_along(
    simulators, settings_for, is_log_barred_at_first
):
    """Also where the right to see the delete log is granted after the order was deleted."""
    settings = settings_for(simulators)
    snapshot(settings)
    import_orders(settings, progress_for=watched)
    lake = open_lake(settings)
    before = lake.ask(SALES_BY_ORDER).to_pylist()
    with plenty_client(simulators) as client:
        gone = {str(row["id"]) for row in client.get("/rest/orders").json()["entries"][:2]}

    if is_log_barred_at_first:
        barred = imported_from_a_shop_without_its_oldest_orders(
            settings_for, 2, forbidden_paths=("/rest/delete_log",)
        )
        assert [note.place for note in barred.notes] == ["delete log"]
        assert lake.ask(SALES_BY_ORDER).to_pylist() == before
    outcome = imported_from_a_shop_without_its_oldest_orders(settings_for, 2)
    again = imported_from_a_shop_without_its_oldest_orders(settings_for, 2)

    assert gone < {row["order_id"] for row in before}
    assert lake.ask(SALES_BY_ORDER).to_pylist() == [
        row for row in before if row["order_id"] not in gone
    ]
    assert (outcome.created_count, outcome.updated_count) == (0, 2)
    assert (again.created_count, again.updated_count) == (0, 0)


def test_a_fault_in_the_middle_leaves_nothing_and_the_next_run_works(settings_for):
    fault = Fault(kind=FaultKind.SERVER_ERROR, path="/stockmanagement/stock", status=422)

    with simulators_with(faults=(fault,)) as running:
        settings = settings_for(running)
        with pytest.raises(UnexpectedAnswer):
            snapshot(settings)

        assert LakeFile.objects.count() == Article.objects.count() == 0
        assert SnapshotRun.objects.get().status == "failed"
        assert snapshot(settings).article_count > 0


def test_a_way_around_a_missing_right_is_on_record_and_told_by_the_doctor(settings_for):
    barred = "/rest/stockmanagement/stock"
    with simulators_with(forbidden_paths=(barred,)) as running:
        settings = settings_for(running)
        taken = snapshot(settings)

    (line,) = [one for one in SnapshotRun.objects.get().skipped if one.startswith("way around: ")]
    (finding,) = [one for one in records_findings(settings) if one.what == "Plentymarkets routes"]
    assert taken.article_count > 0
    assert line.startswith("way around: /rest/stockmanagement/warehouses/1/stock is read")
    assert "needs the right stockmanagement.stock" in line
    assert finding.said == line.removeprefix("way around: ")


def test_a_wrong_password_is_recorded_without_showing_it(simulators, settings_for):
    settings = settings_for(simulators, password="not-the-password")

    with pytest.raises(LoginRejected):
        snapshot(settings)

    error = SnapshotRun.objects.get().error
    assert "umschlag" in error
    assert "not-the-password" not in error


def test_without_a_snapshot_there_is_nothing_to_rebuild_or_to_sell(simulators, settings_for):
    settings = settings_for(simulators)

    with pytest.raises(Refused, match="take one first"):
        backfill_history(settings, progress_for=watched)
    with pytest.raises(Refused, match="take one first"):
        import_orders(settings, progress_for=watched)


def test_a_failed_import_of_orders_is_recorded(simulators, settings_for):
    settings = settings_for(simulators)
    snapshot(settings)
    PlentymarketsCredential.objects.update(base_url="http://127.0.0.1:9/plentymarkets")

    with pytest.raises(Misconfigured):
        import_orders(settings, progress_for=watched)

    assert SyncRun.objects.get().status == "failed"


def test_the_demo_s_login_is_put_on_record_once(settings_in):
    settings = settings_in()

    first, second = plentymarkets_login(settings), plentymarkets_login(settings)

    assert first.pk == second.pk
    assert first.base_url == f"{settings.simulators_url}/plentymarkets"
    assert first.password == PLENTY_PASSWORD


def test_production_without_an_address_names_the_setting(settings_in):
    settings = settings_in(
        mode="production", secret_key="x" * 50, encryption_key="x", plentymarkets_url=""
    )

    with pytest.raises(Misconfigured, match="UMSCHLAG_PLENTYMARKETS_URL"):
        plentymarkets_login(settings)


def test_no_session_is_left_behind(simulators, settings_for):
    settings = settings_for(simulators)

    snapshot(settings)

    assert TokenOnRecord(PlentymarketsCredential.objects.get().pk).load() == ""
