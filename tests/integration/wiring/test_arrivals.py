"""Arrivals on real records: shown, confirmed, allocated first, taken back."""

import threading
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection, connections

from builders.agency_records import (
    a_client_record,
    a_preorder_record,
    a_store_record,
    an_asin_record,
    let_spend,
    ungate,
)
from umschlag.allocation.preorders.arrivals import ArrivalRule
from umschlag.allocation.preorders.panel import PanelPreorder, PreorderStage
from umschlag.kernel.errors import BadInput
from umschlag.kernel.identifiers import Asin
from umschlag.kernel.money import Money
from umschlag.storage.records.agency.preorders import keep_preorders
from umschlag.storage.records.arrivals import ArrivalAlreadyDecided, ArrivalInUse, ArrivalUnknown
from umschlag.storage.records.models import (
    ArrivalShare,
    ArrivalState,
    CartLine,
    CatalogAsin,
    Notification,
    NotificationKind,
    Preorder,
    PreorderArrival,
    PreorderStatus,
)
from umschlag.wiring.allocation import confirm_allocation, plan_allocation
from umschlag.wiring.arrivals import (
    AsinUnknown,
    NobodyWaits,
    ReportedArrival,
    ShownIsOutdated,
    arrival_rule,
    confirm_arrival,
    discard_arrival,
    preview_arrival,
    report_arrival,
    undo_arrival,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def settings(settings_in):
    return settings_in()


@pytest.fixture
def asin():
    return an_asin_record(remaining_units=0, case_pack_units=6)


@pytest.fixture
def waiting(asin):
    """Three clients that wait for 12, 24 and 24 units; each may sell them."""
    preorders = []
    for number, units in enumerate([12, 24, 24], start=1):
        client = a_client_record(number)
        ungate(a_store_record(client, number), asin)
        preorders.append(
            a_preorder_record(
                client,
                asin,
                number,
                ordered_units=units,
                remaining_due_minor=units * 400,
                status=PreorderStatus.WAITING,
                expected_arrival_date=date(2026, 1, number),
            )
        )
    return preorders


def arrived(settings, asin, units=36):
    return report_arrival(settings, ReportedArrival(asin=asin.asin, units=units), by="anna")


def confirmed(settings, arrival_id, rule=ArrivalRule.OLDEST_FIRST):
    shown = preview_arrival(settings, arrival_id, rule).shown
    return confirm_arrival(settings, arrival_id, rule, shown=shown, by="anna")


def units_given():
    return {line.cart.client_id: line.units for line in CartLine.objects.select_related("cart")}


def test_reporting_and_looking_change_nothing(settings, asin, waiting):
    arrival_id = arrived(settings, asin)
    before = list(Preorder.objects.order_by("pk").values())

    for rule in ArrivalRule:
        preview_arrival(settings, arrival_id, rule)

    assert list(Preorder.objects.order_by("pk").values()) == before
    assert CatalogAsin.objects.get().remaining_units == 0
    assert plan_allocation(settings)
    assert not CartLine.objects.exists()


def test_the_effect_on_everyone_is_shown(settings, asin, waiting):
    preview = preview_arrival(settings, arrived(settings, asin), ArrivalRule.SAME_SHARE)

    assert preview.is_partial
    assert (preview.waiting_units, preview.given_units, preview.free_units) == (60, 36, 0)
    assert [(line.units, line.waits_on_units) for line in preview.lines] == [
        (6, 6),
        (18, 6),
        (12, 12),
    ]
    assert [line.due.minor for line in preview.lines] == [2_400, 7_200, 4_800]
    assert [line.total.minor for line in preview.lines] == [
        2_400 + 6 * 200,
        7_200 + 18 * 200,
        4_800 + 12 * 200,
    ]
    assert not any(line.missing.minor or line.blocked for line in preview.lines)


def test_confirming_moves_the_units_into_stock_and_marks_the_claims(settings, asin, waiting):
    confirmed(settings, arrived(settings, asin))

    assert CatalogAsin.objects.get().remaining_units == 36
    assert list(Preorder.objects.order_by("pk").values_list("status", "arrived_units")) == [
        ("arrived", 12),
        ("arrived", 24),
        ("waiting", 0),
    ]
    arrival = PreorderArrival.objects.get()
    assert (arrival.state, arrival.rule, arrival.decided_by) == (
        "confirmed",
        "oldest_first",
        "anna",
    )
    assert arrival.decided_at is not None
    shares = ArrivalShare.objects.values_list("units", "waiting_units", "due_minor")
    assert list(shares) == [(12, 12, 4_800), (24, 24, 9_600), (0, 24, 0)]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [(ArrivalRule.OLDEST_FIRST, [12, 24, None]), (ArrivalRule.SAME_SHARE, [6, 18, 12])],
)
def test_the_next_run_gives_each_just_its_share_first(settings, asin, waiting, rule, expected):
    confirmed(settings, arrived(settings, asin), rule)

    confirm_allocation(settings, plan_allocation(settings))

    given = units_given()
    assert [given.get(preorder.client_id) for preorder in waiting] == expected
    assert CatalogAsin.objects.get().remaining_units == 0
    for preorder, units in zip(waiting, expected, strict=True):
        row = Preorder.objects.get(pk=preorder.pk)
        assert row.allocated_units == (units or 0)
        assert row.remaining_due_minor == (row.ordered_units - row.allocated_units) * 400


def test_what_arrives_in_two_parts_is_paid_once(settings, asin, waiting):
    confirmed(settings, arrived(settings, asin), ArrivalRule.SAME_SHARE)
    confirm_allocation(settings, plan_allocation(settings))
    confirmed(settings, arrived(settings, asin, 24), ArrivalRule.SAME_SHARE)
    confirm_allocation(settings, plan_allocation(settings))

    assert set(Preorder.objects.values_list("status", "remaining_due_minor")) == {("fulfilled", 0)}
    goods = sum(line.cart.goods_minor for line in CartLine.objects.select_related("cart"))
    assert goods == 60 * 400


def test_the_exact_amount_missing_is_told_in_the_preview_and_to_people(settings, asin, waiting):
    Preorder.objects.exclude(pk=waiting[0].pk).delete()
    let_spend(waiting[0].client, 12 * 600 - 1)

    preview = confirmed(settings, arrived(settings, asin))

    assert preview.lines[0].missing.minor == 1
    assert preview.free_units == 24
    told = Notification.objects.filter(kind=NotificationKind.PREORDER_ARRIVED).get()
    assert "12 of 12" in told.body
    assert "€0.01" in told.body


def test_a_cap_that_spreads_the_goods_over_several_runs_is_told(settings, asin, waiting):
    waiting[1].client.stores.update(asin_units_max=6)

    preview = confirmed(settings, arrived(settings, asin))
    confirm_allocation(settings, plan_allocation(settings))

    assert [line.run_units_max for line in preview.lines] == [None, 6, None]
    assert units_given()[waiting[1].client_id] == 6
    told = Notification.objects.filter(client=waiting[1].client).first()
    assert "let a run give it 6 units" in told.body


def test_what_changed_since_it_was_shown_is_not_confirmed(settings, asin, waiting):
    arrival_id = arrived(settings, asin)
    shown = preview_arrival(settings, arrival_id, ArrivalRule.OLDEST_FIRST).shown
    Preorder.objects.filter(pk=waiting[0].pk).update(status=PreorderStatus.CANCELLED)

    with pytest.raises(ShownIsOutdated):
        confirm_arrival(settings, arrival_id, ArrivalRule.OLDEST_FIRST, shown=shown, by="anna")

    assert PreorderArrival.objects.get().state == ArrivalState.WAITING
    assert CatalogAsin.objects.get().remaining_units == 0


def test_another_rule_than_the_one_shown_is_not_confirmed(settings, asin, waiting):
    arrival_id = arrived(settings, asin)
    shown = preview_arrival(settings, arrival_id, ArrivalRule.OLDEST_FIRST).shown

    with pytest.raises(ShownIsOutdated):
        confirm_arrival(settings, arrival_id, ArrivalRule.SAME_SHARE, shown=shown, by="anna")


def test_an_arrival_is_confirmed_once(settings, asin, waiting):
    arrival_id = arrived(settings, asin)
    shown = preview_arrival(settings, arrival_id, ArrivalRule.OLDEST_FIRST).shown
    confirm_arrival(settings, arrival_id, ArrivalRule.OLDEST_FIRST, shown=shown, by="anna")

    with pytest.raises(ArrivalAlreadyDecided):
        confirm_arrival(settings, arrival_id, ArrivalRule.OLDEST_FIRST, shown=shown, by="bea")

    assert CatalogAsin.objects.get().remaining_units == 36


def test_undone_everything_is_as_before(settings, asin, waiting):
    before = list(Preorder.objects.order_by("pk").values())
    arrival_id = arrived(settings, asin)
    confirmed(settings, arrival_id, ArrivalRule.SAME_SHARE)

    undo_arrival(settings, arrival_id, by="bea")

    assert list(Preorder.objects.order_by("pk").values()) == before
    assert CatalogAsin.objects.get().remaining_units == 0
    arrival = PreorderArrival.objects.get()
    assert (arrival.state, arrival.undone_by) == (ArrivalState.UNDONE, "bea")
    with pytest.raises(ArrivalAlreadyDecided):
        undo_arrival(settings, arrival_id, by="bea")


def test_what_an_allocation_used_is_not_taken_back(settings, asin, waiting):
    arrival_id = arrived(settings, asin)
    confirmed(settings, arrival_id)
    confirm_allocation(settings, plan_allocation(settings))

    with pytest.raises(ArrivalInUse):
        undo_arrival(settings, arrival_id, by="bea")

    assert PreorderArrival.objects.get().state == ArrivalState.CONFIRMED


def test_units_that_others_were_given_are_not_taken_back(settings, asin, waiting):
    Preorder.objects.exclude(pk=waiting[0].pk).delete()
    arrival_id = arrived(settings, asin)
    confirmed(settings, arrival_id)
    CatalogAsin.objects.update(remaining_units=35)

    with pytest.raises(ArrivalInUse, match="35 of the 36"):
        undo_arrival(settings, arrival_id, by="bea")


def test_a_discarded_arrival_moves_nothing(settings, asin, waiting):
    arrival_id = arrived(settings, asin)

    discard_arrival(settings, arrival_id, by="bea")

    assert CatalogAsin.objects.get().remaining_units == 0
    with pytest.raises(ArrivalAlreadyDecided):
        confirm_arrival(settings, arrival_id, ArrivalRule.OLDEST_FIRST, shown="", by="anna")


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"asin": "B0NOTHERE0"}, AsinUnknown),
        ({"units": 0}, BadInput),
        ({"units": 2_000_000}, BadInput),
    ],
)
def test_what_cannot_arrive_is_refused(settings, asin, waiting, values, error):
    with pytest.raises(error):
        report_arrival(
            settings, replace(ReportedArrival(asin=asin.asin, units=6), **values), by="anna"
        )


def test_goods_that_nobody_waits_for_are_no_preorder_arrival(settings, asin):
    with pytest.raises(NobodyWaits):
        arrived(settings, asin)


def test_what_is_unknown_is_said(settings):
    with pytest.raises(ArrivalUnknown):
        preview_arrival(settings, 4711, ArrivalRule.OLDEST_FIRST)
    with pytest.raises(BadInput):
        arrival_rule("by_lot")


def told(preorder, *, due_minor, stage=PreorderStage.WAITING):
    """Let the panel tell the preorder as it stands, with so much due."""
    row = PanelPreorder(
        row=1,
        external_id=preorder.external_id,
        client_external_id=preorder.client.external_id,
        asin=Asin(preorder.asin.asin),
        ordered_units=preorder.ordered_units,
        amount=Money(preorder.amount_minor, "EUR"),
        remaining_due=Money(due_minor, "EUR"),
        expected_arrival_date=preorder.expected_arrival_date,
        stage=stage,
    )
    keep_preorders([row])
    return Preorder.objects.get(pk=preorder.pk)


def test_a_panel_that_still_says_waiting_takes_no_arrival_back(settings, asin, waiting):
    confirmed(settings, arrived(settings, asin), ArrivalRule.SAME_SHARE)

    row = told(waiting[1], due_minor=9_600)

    assert (row.status, row.there_units) == (PreorderStatus.PARTLY_ARRIVED, 18)
    assert told(waiting[1], due_minor=9_600, stage=PreorderStage.ARRIVED).there_units == 24


def test_what_carts_charged_is_not_charged_again_before_the_panel_knows(settings, asin, waiting):
    told(waiting[1], due_minor=9_600)
    confirmed(settings, arrived(settings, asin), ArrivalRule.SAME_SHARE)
    confirm_allocation(settings, plan_allocation(settings))

    # 18 of 24 units were charged 7,200: the panel does not know yet, then it does.
    assert told(waiting[1], due_minor=9_600).remaining_due_minor == 2_400
    assert told(waiting[1], due_minor=2_400).remaining_due_minor == 2_400
    assert told(waiting[1], due_minor=2_000).remaining_due_minor == 2_000


def test_a_preorder_is_not_made_smaller_than_what_arrived_for_it(settings, asin, waiting):
    confirmed(settings, arrived(settings, asin))
    waiting[0].ordered_units = 6

    assert told(waiting[0], due_minor=0).ordered_units == 12


@pytest.mark.django_db(transaction=True)
def test_an_arrival_that_many_confirm_at_once_is_taken_in_once(settings, asin, waiting):
    arrival_id = arrived(settings, asin)
    shown = preview_arrival(settings, arrival_id, ArrivalRule.OLDEST_FIRST).shown
    racers = 6
    start = threading.Barrier(racers)
    met = []

    def confirm(together):
        try:
            if together:
                start.wait(timeout=30)
            confirm_arrival(settings, arrival_id, ArrivalRule.OLDEST_FIRST, shown=shown, by="a")
            met.append("confirmed")
        except ArrivalAlreadyDecided:
            met.append("decided")
        finally:
            if together:
                connections.close_all()

    if connection.vendor == "sqlite":
        for _ in range(racers):
            confirm(together=False)
    else:
        threads = [threading.Thread(target=confirm, args=(True,)) for _ in range(racers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)

    assert sorted(met) == ["confirmed"] + ["decided"] * (racers - 1)
    assert CatalogAsin.objects.get().remaining_units == 36
    assert ArrivalShare.objects.count() == 3
