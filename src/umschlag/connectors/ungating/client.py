"""Reading the ungating software over its adapter."""

from dataclasses import dataclass
from datetime import datetime

from umschlag.allocation.ungating.software import ToldAnswer
from umschlag.connectors.paged_adapter import PagedAdapter, adapter_at
from umschlag.connectors.rows import Parsed
from umschlag.connectors.transport import OutsideSystem
from umschlag.connectors.ungating.parsing import parse_answers
from umschlag.kernel.progress import Progress, untold


@dataclass(slots=True, kw_only=True)
class UngatingSoftware:
    """The software at one address. Close it by leaving its `system`."""

    system: OutsideSystem

    def answers(
        self, *, updated_since: datetime | None = None, progress: Progress = untold
    ) -> Parsed[ToldAnswer]:
        """Return the answers that changed since then, or all; whole or not at all.

        Raises:
            Unreachable: no answer, a server error or a rate limit, however often it was asked.
            LoginRejected: the token is not accepted.
            UnexpectedAnswer: an answer that breaks the contract.
        """
        adapter = PagedAdapter(system=self.system)
        return parse_answers(
            adapter.rows("ungating", updated_since=updated_since, progress=progress)
        )


def ungating_software_at(url: str, *, token: str) -> UngatingSoftware:
    """Return the software at the address, asked with the bearer token."""
    return UngatingSoftware(system=adapter_at(url, name="ungating software", token=token))
