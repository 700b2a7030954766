from pathlib import Path

import pytest

from umschlag.jobs.command_line import app
from umschlag.jobs.reference import command_line_page, settings_page
from umschlag.settings import Settings

PAGES = Path(__file__).parents[2] / "docs" / "reference"


@pytest.mark.parametrize(
    ("name", "page"),
    [("settings.md", settings_page()), ("command-line.md", command_line_page(app))],
)
def test_the_reference_says_what_the_code_says(name, page):
    assert (PAGES / name).read_text(encoding="utf-8") == page, "`make docs` writes it anew"


def test_every_setting_says_what_it_is_for():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_no_secret_has_a_default():
    secrets = [
        field.default.get_secret_value()
        for field in Settings.model_fields.values()
        if "SecretStr" in str(field.annotation)
    ]

    assert secrets
    assert set(secrets) == {""}


def test_every_command_shows_an_example():
    commands = [*app.registered_commands]
    commands += [command for group in app.registered_groups for command in _of(group)]

    lacking = [command.callback.__name__ for command in commands if not _shows_one(command)]

    assert len(commands) >= 18
    assert lacking == []


def _of(group):
    return group.typer_instance.registered_commands


def _shows_one(command):
    return "Example: `umschlag " in (command.callback.__doc__ or "")
