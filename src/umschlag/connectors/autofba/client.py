"""Reading the AutoFBA panel over its adapter, and booking on its balances."""

from dataclasses import dataclass

from umschlag.allocation.clients.panel import PanelClient
from umschlag.allocation.preorders.panel import PanelPreorder
from umschlag.connectors.autofba.parsing import (
    ParsedStores,
    parse_clients,
    parse_preorders,
    parse_stores,
)
from umschlag.connectors.paged_adapter import PagedAdapter, adapter_at, refuse_when_busy
from umschlag.connectors.rows import Fields, Parsed
from umschlag.connectors.transport import OutsideSystem, json_of
from umschlag.kernel.errors import BadRow, UnexpectedAnswer
from umschlag.kernel.money import Money
from umschlag.kernel.progress import Progress, untold


@dataclass(slots=True, kw_only=True)
class AutofbaPanel:
    """The panel at one address. Close it by leaving its `system`.

    Each list is read whole or not at all, and raises what `PagedAdapter.rows` raises.
    """

    system: OutsideSystem

    def clients(self, *, progress: Progress = untold) -> Parsed[PanelClient]:
        """Return all clients with their balances."""
        return parse_clients(self._rows("clients", progress))

    def stores(self, *, progress: Progress = untold) -> ParsedStores:
        """Return all stores."""
        return parse_stores(self._rows("stores", progress))

    def preorders(self, *, progress: Progress = untold) -> Parsed[PanelPreorder]:
        """Return all preorders."""
        return parse_preorders(self._rows("preorders", progress))

    def adjust_balance(
        self, *, client_external_id: str, amount: Money, reason: str, idempotency_key: str
    ) -> Money:
        """Book the amount on the client's balance and return the new balance.

        Sent again with the same key, it is booked once: after a failure, repeat it as it was.

        Raises:
            Unreachable: whether it was booked is unknown.
            LoginRejected: the token is not accepted.
            UnexpectedAnswer: the panel refuses it, or answers something else than a balance.
        """
        response = self.system.send(
            "POST",
            "/balance-adjustments",
            body={
                "client_id": client_external_id,
                "amount": str(amount.decimal),
                "currency": amount.currency,
                "reason": reason,
            },
            headers={"Idempotency-Key": idempotency_key},
        )
        refuse_when_busy(response, self.system)
        answer = json_of(self.system.checked(response), system=self.system)
        return _balance(answer)

    def _rows(self, table: str, progress: Progress) -> list[object]:
        return PagedAdapter(system=self.system).rows(table, progress=progress)


def _balance(answer: object) -> Money:
    try:
        if not isinstance(answer, dict):
            raise BadRow("no object", source="panel", row=1)
        return Fields(answer, source="panel balance", number=1).money("balance")
    except BadRow as error:
        raise UnexpectedAnswer(f"AutoFBA panel: no balance in the answer ({error})") from error


def autofba_panel_at(url: str, *, token: str) -> AutofbaPanel:
    """Return the panel at the address, asked with the bearer token."""
    return AutofbaPanel(system=adapter_at(url, name="AutoFBA panel", token=token))
