"""One world a test module, served over HTTP; a module with a `SCALE` of its own gets that one."""

import pytest

from builders.world import a_scale, plenty_client, simulators_with


@pytest.fixture(scope="module")
def served(request):
    with simulators_with(scale=getattr(request.module, "SCALE", a_scale())) as running:
        yield running


@pytest.fixture(scope="module")
def client(served):
    with plenty_client(served) as client:
        yield client


@pytest.fixture(scope="module")
def merchant(served):
    return served.world.merchant
