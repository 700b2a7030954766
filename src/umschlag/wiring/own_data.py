"""Keeps a person's own sales and the demo's invented world apart: one folder holds one of them."""

from umschlag.kernel.errors import Refused
from umschlag.settings import Settings
from umschlag.storage.records.models import RunStatus, SnapshotRun, SyncRun

SALES_FILE_SOURCE = "sales_file"


class OwnDataInDemo(Refused):
    """The demo's systems and somebody's own sales would be mixed in one folder."""


def holds_own_sales_alone(settings: Settings) -> bool:
    """Tell whether this folder holds sales from a file, while its ERP would be the demo's.

    Not so once a snapshot is there: then it was mixed on purpose, with `--into-demo`.
    """
    return _is_erp_simulated(settings) and _has_sales_file() and not _has_snapshot()


def require_no_own_sales(settings: Settings) -> None:
    """Refuse to read the demo's systems into a folder with somebody's own sales.

    Raises:
        OwnDataInDemo: it holds them.
    """
    if holds_own_sales_alone(settings):
        raise OwnDataInDemo(
            "this folder holds your own sales; the demo's systems would be mixed in. Set "
            "UMSCHLAG_MODE=production and UMSCHLAG_PLENTYMARKETS_URL to read your own "
            "(docs/runbooks/going-to-production.md), or another UMSCHLAG_VAR_DIR for the demo"
        )


def require_no_demo(settings: Settings) -> None:
    """Refuse to import somebody's own sales into the demo's invented articles.

    Raises:
        OwnDataInDemo: the folder holds snapshots of the demo.
    """
    if _is_erp_simulated(settings) and _has_snapshot():
        raise OwnDataInDemo(
            "this folder holds the demo's articles; your own sales would be mixed in. Set "
            "another UMSCHLAG_VAR_DIR for them, or give --into-demo to mix them all the same"
        )


def _is_erp_simulated(settings: Settings) -> bool:
    is_given = settings.plentymarkets_url or settings.plentymarkets_recording
    return settings.mode == "demo" and not is_given


def _has_sales_file() -> bool:
    return SyncRun.objects.filter(source=SALES_FILE_SOURCE, status=RunStatus.COMPLETE).exists()


def _has_snapshot() -> bool:
    return SnapshotRun.objects.filter(status=RunStatus.COMPLETE).exists()
