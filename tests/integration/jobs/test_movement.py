import csv

import pytest
from rich.console import Console
from typer.testing import CliRunner

from builders import web as build
from umschlag.jobs.command_line import app
from umschlag.jobs.movement import movement_lines, print_changes, print_movements
from umschlag.kernel.errors import BadInput
from umschlag.wiring.movement_list import MovementsWanted
from umschlag.wiring.verdict_changes import ChangesWanted

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def settings(settings_in):
    return settings_in(language="en")


@pytest.fixture
def shop(settings):
    penner = build.an_article("PENNER", movement={})
    build.a_replenishment(penner, expected_unsold_units=60)
    missed = build.an_article("MISSED", movement={"verdict": "normal", "dead_value_minor": 0})
    build.a_replenishment(missed, expected_unsold_units=10)
    build.a_change(missed, days_ago=20, from_verdict="", to="penner")
    build.a_change(missed, days_ago=2, from_verdict="penner", to="normal")
    return settings


def printed(act, *arguments, **values):
    console = Console(width=140)
    with console.capture() as written:
        act(*arguments, console=console, **values)
    return written.get()


def test_the_list_ends_with_what_it_comes_to(shop):
    text = printed(print_movements, shop, MovementsWanted(sort="unsold"), file=None)

    assert text.index("PENNER") < text.index("MISSED")
    assert "€875 (70 units) are expected to be unsold after 90 days" in text
    assert "€125 of that in 1 articles that no rule calls a Penner" in text


def test_a_file_holds_what_was_asked_for(shop, tmp_path):
    file = tmp_path / "missed.csv"
    printed(print_movements, shop, MovementsWanted(missed=True), file=file)

    rows = csv.DictReader(file.read_text("utf-8-sig").splitlines())
    assert [row["sku"] for row in rows] == ["MISSED"]
    with pytest.raises(BadInput, match="csv"):
        printed(print_movements, shop, MovementsWanted(), file=tmp_path / "missed.pdf")


def test_changes_are_printed_and_written(shop, tmp_path):
    text = printed(print_changes, shop, ChangesWanted(), file=None)
    printed(print_changes, shop, ChangesWanted(turn="new_renner"), file=tmp_path / "none.csv")

    assert "MISSED" in text
    assert "1 changes." in text
    assert len((tmp_path / "none.csv").read_text("utf-8-sig").splitlines()) == 1


def test_nothing_to_show_says_what_to_do(settings):
    assert "umschlag classify" in printed(print_movements, settings, MovementsWanted(), file=None)
    assert "umschlag classify" in printed(print_changes, settings, ChangesWanted(), file=None)


def test_the_report_tells_what_will_not_sell_and_what_changed(shop):
    unsold, changed = movement_lines(shop)

    assert "€875 of" in unsold
    assert "€125 of that in 1 articles that no rule calls a Penner" in unsold
    assert "0 became Penner, 1 no longer are; 0 became Renner" in changed


def test_the_report_says_nothing_of_what_nobody_knows(settings):
    build.an_article("PENNER", movement={})

    assert movement_lines(settings) == []


@pytest.mark.parametrize(
    "asked",
    [
        ["penner-renner", "--abc", "D"],
        ["penner-renner", "--sort", "luck"],
        ["verdict-changes", "--days", "0"],
    ],
)
def test_a_word_that_is_no_choice_is_refused(asked):
    answer = CliRunner().invoke(app, asked)

    assert answer.exit_code == 2


def test_on_the_day_of_the_first_verdicts_nothing_is_said_to_have_changed(settings):
    build.a_change(build.an_article("FIRST", movement={}), days_ago=0, from_verdict="")

    text = printed(print_changes, settings, ChangesWanted(), file=None)

    assert "are the first ones" in text
    assert "differs" not in text
