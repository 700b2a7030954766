"""Whether a recording stands in for Plentymarkets: the first thing to know of every figure.

Nothing of Django's is imported: it may be what is broken.
"""

from pathlib import Path

from umschlag.connectors.plentymarkets.null import open_recording
from umschlag.kernel.errors import Misconfigured
from umschlag.settings import Settings
from umschlag.wiring.doctoring import Finding, Health

_WHAT = "Recording"


def recording_findings(settings: Settings) -> list[Finding]:
    """Say that a recording answers in place of the system; nothing where none is set."""
    if not settings.plentymarkets_recording:
        return []
    try:
        recording = open_recording(Path(settings.plentymarkets_recording).absolute())
    except Misconfigured as error:
        return [
            Finding(
                what=_WHAT,
                health=Health.BROKEN,
                said="one is set in place of Plentymarkets, and it cannot be used",
                remedy=error.message,
            )
        ]
    return [
        Finding(
            what=_WHAT,
            health=Health.UNSET,
            said=f"Plentymarkets is not asked: the {recording.name} answers. Figures are those of "
            f"{recording.business_date}, and nothing can be written",
            remedy="empty UMSCHLAG_PLENTYMARKETS_RECORDING to read the running system",
        )
    ]
