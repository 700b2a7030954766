"""Differences between the panel's balances and ours, listed for people."""

from umschlag.allocation.balances.reconciliation import Reconciliation
from umschlag.storage.records.dump import one_instant
from umschlag.storage.records.models import Client
from umschlag.storage.records.reconciliation import reconciliations

__all__ = ["Reconciliation", "differences"]


def differences() -> list[tuple[Client, Reconciliation]]:
    """Return the clients that can spend another sum than the panel tells, unexplained ones first.

    Clients whose parts cancel each other out are among them.
    """
    # A booking between two of the sums would look like an error.
    with one_instant():
        found = [(client, one) for client, one in reconciliations() if one.differs]
    return sorted(found, key=lambda pair: pair[1].unexplained_minor == 0)
