from datetime import date

import pytest
from django.db import connection
from django.utils import translation

from builders.agency_records import (
    a_client_record,
    a_preorder_record,
    a_store_record,
    an_asin_record,
    let_spend,
    ungate,
)
from umschlag.allocation.pallets.checker import pallet_faults
from umschlag.allocation.planning.usecases import PlanBreaksRules
from umschlag.kernel.errors import Refused
from umschlag.storage.records.ledger import spendable_minor
from umschlag.storage.records.loaded_pallets import load_of
from umschlag.storage.records.models import (
    AllocationRun,
    Article,
    ArticleMovement,
    Cart,
    CartLine,
    CatalogAsin,
    Client,
    LedgerEntry,
    LedgerPosting,
    MutualStoreProposal,
    Notification,
    NotificationKind,
    Pallet,
    PalletCarton,
    Preorder,
    PreorderStatus,
    RunRefusal,
    RunState,
    StoreKind,
    StoreStatus,
    UngatingAnswer,
    UngatingStatus,
)
from umschlag.storage.records.run_edits import HandEdit
from umschlag.storage.records.run_states import RunAlreadyDecided, RunUnknown
from umschlag.wiring.allocation import (
    StoreIsMutual,
    StoreSuspended,
    StoreUnknown,
    confirm_allocation,
    discard_allocation,
    plan_allocation,
)
from umschlag.wiring.generating_pallets import (
    ClientNameMismatch,
    ClientUnknown,
    NothingToAllocate,
    PalletRequest,
    StoreOfAnotherClient,
    generate_pallets,
)
from umschlag.wiring.pallet_papers import PalletUnknown, packing_list, pallet_drawing
from umschlag.wiring.run_edits import set_line_by_hand
from umschlag.wiring.stored_reasons import reason_text

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def settings(settings_in):
    return settings_in()


def spendable(client):
    return spendable_minor(client.pk)


def everything():
    """Return all that a refusal must leave as it was."""
    tables = (
        AllocationRun,
        Cart,
        CartLine,
        CatalogAsin,
        Client,
        LedgerEntry,
        LedgerPosting,
        Notification,
        Pallet,
        PalletCarton,
        Preorder,
        RunRefusal,
    )
    return {table.__name__: list(table.objects.order_by("pk").values()) for table in tables}


def an_agency(**asin_values):
    client = a_client_record()
    store = a_store_record(client)
    asin = an_asin_record(**asin_values)
    ungate(store, asin)
    return client, store, asin


def test_a_proposal_takes_nothing(settings):
    client, _, asin = an_agency()

    run_id = plan_allocation(settings)

    assert AllocationRun.objects.get(pk=run_id).state == RunState.PROPOSED
    assert CartLine.objects.get(cart__run=run_id).units == 100
    asin.refresh_from_db()
    assert asin.remaining_units == 100
    assert spendable(client) == 1_000_000


def test_a_confirmed_run_moves_stock_and_money_by_the_same_units(settings):
    client, _, asin = an_agency()

    confirmed = confirm_allocation(settings, plan_allocation(settings))

    cart = Cart.objects.get()
    line = CartLine.objects.get()
    asin.refresh_from_db()
    client.refresh_from_db()
    assert confirmed.units == line.units == cart.units == 100
    assert asin.remaining_units == 0
    assert cart.goods_minor == 100_000
    assert cart.shipping_minor == 100 * line.unit_shipping_minor
    assert spendable(client) == 1_000_000 - cart.total_minor
    assert client.total_allocated_minor == cart.total_minor
    assert client.last_pallet_date is not None
    assert confirmed.shipping.minor == cart.shipping_minor
    assert sum(p.units for p in Pallet.objects.all()) == 100


def test_the_shipping_price_is_the_freight_s_share_and_never_above_what_was_planned(settings):
    an_agency()
    run_id = plan_allocation(settings)
    planned = CartLine.objects.get().unit_shipping_minor

    confirm_allocation(settings, run_id)

    # 9,500 for one pallet over 100 units is 95 each, within 10 to 200.
    assert (planned, CartLine.objects.get().unit_shipping_minor) == (200, 95)
    assert Pallet.objects.get().charged_shipping_minor == 9_500


def test_kept_pallets_are_sound_and_can_be_drawn_and_listed(settings):
    an_agency()
    confirm_allocation(settings, plan_allocation(settings))
    pallet = Pallet.objects.get()

    load = load_of(pallet)

    assert pallet_faults([load], [placed.carton for placed in load.cartons]) == ()
    assert pallet.gross_weight_g == load.gross_weight_g
    assert pallet.load_height_mm == load.load_height_mm
    assert pallet_drawing(pallet.pk).startswith("<svg")
    listed = packing_list(pallet.pk)
    assert sum(line.units for line in listed.lines) == 100
    assert listed.marks == ("pallet 1 of 1",)


def test_a_pallet_that_is_not_there_is_said_so(settings):
    for ask in (pallet_drawing, packing_list):
        with pytest.raises(PalletUnknown):
            ask(4711)


def test_confirming_twice_is_refused_and_charges_once(settings):
    an_agency()
    run_id = plan_allocation(settings)
    confirm_allocation(settings, run_id)
    before = everything()

    with pytest.raises(RunAlreadyDecided):
        confirm_allocation(settings, run_id)

    assert everything() == before


def test_a_discarded_run_can_be_neither_confirmed_nor_discarded_again(settings):
    an_agency()
    run_id = plan_allocation(settings)
    discard_allocation(settings, run_id)
    before = everything()

    for act in (confirm_allocation, discard_allocation):
        with pytest.raises(RunAlreadyDecided):
            act(settings, run_id)

    assert everything() == before


def test_a_run_that_is_not_there_is_said_so(settings):
    for act in (confirm_allocation, discard_allocation):
        with pytest.raises(RunUnknown):
            act(settings, 4711)


def _sell_stock(client, store, asin):
    CatalogAsin.objects.filter(pk=asin.pk).update(remaining_units=99)


def _spend_balance(client, store, asin):
    let_spend(client, 100)


def _suspend(client, store, asin):
    store.status = StoreStatus.SUSPENDED
    store.save()


def _gate(client, store, asin):
    UngatingStatus.objects.update(answer=UngatingAnswer.INVOICE_NEEDED)


def _cap(client, store, asin):
    store.asin_units_max = 10
    store.save()


def _dearer(client, store, asin):
    CatalogAsin.objects.filter(pk=asin.pk).update(unit_cost_minor=1001)


@pytest.mark.parametrize("change", [_sell_stock, _spend_balance, _suspend, _gate, _cap, _dearer])
def test_a_run_whose_ground_has_shifted_is_refused_and_changes_nothing(settings, change):
    client, store, asin = an_agency()
    run_id = plan_allocation(settings)
    change(client, store, asin)
    before = everything()

    with pytest.raises(PlanBreaksRules) as refusal:
        confirm_allocation(settings, run_id)

    assert refusal.value.broken
    assert everything() == before


def test_an_arrived_preorder_comes_first_and_pays_only_what_is_due(settings):
    first, _, asin = an_agency(remaining_units=10)
    first.priority = 1
    first.save()
    waiting = a_client_record(2)
    ungate(a_store_record(waiting, 2), asin)
    preorder = a_preorder_record(waiting, asin)

    confirm_allocation(settings, plan_allocation(settings))

    line = CartLine.objects.get()
    preorder.refresh_from_db()
    assert (line.cart.client_id, line.units, line.preorder_units) == (waiting.pk, 10, 10)
    assert line.cart.goods_minor == 4_000
    assert (preorder.allocated_units, preorder.remaining_due_minor) == (10, 0)
    assert preorder.status == PreorderStatus.FULFILLED


def test_a_partial_arrival_leaves_the_rest_of_the_preorder_and_its_due_amount(settings):
    client, _, asin = an_agency(remaining_units=3)
    preorder = a_preorder_record(client, asin)

    confirm_allocation(settings, plan_allocation(settings))

    preorder.refresh_from_db()
    assert (preorder.allocated_units, preorder.remaining_due_minor) == (3, 2_800)
    assert preorder.status == PreorderStatus.ARRIVED


def test_preorders_are_not_served_from_two_stores_and_never_twice(settings):
    client, store, asin = an_agency()
    other = a_store_record(client, 2)
    ungate(other, asin)
    for number in (1, 2):
        # Paid already: the amounts that fall due show nothing.
        a_preorder_record(client, asin, number, remaining_due_minor=0)
    run_id = plan_allocation(settings, only_store_id=store.pk)
    line = CartLine.objects.select_related("cart").get()
    second = Cart.objects.get(pk=line.cart_id)
    second.pk, second.store = None, other
    second.save()
    CartLine.objects.update(units=10, preorder_units=10)
    line = CartLine.objects.get()
    line.pk, line.cart = None, second
    line.save()
    before = everything()

    with pytest.raises(PlanBreaksRules, match=r"10 units of its preorders .* a second store"):
        confirm_allocation(settings, run_id)

    assert everything() == before


def test_a_preorder_that_is_not_paid_says_so_with_its_number_and_the_amount(settings):
    client = a_client_record(balance_minor=100)
    asin = an_asin_record(remaining_units=3)
    ungate(a_store_record(client), asin)
    a_preorder_record(client, asin, external_id="7003")

    run_id = plan_allocation(settings)

    refusal = RunRefusal.objects.get(run_id=run_id)
    # One unit: a tenth of the 40 euro that are due, and 2 for shipping, less the one there is.
    assert refusal.missing_minor == 500
    assert "short by €5.00 for the first unit of the arrived preorder 7003." in reason_text(refusal)


def test_a_low_balance_names_the_amount_and_the_mutual_store_and_people_are_told(settings):
    client = a_client_record(balance_minor=5_000)
    store = a_store_record(client)
    host = a_client_record(2)
    mutual = a_store_record(host, 2, kind=StoreKind.MUTUAL, name="Shared")
    asin = an_asin_record(bought_units=500, remaining_units=500)
    ungate(store, asin)
    ungate(mutual, asin)

    run_id = plan_allocation(settings)
    confirm_allocation(settings, run_id)

    proposal = MutualStoreProposal.objects.get(run=run_id)
    assert (proposal.own_store_id, proposal.mutual_store_id) == (store.pk, mutual.pk)
    assert proposal.missing_minor > 0
    assert proposal.units == 4
    told = Notification.objects.get(kind=NotificationKind.INSUFFICIENT_BALANCE)
    assert told.client_id == client.pk
    assert "Shared" in told.body
    assert not Cart.objects.filter(store=mutual).exists()


def test_news_are_told_in_the_settings_language_whoever_confirms(settings_in):
    settings = settings_in(language="de")
    an_agency()

    with translation.override("en"):
        confirm_allocation(settings, plan_allocation(settings))

    news = Notification.objects.get(kind=NotificationKind.ALLOCATION_DONE)
    assert "ist fertig" in news.title
    assert "\N{NO-BREAK SPACE}€" in news.body


def test_one_cart_and_one_pallet_are_told_in_the_singular(settings_in):
    an_agency()

    confirmed = confirm_allocation(settings_in(), plan_allocation(settings_in()))

    assert (confirmed.cart_count, confirmed.pallet_count) == (1, 1)
    news = Notification.objects.get(kind=NotificationKind.ALLOCATION_DONE)
    assert news.title.endswith(f"is done: {confirmed.units} units in 1 cart, 1 pallet")


def test_a_full_truck_is_told_once(settings_in):
    settings = settings_in(truckload_pallets=1)
    an_agency()

    confirm_allocation(settings, plan_allocation(settings))
    confirm_allocation(settings, plan_allocation(settings))

    assert Notification.objects.filter(kind=NotificationKind.TRUCKLOAD_READY).count() == 1
    assert Notification.objects.filter(kind=NotificationKind.ALLOCATION_DONE).count() == 2


def test_a_whole_run_gathers_refusals_and_one_store_s_run_lists_them_by_asin(settings):
    _, store, _ = an_agency()
    gated = [an_asin_record(number) for number in (2, 3)]

    whole = plan_allocation(settings)
    single = plan_allocation(settings, only_store_id=store.pk)

    gathered = RunRefusal.objects.get(run=whole)
    assert (gathered.asin_id, gathered.reason_code) == (None, "unknown_gate")
    assert all(row.asin in reason_text(gathered) for row in gated)
    by_asin = RunRefusal.objects.filter(run=single).values_list("asin_id", flat=True)
    assert set(by_asin) == {row.pk for row in gated}


def test_planning_for_a_store_that_is_not_there_is_refused(settings):
    with pytest.raises(StoreUnknown):
        plan_allocation(settings, only_store_id=4711)


def a_request(**values):
    return PalletRequest(
        **{"client_name": "Client 1", "client_id": "C-1", "store_id": "S-1", **values}
    )


def test_pallets_are_generated_for_the_store_asked_for_and_no_other(settings):
    client, _, asin = an_agency()
    ungate(a_store_record(client, 2), asin)

    made = generate_pallets(settings, a_request(store_id="S-2", client_name=" client 1 "))

    assert Cart.objects.get().store.external_id == "S-2"
    assert made.units == 100
    assert made.pallet_codes == tuple(Pallet.objects.values_list("code", flat=True))


@pytest.mark.django_db(transaction=True)
def test_pallets_are_planned_anew_where_others_took_the_goods_meanwhile(settings):
    an_agency()
    takers = [lambda: CatalogAsin.objects.update(remaining_units=40)]

    def meanwhile(execute, sql, params, many, context):
        # Confirming asks for the facts of the run's lines: the plan is made by then.
        if takers and ArticleMovement._meta.db_table in sql and "cartline" in sql:
            takers.pop()()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(meanwhile):
        made = generate_pallets(settings, a_request())

    assert not takers
    assert AllocationRun.objects.get().pk == made.run_id
    assert CartLine.objects.get().units == made.units
    assert LedgerEntry.objects.filter(kind="hold").count() == 1


def test_goods_come_into_a_mutual_store_by_a_transfer_alone(settings):
    _, store, _ = an_agency()
    planned = plan_allocation(settings)
    store.kind = StoreKind.MUTUAL
    store.save()
    before = everything()

    for act in (
        lambda: generate_pallets(settings, a_request()),
        lambda: plan_allocation(settings, only_store_id=store.pk),
        lambda: confirm_allocation(settings, planned),
    ):
        with pytest.raises(StoreIsMutual, match=r"Store 1 is a mutual store.* transfer"):
            act()

    assert everything() == before


@pytest.mark.parametrize(
    ("values", "refusal", "field"),
    [
        ({"client_id": "C-9"}, ClientUnknown, "clientID"),
        ({"store_id": "S-9"}, StoreUnknown, "storeID"),
        ({"client_name": "Client 2"}, ClientNameMismatch, "clientName"),
        ({"store_id": "S-2"}, StoreOfAnotherClient, "storeID"),
        ({"store_id": "S-3"}, StoreSuspended, "storeID"),
        ({"store_id": "S-4"}, NothingToAllocate, "storeID"),
    ],
)
def test_each_wrong_request_has_its_own_refusal_and_changes_nothing(
    settings, values, refusal, field
):
    client, _, _ = an_agency()
    a_store_record(a_client_record(2), 2)
    a_store_record(client, 3, status=StoreStatus.SUSPENDED)
    a_store_record(client, 4)
    before = everything()

    with pytest.raises(refusal) as raised:
        generate_pallets(settings, a_request(**values))

    assert raised.value.field == field
    assert everything() == before


def test_a_store_that_gets_nothing_hears_the_amount_that_would_help(settings):
    client, _, _ = an_agency()
    let_spend(client, 1_100)

    with pytest.raises(Refused, match=r"balance short by €1\.00"):
        generate_pallets(settings, a_request())


def test_recent_carts_count_against_the_number_of_stores_per_asin(settings_in):
    settings = settings_in(asin_stores_max=1)
    client, store, asin = an_agency(bought_units=200)
    store.asin_units_max = 40
    store.save()
    confirm_allocation(settings, plan_allocation(settings))
    late = a_store_record(client, 2)
    ungate(late, asin)

    run_id = plan_allocation(settings)

    assert list(Cart.objects.filter(run=run_id).values_list("store__name", flat=True)) == [
        "Store 1"
    ]
    assert RunRefusal.objects.filter(run=run_id, store=late).get().reason_code == "too_many_stores"


def test_missing_facts_are_said_and_not_guessed(settings):
    _, store, _ = an_agency()
    for number, missing in enumerate(("weight_g", "shipping_price_minor_max"), start=2):
        ungate(store, an_asin_record(number, **{missing: None}))

    run_id = plan_allocation(settings, only_store_id=store.pk)

    codes = set(RunRefusal.objects.filter(run=run_id).values_list("reason_code", flat=True))
    assert codes == {"measures_missing", "shipping_price_missing"}


def test_the_queries_of_a_plan_do_not_grow_with_the_agency(settings, django_assert_max_num_queries):
    asins = [an_asin_record(number) for number in range(40)]
    for number in range(12):
        ungate(a_store_record(a_client_record(number), number), *asins)

    with django_assert_max_num_queries(32):
        plan_allocation(settings)


def a_movement_record(asin, **values):
    article, _ = Article.objects.get_or_create(
        sku="HX-1", defaults={"asin": asin.asin, "currency": "EUR"}
    )
    return ArticleMovement.objects.create(
        **{
            "article": article,
            "as_of_date": date(2026, 3, 1),
            "verdict": "penner",
            "reason_code": "idle",
            "speed_class": "dead",
            "abc_class": "C",
            "demand_pattern": "none",
            **values,
        }
    )


def test_what_intelligence_publishes_decides_which_lot_is_the_oldest(settings):
    client, store, young = an_agency()
    let_spend(client, 1_200)
    known = an_asin_record(2)
    ungate(store, known)
    a_movement_record(known, stock_age_days=2_000)

    run_id = plan_allocation(settings, only_store_id=store.pk)

    assert young.asin < known.asin
    assert CartLine.objects.get(cart__run=run_id).asin_id == known.pk


def test_confirming_asks_anew_how_much_a_store_may_be_expected_to_sell(settings):
    _, store, asin = an_agency()
    moving = a_movement_record(asin, daily_sales_units=10.0)
    run_id = plan_allocation(settings)
    moving.daily_sales_units = 0.1
    moving.save()
    before = everything()

    # 90 days at 0.1 a day are 9 units.
    with pytest.raises(PlanBreaksRules, match="91 units more than the store is expected to sell"):
        confirm_allocation(settings, run_id)

    assert everything() == before
    edit = HandEdit(run_id=run_id, store_id=store.pk, asin=asin.asin, units=100)
    set_line_by_hand(settings, edit)
    assert confirm_allocation(settings, run_id).units == 100


def test_a_client_with_two_short_stores_is_told_once(settings):
    client = a_client_record(balance_minor=5_000)
    asin = an_asin_record(bought_units=500, remaining_units=500)
    for number in (1, 2):
        ungate(a_store_record(client, number), asin)

    confirm_allocation(settings, plan_allocation(settings))

    told = Notification.objects.get(kind=NotificationKind.INSUFFICIENT_BALANCE)
    assert "Store 1" in told.body
    assert "Store 2" in told.body
