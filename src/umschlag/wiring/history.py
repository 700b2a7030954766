"""The history: the lake, the daily snapshot, the past before it, and the orders."""

from umschlag.settings import Settings
from umschlag.storage.lake.lake import Lake


def open_lake(settings: Settings) -> Lake:
    """Return the lake under `var_dir`."""
    return Lake(folder=settings.lake_dir)
