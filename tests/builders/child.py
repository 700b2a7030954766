"""A builder's module as a process of its own, to be killed and spoken with line by line."""

import os
import subprocess
import sys
from pathlib import Path

_TESTS = Path(__file__).parents[1]


def a_child(module: str, *arguments: str, folder: Path, records_url: str = "") -> subprocess.Popen:
    """Start the module with its lake and its records in the folder, and wait until it is ready."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, str(folder), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=_TESTS,
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "umschlag.web.settings",
            "UMSCHLAG_VAR_DIR": str(folder),
            "DATABASE_URL": records_url,
        },
    )
    assert process.stdout.readline().strip() == "ready"
    return process
