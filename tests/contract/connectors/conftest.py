"""Faults of a simulator that one module serves for all of its tests."""

import pytest

from builders.serving import turn_back


@pytest.fixture
def knobs(request):
    """Return the module's `KNOBS`; after the test they stand as they did before."""
    yield request.module.KNOBS
    turn_back(request.module.KNOBS)
