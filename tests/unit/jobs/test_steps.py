import pytest

from umschlag.jobs.steps import Step, StepState, chosen, failures_in, run_steps
from umschlag.kernel.errors import Unreachable
from umschlag.kernel.progress import untold


def says(text):
    return lambda settings, progress_for: text


def fails(error):
    def act(settings, progress_for):
        raise error

    return act


def a_step(name, act=None, needs=()):
    return Step(name=name, title=name.title(), act=act or says("fine"), needs=needs)


def run(*steps, told=lambda outcome: None):
    ticks = iter(range(1000))
    return {
        outcome.step.name: outcome
        for outcome in run_steps(
            steps, None, progress_for=lambda title: untold, told=told, clock=lambda: next(ticks)
        )
    }


def test_every_step_says_what_came_of_it_and_how_long_it_took():
    outcomes = run(a_step("snapshot", says("2,000 articles")))

    assert outcomes["snapshot"].state is StepState.DONE
    assert outcomes["snapshot"].said == "2,000 articles"
    assert outcomes["snapshot"].seconds == 1


def test_a_failure_leaves_out_what_needs_it_and_nothing_else():
    outcomes = run(
        a_step("snapshot", fails(Unreachable("the ERP does not answer"))),
        a_step("classify", needs=("snapshot",)),
        a_step("propose", needs=("classify",)),
        a_step("panel"),
    )

    assert outcomes["snapshot"].state is StepState.FAILED
    assert outcomes["snapshot"].said == "the ERP does not answer"
    assert outcomes["classify"].state is StepState.LEFT_OUT
    assert "Snapshot" in outcomes["classify"].said
    assert outcomes["propose"].state is StepState.LEFT_OUT
    assert outcomes["panel"].state is StepState.DONE


def test_a_bug_in_one_step_is_named_and_stops_no_other():
    outcomes = run(a_step("sheet", fails(KeyError("asin"))), a_step("panel"))

    assert outcomes["sheet"].said == "KeyError: 'asin'"
    assert outcomes["panel"].state is StepState.DONE


def test_ctrl_c_is_no_failure_of_a_step():
    with pytest.raises(KeyboardInterrupt):
        run(a_step("snapshot", fails(KeyboardInterrupt())))


def test_what_was_not_asked_for_is_not_missed():
    outcomes = run(a_step("classify", needs=("snapshot",)))

    assert outcomes["classify"].state is StepState.DONE


def test_each_outcome_is_told_as_soon_as_it_is_there():
    told = []

    def second(settings, progress_for):
        assert [outcome.step.name for outcome in told] == ["first"]
        return "fine"

    run(a_step("first"), a_step("second", second), told=told.append)

    assert len(told) == 2


def test_chosen_steps_keep_their_own_order():
    steps = (a_step("snapshot"), a_step("orders"), a_step("classify"))

    assert [step.name for step in chosen(steps, ["classify", "snapshot"])] == [
        "snapshot",
        "classify",
    ]


def test_what_failed_is_told_in_one_line_without_what_it_left_out():
    outcomes = run(
        a_step("sheet", fails(Unreachable("no answer"))),
        a_step("ungating", needs=("sheet",)),
        a_step("panel", fails(Unreachable("no route"))),
        a_step("orders"),
    )

    assert failures_in(outcomes.values()) == "Sheet: no answer; Panel: no route"


def test_where_nothing_failed_there_is_nothing_to_tell():
    assert failures_in(run(a_step("orders")).values()) == ""
