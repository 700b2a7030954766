"""The syncs of sheet, panel and ungating software: whole or not at all, and only what changed."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError

from builders.agency import (
    HEADER,
    a_client_row,
    a_preorder_row,
    a_sheet,
    a_sheet_row,
    a_store_row,
    an_ungating_row,
)
from builders.agency_records import let_spend
from umschlag.allocation.preorders.arrivals import ArrivalRule
from umschlag.connectors.autofba.null import RecordedPanel
from umschlag.connectors.google_sheets.null import RecordedSheets
from umschlag.connectors.rows import Parsed
from umschlag.connectors.ungating.null import RecordedUngating
from umschlag.kernel.errors import BadRow, Misconfigured, UnexpectedAnswer
from umschlag.kernel.progress import untold
from umschlag.simulators.demo.access import SHEET_ID
from umschlag.storage.records.ledger import balances, spendable_minor
from umschlag.storage.records.models import (
    CatalogAsin,
    Client,
    ClientPriority,
    LedgerAccountKind,
    LedgerEntry,
    LedgerEntryKind,
    LedgerPosting,
    Notification,
    NotificationKind,
    Preorder,
    RunStatus,
    Store,
    StoreStatus,
    SyncRun,
    UngatingSource,
    UngatingStatus,
)
from umschlag.storage.records.sync_runs import recorded_sync
from umschlag.wiring import agency
from umschlag.wiring.arrivals import (
    ReportedArrival,
    confirm_arrival,
    preview_arrival,
    report_arrival,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]

ASIN, OTHER_ASIN = "B0ABCDEFGH", "B0ZZZZZZZZ"
LATER = "2026-03-09T06:00:00+00:00"


def nobody_watches(title):
    return untold


@dataclass
class Syncs:
    """The three syncs over recorded answers."""

    settings: object
    cells: list = field(default_factory=list)

    def sheet(self, *rows):
        sheets = RecordedSheets(ranges={self.settings.buying_sheet_range: a_sheet(*rows)})
        return agency.take_over_sheet(
            self.settings, sheets, sheet_id="any", progress_for=nobody_watches
        )

    def panel(self, *, clients=(), stores=(), preorders=()):
        panel = RecordedPanel(
            recorded_clients=clients, recorded_stores=stores, recorded_preorders=preorders
        )
        return agency.take_over_panel(self.settings, panel, progress_for=nobody_watches)

    def ungating(self, *rows):
        software = RecordedUngating(recorded=rows)
        return recorded_sync(
            agency.UNGATING,
            lambda: agency.take_over_answers(self.settings, software, progress_for=nobody_watches),
        )

    def everything(self):
        self.sheet(a_sheet_row())
        self.panel(clients=[a_client_row()], stores=[a_store_row()])


@pytest.fixture
def syncs(settings_in):
    return Syncs(settings_in())


def the_asin():
    return CatalogAsin.objects.get(asin=ASIN)


def told(kind):
    return list(Notification.objects.filter(kind=kind).order_by("id"))


# The buying sheet


def test_a_new_row_becomes_an_asin_in_our_units(syncs):
    outcome = syncs.sheet(a_sheet_row())

    assert (outcome.read_count, outcome.created_count) == (1, 1)
    asin = the_asin()
    assert (asin.title, asin.brand) == ("Storage box", "Ferrano")
    assert (asin.weight_g, asin.length_mm, asin.width_mm, asin.height_mm) == (681, 318, 204, 102)
    assert (asin.unit_cost_minor, asin.currency) == (1250, "EUR")
    assert (asin.bought_units, asin.remaining_units, asin.case_pack_units) == (48, 24, 12)
    assert (asin.shipping_price_minor_min, asin.shipping_price_minor_max) == (10, 35)
    assert asin.added_date == date(2025, 12, 9)


def test_reading_the_sheet_twice_changes_nothing(syncs):
    syncs.sheet(a_sheet_row())
    before = CatalogAsin.objects.values().get()

    outcome = syncs.sheet(a_sheet_row())

    assert (outcome.created_count, outcome.updated_count) == (0, 0)
    assert CatalogAsin.objects.values().get() == before


def test_a_price_that_would_turn_the_pair_round_is_left_and_told(syncs):
    syncs.sheet(a_sheet_row())

    outcome = syncs.sheet(a_sheet_row(shipping_min=0.5, shipping_max=None))

    assert outcome.updated_count == 1
    assert any("would be above the highest" in note.message for note in outcome.notes)
    asin = the_asin()
    assert (asin.shipping_price_minor_min, asin.shipping_price_minor_max) == (10, 35)


def test_one_changed_cell_is_one_update(syncs):
    rows = [a_sheet_row(), a_sheet_row(asin=OTHER_ASIN)]
    syncs.sheet(*rows)

    outcome = syncs.sheet(a_sheet_row(title="Better box"), rows[1])

    assert (outcome.created_count, outcome.updated_count) == (0, 1)
    assert the_asin().title == "Better box"


def test_a_row_that_moves_is_no_change(syncs):
    syncs.sheet(a_sheet_row(), a_sheet_row(asin=OTHER_ASIN))

    outcome = syncs.sheet(a_sheet_row(asin=OTHER_ASIN), a_sheet_row())

    assert outcome.updated_count == 0


def test_units_that_our_carts_took_do_not_come_back(syncs):
    syncs.sheet(a_sheet_row(remaining=24))
    CatalogAsin.objects.update(remaining_units=10)

    syncs.sheet(a_sheet_row(remaining=24, title="Better box"))
    unchanged = the_asin().remaining_units
    syncs.sheet(a_sheet_row(remaining=30))

    assert unchanged == 10
    assert the_asin().remaining_units == 16


def test_more_taken_than_there_was_leaves_none_and_is_remarked_on(syncs):
    syncs.sheet(a_sheet_row(remaining=24))
    CatalogAsin.objects.update(remaining_units=4)

    outcome = syncs.sheet(a_sheet_row(remaining=12))

    assert the_asin().remaining_units == 0
    assert any("8 units more" in note.message for note in outcome.notes)


def test_an_empty_cell_does_not_erase_what_a_person_entered(syncs):
    syncs.sheet(a_sheet_row(weight=None))
    CatalogAsin.objects.update(weight_g=500, title="By hand")

    syncs.sheet(a_sheet_row(weight="#N/A", cost=13))

    assert the_asin().weight_g == 500
    assert the_asin().unit_cost_minor == 1300


def test_missing_measures_are_said_once_where_the_row_is_new_or_changed(syncs):
    first = syncs.sheet(a_sheet_row(weight=None, dimensions=None))
    second = syncs.sheet(a_sheet_row(weight=None, dimensions=None))

    assert any("weight and dimensions unknown" in note.message for note in first.notes)
    assert not second.notes


def test_a_row_that_vanished_is_kept_and_reported(syncs):
    syncs.sheet(a_sheet_row(), a_sheet_row(asin=OTHER_ASIN))

    outcome = syncs.sheet(a_sheet_row())

    assert CatalogAsin.objects.filter(asin=OTHER_ASIN).exists()
    assert [note.place for note in outcome.notes] == [f"buying sheet, {OTHER_ASIN}"]


def test_a_row_that_broke_has_not_vanished_and_keeps_its_asin(syncs):
    syncs.sheet(a_sheet_row())

    outcome = syncs.sheet(a_sheet_row(remaining=-1))

    assert not outcome.notes
    assert outcome.skipped_count == outcome.read_count == 1
    assert the_asin().remaining_units == 24


def test_an_asin_entered_by_hand_is_taken_over_and_never_reported_as_vanished(syncs):
    CatalogAsin.objects.create(
        asin=ASIN,
        unit_cost_minor=1,
        currency="EUR",
        bought_units=9,
        remaining_units=7,
        added_date=date(2026, 1, 1),
    )
    vanished = syncs.sheet(a_sheet_row(asin=OTHER_ASIN))

    syncs.sheet(a_sheet_row(asin=OTHER_ASIN), a_sheet_row(remaining=24))

    assert not vanished.notes
    assert (the_asin().remaining_units, the_asin().bought_units) == (7, 48)


def test_what_sold_while_the_sheet_counted_an_arrival_is_off_here_too(syncs):
    syncs.sheet(a_sheet_row(bought=100, remaining=100))
    syncs.panel(clients=[a_client_row()], preorders=[a_preorder_row(quantity=200)])
    arrival = ReportedArrival(asin=ASIN, units=50)
    arrival_id = report_arrival(syncs.settings, arrival, by="anna")
    rule = ArrivalRule.OLDEST_FIRST
    shown = preview_arrival(syncs.settings, arrival_id, rule).shown
    confirm_arrival(syncs.settings, arrival_id, rule, shown=shown, by="anna")

    outcome = syncs.sheet(a_sheet_row(bought=150, remaining=140))

    assert (the_asin().remaining_units, the_asin().booked_in_units) == (140, 0)
    (note,) = outcome.notes
    assert "50 units more, which were booked in here" in note.message
    # Ten more left than were bought there: who counts shall look.
    arrival_id = report_arrival(syncs.settings, arrival, by="anna")
    shown = preview_arrival(syncs.settings, arrival_id, rule).shown
    confirm_arrival(syncs.settings, arrival_id, rule, shown=shown, by="anna")
    contradicted = syncs.sheet(a_sheet_row(bought=190, remaining=190))
    assert (the_asin().remaining_units, the_asin().booked_in_units) == (190, 0)
    assert "more are left in the sheet than were bought there" in contradicted.notes[1].message


def test_a_sheet_that_lost_a_column_changes_nothing(syncs):
    syncs.sheet(a_sheet_row())
    cells = [[*HEADER[:6], "?", *HEADER[7:]], a_sheet_row(title="Better box")]
    broken = RecordedSheets(ranges={syncs.settings.buying_sheet_range: cells})

    with pytest.raises(BadRow, match="Unit Cost"):
        agency.take_over_sheet(syncs.settings, broken, sheet_id="any", progress_for=nobody_watches)

    assert the_asin().title == "Storage box"


# The panel


def test_clients_and_stores_come_over_with_their_balances(syncs):
    outcome = syncs.panel(
        clients=[a_client_row()], stores=[a_store_row(), a_store_row(id=2002, kind="mutual")]
    )

    assert (outcome.read_count, outcome.created_count) == (3, 3)
    client = Client.objects.get()
    assert (client.external_id, client.balance_minor) == ("101", 150_000)
    assert client.priority == ClientPriority.HIGH
    assert Store.objects.get(external_id="2001").total_units_max == 600
    assert Store.objects.filter(kind="mutual", client=client).count() == 1
    assert LedgerEntry.objects.get().kind == LedgerEntryKind.PANEL
    assert balances(LedgerAccountKind.SPENDABLE) == {client.pk: 150_000}


def test_reading_the_panel_twice_changes_nothing(syncs):
    rows = {"clients": [a_client_row()], "stores": [a_store_row()]}
    syncs.panel(**rows)

    outcome = syncs.panel(**rows)

    assert (outcome.created_count, outcome.updated_count) == (0, 0)
    assert LedgerEntry.objects.count() == 1


def test_a_balance_that_changed_books_the_difference_and_leaves_holds_alone(syncs):
    syncs.panel(clients=[a_client_row()])
    client = Client.objects.get()
    let_spend(client, 130_000)

    syncs.panel(clients=[a_client_row(balance="1200.50", updated_at=LATER)])

    told = LedgerPosting.objects.filter(account__kind=LedgerAccountKind.PANEL).order_by("entry_id")
    assert [-posting.amount_minor for posting in told] == [150_000, -29_950]
    assert spendable_minor(client.pk) == 120_050 - 20_000


def test_an_older_answer_does_not_undo_a_newer_one(syncs):
    syncs.panel(clients=[a_client_row(balance="1200.00", updated_at=LATER)])

    outcome = syncs.panel(clients=[a_client_row(balance="1500.00")])

    assert Client.objects.get().balance_minor == 120_000
    assert LedgerEntry.objects.count() == 1
    (note,) = outcome.notes
    assert note.place == "panel clients, row 1, balance"
    assert "1,500.00 EUR" in note.message
    assert not syncs.panel(clients=[a_client_row(balance="1200.00")]).notes


def test_a_change_from_the_future_is_refused_and_freezes_no_balance(syncs):
    syncs.panel(clients=[a_client_row(balance="1200.00")])
    ahead = a_client_row(balance="1500.00", updated_at="2136-03-01T06:00:00+00:00")

    outcome = syncs.panel(clients=[ahead])
    later = syncs.panel(clients=[a_client_row(balance="5.00", updated_at=LATER)])

    (problem,) = outcome.problems
    assert problem.place == "panel clients, row 1, updated_at"
    assert "2136-03-01" in problem.message
    assert not later.problems
    assert spendable_minor(Client.objects.get().pk) == 500


def test_a_balance_frozen_by_a_change_from_the_future_is_told_anew(syncs):
    syncs.panel(clients=[a_client_row(balance="1500.00")])
    Client.objects.update(panel_updated_at=datetime(2136, 3, 1, tzinfo=UTC))

    syncs.panel(clients=[a_client_row(balance="5.00", updated_at=LATER)])

    client = Client.objects.get()
    assert (client.balance_minor, spendable_minor(client.pk)) == (500, 500)
    assert client.panel_updated_at == datetime.fromisoformat(LATER)


def test_priority_and_last_pallet_are_ours_once_the_client_is_here(syncs):
    syncs.panel(clients=[a_client_row(priority="High", last_pallet_date="2026-02-01")])
    Client.objects.update(priority=ClientPriority.LOW, last_pallet_date=date(2026, 3, 1))

    syncs.panel(clients=[a_client_row(name="New Name GmbH", updated_at=LATER)])

    client = Client.objects.get()
    assert client.name == "New Name GmbH"
    assert (client.priority, client.last_pallet_date) == (ClientPriority.LOW, date(2026, 3, 1))


def test_a_client_does_not_change_its_currency(syncs):
    syncs.panel(clients=[a_client_row()])

    outcome = syncs.panel(clients=[a_client_row(currency="GBP", updated_at=LATER)])

    assert outcome.skipped_count == 1
    assert Client.objects.get().currency == "EUR"


def test_the_panel_lifts_what_it_suspended_itself(syncs):
    clients = [a_client_row()]
    for status in ("Active", "Suspended", "Suspended"):
        syncs.panel(clients=clients, stores=[a_store_row(status=status)])
    assert Store.objects.get().status == StoreStatus.SUSPENDED

    outcome = syncs.panel(clients=clients, stores=[a_store_row(status="Active")])

    assert Store.objects.get().status == StoreStatus.ACTIVE
    assert outcome.updated_count == 1


def test_the_panel_lifts_no_suspension_of_ours(syncs):
    clients = [a_client_row()]
    syncs.panel(clients=clients, stores=[a_store_row()])
    Store.objects.update(status=StoreStatus.SUSPENDED)

    syncs.panel(clients=clients, stores=[a_store_row(status="Suspended")])
    outcome = syncs.panel(clients=clients, stores=[a_store_row(status="Active")])

    assert Store.objects.get().status == StoreStatus.SUSPENDED
    assert any("lift it here by hand" in note.message for note in outcome.notes)


@pytest.mark.parametrize("status", ["On hold", "", None, "ACTIVE?"])
def test_a_status_we_do_not_know_counts_as_suspended(syncs, status):
    clients = [a_client_row()]
    syncs.panel(clients=clients, stores=[a_store_row()])

    outcome = syncs.panel(
        clients=clients, stores=[a_store_row(status=status), a_store_row(id=2, status=status)]
    )

    assert {store.status for store in Store.objects.all()} == {StoreStatus.SUSPENDED}
    assert len(outcome.notes) == 2


def test_a_store_does_not_change_hands_but_is_suspended_all_the_same(syncs):
    clients = [a_client_row(), a_client_row(id=102, name="Brocken")]
    syncs.panel(clients=clients, stores=[a_store_row()])

    outcome = syncs.panel(clients=clients, stores=[a_store_row(client_id=102, status="Suspended")])

    store = Store.objects.get()
    assert (store.client.external_id, store.status) == ("101", StoreStatus.SUSPENDED)
    assert outcome.skipped_count == 1


@pytest.mark.parametrize("status", ["Suspended", "lost", None])
def test_a_store_is_suspended_where_the_rest_of_its_row_cannot_be_read(syncs, status):
    syncs.panel(clients=[a_client_row()], stores=[a_store_row()])
    broken = {"asin_units_max": -1, "kind": "shared"}

    still = syncs.panel(clients=[a_client_row()], stores=[a_store_row(**broken)])
    assert Store.objects.get().status == StoreStatus.ACTIVE
    assert not any("suspended" in note.message for note in still.notes)
    outcome = syncs.panel(
        clients=[a_client_row()],
        stores=["no object", {"id": None}, a_store_row(status=status, **broken)],
    )

    store = Store.objects.get()
    assert store.status == StoreStatus.SUSPENDED
    assert len(outcome.problems) == 3
    assert any(note.message == "Alster DE was suspended all the same" for note in outcome.notes)
    syncs.panel(clients=[a_client_row()], stores=[a_store_row()])
    assert Store.objects.get().status == StoreStatus.ACTIVE


def test_a_store_of_nobody_is_a_problem(syncs):
    outcome = syncs.panel(clients=[a_client_row()], stores=[a_store_row(client_id=999)])

    assert [problem.place for problem in outcome.problems] == ["panel stores, row 1, client_id"]
    assert not Store.objects.exists()


def test_clients_and_stores_that_vanished_are_kept_and_reported(syncs):
    syncs.panel(clients=[a_client_row()], stores=[a_store_row()])

    outcome = syncs.panel()

    assert Client.objects.count() == Store.objects.count() == 1
    assert len(outcome.notes) == 2


def test_a_list_that_fails_leaves_the_lists_before_it_unwritten(syncs):
    class PanelThatBreaksAtPreorders(RecordedPanel):
        def preorders(self, *, progress=untold):
            raise UnexpectedAnswer("half a page")

    panel = PanelThatBreaksAtPreorders(recorded_clients=[a_client_row()])

    with pytest.raises(UnexpectedAnswer):
        agency.take_over_panel(syncs.settings, panel, progress_for=nobody_watches)

    assert not Client.objects.exists()


def test_a_row_that_the_records_refuse_takes_the_whole_sync_back(syncs):
    syncs.sheet(a_sheet_row())

    class PanelWithANamelessPreorder(RecordedPanel):
        def preorders(self, *, progress=untold):
            (row,) = super().preorders().rows
            return Parsed(rows=(row, replace(row, external_id=None)))

    panel = PanelWithANamelessPreorder(
        recorded_clients=[a_client_row()], recorded_preorders=[a_preorder_row()]
    )

    with pytest.raises(IntegrityError):
        agency.take_over_panel(syncs.settings, panel, progress_for=nobody_watches)

    assert not Client.objects.exists()
    assert not Preorder.objects.exists()


def test_rows_told_twice_because_they_changed_meanwhile_count_once(syncs):
    syncs.sheet(a_sheet_row())

    syncs.panel(
        clients=[a_client_row(), a_client_row(balance="7.00", updated_at=LATER)],
        stores=[a_store_row(), a_store_row(name="New name")],
        preorders=[a_preorder_row(), a_preorder_row(status="arrived")],
    )

    assert Client.objects.get().balance_minor == 700
    assert balances(LedgerAccountKind.SPENDABLE) == {Client.objects.get().pk: 700}
    assert Store.objects.get().name == "New name"
    assert Preorder.objects.get().status == "arrived"


# Preorders


def test_a_preorder_that_arrives_is_told_once(syncs):
    syncs.sheet(a_sheet_row())
    clients = [a_client_row()]
    syncs.panel(clients=clients, preorders=[a_preorder_row()])
    before = len(told(NotificationKind.PREORDER_ARRIVED))

    for _ in range(2):
        syncs.panel(clients=clients, preorders=[a_preorder_row(status="arrived")])

    (news,) = told(NotificationKind.PREORDER_ARRIVED)
    assert before == 0
    assert "24 × B0ABCDEFGH" in news.title
    assert "€100.00" in news.body
    assert news.client == Client.objects.get()


def test_what_our_carts_fulfilled_stays_fulfilled(syncs):
    syncs.sheet(a_sheet_row())
    clients = [a_client_row()]
    syncs.panel(clients=clients, preorders=[a_preorder_row()])
    Preorder.objects.update(status="fulfilled", allocated_units=24)

    syncs.panel(clients=clients, preorders=[a_preorder_row(status="arrived")])

    assert Preorder.objects.get().status == "fulfilled"
    assert not told(NotificationKind.PREORDER_ARRIVED)


def test_what_the_panel_fulfilled_by_mistake_is_served_all_the_same(syncs):
    syncs.sheet(a_sheet_row())
    clients = [a_client_row()]
    for status in ("waiting", "fulfilled"):
        syncs.panel(clients=clients, preorders=[a_preorder_row(status=status)])

    outcome = syncs.panel(clients=clients, preorders=[a_preorder_row(status="arrived")])

    preorder = Preorder.objects.get()
    assert (preorder.status, preorder.there_units) == ("arrived", 24)
    (note,) = outcome.notes
    assert note.place == "panel preorders, row 1, status"
    assert "was fulfilled and is arrived again: 0 of 24 units" in note.message
    assert len(told(NotificationKind.PREORDER_ARRIVED)) == 1


def test_what_is_ordered_on_top_of_a_fulfilled_preorder_is_served_too(syncs):
    syncs.sheet(a_sheet_row())
    clients = [a_client_row()]
    syncs.panel(clients=clients, preorders=[a_preorder_row(status="arrived")])
    # As a cart leaves it that gave all of it.
    Preorder.objects.update(
        status="fulfilled", allocated_units=24, remaining_due_minor=0, uncounted_due_minor=10_000
    )
    raised = a_preorder_row(status="arrived", quantity=48, remaining_due="200.00")

    outcome = syncs.panel(clients=clients, preorders=[raised])

    preorder = Preorder.objects.get()
    assert (preorder.status, preorder.there_units) == ("arrived", 24)
    assert preorder.remaining_due_minor == 10_000
    assert "24 of 48 units" in outcome.notes[0].message
    assert not syncs.panel(clients=clients, preorders=[raised]).notes


def test_a_preorder_fulfilled_before_we_knew_of_it_asks_for_nothing(syncs):
    syncs.sheet(a_sheet_row())

    syncs.panel(clients=[a_client_row()], preorders=[a_preorder_row(status="fulfilled")])

    assert Preorder.objects.get().allocated_units == 24


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"client_id": 999}, "no client 999"),
        ({"asin": OTHER_ASIN}, "not in the buying sheet"),
        ({"currency": "GBP"}, "GBP"),
        ({"quantity": 0}, "at least one unit"),
        ({"amount": "-1.00"}, "below zero"),
        ({"status": "lost"}, "none of waiting"),
    ],
)
def test_a_preorder_that_makes_no_sense_is_a_problem(syncs, fields, why):
    syncs.sheet(a_sheet_row())

    outcome = syncs.panel(clients=[a_client_row()], preorders=[a_preorder_row(**fields)])

    assert not Preorder.objects.exists()
    assert why in outcome.problems[0].message


def test_a_preorder_never_shrinks_below_what_is_allocated(syncs):
    syncs.sheet(a_sheet_row())
    clients = [a_client_row()]
    syncs.panel(clients=clients, preorders=[a_preorder_row()])
    Preorder.objects.update(allocated_units=20)

    outcome = syncs.panel(clients=clients, preorders=[a_preorder_row(quantity=12)])

    assert Preorder.objects.get().ordered_units == 24
    assert "20 are allocated" in outcome.problems[0].message


# Ungating


@pytest.mark.parametrize(
    "answer", ["No, Invoice Needed", "No - Invoice Needed", " no,invoice needed"]
)
def test_an_invoice_is_needed_however_it_is_spelt(syncs, answer):
    syncs.everything()

    syncs.ungating(an_ungating_row(answer=answer))

    assert UngatingStatus.objects.get().answer == "No, Invoice Needed"


def test_first_answers_are_no_news_and_changed_ones_are(syncs):
    syncs.everything()
    syncs.ungating(an_ungating_row(answer="No"))
    before = told(NotificationKind.UNGATING_CHANGED)

    outcome = syncs.ungating(an_ungating_row(answer="Yes", updated_at=LATER))

    assert not before
    assert (outcome.created_count, outcome.updated_count) == (0, 1)
    (news,) = told(NotificationKind.UNGATING_CHANGED)
    assert "“No” became “Yes”" in news.body
    assert news.client == Client.objects.get()


def test_reading_answers_twice_changes_nothing(syncs):
    syncs.everything()
    syncs.ungating(an_ungating_row())

    outcome = syncs.ungating(an_ungating_row())

    assert outcome.read_count == 1
    assert (outcome.created_count, outcome.updated_count) == (0, 0)


def test_an_older_answer_of_the_software_is_passed_over(syncs):
    syncs.everything()

    syncs.ungating(an_ungating_row(answer="Yes", updated_at=LATER), an_ungating_row(answer="No"))

    assert UngatingStatus.objects.get().answer == "Yes"


@pytest.mark.parametrize("source", [UngatingSource.MANUAL, UngatingSource.AMAZON])
def test_an_answer_by_hand_wins_and_the_disagreement_is_told_once(syncs, source):
    syncs.everything()
    UngatingStatus.objects.create(
        store=Store.objects.get(),
        asin=the_asin(),
        answer="No",
        source=source,
        checked_at=datetime(2026, 2, 1, tzinfo=UTC),
    )

    first = syncs.ungating(an_ungating_row(answer="Yes"))
    syncs.ungating(an_ungating_row(answer="Yes"))

    assert UngatingStatus.objects.get().answer == "No"
    assert UngatingStatus.objects.get().contradicted_by == "Yes"
    assert "stays" in first.notes[0].message
    (news,) = told(NotificationKind.UNGATING_CHANGED)
    assert "the software says “Yes”" in news.body


@pytest.mark.parametrize("answer", ["No", "Pending review"])
def test_a_contradiction_ends_when_the_software_no_longer_says_otherwise(syncs, answer):
    syncs.everything()
    UngatingStatus.objects.create(
        store=Store.objects.get(),
        asin=the_asin(),
        answer="No",
        source=UngatingSource.MANUAL,
        checked_at=datetime(2026, 2, 1, tzinfo=UTC),
    )
    syncs.ungating(an_ungating_row(answer="Yes"))

    syncs.ungating(an_ungating_row(answer=answer, updated_at=LATER))

    assert UngatingStatus.objects.get().contradicted_by == ""


@pytest.mark.parametrize("answer", ["Pending review", "Yes?", "", None, True, "yes no"])
def test_an_answer_we_do_not_know_is_a_problem_and_never_a_yes(syncs, answer):
    syncs.everything()

    outcome = syncs.ungating(an_ungating_row(answer=answer))

    assert not UngatingStatus.objects.exists()
    assert outcome.skipped_count == outcome.read_count == 1


def test_a_yes_that_is_no_longer_sure_is_taken_back_and_told(syncs):
    syncs.everything()
    syncs.ungating(an_ungating_row(answer="Yes"))

    syncs.ungating(an_ungating_row(answer="Pending review", updated_at=LATER))

    assert not UngatingStatus.objects.exists()
    (news,) = told(NotificationKind.UNGATING_CHANGED)
    assert "“Yes” became “Pending review”" in news.body


def test_an_answer_about_an_unknown_asin_is_asked_for_again(syncs):
    syncs.everything()
    rows = [an_ungating_row(asin=OTHER_ASIN), an_ungating_row(updated_at=LATER)]

    waiting = syncs.ungating(*rows)
    syncs.sheet(a_sheet_row(), a_sheet_row(asin=OTHER_ASIN))
    outcome = syncs.ungating(*rows)

    assert waiting.watermark < LATER
    assert outcome.created_count == 1
    assert UngatingStatus.objects.count() == 2
    assert outcome.watermark == LATER


def test_a_deleted_override_gives_way_to_the_software_on_the_next_day(syncs):
    syncs.everything()
    syncs.ungating(an_ungating_row(), an_ungating_row(updated_at=LATER))
    UngatingStatus.objects.all().delete()
    SyncRun.objects.update(finished_at=datetime(2026, 3, 3, tzinfo=UTC))

    outcome = syncs.ungating(an_ungating_row(), an_ungating_row(updated_at=LATER))

    assert outcome.read_count == 2
    assert UngatingStatus.objects.get().answer == "Yes"


def test_within_a_day_only_what_changed_is_asked_for(syncs):
    syncs.everything()
    syncs.ungating(an_ungating_row(updated_at=LATER))

    outcome = syncs.ungating(an_ungating_row(), an_ungating_row(updated_at=LATER))

    assert outcome.read_count == 1


# The syncs as jobs call them


def test_two_rounds_over_http_bring_everything_over_once(settings_in, simulators):
    settings = settings_in(
        simulators_port=int(simulators.url.rpartition(":")[2]),
        buying_sheet_id=SHEET_ID,
        google_key_file=simulators.state_dir / "google-service-account.json",
        google_sheets_url=f"{simulators.url}/google",
    )

    rounds = [
        [
            sync(settings, progress_for=nobody_watches)
            for sync in (agency.sync_buying_sheet, agency.sync_panel, agency.sync_ungating)
        ]
        for _ in range(2)
    ]

    assert all(outcome.created_count > 0 for outcome in rounds[0])
    assert all(outcome.created_count == outcome.updated_count == 0 for outcome in rounds[1])
    assert Client.objects.count() == 8
    assert Store.objects.count() == 12
    assert CatalogAsin.objects.count() == 41
    # Four on ASINs of their own, and four clients that wait for one and the same.
    assert Preorder.objects.count() == 4 + 4
    assert Preorder.objects.order_by().values("asin").distinct().count() == 4 + 1
    assert SyncRun.objects.filter(status=RunStatus.COMPLETE).count() == 6


def test_an_address_needs_its_token(settings_in):
    settings = settings_in(autofba_url="https://panel.example", ungating_url="https://u.example")

    with pytest.raises(Misconfigured, match="UMSCHLAG_AUTOFBA_TOKEN"):
        agency.sync_panel(settings, progress_for=nobody_watches)
    with pytest.raises(Misconfigured, match="UMSCHLAG_UNGATING_TOKEN"):
        agency.sync_ungating(settings, progress_for=nobody_watches)


def test_rows_are_numbered_as_the_sheet_shows_them(settings_in):
    settings = settings_in(buying_sheet_range="'My tab'!A4:M")
    sheets = RecordedSheets(ranges={"'My tab'!A4:M": a_sheet(a_sheet_row(remaining=-1))})

    outcome = agency.take_over_sheet(settings, sheets, sheet_id="any", progress_for=nobody_watches)

    assert outcome.problems[0].place == "My tab, row 5, Remaining Quantity"


def test_a_failed_sync_is_recorded_with_its_reason(settings_in):
    settings = settings_in(mode="production", secret_key="k" * 60, encryption_key="e" * 44)

    for sync, setting in (
        (agency.sync_buying_sheet, "UMSCHLAG_GOOGLE_KEY_FILE"),
        (agency.sync_panel, "UMSCHLAG_AUTOFBA_URL"),
        (agency.sync_ungating, "UMSCHLAG_UNGATING_URL"),
    ):
        with pytest.raises(Misconfigured, match=setting):
            sync(settings, progress_for=nobody_watches)

    assert {run.status for run in SyncRun.objects.all()} == {RunStatus.FAILED}
    assert all("is not set" in run.error for run in SyncRun.objects.all())
