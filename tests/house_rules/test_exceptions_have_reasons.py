"""Every exception from a rule says why on its own line, and nothing is left half done."""

import re

import pytest

from house_rules.source_tree import CHECKOUT, modules, name_of

EXCEPTION = re.compile(r"#\s*(noqa|type:\s*ignore|pragma|fmt:)[^#]*")
REASON = re.compile(
    r"#\s*(?:noqa(?::\s*[A-Z0-9, ]+)?|type:\s*ignore(?:\[[^\]]*\])?)\s*(?:-|#)\s*\w+"
)
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|NotImplemented(?:Error)?)\b")


@pytest.mark.parametrize("path", modules("src/umschlag", "tests", "benchmarks"), ids=name_of)
def test_an_exception_from_a_check_gives_its_reason(path):
    bare = [
        f"{name_of(path)}:{number}: {line.strip()}"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if EXCEPTION.search(line) and "re.compile" not in line and not REASON.search(line)
    ]

    assert not bare


@pytest.mark.parametrize("path", modules("src/umschlag", "benchmarks"), ids=name_of)
def test_nothing_is_left_for_later_in_the_code(path):
    found = [
        f"{name_of(path)}:{number}: {line.strip()}"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if UNFINISHED.search(line)
    ]

    assert not found


def test_no_import_contract_is_ignored():
    settings = (CHECKOUT / "pyproject.toml").read_text(encoding="utf-8")

    assert "ignore_imports" not in settings
