"""Allocation runs planned, looked at, worked on and decided on at the terminal."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rich.console import Console

from umschlag.allocation.planning.model import FairnessPolicy
from umschlag.jobs import run_tables as tables
from umschlag.settings import Settings
from umschlag.storage.records.models import AllocationRun, RunState
from umschlag.storage.records.run_edits import HandEdit
from umschlag.storage.records.run_states import RunAlreadyDecided, RunUnknown, require_proposed
from umschlag.wiring.allocation import (
    ConfirmedRun,
    confirm_allocation,
    discard_allocation,
    plan_allocation,
)
from umschlag.wiring.amounts import count_text, money_text
from umschlag.wiring.list_files import write_list
from umschlag.wiring.run_edits import (
    compare_runs,
    leave_line_to_planner,
    plan_the_rest_again,
    set_line_by_hand,
)
from umschlag.wiring.run_lists import (
    comparison_rows,
    line_rows,
    refusal_rows,
    run_lines,
    run_refusals,
)
from umschlag.wiring.run_view import open_store_key, run_of, store_key

RUNS_PRINTED_MAX = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAsked:
    """Units that a store is to have of an ASIN, by the panel's id of the store."""

    run_id: int
    store_id: str
    asin: str
    units: int


def print_runs(settings: Settings, *, state: str | None, console: Console) -> None:
    """Print the newest runs; those in the state alone where one is told."""
    with translation.override(settings.language):
        runs = AllocationRun.objects.select_related("only_store").prefetch_related("carts")
        if state:
            runs = runs.filter(state=state)
        newest = list(runs.order_by("-made_at", "-pk")[:RUNS_PRINTED_MAX])
        if newest:
            tables.print_run_list(console, newest, settings.currency)
        elif state:
            told = _("No run is %s.") % RunState(state).label
            console.print(told, highlight=False)
        else:
            console.print(
                _("Nothing was planned yet. `umschlag allocation plan` proposes carts."),
                soft_wrap=True,
            )


def plan_and_print(
    settings: Settings, store_id: str, *, policy: str | None, console: Console
) -> None:
    """Plan for all own stores or for one, and print what came of it.

    Raises:
        StoreUnknown, StoreSuspended: nothing can be planned for the store.
    """
    with translation.override(settings.language), _told_plainly():
        only_store = open_store_key(store_id) if store_id else None
        number = plan_allocation(settings, only_store_id=only_store, policy=_policy(policy))
        _print_whole(settings, number, console)


def print_run(
    settings: Settings, number: int, store_id: str, *, file: Path | None, console: Console
) -> None:
    """Print the run, or one store's lines, or write all lines to the file.

    Raises:
        RunUnknown, StoreUnknown: there is none.
        BadInput: the file cannot be written.
    """
    with translation.override(settings.language), _told_plainly(number):
        run = run_of(number)
        lines = run_lines(run, store_key(store_id) if store_id else None)
        if file:
            write_list(line_rows(run, lines), file, title="allocation")
            _say_written(console, file)
        elif not store_id:
            _print_whole(settings, number, console)
        elif found := list(lines):
            tables.print_lines(console, run, found)
        else:
            told = _(
                "Run %(number)d gives %(store)s nothing. Why: "
                "umschlag allocation show %(number)d --store %(store)s --refused"
            )
            _say(console, told % {"number": number, "store": store_id})


def print_refusals(
    settings: Settings, number: int, store_id: str, *, file: Path | None, console: Console
) -> None:
    """Print what was not given and why, or write all of it to the file.

    Raises:
        RunUnknown, StoreUnknown: there is none.
        BadInput: the file cannot be written.
    """
    with translation.override(settings.language), _told_plainly(number):
        run = run_of(number)
        found = run_refusals(run, store_key(store_id) if store_id else None)
        if file:
            write_list(refusal_rows(run, found), file, title="refusals")
            _say_written(console, file)
            return
        count = found.count()
        if count:
            tables.print_not_given(console, list(found[: tables.ROWS_PRINTED_MAX]), count)
        else:
            console.print(_("Nothing was refused."))


def set_and_tell(settings: Settings, line: LineAsked, *, console: Console) -> None:
    """Set the line and say what the run comes to with it.

    Raises:
        RunUnknown, RunAlreadyDecided, StoreUnknown: there is no such proposal or store.
        LineUnknown, LineBreaksRules: it cannot be set so; nothing was changed.
    """
    with translation.override(settings.language), _told_plainly(line.run_id):
        asin = line.asin.strip().upper()
        edit = HandEdit(
            run_id=line.run_id, store_id=store_key(line.store_id), asin=asin, units=line.units
        )
        set_line_by_hand(settings, edit)
        told = (
            _("%(asin)s is set to %(units)d units. Planning the rest again keeps it so.")
            if line.units
            else _("%(asin)s is taken out. Planning the rest again keeps it so.")
        )
        _say(console, told % {"asin": asin, "units": line.units})
        _say_next(console, line.run_id)


def release_and_tell(
    settings: Settings, number: int, store_id: str, asin: str, *, console: Console
) -> None:
    """Leave a line to the planner again.

    Raises:
        RunUnknown, RunAlreadyDecided, StoreUnknown: there is no such proposal or store.
    """
    with translation.override(settings.language), _told_plainly(number):
        leave_line_to_planner(settings, number, store_key(store_id), asin.strip().upper())
        _say(console, _("The line is the planner's again: planning the rest may change it."))
        _say_next(console, number)


def plan_again_and_print(
    settings: Settings, number: int, *, policy: str | None, console: Console
) -> None:
    """Plan the rest again and print the new run.

    Raises:
        RunUnknown, RunAlreadyDecided: there is no such proposal.
        PlanBreaksRules: a line set by hand breaks a rule by now.
    """
    with translation.override(settings.language), _told_plainly(number):
        new_number = plan_the_rest_again(settings, number, policy=_policy(policy))
        _say(console, _("Planned again. The former proposal is put aside."))
        _print_whole(settings, new_number, console)


def print_comparison(
    settings: Settings, before: int, after: int, *, file: Path | None, console: Console
) -> None:
    """Print two runs side by side, or write all lines that differ to the file.

    Raises:
        RunUnknown: one of them does not exist.
        BadInput: the file cannot be written.
    """
    with translation.override(settings.language), _told_plainly():
        found = compare_runs(before, after)
        if file:
            write_list(comparison_rows(found), file, title="differences")
            _say_written(console, file)
        else:
            tables.print_side_by_side(console, found, settings.currency)


def confirm_and_print(settings: Settings, number: int, *, is_meant: bool, console: Console) -> None:
    """Print what confirming would take; take it where that is meant.

    Raises:
        RunUnknown, RunAlreadyDecided: there is no such proposal.
        PlanBreaksRules: records changed so that a rule would be broken; nothing was changed.
    """
    with translation.override(settings.language), _told_plainly(number):
        if not is_meant:
            run = require_proposed(number)
            carts = list(run.carts.select_related("client", "store"))
            tables.print_carts(console, run, carts)
            told = _(
                "Nothing was taken. This takes goods and balances, after every rule was checked "
                "again: umschlag allocation confirm %d --yes"
            )
            _say(console, told % number)
            return
        done = confirm_allocation(settings, number, by=_who())
        _say(console, _confirmed_text(done))


def _confirmed_text(done: ConfirmedRun) -> str:
    units = ngettext("%s unit", "%s units", done.units) % count_text(done.units)
    carts = ngettext("in %s cart", "in %s carts", done.cart_count) % count_text(done.cart_count)
    pallets = ngettext("%s pallet", "%s pallets", done.pallet_count)
    return _(
        "Confirmed: %(units)s %(carts)s, %(pallets)s. Goods %(goods)s, shipping %(shipping)s. "
        "Until something has left: umschlag allocation undo %(number)d"
    ) % {
        "units": units,
        "carts": carts,
        "pallets": pallets % count_text(done.pallet_count),
        "goods": money_text(done.goods),
        "shipping": money_text(done.shipping),
        "number": done.run_id,
    }


def discard_and_tell(settings: Settings, number: int, *, console: Console) -> None:
    """Put a proposal aside.

    Raises:
        RunUnknown, RunAlreadyDecided: there is no such proposal.
    """
    with translation.override(settings.language), _told_plainly(number):
        discard_allocation(settings, number)
        console.print(_("Discarded. Nothing was changed."))


def _print_whole(settings: Settings, number: int, console: Console) -> None:
    run = run_of(number)
    tables.print_heading(console, run, settings.currency)
    tables.print_carts(console, run, list(run.carts.select_related("client", "store")))
    tables.print_shares(console, run, settings.currency)
    tables.print_pins(console, run)
    if run.state == RunState.PROPOSED:
        told = _("Nothing was taken. To take it: umschlag allocation confirm %d --yes")
        _say(console, told % number)


def _say_next(console: Console, number: int) -> None:
    _say(console, _("To plan the rest again: umschlag allocation again %d") % number)


def _say_written(console: Console, file: Path) -> None:
    console.print(_("Written: %s") % file, highlight=False, soft_wrap=True)


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _policy(asked: str | None) -> FairnessPolicy | None:
    return FairnessPolicy(asked) if asked else None


def _who() -> str:
    return f"command line: {getpass.getuser()}"


@contextmanager
def _told_plainly(number: int = 0) -> Iterator[None]:
    """Put refusals into the reader's language, with the command that helps; 0 names no run."""
    try:
        yield
    except RunUnknown as error:
        named = (
            _("There is no allocation run %d.") % number
            if number
            else _("There is no such allocation run.")
        )
        cure = _("`umschlag allocation list` prints those there are.")
        raise RunUnknown(f"{named} {cure}", field="run_id") from error
    except RunAlreadyDecided as error:
        state = AllocationRun.objects.values_list("state", flat=True).get(pk=number)
        told = _(
            "Run %(number)d is %(state)s already; nothing was changed. "
            "`umschlag allocation plan` proposes anew."
        )
        label = RunState(state).label
        raise RunAlreadyDecided(told % {"number": number, "state": label}) from error
