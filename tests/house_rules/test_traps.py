"""Every fault that the simulated Plentymarkets can have is turned on by a test, and is listed."""

import ast
from dataclasses import fields
from pathlib import Path

import pytest

from umschlag.simulators.plentymarkets.knobs import FaultKind, Knobs

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "reference" / "plentymarkets-traps.md"
NO_TRAPS = {"clock", "time_factor", "faults", "tally"}
"""Knobs that make tests possible and stand for nothing a real system does."""


def words_in(path):
    """Return the names that the module uses: attributes, keywords and texts, as in a mapping."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
                found.add(name)
            case ast.Constant(value=str(name)):
                found.add(name)
    return found


@pytest.fixture(scope="module")
def words():
    modules = [*TESTS.glob("contract/connectors/*.py"), *TESTS.glob("integration/**/*.py")]
    return set().union(*map(words_in, modules))


@pytest.mark.parametrize("kind", [kind.name for kind in FaultKind])
def test_every_fault_meets_our_client_in_a_test(kind, words):
    assert kind in words


@pytest.mark.parametrize("knob", [field.name for field in fields(Knobs)])
def test_every_knob_is_turned_in_a_test_of_our_client(knob, words):
    assert knob in words


def test_every_trap_is_listed():
    listed = PAGE.read_text(encoding="utf-8")
    traps = {field.name for field in fields(Knobs)} - NO_TRAPS | {kind.name for kind in FaultKind}

    assert not {trap for trap in traps if f"`{trap}`" not in listed}
