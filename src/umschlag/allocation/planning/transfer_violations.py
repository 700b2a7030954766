"""An independent check of a transfer into a mutual store against every rule.

Shares no code with what proposes transfers: who pays what is counted again from the funded units
alone, and the store's cart is held against `violations`, which knows no planner either.
"""

from collections import Counter
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from enum import StrEnum

from umschlag.allocation.planning.model import AllocationLine, AllocationPlan, AllocationProblem
from umschlag.allocation.planning.transfer_model import StoreTransfer
from umschlag.allocation.planning.violations import Violation, violations
from umschlag.kernel.identifiers import Asin, ClientId


class TransferFaultCode(StrEnum):
    """Which rule of transfers alone is broken."""

    STORE_UNKNOWN = "store_unknown"
    NOT_MUTUAL = "not_mutual"
    OTHER_MARKETPLACE = "other_marketplace"
    OWN_STORE_OF_ANOTHER = "own_store_of_another"
    NOTHING_GOES = "nothing_goes"
    PAYER_NO_CO_OWNER = "payer_no_co_owner"
    PAYER_CURRENCY = "payer_currency"
    PAID_TWICE = "paid_twice"
    PRICES_DIFFER = "prices_differ"
    PAYER_SHORT = "payer_short"
    CO_OWNER_SHORT = "co_owner_short"
    PROMISED_STOCK = "promised_stock"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferFault:
    """A rule a transfer breaks, by how much: units or minor units of money."""

    code: TransferFaultCode
    client_id: ClientId | None = None
    asin: Asin | None = None
    excess: int = 0


def transfer_violations(
    problem: AllocationProblem, transfer: StoreTransfer, co_owners: AbstractSet[ClientId]
) -> tuple[TransferFault | Violation, ...]:
    """Return every rule that the transfer breaks; empty when it keeps them all.

    `problem` is asked as things stand now, with the mutual store among those that receive;
    `co_owners` are whoever owns units in it, beside its account's client.
    """
    unreadable = list(_unreadable(problem, transfer))
    if unreadable:
        return tuple(unreadable)
    holder_id = problem.stores[transfer.mutual_store_id].client_id
    owners = {*co_owners, holder_id}
    return (
        *_store_faults(problem, transfer),
        *_payer_faults(problem, transfer, owners),
        *_stock_faults(problem, transfer),
        *_cart_violations(problem, transfer, holder_id),
    )


def _unreadable(problem: AllocationProblem, transfer: StoreTransfer) -> Iterator[TransferFault]:
    for store_id in (transfer.own_store_id, transfer.mutual_store_id):
        if store_id not in problem.stores:
            yield TransferFault(code=TransferFaultCode.STORE_UNKNOWN)
    for one in transfer.funded:
        if one.client_id not in problem.clients:
            yield TransferFault(code=TransferFaultCode.PAYER_NO_CO_OWNER, client_id=one.client_id)
    if not transfer.funded or any(one.units <= 0 for one in transfer.funded):
        yield TransferFault(code=TransferFaultCode.NOTHING_GOES)


def _store_faults(problem: AllocationProblem, transfer: StoreTransfer) -> Iterator[TransferFault]:
    own, mutual = (
        problem.stores[transfer.own_store_id],
        problem.stores[transfer.mutual_store_id],
    )
    if not mutual.is_mutual:
        yield TransferFault(code=TransferFaultCode.NOT_MUTUAL)
    if own.marketplace is not mutual.marketplace:
        yield TransferFault(code=TransferFaultCode.OTHER_MARKETPLACE)
    if own.client_id != transfer.client_id:
        yield TransferFault(code=TransferFaultCode.OWN_STORE_OF_ANOTHER)


def _payer_faults(
    problem: AllocationProblem, transfer: StoreTransfer, owners: AbstractSet[ClientId]
) -> Iterator[TransferFault]:
    pairs = Counter((one.client_id, one.asin) for one in transfer.funded)
    for (client_id, asin), count in pairs.items():
        if count > 1:
            yield TransferFault(
                code=TransferFaultCode.PAID_TWICE, client_id=client_id, asin=asin, excess=count - 1
            )
    paid: Counter[ClientId] = Counter()
    for one in transfer.funded:
        paid[one.client_id] += one.units * (one.unit_cost_minor + one.unit_shipping_minor)
    for client_id, minor in paid.items():
        client = problem.clients[client_id]
        if client_id != transfer.client_id and client_id not in owners:
            yield TransferFault(code=TransferFaultCode.PAYER_NO_CO_OWNER, client_id=client_id)
        if client.currency != problem.currency:
            yield TransferFault(code=TransferFaultCode.PAYER_CURRENCY, client_id=client_id)
        short_minor = client.floor_minor - (client.spendable_minor - minor)
        if short_minor > 0:
            yield TransferFault(
                code=TransferFaultCode.PAYER_SHORT, client_id=client_id, excess=short_minor
            )
    for client_id in owners & problem.clients.keys():
        short_minor = (
            problem.clients[client_id].floor_minor - problem.clients[client_id].spendable_minor
        )
        if short_minor > 0:
            yield TransferFault(
                code=TransferFaultCode.CO_OWNER_SHORT, client_id=client_id, excess=short_minor
            )


def _stock_faults(problem: AllocationProblem, transfer: StoreTransfer) -> Iterator[TransferFault]:
    going: Counter[Asin] = Counter()
    prices: dict[Asin, set[tuple[int, int]]] = {}
    for one in transfer.funded:
        going[one.asin] += one.units
        price = one.unit_cost_minor, one.unit_shipping_minor
        prices.setdefault(one.asin, set()).add(price)
    for asin, found in prices.items():
        if len(found) > 1:
            yield TransferFault(code=TransferFaultCode.PRICES_DIFFER, asin=asin)
    for asin, units in going.items():
        promised = sum(
            claim.outstanding_units
            for claim in problem.preorders
            if claim.asin == asin and claim.is_arrived
        )
        lot = problem.lots.get(asin)
        excess = units + promised - (lot.remaining_units if lot else 0)
        if promised and excess > 0:
            yield TransferFault(
                code=TransferFaultCode.PROMISED_STOCK, asin=asin, excess=min(excess, promised)
            )


def _cart_violations(
    problem: AllocationProblem, transfer: StoreTransfer, holder_id: ClientId
) -> tuple[Violation, ...]:
    """Hold the store's cart against the rules of any cart, its account paid in by the others."""
    units: Counter[Asin] = Counter()
    paid_in_minor = 0
    price: dict[Asin, tuple[int, int]] = {}
    for one in transfer.funded:
        units[one.asin] += one.units
        price[one.asin] = one.unit_cost_minor, one.unit_shipping_minor
        if one.client_id != holder_id:
            paid_in_minor += one.units * (one.unit_cost_minor + one.unit_shipping_minor)
    holder = problem.clients[holder_id]
    clients = {
        **problem.clients,
        holder_id: replace(holder, spendable_minor=holder.spendable_minor + paid_in_minor),
    }
    lines = tuple(
        AllocationLine(
            store_id=transfer.mutual_store_id,
            asin=asin,
            units=count,
            unit_cost_minor=price[asin][0],
            unit_shipping_minor=price[asin][1],
        )
        for asin, count in units.items()
    )
    plan = AllocationPlan(lines=lines, method="transfer")
    return violations(replace(problem, clients=clients), plan)
