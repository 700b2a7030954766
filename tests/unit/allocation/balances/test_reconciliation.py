"""The parts between the panel's balance and what can be spent add up, or the rest is told."""

from hypothesis import given
from hypothesis import strategies as st

from umschlag.allocation.balances.reconciliation import Reconciliation

PARTS = ("panel_minor", "held_minor", "charged_minor", "corrected_minor", "contributed_minor")


def a_reconciliation(**values):
    return Reconciliation(**(dict.fromkeys((*PARTS, "spendable_minor"), 0) | values))


def test_holds_and_charges_take_corrections_and_contributions_add():
    found = a_reconciliation(
        panel_minor=100_00,
        held_minor=30_00,
        charged_minor=20_00,
        corrected_minor=-5_00,
        contributed_minor=15_00,
        spendable_minor=60_00,
    )

    assert found.explained_minor == 60_00
    assert found.unexplained_minor == 0
    assert found.differs


def test_a_client_that_can_spend_what_the_panel_tells_has_no_difference():
    assert not a_reconciliation(panel_minor=100_00, spendable_minor=100_00).differs


@given(st.fixed_dictionaries({name: st.integers() for name in PARTS}), st.integers())
def test_what_no_part_explains_is_told_and_counts_as_a_difference(parts, error_minor):
    right = a_reconciliation(**parts).explained_minor

    found = a_reconciliation(**parts, spendable_minor=right + error_minor)

    assert found.unexplained_minor == error_minor
    assert found.differs or not error_minor
