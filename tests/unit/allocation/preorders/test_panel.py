"""How far a preorder is once the panel has spoken."""

import pytest

from umschlag.allocation.preorders.panel import PreorderStage, stage_after


@pytest.mark.parametrize("told", PreorderStage)
def test_fulfilled_stays_fulfilled(told):
    assert stage_after(ours=PreorderStage.FULFILLED, told=told) is PreorderStage.FULFILLED


@pytest.mark.parametrize("told", PreorderStage)
@pytest.mark.parametrize(
    "ours", [None, PreorderStage.WAITING, PreorderStage.ARRIVED, PreorderStage.CANCELLED]
)
def test_otherwise_the_panel_decides(ours, told):
    assert stage_after(ours=ours, told=told) is told
