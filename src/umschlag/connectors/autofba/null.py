"""The panel without a network: it says what it was given."""

from collections.abc import Sequence
from dataclasses import dataclass

from umschlag.allocation.clients.panel import PanelClient
from umschlag.allocation.preorders.panel import PanelPreorder
from umschlag.connectors.autofba.parsing import (
    ParsedStores,
    parse_clients,
    parse_preorders,
    parse_stores,
)
from umschlag.connectors.rows import Parsed
from umschlag.kernel.progress import Progress, untold


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedPanel:
    """Lists recorded as rows of the adapter contract."""

    recorded_clients: Sequence[object] = ()
    recorded_stores: Sequence[object] = ()
    recorded_preorders: Sequence[object] = ()

    def clients(self, *, progress: Progress = untold) -> Parsed[PanelClient]:
        """Return the recorded clients."""
        progress(len(self.recorded_clients), len(self.recorded_clients), "clients")
        return parse_clients(self.recorded_clients)

    def stores(self, *, progress: Progress = untold) -> ParsedStores:
        """Return the recorded stores."""
        progress(len(self.recorded_stores), len(self.recorded_stores), "stores")
        return parse_stores(self.recorded_stores)

    def preorders(self, *, progress: Progress = untold) -> Parsed[PanelPreorder]:
        """Return the recorded preorders."""
        progress(len(self.recorded_preorders), len(self.recorded_preorders), "preorders")
        return parse_preorders(self.recorded_preorders)
