"""Sizes that start a conversation, and the names that are never a room's."""

import ast

import pytest

from house_rules.source_tree import modules, name_of, tree_of

MODULE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60
"""The style sheet asks for 40; above this, nobody reads a function in one look."""
EMPTY_NAMES = {"utils", "helpers", "common", "manager", "misc", "tools", "shared"}


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_a_module_is_at_most_400_lines(path):
    lines = path.read_text(encoding="utf-8").count("\n")

    assert lines <= MODULE_LINES_MAX, f"{name_of(path)} has {lines} lines: split it by topic"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_a_function_can_be_read_in_one_look(path):
    long = [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES_MAX
    ]

    assert not long


def test_no_module_has_a_name_that_says_nothing():
    nameless = [name_of(path) for path in modules() if path.stem in EMPTY_NAMES]

    assert not nameless
