"""Why each line is there, and why everything else is not: in codes and numbers, not in words."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from umschlag.allocation.catalog.model import Lot
from umschlag.allocation.planning.model import (
    AllocationPlan,
    AllocationProblem,
    Blocker,
    LineReason,
    ReasonCode,
    Refusal,
)
from umschlag.allocation.planning.standing import Standing
from umschlag.allocation.planning.unpaid_preorders import preorder_blockers, unpaid_preorders
from umschlag.allocation.planning.valuation import unit_worth
from umschlag.allocation.preorders.model import PreorderClaim
from umschlag.allocation.stores.model import StoreAccount
from umschlag.kernel.identifiers import Asin, StoreId


def line_reasons(problem: AllocationProblem, plan: AllocationPlan) -> tuple[LineReason, ...]:
    """Return, line by line, what put it there and what kept it from being larger."""
    standing = Standing(problem, plan.lines)
    reasons = []
    for line in plan.lines:
        store = problem.stores[line.store_id]
        client = problem.clients[store.client_id]
        lot = problem.lots[line.asin]
        last = client.last_pallet_date
        reasons.append(
            LineReason(
                store_id=line.store_id,
                asin=line.asin,
                preorder_units=line.preorder_units,
                stock_age_days=lot.stock_age_days,
                client_priority=client.priority,
                days_since_last_pallet=(problem.as_of_date - last).days if last else None,
                limited_by=standing.blockers(store, lot) or _no_gain(problem, store, lot),
            )
        )
    return tuple(reasons)


def refusals(
    problem: AllocationProblem, plan: AllocationPlan, *, by_asin: bool
) -> tuple[Refusal, ...]:
    """Return why stores were not given ASINs: one a store and first reason, or one an ASIN.

    Every reason is meant on top of the finished plan: were it and the further reasons gone, one
    more case pack could be given, and were one of them left, it could not.
    """
    standing = Standing(problem, plan.lines)
    unpaid = unpaid_preorders(standing)
    found: list[Refusal] = []
    for store_id in problem.receiving_store_ids:
        each = list(_refusals_of(standing, store_id, unpaid))
        found += each if by_asin else _gathered(each)
    return tuple(found)


def _refusals_of(
    standing: Standing,
    store_id: StoreId,
    unpaid: Mapping[tuple[StoreId, Asin], list[PreorderClaim]],
) -> Iterator[Refusal]:
    problem = standing.problem
    store = problem.stores[store_id]
    for asin, lot in problem.lots.items():
        if lot.remaining_units <= 0 or (store_id, asin) in standing.lines:
            continue
        claims = unpaid.get((store_id, asin))
        if claims:
            blockers = preorder_blockers(standing, store, lot, claims)
            missing_minor = blockers[0].missing_minor
        else:
            blockers = standing.blockers(store, lot) or _no_gain(problem, store, lot)
            missing_minor = _missing_minor(blockers)
        if not blockers:
            continue
        first = blockers[0]
        yield Refusal(
            store_id=store_id,
            client_id=store.client_id,
            code=first.code,
            asins=(asin,),
            limit=first.limit,
            missing_minor=missing_minor,
            further_codes=tuple(blocker.code for blocker in blockers[1:]),
            preorder_external_id=claims[0].external_id if claims else None,
            left_units=first.left_units,
            pack_units=first.pack_units,
        )


def _no_gain(problem: AllocationProblem, store: StoreAccount, lot: Lot) -> tuple[Blocker, ...]:
    # The loop gives such goods all the same, so for its plans nobody is told so.
    if unit_worth(problem, lot, store.marketplace).total_minor > 0:
        return ()
    return (Blocker(code=ReasonCode.NO_GAIN),)


def _missing_minor(blockers: tuple[Blocker, ...]) -> int | None:
    # Money is named only where money alone would help: a gated ASIN cannot be bought open.
    if len(blockers) == 1 and blockers[0].code is ReasonCode.BALANCE_SHORT:
        return blockers[0].missing_minor
    return None


def _gathered(each: list[Refusal]) -> list[Refusal]:
    # An unpaid preorder stays a refusal of its own, or nobody would hear of it.
    alike: defaultdict[tuple[ReasonCode, str | None], list[Refusal]] = defaultdict(list)
    for refusal in each:
        alike[refusal.code, refusal.preorder_external_id].append(refusal)
    return [_merged(same) for same in alike.values()]


def _merged(same: list[Refusal]) -> Refusal:
    missing = [one.missing_minor for one in same if one.missing_minor is not None]
    limits = {one.limit for one in same}
    left = {one.left_units for one in same}
    packs = [one.pack_units for one in same if one.pack_units is not None]
    further = {code for one in same for code in one.further_codes}
    return Refusal(
        store_id=same[0].store_id,
        client_id=same[0].client_id,
        code=same[0].code,
        asins=tuple(asin for one in same for asin in one.asins),
        # Different ASINs may have different limits; a number that fits only one would mislead.
        limit=limits.pop() if len(limits) == 1 else None,
        missing_minor=min(missing) if missing else None,
        further_codes=tuple(code for code in ReasonCode if code in further),
        preorder_external_id=same[0].preorder_external_id,
        left_units=left.pop() if len(left) == 1 else None,
        pack_units=min(packs) if packs else None,
    )
