"""A balance corrected by hand: in the ledger, over the API and at the terminal."""

import io
import json

import pytest
from django.test import Client as Browser
from rich.console import Console
from typer.testing import CliRunner

from builders import web as web_build
from builders.agency_records import THEN, a_client_record, a_purse
from builders.records import a_cart, a_run, a_store
from umschlag.allocation.balances.chain import chain_faults
from umschlag.allocation.balances.correction import (
    BalanceMoved,
    CorrectionBelowFloor,
    MadeGoodBefore,
)
from umschlag.allocation.balances.model import ReasonMissing
from umschlag.jobs.balance_correction import TypedCorrection, correct_and_tell, undo_and_tell
from umschlag.jobs.command_line import app
from umschlag.storage.records.balance_corrections import CorrectionUnknown, corrections_to_undo
from umschlag.storage.records.ledger import balances, book, chain_end, entries_of, spendable_minor
from umschlag.storage.records.models import LedgerAccountKind, LedgerEntry
from umschlag.wiring.correcting_balances import (
    CHANGE_MINOR_MAX,
    CorrectionAsked,
    NothingToCorrect,
    ReasonTooLong,
    correct_balance,
    correction_to_undo,
    preview_correction,
)
from umschlag.wiring.doctoring import Health
from umschlag.wiring.ledger_findings import ledger_findings
from umschlag.wiring.reconciling import differences
from umschlag.wiring.statements import NoSuchClient, client_statement

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def settings(settings_in):
    return settings_in(client_balance_floor_minor=2_000)


@pytest.fixture
def client():
    """A client that was told 100.00 €, of which 30.00 € are held."""
    client = a_client_record(balance_minor=10_000)
    cart = a_cart(a_run(), a_store(client))
    book([a_purse(client).hold(3_000, cart_id=cart.pk)], booked_at=THEN)
    return client


def asked(client, change_minor=-1_000, **values):
    return CorrectionAsked(
        **{
            "client": client,
            "change_minor": change_minor,
            "reason": "deposit told twice",
            **values,
        }
    )


def is_whole():
    # The hold of the fixture is for no pallet, which the doctor tells; all else must hold.
    broken = [one.said for one in ledger_findings() if one.health is Health.BROKEN]
    return not list(chain_faults(entries_of(), end=chain_end())) and all(
        "is held, for pallets of" in said for said in broken
    )


def test_what_it_will_be_is_shown_and_then_booked_with_who_and_why(settings, client):
    shown = preview_correction(settings, asked(client))
    assert (shown.before.minor, shown.after.minor, shown.held.minor) == (7_000, 6_000, 3_000)
    assert spendable_minor(client.pk) == 7_000

    done = correct_balance(settings, asked(client, based_on_minor=7_000), by="anna")

    entry = LedgerEntry.objects.get(pk=done.number)
    assert (entry.kind, entry.booked_by, entry.note) == ("correction", "anna", "deposit told twice")
    assert spendable_minor(client.pk) == done.after.minor == 6_000
    assert balances(LedgerAccountKind.HELD) == {client.pk: 3_000}
    line = client_statement(settings, client.external_id).statement.lines[-1]
    assert (line.change_minor, line.note, line.booked_by) == (-1_000, "deposit told twice", "anna")
    ((_, told),) = differences()
    assert (told.corrected_minor, told.unexplained_minor) == (-1_000, 0)
    assert is_whole()


def test_it_is_made_good_once_by_an_entry_of_the_opposite_amount(settings, client):
    first = correct_balance(settings, asked(client), by="anna")
    assert corrections_to_undo([1, 2, first.number]) == {first.number}

    undoing = correction_to_undo(first.number, reason="it was right")
    second = correct_balance(settings, undoing, by="ben")

    entry = LedgerEntry.objects.get(pk=second.number)
    assert (entry.reverses_id, entry.booked_by, entry.note) == (first.number, "ben", "it was right")
    assert spendable_minor(client.pk) == 7_000
    assert corrections_to_undo([first.number, second.number]) == set()
    for act in (
        lambda: correct_balance(settings, undoing, by="ben"),
        lambda: correction_to_undo(first.number),
        lambda: correction_to_undo(second.number),
    ):
        with pytest.raises(MadeGoodBefore, match="was made good before"):
            act()
    for number in (1, 2, 404):
        with pytest.raises(CorrectionUnknown, match=f"Entry {number} is no correction"):
            correction_to_undo(number)
    assert spendable_minor(client.pk) == 7_000
    assert is_whole()


def test_below_the_floor_it_is_refused_with_the_amounts_until_it_is_meant(settings, client):
    before = LedgerEntry.objects.count()
    with pytest.raises(CorrectionBelowFloor) as refused:
        correct_balance(settings, asked(client, -5_001), by="anna")

    assert refused.value.message.startswith(
        "The client could spend €19.99 then, €0.01 less than the €20.00 that an allocation must "
        "leave it. Nothing was booked"
    )
    assert LedgerEntry.objects.count() == before
    done = correct_balance(settings, asked(client, -9_000, may_go_below=True), by="anna")
    assert done.after.minor == spendable_minor(client.pk) == -2_000
    assert balances(LedgerAccountKind.HELD) == {client.pk: 3_000}
    # What takes less away is no way round, and what raises the balance is free.
    with pytest.raises(CorrectionBelowFloor):
        correct_balance(settings, asked(client, -1), by="anna")
    correct_balance(settings, asked(client, 1), by="anna")


def test_making_good_asks_too_where_it_takes_the_balance_below_the_floor(settings, client):
    raised = correct_balance(settings, asked(client, 5_000), by="anna")
    cart = a_cart(a_run(), a_store(client, "S-2"))
    book([a_purse(client).hold(8_000, cart_id=cart.pk)], booked_at=THEN)

    with pytest.raises(CorrectionBelowFloor, match="−€10"):
        correct_balance(settings, correction_to_undo(raised.number, reason="wrong"), by="anna")

    assert spendable_minor(client.pk) == 4_000


def test_what_was_booked_meanwhile_is_not_corrected_blindly(settings, client):
    book([a_purse(client).told_by_panel(500)], booked_at=THEN)

    with pytest.raises(BalanceMoved, match="look again"):
        correct_balance(settings, asked(client, based_on_minor=7_000), by="anna")

    assert spendable_minor(client.pk) == 7_500


@pytest.mark.parametrize(
    ("values", "error", "said"),
    [
        ({"change_minor": 0}, NothingToCorrect, "not 0"),
        ({"change_minor": CHANGE_MINOR_MAX + 1}, NothingToCorrect, "-12.50"),
        ({"reason": " \x00\n"}, ReasonMissing, "Say why"),
        ({"reason": "x" * 251}, ReasonTooLong, "251 characters; the ledger has room for 250"),
    ],
)
def test_what_is_no_correction_is_told(settings, client, values, error, said):
    for act in (preview_correction, lambda *a: correct_balance(*a, by="anna")):
        with pytest.raises(error, match=said):
            act(settings, asked(client, **values))


def test_a_reason_is_kept_in_one_line_of_what_can_be_kept(settings, client):
    done = correct_balance(settings, asked(client, reason=" tel.\x00 call\n of\t2 March "), by="a")

    assert LedgerEntry.objects.get(pk=done.number).note == "tel. call of 2 March"
    assert is_whole()


@pytest.fixture
def api():
    token = web_build.a_token(web_build.a_superuser("robot"))
    return Browser(headers={"authorization": f"Bearer {token}"})


def send(api, address, body, **headers):
    told = json.dumps(body)
    return api.post(f"/api{address}", told, content_type="application/json", headers=headers)


def test_programs_correct_once_under_a_key_and_make_it_good(client, api):
    address = f"/clients/{client.external_id}/corrections"
    body = {"change_minor": -1_000, "currency": "EUR", "reason": "deposit told twice"}

    first = send(api, address, body, **{"idempotency-key": "one"})
    again = send(api, address, body, **{"idempotency-key": "one"})

    assert first.json() == again.json()
    told = first.json()
    assert (told["before"]["minor"], told["after"]["minor"]) == (7_000, 6_000)
    assert told["change"] == {"minor": -1_000, "currency": "EUR"}
    assert LedgerEntry.objects.filter(kind="correction").count() == 1
    assert LedgerEntry.objects.get(pk=told["entry"]).booked_by == "robot"

    undone = send(api, f"/ledger/corrections/{told['entry']}/undo", {"reason": "it was right"})
    twice = send(api, f"/ledger/corrections/{told['entry']}/undo", {"reason": "again"})
    assert undone.json()["makes_good_entry"] == told["entry"]
    assert twice.status_code == 409
    lines = api.get(f"/api/clients/{client.external_id}/statement").json()["lines"]
    assert [line["makes_good_entry"] for line in lines] == [None, None, None, told["entry"]]
    assert lines[-1]["booked_by"] == "robot"


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"currency": "USD"}, 422, "currency"),
        ({"change_minor": 0}, 422, "amount"),
        ({"change_minor": "5"}, 422, "change_minor"),
        ({"reason": ""}, 422, "reason"),
        ({"reason": "  "}, 422, "reason"),
        ({"spendable_before_minor": 6_999}, 409, "spendable_before_minor"),
        ({"change_minor": -7_001}, 409, "amount"),
    ],
)
def test_programs_are_told_which_field_is_wrong(client, api, change, status, field):
    body = {"change_minor": -1_000, "currency": "EUR", "reason": "r", **change}

    answer = send(api, f"/clients/{client.external_id}/corrections", body)

    assert answer.status_code == status, answer.json()
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert spendable_minor(client.pk) == 7_000


def test_programs_may_go_below_the_floor_where_they_say_so(client, api):
    body = {
        "change_minor": -7_001,
        "currency": "EUR",
        "reason": "r",
        "spendable_before_minor": 7_000,
        "allow_below_floor": True,
    }

    answer = send(api, f"/clients/{client.external_id}/corrections", body)

    assert answer.json()["after"]["minor"] == spendable_minor(client.pk) == -1
    assert send(api, "/clients/C-404/corrections", body).status_code == 404
    assert send(api, "/ledger/corrections/1/undo", {"reason": "r"}).status_code == 404


def test_a_permission_of_its_own_is_asked_for(client):
    held = ["records.view_ledgerentry", "records.add_ledgerentry"]
    token = web_build.a_token(web_build.a_user("clerk", permissions=held))
    clerk = Browser(headers={"authorization": f"Bearer {token}"})
    body = {"change_minor": 1, "currency": "EUR", "reason": "r"}

    refused = send(clerk, f"/clients/{client.external_id}/corrections", body)
    undone = send(clerk, "/ledger/corrections/1/undo", {"reason": "r"})

    assert refused.status_code == undone.status_code == 403
    assert "records.correct_balance" in refused.json()["detail"]


def told(act, *arguments):
    console = Console(file=io.StringIO(), width=100)
    act(*arguments, console=console)
    return " ".join(console.file.getvalue().split())


def typed(**values):
    return TypedCorrection(
        **{"reason": "told twice", "is_meant": False, "may_go_below": False, **values}
    )


def test_the_terminal_shows_first_and_books_when_meant(settings, client):
    shown = told(correct_and_tell, settings, client.external_id, "-10,00", typed())
    assert "€70.00" in shown
    assert "€60.00" in shown
    assert "Nothing was booked; --yes books it." in shown
    assert LedgerEntry.objects.filter(kind="correction").count() == 0

    done = told(correct_and_tell, settings, client.external_id, "-10,00", typed(is_meant=True))
    entry = LedgerEntry.objects.get(kind="correction")
    assert f"Booked as entry {entry.pk}." in done
    assert entry.booked_by.startswith("command line: ")

    german = settings.model_copy(update={"language": "de"})
    undone = told(undo_and_tell, german, entry.pk, typed(reason="doch", is_meant=True))
    assert "Gebucht als Buchung" in undone
    assert spendable_minor(client.pk) == 7_000


def test_the_terminal_says_what_falls_below_the_floor(settings, client):
    shown = told(correct_and_tell, settings, client.external_id, "-60", typed())
    assert "€10.00 less than the €20.00" in shown
    assert "--below-floor" in shown
    with pytest.raises(CorrectionBelowFloor):
        told(correct_and_tell, settings, client.external_id, "-60", typed(is_meant=True))
    meant = typed(is_meant=True, may_go_below=True)

    told(correct_and_tell, settings, client.external_id, "-60", meant)

    assert spendable_minor(client.pk) == 1_000


def test_the_terminal_refuses_what_is_no_amount_and_nobodys_client(settings, client):
    for amount in ("much", "--5", "1e3", ""):
        with pytest.raises(NothingToCorrect, match="is no amount; write"):
            told(correct_and_tell, settings, client.external_id, amount, typed())
    with pytest.raises(NoSuchClient):
        told(correct_and_tell, settings, "C-404", "1", typed())
    bare = CliRunner().invoke(app, ["correct-balance", "C-1", "--amount", "-5"])
    assert bare.exit_code == 2
