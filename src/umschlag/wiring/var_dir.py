"""The folder for everything we keep."""

import os
from pathlib import Path


def require_writable(folder: Path) -> None:
    """Make the folder where it is missing, and write into it to be sure.

    Raises:
        OSError: it cannot be made or written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # Named by process, since several start at once and must not remove each other's.
    probe = folder / f".probe-{os.getpid()}"
    probe.touch()
    probe.unlink()
