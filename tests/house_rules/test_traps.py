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


def turned_in(path):
    """Return the faults that the module names as such, and what it gives by name, as a knob."""
    faults, given = set(), set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Attribute(value=ast.Name(id="FaultKind"), attr=name):
                faults.add(name)
            case ast.keyword(arg=str(name)):
                given.add(name)
            case ast.Dict(keys=keys):
                given |= {key.value for key in keys if isinstance(key, ast.Constant)}
    return faults, given


@pytest.fixture(scope="module")
def turned():
    """Only where a simulated system is made: other tests have other things of such names."""
    modules = [*TESTS.glob("contract/connectors/*.py"), *TESTS.glob("integration/**/*.py")]
    makers = ("simulators_with(", "Knobs(")
    found = [
        turned_in(path)
        for path in modules
        if any(maker in path.read_text(encoding="utf-8") for maker in makers)
    ]
    return tuple(set().union(*names) for names in zip(*found, strict=True))


@pytest.mark.parametrize("kind", [kind.name for kind in FaultKind])
def test_every_fault_meets_our_client_in_a_test(kind, turned):
    faults, _ = turned
    assert kind in faults


@pytest.mark.parametrize("knob", [field.name for field in fields(Knobs)])
def test_every_knob_is_turned_in_a_test_of_our_client(knob, turned):
    _, given = turned
    assert knob in given


def test_every_trap_is_listed():
    listed = PAGE.read_text(encoding="utf-8")
    traps = {field.name for field in fields(Knobs)} - NO_TRAPS | {kind.name for kind in FaultKind}

    assert not {trap for trap in traps if f"`{trap}`" not in listed}
