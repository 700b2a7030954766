"""Arrivals of preordered goods on the terminal."""

import io

import pytest
from rich.console import Console

from builders import web as build
from umschlag.allocation.preorders.arrivals import ArrivalRule
from umschlag.jobs.arrivals import (
    confirm_and_print,
    print_arrivals,
    print_effect,
    report_and_print,
    undo_and_print,
)
from umschlag.storage.records import models
from umschlag.wiring.arrivals import preview_arrival
from umschlag.wiring.demo_arrival import let_one_arrive

pytestmark = pytest.mark.django_db


@pytest.fixture
def asin():
    found = build.an_asin(remaining_units=0)
    for number, units in ((1, 12), (2, 18)):
        client = build.a_client(f"C-{number}", name=f"Client {number}")
        build.an_answer(build.a_store(client, f"S-{number}"), found)
        build.a_preorder(client, found, f"P-{number}", ordered_units=units)
    return found


def printed(act, *args, **values):
    console = Console(file=io.StringIO(), width=160)
    act(*args, **values, console=console)
    return console.file.getvalue()


def test_an_arrival_is_reported_confirmed_and_taken_back(settings_in, asin):
    settings = settings_in()

    told = printed(report_and_print, settings, asin.asin, 18, note="LS 7")
    number = models.PreorderArrival.objects.get().pk
    assert "12 of 12" in told
    assert "6 of 18" in told
    assert "6 of 12" in printed(print_effect, settings, number, "same_share")

    shown = preview_arrival(settings, number, ArrivalRule.SAME_SHARE).shown
    assert f"confirm {number} --rule same_share --shown {shown}" in printed(
        print_effect, settings, number, "same_share"
    )
    done = printed(confirm_and_print, settings, number, "same_share", shown=shown)
    assert "Confirmed." in done
    assert "confirmed" in printed(print_arrivals, settings)
    assert "Taken back" in printed(undo_and_print, settings, number)


def test_with_nothing_to_tell_it_says_so(settings_in):
    told = printed(print_arrivals, settings_in())

    assert "No arrival was reported yet." in told
    assert "No preorder waits for goods." in told


def test_in_the_demo_one_arrival_comes_in_once_and_is_too_small_for_all(settings_in, asin):
    number = let_one_arrive(settings_in())

    arrival = models.PreorderArrival.objects.get(pk=number)
    assert (arrival.state, arrival.arrived_units) == ("waiting", 18)
    assert let_one_arrive(settings_in()) is None
