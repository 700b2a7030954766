"""What an invoice has to show before Amazon is asked to open a brand for a store.

Amazon names no numbers in public. These are what practitioners agree on: at least 10 units of the
brand, several invoices added up, dated within 180 days, made out to the name and address of the
seller account.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

UNITS_MIN = 10
AGE_DAYS_MAX = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """One invoice as it was told; None where nobody said."""

    invoice_date: date | None = None
    units: int | None = None
    is_buyer_the_seller: bool | None = None
    """The buyer's name and address are those of the seller account."""


class EvidenceFault(StrEnum):
    """Why invoices do not do."""

    NONE = "none"
    DATE_UNKNOWN = "date_unknown"
    FUTURE = "future"
    TOO_OLD = "too_old"
    BUYER_UNKNOWN = "buyer_unknown"
    BUYER_DIFFERS = "buyer_differs"
    TOO_FEW_UNITS = "too_few_units"


def invoice_faults(invoice: Invoice, *, as_of_date: date) -> tuple[EvidenceFault, ...]:
    """Return what is wrong with one invoice by itself; how many units it has is no fault of it."""
    faults = []
    if invoice.invoice_date is None:
        faults.append(EvidenceFault.DATE_UNKNOWN)
    elif invoice.invoice_date > as_of_date:
        faults.append(EvidenceFault.FUTURE)
    elif (as_of_date - invoice.invoice_date).days > AGE_DAYS_MAX:
        faults.append(EvidenceFault.TOO_OLD)
    if invoice.is_buyer_the_seller is None:
        faults.append(EvidenceFault.BUYER_UNKNOWN)
    elif not invoice.is_buyer_the_seller:
        faults.append(EvidenceFault.BUYER_DIFFERS)
    return tuple(faults)


def usable_units(invoices: Sequence[Invoice], *, as_of_date: date) -> int:
    """Return the units of the invoices that have no fault, added up."""
    return sum(
        invoice.units or 0
        for invoice in invoices
        if not invoice_faults(invoice, as_of_date=as_of_date)
    )


def evidence_faults(invoices: Sequence[Invoice], *, as_of_date: date) -> tuple[EvidenceFault, ...]:
    """Return what stands in the way of applying with these invoices; empty when nothing does."""
    if not invoices:
        return (EvidenceFault.NONE,)
    if usable_units(invoices, as_of_date=as_of_date) >= UNITS_MIN:
        return ()
    of_each = [
        fault for invoice in invoices for fault in invoice_faults(invoice, as_of_date=as_of_date)
    ]
    return (*dict.fromkeys(of_each), EvidenceFault.TOO_FEW_UNITS)
