"""The demo's mutual stores: one transfer is worked out and waits for both sides."""

from umschlag.settings import Settings
from umschlag.storage.records.models import MutualStoreProposal, MutualTransfer
from umschlag.wiring.allocation import StoreSuspended, StoreUnknown
from umschlag.wiring.transfers import TransferImpossible, propose_for_store


def let_one_be_proposed(settings: Settings) -> int | None:
    """Work out a transfer for a client whose balance is too low, once; return its number.

    None where there was one before, or where the newest run names nobody for whom one can be.
    """
    if MutualTransfer.objects.exists():
        return None
    short = MutualStoreProposal.objects.filter(
        mutual_store__isnull=False, own_store__isnull=False
    ).order_by("-missing_minor", "pk")
    for store_id in dict.fromkeys(short.values_list("own_store_id", flat=True)):
        try:
            return propose_for_store(settings, store_id or 0, by="Demo")
        except (TransferImpossible, StoreSuspended, StoreUnknown):
            continue
    return None
