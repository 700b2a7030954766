"""The demo world: one merchant and one agency that all simulators serve."""

from functools import cached_property

from umschlag.simulators.demo.merchant import Merchant, live_through
from umschlag.simulators.demo.scale import DemoScale


class DemoWorld:
    """Everything that is true in the demo; the same for the same scale, on every machine.

    What happens on a day depends on the seed, the first date and that day alone: a world that
    lives one day longer has the same past.
    """

    def __init__(self, scale: DemoScale) -> None:
        """Take the sizes; the past is lived through when it is first asked for."""
        self.scale = scale

    @cached_property
    def merchant(self) -> Merchant:
        """The Plentymarkets merchant with all articles, stock and orders."""
        return live_through(self.scale)
