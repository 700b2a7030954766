"""The client as the settings make it."""

import pytest

from builders.world import a_scale, simulators_with
from umschlag.connectors.plentymarkets.limits import DayBudgetSpent
from umschlag.simulators.plentymarkets.knobs import Edition, Tally
from umschlag.wiring.plentymarkets import open_system

# Committed, since the token's keeper has a connection of its own.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

A_HUNDRED_A_DAY = Edition(
    read_per_minute=1_000, read_per_day=100, write_per_minute=1_000, write_per_day=1_000
)


@pytest.mark.parametrize(
    ("told", "calls"),
    [({}, 90), ({"plentymarkets_day_budget_reserve_percent": 40}, 60)],
    ids=["ten percent unless told otherwise", "told otherwise"],
)
def test_the_setting_says_how_much_of_the_day_is_left_to_others(told, calls, settings_in):
    tally = Tally()
    with simulators_with(scale=a_scale(days=2), edition=A_HUNDRED_A_DAY, tally=tally) as running:
        settings = settings_in(simulators_port=int(running.url.rpartition(":")[2]), **told)
        with open_system(settings) as client:
            for _ in range(calls):
                client.read("/rest/items/barcodes")
            with pytest.raises(DayBudgetSpent):
                client.read("/rest/items/barcodes")

    assert tally.calls["read"] == calls
    assert tally.refusals["read"] == 0
