"""What is proposed to order and to clear, decided, taken back and measured, on a real history."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import translation

from builders.acting import (
    ASIN,
    FAST,
    IDLE,
    MOVED,
    OVERBOUGHT,
    PAIRED,
    ago,
    an_ungated_store,
    publish_shop,
    stock_of,
)
from builders.lake import DAY, a_sale, article_day, rows_of
from umschlag.kernel.errors import BadInput
from umschlag.kernel.money import Money
from umschlag.storage.records.models import (
    ActOutcome,
    Article,
    LakeDay,
    Proposal,
    ProposalState,
    Replenishment,
    StoreStatus,
)
from umschlag.storage.records.proposals import steps_of
from umschlag.storage.records.replenishment import demand_points
from umschlag.wiring.acting import decide, measure_outcomes, undo
from umschlag.wiring.lake import open_lake
from umschlag.wiring.order_arithmetic import Line
from umschlag.wiring.order_list import OrdersWanted, order_list
from umschlag.wiring.proposing import propose
from umschlag.wiring.stored_reasons import reason_text

pytestmark = [pytest.mark.django_db, pytest.mark.database]
AT = datetime(2026, 9, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def settings(settings_in):
    return settings_in(language="en")


@pytest.fixture
def shop(settings):
    publish_shop(settings)
    return settings


def kinds(sku):
    return set(
        Proposal.objects.filter(article__sku=sku, state="open").values_list("kind", flat=True)
    )


def accept(shop, *proposals, at=AT):
    return decide(shop, [row.pk for row in proposals], ProposalState.ACCEPTED, by="paula", at=at)


def added_up(lines: tuple[Line, ...]):
    """Return whether each sum is what the lines above it come to, to the last digit."""
    total = None
    for line in lines:
        value = line.figure.minor if isinstance(line.figure, Money) else line.figure
        if line.sign == "=":
            if round(total, 6) != value:
                return False
            total = value
        elif line.sign == "×":
            total = round(total * value)
        else:
            total = {"": value, "+": (total or 0) + value, "−": (total or 0) - value}[line.sign]
    return True


def test_every_kind_of_act_is_proposed_where_the_history_calls_for_it(shop):
    an_ungated_store()

    propose(shop)

    assert {sku: kinds(sku) for sku in FAST} == {sku: {"reorder"} for sku in FAST}
    assert kinds(IDLE) == {"discount"}
    assert kinds(MOVED) == {"move"}
    assert kinds(PAIRED) == {"bundle"}
    assert kinds(OVERBOUGHT) == {"discount", "stop_reordering"}


def test_a_move_names_the_store_and_what_its_client_pays(shop):
    an_ungated_store()

    propose(shop)

    act = Proposal.objects.get(kind="move")
    assert act.proceeds_minor == act.units * 650
    assert f"may sell {ASIN} and can take 769" in reason_text(act)


def both_of_one_asin(settings):
    """Let two idle articles lie under the one ASIN that the store may sell."""
    rows = [row | ({"asin": ASIN} if row["sku"] == IDLE else {}) for row in stock_of(0)]
    open_lake(settings).publish("article_days", DAY.isoformat(), rows_of("article_days", *rows))


def test_moves_keep_to_a_stores_cap_together_and_say_what_is_left_out(shop):
    store = an_ungated_store()
    store.asin_units_max = 80
    store.save()
    both_of_one_asin(shop)

    propose(shop)

    moves = {row.article.sku: row for row in Proposal.objects.filter(kind="move")}
    assert {sku: row.units_to_order for sku, row in moves.items()} == {IDLE: 60, MOVED: 20}
    assert "25 more could go to" in reason_text(moves[MOVED])
    assert "its cap on units of this ASIN is used up" in reason_text(moves[MOVED])
    assert "more could go" not in reason_text(moves[IDLE])


def test_what_finds_no_room_in_a_store_is_cleared_otherwise_and_says_why(shop):
    store = an_ungated_store()
    store.asin_units_max = 60
    store.save()
    both_of_one_asin(shop)

    propose(shop)

    assert (kinds(IDLE), kinds(MOVED)) == ({"move"}, {"discount"})
    with translation.override("de"):
        text = reason_text(Proposal.objects.get(kind="discount", article__sku=MOVED))
    assert "45 weitere könnten an" in text


def test_a_move_that_a_person_dismissed_takes_no_room_from_others(shop):
    store = an_ungated_store()
    store.asin_units_max = 60
    store.save()
    both_of_one_asin(shop)
    propose(shop)

    idle = Proposal.objects.get(kind="move", article__sku=IDLE)
    decide(shop, [idle.pk], ProposalState.DISMISSED, by="paula", at=AT)
    propose(shop)

    assert kinds(MOVED) == {"move"}


def test_what_sold_in_the_same_days_a_year_ago_is_named(shop):
    for day, units in ((ago(380), 1), (ago(340), 60)):
        sold = rows_of("sales", a_sale(f"of {day}", day, sku=IDLE, units=units))
        open_lake(shop).publish("sales", f"{day:%Y-%m}", sold)

    propose(shop)

    act = Proposal.objects.get(article__sku=IDLE)
    assert "In the same 90 days a year ago 60 sold" in reason_text(act)
    others = Proposal.objects.exclude(article__sku=IDLE)
    assert not any("a year ago" in reason_text(other) for other in others)


def test_to_a_suspended_store_nothing_is_moved(shop):
    store = an_ungated_store()
    store.status = StoreStatus.SUSPENDED
    store.save()

    propose(shop)

    assert kinds(MOVED) == {"discount"}


def test_a_bundle_says_how_many_orders_hold_both(shop):
    propose(shop)

    assert "15 orders of a year hold it together with HX-104" in reason_text(
        Proposal.objects.get(kind="bundle")
    )


def test_what_ordering_goes_by_is_kept_for_every_article_that_can_be_ordered(shop):
    propose(shop)

    kept = Replenishment.objects.get(article__sku="HX-101")
    assert (kept.lead_time_days, kept.lead_time_source) == (9, "erp")
    assert kept.reorder_point_units == pytest.approx(
        kept.lead_time_mean_units + kept.safety_stock_units
    )
    assert [point.days for point in demand_points(kept)] == [7, 14, 28, 90, 16, 9]
    assert Replenishment.objects.count() == len(FAST) + 4


def test_each_order_can_be_added_up_again_in_any_quantity_a_budget_leaves(shop):
    propose(shop)

    for budget in (None, 40_000, 90_000, 150_000):
        for line in order_list(shop, OrdersWanted(budget_minor=budget)).lines:
            sums = line.arithmetic
            for lines in (sums.when, sums.how_much, sums.money):
                assert lines
                assert added_up(lines)
            assert sums.how_much[-1].figure == line.units
            assert sums.money[-1].figure == line.money


def test_an_order_says_where_no_fees_were_told(shop):
    propose(shop)

    texts = [line.text for line in order_list(shop, OrdersWanted()).lines[0].arithmetic.money]

    assert any("none were told in 90 days" in text for text in texts)


def test_a_budget_is_never_exceeded_and_buys_whole_packs(shop):
    propose(shop)
    whole = order_list(shop, OrdersWanted())

    for budget in (0, 30_000, 90_000, whole.total.cost.minor):
        found = order_list(shop, OrdersWanted(budget_minor=budget))
        assert found.total.cost.minor <= budget
        assert all(line.units % 12 == 0 and line.units >= 24 for line in found.lines)
        assert len(found.lines) + found.beyond_budget_count == len(FAST)
    assert found.total.money.minor >= whole.total.money.minor


def test_an_order_without_a_price_is_no_part_of_a_budget(shop):
    lake = open_lake(shop)
    rows = lake_rows(sales_price_minor=None)
    lake.publish("article_days", DAY.isoformat(), rows_of("article_days", *rows))

    propose(shop)

    assert order_list(shop, OrdersWanted()).lines[-1].money is None
    assert order_list(shop, OrdersWanted(budget_minor=10**7)).unpriced_count == 1


def lake_rows(**values):
    return [row | values if row["sku"] == "HX-101" else row for row in stock_of(0)]


def test_suppliers_lead_times_are_measured_where_orders_and_receipts_are_told(shop):
    lake = open_lake(shop)
    # Ordered every 14 days, there six days later.
    for age in range(100):
        rows = [
            row | {"on_order_units": 24 if age % 14 >= 8 else 0}
            if row["sku"] in ("HX-101", "HX-104")
            else row
            for row in stock_of(age)
        ]
        lake.publish("article_days", ago(age).isoformat(), rows_of("article_days", *rows))
    receipts = [
        {"business_date": ago(age), "sku": sku, "warehouse_id": 1, "units": 24}
        for age in range(100)
        if age % 14 == 7
        for sku in ("HX-101", "HX-104")
    ]
    for month in sorted({f"{row['business_date']:%Y-%m}" for row in receipts}):
        own = [row for row in receipts if f"{row['business_date']:%Y-%m}" == month]
        lake.publish("receipts", month, rows_of("receipts", *own))

    propose(shop)

    measured = Replenishment.objects.get(article__sku="HX-101")
    assert (measured.lead_time_source, measured.lead_time_days) == ("measured", 6)
    assert measured.lead_time_orders >= 10
    assert Replenishment.objects.get(article__sku="HX-102").lead_time_source == "erp"


def test_a_decision_keeps_who_when_and_what_was_expected(shop):
    propose(shop)
    act = Proposal.objects.get(article__sku=IDLE)
    Article.objects.filter(sku=IDLE).update(on_hand_units=55, sales_price_minor=1_690)

    assert accept(shop, act) == 1

    act.refresh_from_db()
    assert (act.decided_by, act.decided_date, act.state) == ("paula", DAY, "accepted")
    assert (act.stock_units, act.sales_price_minor) == (55, 1_690)
    assert act.expected_unsold_units is not None
    assert accept(shop, act) == 0


def test_what_is_being_cleared_is_not_cleared_in_another_way_too(shop):
    propose(shop)
    accept(shop, Proposal.objects.get(article__sku=MOVED))
    an_ungated_store()

    propose(shop)

    assert kinds(MOVED) == set()


def test_a_decision_can_be_taken_back_with_what_was_measured(shop):
    propose(shop)
    act = Proposal.objects.get(article__sku=IDLE)
    accept(shop, act, at=AT - timedelta(days=100))
    measure_outcomes(shop)

    assert undo([act.pk]) == 1

    act.refresh_from_db()
    assert (act.state, act.decided_at, act.decided_by) == ("open", None, "")
    assert not ActOutcome.objects.exists()


def test_taken_back_where_it_was_proposed_anew_one_is_left(shop):
    propose(shop)
    act = Proposal.objects.get(article__sku=IDLE)
    accept(shop, act)
    Proposal.objects.create(
        article=act.article, kind=act.kind, units=1, made_date=DAY, reason_code="discount"
    )

    undo([act.pk])

    assert Proposal.objects.filter(article__sku=IDLE).count() == 1


def test_an_outcome_counts_the_days_after_the_decision_and_is_measured_once(shop):
    propose(shop)
    act = Proposal.objects.get(article__sku=OVERBOUGHT, kind="discount")
    accept(shop, act, at=AT - timedelta(days=30))

    assert measure_outcomes(shop) == 1
    assert measure_outcomes(shop) == 0

    found = ActOutcome.objects.get()
    # It sold one on each twelfth day; on two of the 28 days after the decision.
    assert (found.after_days, found.sold_units, found.revenue_minor) == (28, 2, 3_980)
    assert found.measured_date == ago(2)
    assert found.stock_units == 90
    assert 0 <= found.expected_units <= 90
    assert found.expected_units + found.expected_stock_units == pytest.approx(90)


def test_a_return_in_another_currency_makes_no_revenue_complete(shop):
    propose(shop)
    act = Proposal.objects.get(article__sku=OVERBOUGHT, kind="discount")
    accept(shop, act, at=AT - timedelta(days=30))
    abroad = {"sku": OVERBOUGHT, "currency": "USD"}
    rows = [
        a_sale("sold", ago(9), revenue_minor=4_000, **abroad),
        a_sale("returned", ago(8), units=-1, revenue_minor=-1_000, **abroad),
    ]
    key = ("source", "order_id", "line_id")
    open_lake(shop).upsert_month("sales", f"{ago(9):%Y-%m}", rows_of("sales", *rows), key)

    measure_outcomes(shop)

    found = ActOutcome.objects.get()
    assert (found.sold_units, found.revenue_minor) == (2, None)


def test_an_outcome_counts_what_sold_in_bundles_with_its_share_of_the_revenue(shop):
    lake = open_lake(shop)
    # A set of two bowls and one tray costs 3 × 600: two thirds of what it brings in are the bowls'.
    parts = [
        {"business_date": ago(60), "sku": "SET", "part_sku": part, "units_per_bundle": units}
        for part, units in ((OVERBOUGHT, 2), (PAIRED, 1))
    ]
    lake.publish("bundle_parts", ago(60).isoformat(), rows_of("bundle_parts", *parts))
    sold = [a_sale("set", ago(10), sku="SET", units=3, revenue_minor=9_000)]
    lake.upsert_month("sales", f"{ago(10):%Y-%m}", rows_of("sales", *sold), ["order_id"])
    propose(shop)
    act = Proposal.objects.get(article__sku=OVERBOUGHT, kind="discount")
    accept(shop, act, at=AT - timedelta(days=30))

    measure_outcomes(shop)

    found = ActOutcome.objects.get()
    assert (found.sold_units, found.revenue_minor) == (2 + 3 * 2, 3_980 + 6_000)


def test_what_is_left_is_read_once_the_last_day_is_behind_the_stock(shop):
    night = datetime.combine(ago(2), time(2, 10), tzinfo=shop.zone)
    LakeDay.objects.filter(business_date=ago(2)).update(published_at=night)
    row = article_day(OVERBOUGHT, ago(1), on_hand_units=41, reserved_units=0)
    open_lake(shop).publish("article_days", ago(1).isoformat(), rows_of("article_days", row))
    propose(shop)
    act = Proposal.objects.get(article__sku=OVERBOUGHT, kind="discount")
    accept(shop, act, at=AT - timedelta(days=30))

    measure_outcomes(shop)

    found = ActOutcome.objects.get()
    assert (found.measured_date, found.stock_units) == (ago(2), 41)


def test_steps_of_another_version_are_named_and_the_order_stays(shop):
    propose(shop)
    row = Proposal.objects.filter(kind="reorder").first()
    row.steps = [[1, 2]]
    row.save()

    with pytest.raises(BadInput, match=f"proposal {row.pk}"):
        steps_of(row)
    lines = {line.proposal.pk: line for line in order_list(shop, OrdersWanted()).lines}
    assert lines[row.pk].units == row.units


def test_orders_that_cost_more_than_they_save_are_counted(shop):
    propose(shop)
    found = order_list(shop, OrdersWanted())
    line = next(line for line in found.lines if line.step)
    losing = replace(line, step=replace(line.step, money_minor=-5))

    assert replace(found, lines=[losing, line, replace(line, step=None)]).losing_count == 1
