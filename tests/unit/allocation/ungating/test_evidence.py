"""Which invoices do: the numbers of docs and domain facts, held at their edges."""

from datetime import date, timedelta

import pytest

from umschlag.allocation.ungating.evidence import (
    AGE_DAYS_MAX,
    EvidenceFault,
    Invoice,
    evidence_faults,
    usable_units,
)

TODAY = date(2026, 11, 22)


def an_invoice(days_ago=10, units=10, *, is_buyer_the_seller=True):
    return Invoice(
        invoice_date=None if days_ago is None else TODAY - timedelta(days=days_ago),
        units=units,
        is_buyer_the_seller=is_buyer_the_seller,
    )


@pytest.mark.parametrize(
    ("invoice", "faults"),
    [
        (an_invoice(), []),
        (an_invoice(AGE_DAYS_MAX), []),
        (an_invoice(AGE_DAYS_MAX + 1), ["too_old", "too_few_units"]),
        (an_invoice(-1), ["future", "too_few_units"]),
        (an_invoice(None), ["date_unknown", "too_few_units"]),
        (an_invoice(units=9), ["too_few_units"]),
        (an_invoice(units=None), ["too_few_units"]),
        (an_invoice(is_buyer_the_seller=False), ["buyer_differs", "too_few_units"]),
        (an_invoice(is_buyer_the_seller=None), ["buyer_unknown", "too_few_units"]),
    ],
)
def test_one_invoice_is_held_against_the_practice(invoice, faults):
    assert list(evidence_faults([invoice], as_of_date=TODAY)) == faults


def test_several_invoices_add_up():
    several = [an_invoice(units=4), an_invoice(20, units=6)]

    assert evidence_faults(several, as_of_date=TODAY) == ()


def test_units_of_an_invoice_that_does_not_do_are_not_counted():
    several = [an_invoice(units=4), an_invoice(400, units=6)]

    assert usable_units(several, as_of_date=TODAY) == 4
    assert EvidenceFault.TOO_OLD in evidence_faults(several, as_of_date=TODAY)


def test_without_any_invoice_that_alone_is_said():
    assert evidence_faults([], as_of_date=TODAY) == (EvidenceFault.NONE,)
