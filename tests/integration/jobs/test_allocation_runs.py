"""Allocation runs at the terminal: planned, worked on, compared, confirmed, undone."""

import csv
import io

import pytest
from rich.console import Console
from typer.testing import CliRunner

from builders import web as build
from umschlag.allocation.planning.usecases import PlanBreaksRules
from umschlag.jobs import allocation_runs as runs
from umschlag.jobs.allocation_runs import LineAsked
from umschlag.jobs.command_line import app
from umschlag.kernel.errors import BadInput
from umschlag.storage.records import models
from umschlag.storage.records.run_states import RunAlreadyDecided, RunUnknown
from umschlag.wiring.allocation import StoreSuspended, StoreUnknown
from umschlag.wiring.run_edits import LineBreaksRules

pytestmark = [pytest.mark.django_db, pytest.mark.database]
WIDTH = 100
FIRST, SECOND, UNKNOWN_GATE = "B000000001", "B000000002", "B000000003"


@pytest.fixture
def settings(settings_in):
    return settings_in()


@pytest.fixture
def stores():
    first = build.a_store(build.a_client())
    citrus = build.a_client("C-2", name="Citrus")
    second = build.a_store(citrus, "S-3", name="Citrus DE")
    build.a_store(citrus, "S-9", name="Citrus FR", status="Suspended")
    for asin in map(build.an_asin, (FIRST, SECOND)):
        for store in (first, second):
            build.an_answer(store, asin)
    build.an_asin(UNKNOWN_GATE)
    return first, second


def told(act, *arguments, width=WIDTH, **options):
    console = Console(file=io.StringIO(), width=width)
    act(*arguments, **options, console=console)
    return console.file.getvalue()


def planned(settings, store_id="", policy=None):
    said = told(runs.plan_and_print, settings, store_id, policy=policy)
    return models.AllocationRun.objects.latest("pk").pk, said


def line(number, units, *, store="S-1", asin=FIRST):
    return LineAsked(run_id=number, store_id=store, asin=asin, units=units)


def units_of(number):
    rows = models.CartLine.objects.filter(cart__run_id=number)
    return {
        (store, asin): units
        for store, asin, units in rows.values_list(
            "cart__store__external_id", "asin__asin", "units"
        )
    }


def test_a_plan_is_printed_and_takes_nothing(settings, stores):
    number, said = planned(settings, policy="max_min")

    run = models.AllocationRun.objects.get(pk=number)
    assert (run.state, run.policy) == ("proposed", "max_min")
    assert f"Run {number}: proposed, All clients and stores" in said
    assert "Fairness: whoever was given least in 90 days." in said
    assert "that much is proven" in said
    assert "Citrus DE (S-3)" in said
    assert "How the clients come off" in said
    assert f"umschlag allocation confirm {number} --yes" in said
    assert models.LedgerEntry.objects.filter(kind="hold").count() == 0


def test_tables_fit_a_terminal_of_100_columns(settings, stores):
    for language in ("en", "de"):
        number, said = planned(settings.model_copy(update={"language": language}))
        other, _ = planned(settings)
        said += told(runs.print_runs, settings, state=None)
        said += told(runs.print_comparison, settings, number, other, file=None)
        said += told(runs.print_refusals, settings, number, "", file=None)
        said += told(runs.print_run, settings, number, "S-1", file=None)

        drawn = [row for row in said.splitlines() if row and row[0] in "┏┃┡│└├"]
        assert len(drawn) > 20
        assert max(map(len, drawn)) <= WIDTH
        assert "…" not in said


def test_a_plan_for_one_store_gives_to_no_other_and_to_a_suspended_one_nothing(settings, stores):
    number, said = planned(settings, "S-3")

    assert {store for store, _ in units_of(number)} == {"S-3"}
    assert "Citrus DE (S-3)" in said
    with pytest.raises(StoreSuspended, match="Citrus FR is suspended"):
        planned(settings, "S-9")
    with pytest.raises(StoreUnknown, match="nowhere"):
        planned(settings, "nowhere")


def test_the_lines_of_a_store_are_shown_with_their_reasons(settings, stores):
    number, _ = planned(settings)

    said = told(runs.print_run, settings, number, "S-1", file=None)
    refused = told(runs.print_refusals, settings, number, "", file=None)
    one_store = told(runs.print_refusals, settings, number, "S-1", file=None)

    assert FIRST in said
    assert "Stock is" in said
    assert "S-3" not in said
    assert UNKNOWN_GATE in refused
    assert "nobody said whether it is ungated" in " ".join(refused.split())
    assert "S-3" in refused
    assert "S-3" not in one_store


def test_a_line_set_by_hand_stays_when_planned_again_and_is_released(settings, stores):
    number, _ = planned(settings)

    said = told(runs.set_and_tell, settings, line(number, 12, asin=f" {FIRST.lower()} "))
    taken_out = told(runs.set_and_tell, settings, line(number, 0, store="S-3", asin=SECOND))
    again = told(runs.plan_again_and_print, settings, number, policy=None)
    new = models.AllocationRun.objects.latest("pk").pk

    assert f"{FIRST} is set to 12 units" in said
    assert f"umschlag allocation again {number}" in said
    assert f"{SECOND} is taken out" in taken_out
    assert "The former proposal is put aside" in again
    assert f"Planned again from run {number}." in again
    assert "Lines set by hand" in again
    assert units_of(new)["S-1", FIRST] == 12
    assert ("S-3", SECOND) not in units_of(new)
    assert "(set by hand)" in told(runs.print_run, settings, new, "S-1", file=None)

    told(runs.release_and_tell, settings, new, "S-1", FIRST)
    assert models.RunPin.objects.filter(run_id=new).count() == 1


def test_a_line_that_breaks_a_rule_is_refused_and_nothing_is_changed(settings, stores):
    number, _ = planned(settings)
    before = units_of(number)

    with pytest.raises(LineBreaksRules, match="more than there are in stock"):
        told(runs.set_and_tell, settings, line(number, 1_000_000))

    assert units_of(number) == before
    assert models.RunPin.objects.count() == 0


def test_two_runs_stand_side_by_side(settings, stores, tmp_path):
    number, _ = planned(settings)
    told(runs.set_and_tell, settings, line(number, 12))
    told(runs.plan_again_and_print, settings, number, policy=None)
    new = models.AllocationRun.objects.latest("pk").pk
    other, _ = planned(settings)
    file = tmp_path / "differences.csv"

    said = told(runs.print_comparison, settings, other, new, file=None)
    same = told(runs.print_comparison, settings, new, new, file=None)
    told(runs.print_comparison, settings, other, new, file=file)

    assert f"Run {other}" in said
    assert "Worth, as the planner counts" in said
    assert "Lines that differ" in said
    assert "Both runs give the same." in same
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    by_asin = {(row["store"], row["asin"]): row for row in rows}
    changed = next(row for (_, asin), row in by_asin.items() if asin == FIRST)
    assert int(changed["difference"]) == int(changed[f"units_run_{new}"]) - int(
        changed[f"units_run_{other}"]
    )


def test_confirming_shows_first_takes_when_meant_and_is_undone(settings, stores):
    number, _ = planned(settings)

    shown = told(runs.confirm_and_print, settings, number, is_meant=False)
    assert f"umschlag allocation confirm {number} --yes" in shown
    assert models.LedgerEntry.objects.filter(kind="hold").count() == 0

    done = told(runs.confirm_and_print, settings, number, is_meant=True)
    hold = models.LedgerEntry.objects.filter(kind="hold").first()
    assert done.startswith("Confirmed: ")
    assert f"umschlag allocation undo {number}" in done
    assert hold.booked_by.startswith("command line: ")
    with pytest.raises(RunAlreadyDecided, match="confirmed already; nothing was changed"):
        told(runs.confirm_and_print, settings, number, is_meant=False)
    assert "No run is undone." in told(runs.print_runs, settings, state="undone")


def test_a_plan_that_holds_no_more_says_which_rule_and_takes_nothing(settings, stores):
    number, _ = planned(settings)
    models.CatalogAsin.objects.update(remaining_units=1)

    with pytest.raises(PlanBreaksRules, match="units more than there are in stock"):
        told(runs.confirm_and_print, settings, number, is_meant=True)

    assert models.AllocationRun.objects.get(pk=number).state == "proposed"
    assert models.LedgerEntry.objects.filter(kind="hold").count() == 0


def test_a_proposal_is_put_aside_and_then_no_more_worked_on(settings, stores):
    number, _ = planned(settings)

    assert "Discarded." in told(runs.discard_and_tell, settings, number)

    for act in (
        lambda: told(runs.discard_and_tell, settings, number),
        lambda: told(runs.set_and_tell, settings, line(number, 6)),
        lambda: told(runs.release_and_tell, settings, number, "S-1", FIRST),
        lambda: told(runs.plan_again_and_print, settings, number, policy=None),
        lambda: told(runs.confirm_and_print, settings, number, is_meant=True),
    ):
        with pytest.raises(RunAlreadyDecided, match="`umschlag allocation plan` proposes anew"):
            act()


def test_an_unknown_run_is_named_with_the_command_that_lists_them(settings):
    for act in (
        lambda: told(runs.print_run, settings, 404, "", file=None),
        lambda: told(runs.print_refusals, settings, 404, "", file=None),
        lambda: told(runs.discard_and_tell, settings, 404),
        lambda: told(runs.confirm_and_print, settings, 404, is_meant=True),
    ):
        with pytest.raises(RunUnknown, match=r"no allocation run 404\. `umschlag allocation list`"):
            act()
    with pytest.raises(RunUnknown, match="umschlag allocation list"):
        told(runs.print_comparison, settings, 404, 405, file=None)
    assert "Nothing was planned yet." in told(runs.print_runs, settings, state=None)


def test_every_line_and_refusal_goes_into_a_file(settings, stores, tmp_path):
    number, _ = planned(settings)
    given, refused = tmp_path / "lines.csv", tmp_path / "refused.csv"

    assert f"Written: {given}" in told(runs.print_run, settings, number, "", file=given)
    told(runs.print_refusals, settings, number, "", file=refused)

    rows = list(csv.DictReader(io.StringIO(given.read_text(encoding="utf-8-sig"))))
    assert {(row["store_id"], row["asin"]): int(row["units"]) for row in rows} == units_of(number)
    assert all(row["reason"] and row["unit_cost"] for row in rows)
    kept = list(csv.DictReader(io.StringIO(refused.read_text(encoding="utf-8-sig"))))
    assert len(kept) == models.RunRefusal.objects.filter(run_id=number).count() > 0
    assert "unknown_gate" in {row["code"] for row in kept}
    with pytest.raises(BadInput, match="csv"):
        told(runs.print_run, settings, number, "", file=tmp_path / "lines.txt")


def test_a_run_that_gives_nothing_says_so_in_german(settings):
    german = settings.model_copy(update={"language": "de"})
    number, said = planned(german)

    assert f"Lauf {number}: vorgeschlagen" in said
    assert "Nichts ließ sich zuteilen" in said


@pytest.mark.parametrize(
    "arguments",
    [
        ["set", "12", "S-1", FIRST, "-1"],
        ["set", "12", "S-1", FIRST, "many"],
        ["plan", "--policy", "mine"],
        ["show", "twelve"],
    ],
)
def test_bad_usage_ends_with_status_2(arguments):
    answer = CliRunner().invoke(app, ["allocation", *arguments], env={"COLUMNS": "200"})

    assert answer.exit_code == 2
