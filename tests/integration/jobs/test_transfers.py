"""Transfers into mutual stores on the terminal, and the one that the demo shows."""

import io

import pytest
from django.utils import timezone
from rich.console import Console

from builders import web as build
from umschlag.jobs.transfers import (
    approve_and_print,
    print_transfers,
    propose_and_print,
    reject_and_print,
)
from umschlag.kernel.errors import NotFound
from umschlag.storage.records import models
from umschlag.wiring.amounts import day_text
from umschlag.wiring.demo_transfer import let_one_be_proposed
from umschlag.wiring.leaving import undo_allocation

pytestmark = pytest.mark.django_db


@pytest.fixture
def store():
    asin = build.an_asin(remaining_units=600, bought_units=600)
    client = build.a_client("C-1", balance_minor=200_00)
    agency = build.a_client("C-9", name="Agency", balance_minor=9_000_00)
    own = build.a_store(client, "S-1")
    build.an_answer(own, asin)
    build.an_answer(build.a_store(agency, "S-9", name="Mutual DE", kind="mutual"), asin)
    return own


def printed(act, *args):
    console = Console(file=io.StringIO(), width=160)
    act(*args, console)
    return console.file.getvalue()


def test_a_transfer_is_worked_out_approved_and_listed(settings_in, store):
    settings = settings_in()
    assert "No transfer was proposed yet." in printed(print_transfers, settings)

    told = printed(propose_and_print, settings, "S-1")
    number = models.MutualTransfer.objects.get().pk
    assert "Missing for a pallet of its own" in told
    first = printed(approve_and_print, settings, number, "client")
    assert "once the other side approves" in first
    second = printed(approve_and_print, settings, number, "mutual")
    assert "Approved by both sides" in second

    listed = printed(print_transfers, settings)
    assert "Who owns what in mutual stores" in listed
    assert "Agency" in listed


def test_a_transfer_that_was_undone_is_listed_as_taken_back_with_the_day(settings_in, store):
    settings = settings_in()
    printed(propose_and_print, settings, "S-1")
    number = models.MutualTransfer.objects.get().pk
    for side in ("client", "mutual"):
        printed(approve_and_print, settings, number, side)
    run = models.AllocationRun.objects.get()

    undo_allocation(settings, run.pk, by="bea", reason="no truck")

    run.refresh_from_db()
    day = day_text(timezone.localtime(run.undone_at).date())
    assert f"taken back {day}" in printed(print_transfers, settings)


def test_a_transfer_is_rejected(settings_in, store):
    settings = settings_in()
    printed(propose_and_print, settings, "S-1")
    number = models.MutualTransfer.objects.get().pk

    assert "Rejected." in printed(reject_and_print, settings, number, "the client pays in")
    with pytest.raises(NotFound):
        printed(propose_and_print, settings, "nowhere")


def test_the_demo_works_out_one_for_the_first_shortage_that_can_be_helped(settings_in, store):
    settings = settings_in()
    run = build.a_run()
    mutual = models.Store.objects.get(kind="mutual")
    other = build.a_store(build.a_client("C-2", name="Poor", balance_minor=1), "S-2")
    for own, missing in ((other, 900_00), (store, 100_00)):
        models.MutualStoreProposal.objects.create(
            run=run,
            client=own.client,
            own_store=own,
            mutual_store=mutual,
            missing_minor=missing,
            units=6,
            reason_code="balance_short",
            reason_values={},
        )

    number = let_one_be_proposed(settings)

    assert models.MutualTransfer.objects.get(pk=number).own_store == store
    assert let_one_be_proposed(settings) is None
