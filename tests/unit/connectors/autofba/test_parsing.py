"""The panel's rows as our values."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.agency import a_client_row, a_preorder_row, a_store_row
from umschlag.allocation.clients.model import ClientPriority
from umschlag.allocation.preorders.panel import PreorderStage
from umschlag.connectors.autofba.null import RecordedPanel
from umschlag.connectors.autofba.parsing import parse_clients, parse_preorders, parse_stores
from umschlag.kernel.identifiers import Marketplace
from umschlag.kernel.money import Money

ANYTHING = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text())


def test_a_client_comes_over_whole():
    (client,) = parse_clients([a_client_row(last_pallet_date="2026-02-01")]).rows

    assert (client.external_id, client.name) == ("101", "Alster Handel GmbH")
    assert client.balance == Money(150_000, "EUR")
    assert client.priority is ClientPriority.HIGH
    assert client.last_pallet_date == date(2026, 2, 1)


def test_a_store_comes_over_whole():
    (store,) = parse_stores([a_store_row(marketplace="uk", kind="Mutual", status=" active ")]).rows

    assert (store.external_id, store.client_external_id) == ("2001", "101")
    assert store.marketplace is Marketplace.UK
    assert store.is_active is True
    assert store.is_mutual
    assert (store.asin_units_max, store.total_units_max) == (None, 600)


def test_a_preorder_comes_over_whole():
    (preorder,) = parse_preorders([a_preorder_row(status="Arrived")]).rows

    assert preorder.stage is PreorderStage.ARRIVED
    assert (preorder.ordered_units, preorder.amount) == (24, Money(30_000, "EUR"))
    assert preorder.expected_arrival_date == date(2026, 4, 2)


@pytest.mark.parametrize("status", ["", None, "On hold", "aktiv", 1])
def test_a_status_we_do_not_know_is_not_active(status):
    assert parse_stores([a_store_row(status=status)]).rows[0].is_active is None


@pytest.mark.parametrize(
    ("parse", "row", "field"),
    [
        (parse_clients, a_client_row(balance=1500.0), "balance"),
        (parse_clients, a_client_row(priority="Urgent"), "priority"),
        (parse_clients, a_client_row(email="nobody"), "email"),
        (parse_clients, a_client_row(name=""), "name"),
        (parse_stores, a_store_row(kind="shared"), "kind"),
        (parse_stores, a_store_row(marketplace="Amazon.mars"), "marketplace"),
        (parse_stores, a_store_row(total_units_max=-1), "total_units_max"),
        (parse_preorders, a_preorder_row(asin="B0"), "asin"),
        (parse_preorders, a_preorder_row(remaining_due="-0.01"), "remaining_due"),
        (parse_preorders, a_preorder_row(status="unknown"), "status"),
    ],
)
def test_a_field_that_cannot_be_right_is_named(parse, row, field):
    parsed = parse([row])

    assert not parsed.rows
    assert parsed.problems[0].place.endswith(f"row 1, {field}")


@pytest.mark.parametrize(
    ("parse", "good"),
    [
        (parse_clients, a_client_row()),
        (parse_stores, a_store_row()),
        (parse_preorders, a_preorder_row()),
    ],
    ids=["clients", "stores", "preorders"],
)
@given(choice=st.data())
def test_a_mangled_field_never_crashes(parse, good, choice):
    field = choice.draw(st.sampled_from(sorted(good)))
    mangled = {**good, field: choice.draw(ANYTHING)}

    assert parse([mangled]).read_count == 1


def test_a_recorded_panel_tells_its_rows():
    panel = RecordedPanel(
        recorded_clients=[a_client_row()],
        recorded_stores=[a_store_row()],
        recorded_preorders=[a_preorder_row()],
    )

    assert [len(each().rows) for each in (panel.clients, panel.stores, panel.preorders)] == [1] * 3
