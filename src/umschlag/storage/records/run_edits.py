"""A proposed run changed by hand: a line set, taken out, or left to the planner again."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from umschlag.allocation.planning.evaluation import client_shares, plan_figures
from umschlag.allocation.planning.hand_edits import with_line
from umschlag.allocation.planning.model import AllocationLine, AllocationPlan, AllocationProblem
from umschlag.allocation.planning.usecases import check_plan
from umschlag.intelligence.published import MovementFacts
from umschlag.kernel.errors import NotFound
from umschlag.kernel.identifiers import Asin, StoreId
from umschlag.storage.records.allocation import PlanningTerms, problem_of, rows_for_planning
from umschlag.storage.records.models import (
    AllocationRun,
    Cart,
    CartLine,
    CatalogAsin,
    RunPin,
    Store,
)
from umschlag.storage.records.reasons import BY_HAND_CODE, PLANNED_SHIPPING
from umschlag.storage.records.run_lines import lines_of_run, receiving_store_ids
from umschlag.storage.records.run_pins import pins_of
from umschlag.storage.records.run_states import lock_proposed_run


class LineUnknown(NotFound):
    """The store is none that the run may give goods to, or the ASIN has nothing left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandEdit:
    """Units that a person sets for a store and ASIN of a proposed run; 0: none."""

    run_id: int
    store_id: int
    asin: str
    units: int
    set_by_id: int | None = None


def set_line(edit: HandEdit, terms: PlanningTerms, facts: Mapping[Asin, MovementFacts]) -> None:
    """Change the run's line and keep that a person did; the caller holds the transaction.

    Raises:
        RunUnknown, RunAlreadyDecided: there is no such proposal.
        LineUnknown: the run cannot give this ASIN to this store.
        PlanBreaksRules: with the line the plan would break a rule; nothing was changed.
    """
    run = lock_proposed_run(edit.run_id)
    pair = StoreId(edit.store_id), Asin(edit.asin)
    pins = {**pins_of(run.pk), pair: edit.units}
    problem = _problem(run, terms, facts, pins)
    if pair[0] not in problem.receiving_store_ids or pair[1] not in problem.lots:
        raise LineUnknown(
            f"run {run.pk} cannot give {edit.asin} to store {edit.store_id}", field="asin"
        )
    plan = with_line(problem, lines_of_run(run, problem), *pair, units=edit.units)
    check_plan(problem, plan)
    RunPin.objects.update_or_create(
        run=run,
        store_id=edit.store_id,
        asin=CatalogAsin.objects.get(asin=edit.asin),
        defaults={"units": edit.units, "set_by_id": edit.set_by_id, "set_at": terms.now_at},
    )
    _write_line(run, plan, pair, terms)
    _write_figures(run, problem, plan)


def release_line(run_id: int, store_id: int, asin: str) -> None:
    """Leave a line to the planner again; what it holds stays until the run is planned anew.

    Raises:
        RunUnknown, RunAlreadyDecided: there is no such proposal.
    """
    run = lock_proposed_run(run_id)
    RunPin.objects.filter(run=run, store_id=store_id, asin__asin=asin).delete()


def _problem(
    run: AllocationRun,
    terms: PlanningTerms,
    facts: Mapping[Asin, MovementFacts],
    pins: Mapping[tuple[StoreId, Asin], int],
) -> AllocationProblem:
    rows = rows_for_planning(run.only_store_id)
    receiving = receiving_store_ids(rows, run.only_store_id)
    return problem_of(rows, terms, receiving_store_ids=receiving, facts=facts, pins=pins)


def _write_line(
    run: AllocationRun,
    plan: AllocationPlan,
    pair: tuple[StoreId, Asin],
    terms: PlanningTerms,
) -> None:
    store_id, asin = pair
    store = Store.objects.get(pk=store_id)
    cart = Cart.objects.filter(run=run, store=store).first() or Cart.objects.create(
        run=run,
        store=store,
        client_id=store.client_id,
        units=0,
        goods_minor=0,
        shipping_minor=0,
        currency=terms.currency,
    )
    own = {line.asin: line for line in plan.lines_of(store_id)}
    if asin in own:
        _put_line(cart, own[asin])
    else:
        CartLine.objects.filter(cart=cart, asin__asin=asin).delete()
    if not own:
        cart.delete()
        return
    cart.units = sum(line.units for line in own.values())
    cart.goods_minor = sum(line.goods_minor for line in own.values())
    cart.shipping_minor = sum(line.shipping_minor for line in own.values())
    cart.save(update_fields=["units", "goods_minor", "shipping_minor"])


def _put_line(cart: Cart, line: AllocationLine) -> None:
    asin = CatalogAsin.objects.get(asin=line.asin)
    row = CartLine.objects.filter(cart=cart, asin=asin).first()
    if row is None:
        # Nobody planned the line, so there is no reason for it but the person's.
        row = CartLine(cart=cart, asin=asin, reason_code=BY_HAND_CODE, reason_values={})
    row.units = line.units
    row.unit_cost_minor = line.unit_cost_minor
    row.unit_shipping_minor = line.unit_shipping_minor
    row.preorder_units = line.preorder_units
    row.reason_values = {**row.reason_values, PLANNED_SHIPPING: line.unit_shipping_minor}
    row.save()


def _write_figures(run: AllocationRun, problem: AllocationProblem, plan: AllocationPlan) -> None:
    if not run.figures:
        return
    figures = plan_figures(problem, plan)
    run.worth_minor = figures.worth_minor
    run.figures = {**run.figures, "plan": asdict(figures)}
    run.save(update_fields=["worth_minor", "figures"])
    given = {
        int(share.client.client_id): share.given_minor for share in client_shares(problem, plan)
    }
    for share in run.shares.all():
        share.given_minor = given.get(share.client_id, 0)
        share.save(update_fields=["given_minor"])
