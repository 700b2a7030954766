"""The reference pages, written from the code they describe."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
import typer.main
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from umschlag.settings import ENVIRONMENT_PREFIX, Settings

WRITTEN_BY = "<!-- Written by `umschlag reference`; change the code, not this page. -->"


def write_reference(folder: Path, app: typer.Typer) -> list[Path]:
    """Write all pages and return their files; `app` is the command line."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {"settings.md": settings_page(), "command-line.md": command_line_page(app)}
    files = []
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
        files.append(folder / name)
    return files


def settings_page() -> str:
    """Return the page of all settings."""
    rows = "\n".join(_setting_row(name, field) for name, field in Settings.model_fields.items())
    return f"""{WRITTEN_BY}
# Settings

From the environment, or from `umschlag.toml` in the working directory (`UMSCHLAG_CONFIG` names
another file); the environment wins. In the file a setting is written as in the second column:
`web_port = 8003`. Lists are JSON in the environment and TOML lists in the file. `umschlag doctor`
says what is set, what works and what is missing.

| variable | in the file | default | meaning |
|---|---|---|---|
{rows}
"""


def _setting_row(name: str, field: FieldInfo) -> str:
    alias = field.validation_alias
    variable = alias if isinstance(alias, str) else ENVIRONMENT_PREFIX + name.upper()
    in_file = alias if isinstance(alias, str) else name
    meaning = (field.description or "").replace("|", "\\|")
    return f"| `{variable}` | `{in_file}` | {_default(field)} | {meaning} |"


def _default(field: FieldInfo) -> str:
    value: Any = field.default
    if isinstance(value, SecretStr):
        return "empty (secret)"
    if value is None or value == "":
        return "empty"
    if isinstance(value, list):
        return "`" + "[" + ", ".join(f'"{item}"' for item in value) + "]`"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`"


def command_line_page(app: typer.Typer) -> str:
    """Return the page of all commands."""
    root = typer.main.get_command(app)
    sections = "\n".join(_sections(root, "umschlag"))
    return f"""{WRITTEN_BY}
# Command line

`umschlag COMMAND --help` shows the same. A command that fails says why in one line and ends with
status 1, bad usage with status 2; `umschlag --verbose COMMAND` shows where it came from.

{sections}"""


def _sections(command: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - typer's own class
    for name, child in getattr(command, "commands", {}).items():
        if getattr(child, "commands", None):
            yield from _sections(child, f"{path} {name}")
            continue
        yield f"## {path} {name}\n\n{_paragraphs(child.help or '')}\n"
        records = [
            record for parameter in child.params if (record := _option(parameter)) is not None
        ]
        if records:
            lines = "\n".join(f"| `{option}` | {meaning} |" for option, meaning in records)
            yield f"| option | meaning |\n|---|---|\n{lines}\n"


def _paragraphs(text: str) -> str:
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


def _option(parameter: Any) -> tuple[str, str] | None:  # noqa: ANN401 - typer's own class
    if parameter.param_type_name == "argument":
        return parameter.name.upper(), parameter.help or ""
    if "--help" in parameter.opts:
        return None
    value = "" if getattr(parameter, "is_flag", False) else " …"
    return ", ".join(parameter.opts) + value, parameter.help or ""
