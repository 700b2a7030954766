"""What came in for preorders, and a proposal gives to others, is said before it is confirmed."""

import pytest

from builders.agency_records import (
    a_client_record,
    a_preorder_record,
    a_store_record,
    an_asin_record,
    ungate,
)
from umschlag.storage.records.models import AllocationRun
from umschlag.wiring.allocation import confirm_allocation, plan_allocation
from umschlag.wiring.promised_to_others import promised_to_others

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def settings(settings_in):
    return settings_in()


@pytest.fixture
def asin():
    """100 units, of which 60 came in for two preorders; the first client cannot pay."""
    asin = an_asin_record()
    poor, rich, other = (
        a_client_record(1, balance_minor=100),
        a_client_record(2),
        a_client_record(3),
    )
    for number, client in enumerate((poor, rich, other), start=1):
        ungate(a_store_record(client, number), asin)
    a_preorder_record(poor, asin, 1, ordered_units=40, status="arrived")
    a_preorder_record(rich, asin, 2, ordered_units=20, status="arrived")
    return asin


def test_whoever_confirms_sees_who_goes_without(settings, asin):
    run = AllocationRun.objects.get(pk=plan_allocation(settings))

    (found,) = promised_to_others(run)

    assert found.asin == asin
    assert (found.units, found.waiting) == (40, (("Client 1", 40),))


def test_where_everybody_is_served_nothing_is_said(settings):
    asin = an_asin_record()
    client = a_client_record()
    ungate(a_store_record(client), asin)
    a_preorder_record(client, asin, ordered_units=40, status="arrived")

    run = AllocationRun.objects.get(pk=plan_allocation(settings))

    assert run.carts.get().units == 100
    assert promised_to_others(run) == []


def test_a_run_that_is_decided_on_says_nothing(settings, asin):
    run_id = plan_allocation(settings)
    confirm_allocation(settings, run_id)

    assert promised_to_others(AllocationRun.objects.get(pk=run_id)) == []
