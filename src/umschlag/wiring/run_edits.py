"""A proposal worked on: lines set by hand, the rest planned again, two runs side by side."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from umschlag.allocation.planning.model import FairnessPolicy
from umschlag.allocation.planning.usecases import PlanBreaksRules
from umschlag.kernel.errors import Refused
from umschlag.kernel.identifiers import Asin, StoreId
from umschlag.settings import Settings
from umschlag.storage.records.locking import in_one_transaction
from umschlag.storage.records.models import AllocationRun, CartLine, FairnessChoice, RunPin, Store
from umschlag.storage.records.run_edits import HandEdit, LineUnknown, release_line, set_line
from umschlag.storage.records.run_figures import RunFigures, read_figures
from umschlag.storage.records.run_pins import LinesSetMeanwhile
from umschlag.storage.records.run_states import require_proposed
from umschlag.wiring.allocation import plan_allocation, planning_terms
from umschlag.wiring.published_facts import published_facts
from umschlag.wiring.run_view import run_of
from umschlag.wiring.violation_words import broken_rules_told, violation_text

LINES_TOLD_MAX = 5


class LinesChangedMeanwhile(Refused):
    """Somebody changed lines by hand while the rest was planned again; the message says which."""


class LineBreaksRules(Refused):
    """With the line set so, the plan would break a rule; the message says which."""


def set_line_by_hand(settings: Settings, edit: HandEdit) -> None:
    """Set the units of one line of a proposal; every rule is checked at once.

    Raises:
        RunUnknown, RunAlreadyDecided: there is no such proposal.
        LineUnknown: the run cannot give this ASIN to this store.
        LineBreaksRules: with the line the plan would break a rule; nothing was changed.
    """
    run = AllocationRun.objects.filter(pk=edit.run_id).first()
    terms = planning_terms(settings, _policy_of(run))
    facts = published_facts(settings)
    try:
        in_one_transaction(lambda: set_line(edit, terms, facts))
    except PlanBreaksRules as error:
        broken = [violation_text(one, currency=terms.currency) for one in error.broken[:3]]
        raise LineBreaksRules(
            _("Not set, because a rule would be broken. %s. Nothing was changed.")
            % "; ".join(broken),
            field="units",
        ) from error
    except LineUnknown as error:
        raise LineUnknown(
            _("This run cannot give %s to that store: nothing is left, or nobody knows the ASIN.")
            % edit.asin,
            field="asin",
        ) from error


def leave_line_to_planner(settings: Settings, run_id: int, store_id: int, asin: str) -> None:
    """Forget that a line was set by hand; planning again may change it.

    Raises:
        RunUnknown, RunAlreadyDecided: there is no such proposal.
    """
    del settings  # every wiring takes them; this one needs none
    in_one_transaction(lambda: release_line(run_id, store_id, asin))


def plan_the_rest_again(
    settings: Settings,
    run_id: int,
    *,
    policy: FairnessPolicy | None = None,
    made_by_id: int | None = None,
    watch_key: str = "",
    before_keeping: Callable[[], None] | None = None,
) -> int:
    """Plan a proposal anew around the lines set by hand; return the new run's number.

    The old proposal is put aside at the same moment, and can still be looked at and compared with.
    `before_keeping` as `plan_allocation` calls it.

    Raises:
        RunUnknown, RunAlreadyDecided: there is no such proposal.
        LinesChangedMeanwhile: lines of it were changed by hand meanwhile; nothing was changed.
        PlanBreaksRules: a line set by hand breaks a rule by now.
    """
    # Asked before too: nobody should wait for a plan that cannot take the old one's place.
    old = require_proposed(run_id)
    try:
        with broken_rules_told(settings.currency):
            return plan_allocation(
                settings,
                made_by_id=made_by_id,
                only_store_id=old.only_store_id,
                policy=policy or _policy_of(old),
                based_on_id=run_id,
                watch_key=watch_key,
                before_keeping=before_keeping,
            )
    except LinesSetMeanwhile as error:
        raise LinesChangedMeanwhile(
            _(
                "While the rest was planned again, somebody changed lines by hand: %s. Nothing was "
                "changed by planning: do it once more."
            )
            % _lines_told(run_id, error.pairs)
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedLine:
    """What two runs give one store of one ASIN."""

    client_name: str
    store_name: str
    asin: str
    title: str
    before_units: int
    after_units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedClient:
    """What two runs ask of one client's balance, in minor units."""

    client_name: str
    before_minor: int
    after_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two runs side by side; figures are None for a run of an older version."""

    before: AllocationRun
    after: AllocationRun
    before_figures: RunFigures | None
    after_figures: RunFigures | None
    clients: tuple[ComparedClient, ...]
    lines: tuple[ComparedLine, ...]
    """Only those that differ, the largest difference first."""
    same_line_count: int


def compare_runs(before_id: int, after_id: int) -> Comparison:
    """Return what the second run gives otherwise than the first.

    Raises:
        RunUnknown: there is no such run.
    """
    before, after = run_of(before_id), run_of(after_id)
    first, second = _lines(before), _lines(after)
    pairs = sorted(first.keys() | second.keys())
    lines = []
    for pair in pairs:
        row = second.get(pair) or first[pair]
        lines.append(
            ComparedLine(
                client_name=row.cart.client.name,
                store_name=row.cart.store.name,
                asin=row.asin.asin,
                title=row.asin.title,
                before_units=first[pair].units if pair in first else 0,
                after_units=second[pair].units if pair in second else 0,
            )
        )
    changed = [line for line in lines if line.before_units != line.after_units]
    changed.sort(key=lambda line: -abs(line.after_units - line.before_units))
    return Comparison(
        before=before,
        after=after,
        before_figures=read_figures(before),
        after_figures=read_figures(after),
        clients=_compared_clients(before, after),
        lines=tuple(changed),
        same_line_count=len(lines) - len(changed),
    )


def policy_choices() -> Iterable[tuple[str, str]]:
    """Return the policies for fairness with their names, as a form offers them."""
    return [(str(value), str(label)) for value, label in FairnessChoice.choices]


def _lines(run: AllocationRun) -> dict[tuple[int, int], CartLine]:
    rows = CartLine.objects.filter(cart__run=run).select_related(
        "cart__client", "cart__store", "asin"
    )
    return {(row.cart.store_id, row.asin_id): row for row in rows}


def _compared_clients(before: AllocationRun, after: AllocationRun) -> tuple[ComparedClient, ...]:
    names: dict[int, str] = {}
    sums: list[dict[int, int]] = []
    for run in (before, after):
        given: dict[int, int] = {}
        for cart in run.carts.select_related("client"):
            names[cart.client_id] = cart.client.name
            given[cart.client_id] = given.get(cart.client_id, 0) + cart.total_minor
        sums.append(given)
    clients = [
        ComparedClient(
            client_name=name,
            before_minor=sums[0].get(client_id, 0),
            after_minor=sums[1].get(client_id, 0),
        )
        for client_id, name in names.items()
    ]
    return tuple(sorted(clients, key=lambda one: one.client_name))


def _lines_told(run_id: int, pairs: Collection[tuple[StoreId, Asin]]) -> str:
    """Return stores and ASINs of some of the lines, each with who set it where it is still set."""
    told = []
    for store_id, asin in list(pairs)[:LINES_TOLD_MAX]:
        pin = RunPin.objects.filter(run_id=run_id, store_id=store_id, asin__asin=asin).first()
        by = f" ({pin.set_by})" if pin and pin.set_by else ""
        told.append(f"{Store.objects.get(pk=store_id).name}, {asin}{by}")
    return "; ".join(told)


def _policy_of(run: AllocationRun | None) -> FairnessPolicy | None:
    return FairnessPolicy(run.policy) if run and run.policy else None
