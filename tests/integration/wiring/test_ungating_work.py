"""Closed gates: counted and valued in the records, worked on with a history."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import User

from builders.agency_records import a_client_record, a_store_record, an_asin_record, ungate
from umschlag.allocation.ungating.evidence import Invoice
from umschlag.kernel.errors import BadInput, NotFound
from umschlag.storage.records.models import (
    CaseEventKind,
    CaseState,
    UngatingAnswer,
    UngatingCase,
    UngatingEvent,
    UngatingStatus,
)
from umschlag.storage.records.ungating_cases import EvidenceThereAlready
from umschlag.wiring.allocation import confirm_allocation, plan_allocation
from umschlag.wiring.ungating_list import CasesWanted, brands_waiting, evidence_texts
from umschlag.wiring.ungating_work import (
    FILE_BYTES_MAX,
    CaseChange,
    add_evidence,
    change_case,
    refresh_cases,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db]
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
PDF = b"%PDF-1.7 an invoice"


@pytest.fixture
def store():
    return a_store_record(a_client_record(1), 1)


@pytest.fixture
def asin():
    return an_asin_record(brand="Talvik", remaining_units=40)


def the_case():
    return UngatingCase.objects.get()


def test_a_closed_gate_before_stock_is_a_case_with_its_worth(settings_in, store, asin):
    ungate(store, asin, answer=UngatingAnswer.INVOICE_NEEDED)

    assert refresh_cases(settings_in(pallet_freight_minor=0)) == 1

    case = the_case()
    assert (case.brand, case.store, case.state) == ("Talvik", store, CaseState.OPEN)
    assert (case.invoice_asins, case.gated_asins, case.unknown_asins) == (1, 0, 0)
    assert case.units > 0
    assert case.worth_minor == case.shared_minor == case.units * asin.unit_cost_minor // 5
    assert case.is_assumed


def test_asins_of_the_brand_that_nobody_asked_about_count_too(settings_in, store, asin):
    an_asin_record(2, brand="Talvik")
    an_asin_record(3, brand="Talvik", remaining_units=0)
    an_asin_record(4, brand="Other")
    ungate(store, asin, answer=UngatingAnswer.NO)

    refresh_cases(settings_in())

    assert (the_case().gated_asins, the_case().unknown_asins) == (1, 1)


def test_open_gates_suspended_stores_and_goods_that_are_gone_are_no_cases(settings_in, store, asin):
    ungate(store, asin)
    gone = an_asin_record(2, brand="Gone", remaining_units=0)
    ungate(store, gone, answer=UngatingAnswer.NO)
    shut = a_store_record(store.client, 2, status="Suspended")
    ungate(shut, asin, answer=UngatingAnswer.NO)

    assert refresh_cases(settings_in()) == 0
    assert not UngatingCase.objects.exists()


def test_what_people_wrote_stays_and_an_opened_gate_closes_its_case(settings_in, store, asin):
    ungate(store, asin, answer=UngatingAnswer.NO)
    refresh_cases(settings_in())
    change_case(the_case().pk, CaseChange(note="called them"), by="anna", at=NOW)
    UngatingStatus.objects.update(answer=UngatingAnswer.YES)

    waiting = refresh_cases(settings_in())

    assert waiting == 0
    assert the_case().state == CaseState.OPENED
    assert the_case().worth_minor == 0
    told = list(UngatingEvent.objects.order_by("pk").values_list("kind", "text"))
    assert told == [(CaseEventKind.NOTE, "called them"), (CaseEventKind.STATE, CaseState.OPENED)]

    UngatingStatus.objects.update(answer=UngatingAnswer.NO)
    assert refresh_cases(settings_in()) == 1
    assert the_case().state == CaseState.OPEN


def test_what_a_plan_gives_others_is_not_counted_twice(settings_in, store, asin):
    settings = settings_in(asin_stores_max=100)
    ungate(store, asin, answer=UngatingAnswer.NO)
    refresh_cases(settings)
    before = the_case().units
    other = a_store_record(a_client_record(2), 2, asin_units_max=20)
    ungate(other, asin)

    run = plan_allocation(settings, only_store_id=other.pk)
    confirm_allocation(settings, run)
    refresh_cases(settings)

    case = UngatingCase.objects.get(store=store)
    assert before == 40
    assert case.units == 20


def test_the_gates_are_worth_what_the_next_plan_then_gives(settings_in, store, asin):
    settings = settings_in()
    ungate(store, asin, answer=UngatingAnswer.NO)
    refresh_cases(settings)
    UngatingStatus.objects.update(answer=UngatingAnswer.YES)

    run_id = plan_allocation(settings, only_store_id=store.pk)

    given = store.carts.get(run_id=run_id)
    assert the_case().units == given.units
    assert the_case().cost_minor == given.total_minor


def test_brands_share_stock_among_their_stores(settings_in, store, asin):
    other = a_store_record(a_client_record(2), 2)
    for one in (store, other):
        ungate(one, asin, answer=UngatingAnswer.INVOICE_NEEDED)

    refresh_cases(settings_in())

    (brand,) = brands_waiting()
    alone = [case.worth_minor for case in UngatingCase.objects.all()]
    assert brand.store_count == brand.invoice_pairs == 2
    assert brand.worth.minor == max(alone)
    assert sum(alone) == 2 * brand.worth.minor


def test_every_change_is_written_down_and_attempts_are_told_apart(settings_in, store, asin):
    ungate(store, asin, answer=UngatingAnswer.NO)
    refresh_cases(settings_in())
    anna = User.objects.create_user("anna", is_staff=True)
    day = date(2026, 12, 1)

    change_case(
        the_case().pk,
        CaseChange(state=CaseState.APPLIED, responsible="anna", next_check_date=day, note="sent"),
        by="eve",
        at=NOW,
    )

    case = the_case()
    assert (case.state, case.responsible, case.next_check_date) == (CaseState.APPLIED, anna, day)
    told = {(one.kind, one.text, one.by) for one in case.events.all()}
    assert told == {
        (CaseEventKind.ATTEMPT, "applied", "eve"),
        (CaseEventKind.PLAN, "anna, 2026-12-01", "eve"),
        (CaseEventKind.NOTE, "sent", "eve"),
    }
    assert list(CasesWanted(responsible="anna", due_by=day).cases()) == [case]
    assert not CasesWanted(due_by=day - timedelta(days=1)).cases().exists()


def test_a_change_that_changes_nothing_writes_nothing(settings_in, store, asin):
    ungate(store, asin, answer=UngatingAnswer.NO)
    refresh_cases(settings_in())

    change_case(the_case().pk, CaseChange(state=CaseState.OPEN, note="  "), by="eve", at=NOW)

    assert not UngatingEvent.objects.exists()


def test_a_stranger_as_responsible_and_an_unknown_case_are_refused(settings_in, store, asin):
    ungate(store, asin, answer=UngatingAnswer.NO)
    refresh_cases(settings_in())

    with pytest.raises(BadInput, match="nobody"):
        change_case(the_case().pk, CaseChange(responsible="nobody"), by="eve", at=NOW)
    with pytest.raises(NotFound):
        change_case(404_404, CaseChange(note="x"), by="eve", at=NOW)
    assert not UngatingEvent.objects.exists()


def test_what_was_told_of_evidence_is_corrected_by_adding_it_again(settings_in, store, asin):
    ungate(store, asin, answer=UngatingAnswer.NO)
    refresh_cases(settings_in())
    case = the_case()
    day = date(2026, 11, 1)

    add_evidence(case.pk, "a.pdf", PDF, Invoice(invoice_date=day, units=12), by="eve", at=NOW)
    told = Invoice(units=10, is_buyer_the_seller=True)
    add_evidence(case.pk, "b.pdf", PDF, told, by="bob", at=NOW)
    kept = case.evidence.get()

    assert (kept.name, kept.invoice_date, kept.units) == ("a.pdf", day, 10)
    assert kept.is_buyer_the_seller
    events = case.events.order_by("pk").values_list("kind", "text", "by")
    assert list(events) == [("evidence", "a.pdf", "eve"), ("corrected", "a.pdf", "bob")]
    with pytest.raises(EvidenceThereAlready):
        add_evidence(case.pk, "a.pdf", PDF, Invoice(), by="eve", at=NOW)


def invoice(units=10):
    return Invoice(invoice_date=date(2026, 11, 1), units=units, is_buyer_the_seller=True)


def test_evidence_is_kept_once_and_held_against_the_practice(settings_in, store, asin):
    ungate(store, asin, answer=UngatingAnswer.NO)
    refresh_cases(settings_in())
    case = the_case()

    add_evidence(case.pk, "a.pdf", PDF, invoice(4), by="eve", at=NOW)
    few = evidence_texts(list(case.evidence.all()), as_of_date=NOW.date())
    with pytest.raises(EvidenceThereAlready):
        add_evidence(case.pk, "b.pdf", PDF, invoice(4), by="eve", at=NOW)
    add_evidence(case.pk, "c.pdf", PDF + b"2", invoice(6), by="eve", at=NOW)

    assert len(few) == 1
    assert evidence_texts(list(case.evidence.all()), as_of_date=NOW.date()) == []
    assert [bytes(one.content) for one in case.evidence.order_by("pk")] == [PDF, PDF + b"2"]
    assert list(case.events.order_by("pk").values_list("text", flat=True)) == ["a.pdf", "c.pdf"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no PDF"),
        (b"MZ an executable named invoice.pdf", "no PDF"),
        (b"<html>", "no PDF"),
        (PDF + bytes(FILE_BYTES_MAX), "larger than 8 MB"),
    ],
)
def test_what_is_no_evidence_is_refused(settings_in, store, asin, content, says):
    ungate(store, asin, answer=UngatingAnswer.NO)
    refresh_cases(settings_in())

    with pytest.raises(BadInput, match=says):
        add_evidence(the_case().pk, "invoice.pdf", content, invoice(), by="eve", at=NOW)

    assert not the_case().evidence.exists()
